"""The format of a file, by its first bytes (magic number, header line, shape of its lines) and never by its name."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from murmuration.sources import bhkssw, downloads, ecdata, elldata, stein_watkins
from murmuration.sources.columns import known_names, looks_like_a_model
from murmuration.sources.downloads import Layout
from murmuration.sources.text import BARE_LIST, Shape

HEAD = 2**16
"""Bytes that are looked at."""

_SAMPLE = 20
"""Lines below a header that guesses are made from."""

_MAGIC = {
    b"SQLite format 3\0": "sqlite",
    b"PAR1": "parquet",
    b"ARROW1\0\0": "arrow",
    b"\xff\xff\xff\xff": "arrow-stream",
}


@dataclass(frozen=True)
class Kind:
    """A format.

    shape:  how its lines fall into fields, for text with one curve a line.
    header: how many lines come before the first curve.
    lists:  the layout of an LMFDB download as a program.
    sample: the first values of each column below a header line.
    """

    name: str
    shape: Shape | None = None
    header: int = 0
    lists: Layout | None = None
    sample: Mapping[str, list[str]] = field(default_factory=dict, compare=False)

    @property
    def lines(self) -> bool:
        """Whether it is text with one curve a line."""
        return self.shape is not None or self.name in ("stein-watkins", "paricurves")


def recognise(head: bytes, mapping: Mapping[str, str] | None = None) -> Kind | None:
    """The format of a file that begins so; None for anything else. ``mapping``: the user's own names of columns."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return Kind(name)
    if b"\0" in head[:512]:
        return None
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if _content(line)), None)
    if first is None:
        return None
    below = [each for each in lines[first + 1 : -1 if len(head) >= HEAD else None] if each.strip()]
    return (
        _ecdata([lines[first], *below[:50]])
        or _known_by_shape(text, lines[first])
        or _titled(lines[:first], lines[first], below)
        or _delimited(lines[first], first, below, dict(mapping or {}))
        or _sister(lines[first])
    )


def _ecdata(lines: list[str]) -> Kind | None:
    """By the first line, or a later one: galrep begins as allcurves does where a curve has no image to tell."""
    if not any(pattern.fullmatch(lines[0]) for pattern, _ in ecdata.LINES.values()):
        return None
    found = [name for name, (pattern, _) in ecdata.LINES.items() if any(map(pattern.fullmatch, lines))]
    name = next((each for each in found if each not in ecdata.WHOLE), found[0])
    return Kind(name, ecdata.LINES[name][1])


def _known_by_shape(text: str, line: str) -> Kind | None:
    if found := elldata.kind(text):
        return Kind(found)
    if stein_watkins.begins(line):
        return Kind("stein-watkins")
    if layout := bhkssw.shape(line):
        return Kind("bhkssw", layout)
    if lists := downloads.layout(text):
        return Kind("lmfdb", lists=lists)
    return None


def _sister(line: str) -> Kind | None:
    name = ecdata.sister(line)
    return Kind(name) if name else None


def seen(head: bytes) -> str:
    """The content of a file of no known kind, in words, with the way to a table."""
    if not head.strip():
        return "an empty file"
    for magic, words in _OTHERS.items():
        if head.startswith(magic):
            return words
    if b"\0" in head[:512]:
        return "binary data of another kind"
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text[:1] == "<":
        return "a web page: use the page's own download button (Text or CSV)"
    if text[:1] == "{" or text[:2] == "[{":
        return "JSON: pandas.read_json(FILE).to_csv(...) makes a table of it"
    line = next((each for each in text.splitlines() if _content(each)), text)[:60]
    if looks_like_a_model(line) or re.search(r"\[-?\d+(, ?-?\d+){4}\]", line):
        return f"curves without a header line ({line!r}): put one above, such as label,conductor,rank,torsion,ainvs"
    return f"text that begins {line!r}: a table needs a header line, such as label,conductor,rank,torsion,ainvs"


_OTHERS = {
    b"PK\x03\x04": "a ZIP file or an Excel workbook: save the sheet as CSV UTF-8, or unpack the file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV UTF-8",
    b"\xff\xfe": "UTF-16 text: save it as CSV UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as CSV UTF-8",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture (PNG)",
    b"\x80\x04": "a Python pickle, which runs code when it is read: write Parquet or CSV instead",
    b"\x80\x05": "a Python pickle, which runs code when it is read: write Parquet or CSV instead",
    b"RDX": "R's own format: write.csv(data, FILE) makes a table of it",
    b"X\n\0\0": "R's own format: write.csv(data, FILE) makes a table of it",
    b"FEA1": "Feather of version 1: write Feather 2 or Parquet instead",
    b"BZh": "bzip2: unpack it, or compress with gzip or zstd",
    b"\xfd7zXZ": "xz: unpack it, or compress with gzip or zstd",
    b"\x89HDF": "HDF5: write Parquet or CSV instead",
    b"\x93NUMPY": "a NumPy array: write Parquet or CSV instead",
}


def _content(line: str) -> bool:
    """Whether a line is neither blank nor a comment, nor the one by which Excel is told its separator."""
    bare = line.strip()
    return bool(bare) and not line.startswith("#") and not re.fullmatch(r'"?sep=.?"?', bare)


def _delimited(line: str, above: int, below: list[str], mapping: dict[str, str]) -> Kind | None:
    """A header line with names that are known, in the delimiter that gives most of them."""
    best: tuple[int, Kind] | None = None
    for delimiter in "\t,|; ":
        names = _cells(line, delimiter)
        rows = [_cells(each, delimiter) for each in below[:_SAMPLE]]
        lists = delimiter == "," and any(map(_has_bare_list, below[:_SAMPLE]))
        if lists:
            quoted = (BARE_LIST.sub(rb'\1"\2"', each.encode()).decode() for each in below[:_SAMPLE])
            rows = [_cells(each, delimiter) for each in quoted]
        if delimiter != "," and rows and all(len(each) == len(names) + 1 for each in rows):
            names = ["row.names", *names]  # R's write.table gives the column of row names no title
        rows = [each for each in rows if len(each) == len(names)]
        sample = {name: [row[index] for row in rows] for index, name in enumerate(names)}
        modelled = any(column and all(map(looks_like_a_model, column)) for column in sample.values())
        known = known_names(names, mapping)
        usable = known >= 2 or (known and modelled) or (modelled and len(names) > 1)
        if usable and len(set(names)) == len(names) and not any(map(looks_like_a_model, names)):
            score = 2 * known + modelled
            if best is None or score > best[0]:
                shape = Shape(delimiter, tuple(names), quoted=True, comment="#" if above else "", lists=lists)
                best = score, Kind("delimited", shape, above + 1, sample=sample)
    return best[1] if best else None


def _has_bare_list(line: str) -> bool:
    return BARE_LIST.search(line.encode()) is not None


def _titled(comments: list[str], line: str, below: list[str]) -> Kind | None:
    """The LMFDB's text download: titles in a comment, ``#    [Label, Conductor, ...]``, then lines with tabs."""
    for comment in comments:
        if (match := re.fullmatch(r"#\s+\[(.+)\]\s*", comment)) and "\t" in line:
            titles = tuple(each.strip() for each in match[1].split(", "))
            if len(titles) == len(line.split("\t")) and len(set(titles)) == len(titles):
                rows = [each.split("\t") for each in [line, *below[: _SAMPLE - 1]]]
                sample = {title: [row[k] for row in rows if len(row) == len(titles)] for k, title in enumerate(titles)}
                return Kind("delimited", Shape("\t", titles, quoted=False, comment="#"), sample=sample)
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []
