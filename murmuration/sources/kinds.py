"""What a file is, by its first bytes (magic number, header line, shape of its lines) and never by its name."""

import csv
import io
import re
from dataclasses import dataclass

from murmuration.sources import bhkssw, ecdata
from murmuration.sources.columns import EXTRAS, NAMES, plain
from murmuration.sources.text import Shape

HEAD = 2**16
"""Bytes that are looked at."""

_MAGIC = {
    b"SQLite format 3\0": "sqlite",
    b"PAR1": "parquet",
    b"ARROW1\0\0": "arrow",
    b"\xff\xff\xff\xff": "arrow-stream",
}
_KNOWN = (
    {name for names in NAMES.values() for name in names} | EXTRAS.keys() | {"a1", "a2", "a3", "a4", "a6", "lmfdb_iso"}
)


@dataclass(frozen=True)
class Kind:
    """A format.

    shape:  how its lines fall into fields, for those of lines.
    header: how many lines come before the first curve.
    """

    name: str
    shape: Shape | None = None
    header: int = 0

    @property
    def lines(self) -> bool:
        """Whether it is text, one curve a line."""
        return self.shape is not None


def recognise(head: bytes) -> Kind | None:
    """The format of a file that begins so; None for anything else."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return Kind(name)
    if b"\0" in head[:512]:
        return None
    lines = head.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if first is None:
        return None
    line = lines[first]
    for name, pattern in ecdata.LINES.items():
        if pattern.fullmatch(line):
            return Kind(name, getattr(ecdata, name.upper()))
    if layout := bhkssw.shape(line):
        return Kind("bhkssw", layout)
    return _titled(lines[:first], line) or _delimited(line, first)


def _delimited(line: str, above: int) -> Kind | None:
    """A header line with two names at least that are known, in the delimiter that gives most of them."""
    best: tuple[int, Shape] | None = None
    for delimiter in "\t,|;":
        names = tuple(_cells(line, delimiter))
        known = sum(plain(each) in _KNOWN for each in names)
        if known >= 2 and len(set(names)) == len(names) and (best is None or known > best[0]):
            best = known, Shape(delimiter, names, quoted=True)
    return Kind("delimited", best[1], above + 1) if best else None


def _titled(comments: list[str], line: str) -> Kind | None:
    """The LMFDB's text download: titles in a comment, ``#    [Label, Conductor, ...]``, then lines with tabs."""
    for comment in comments:
        if (match := re.fullmatch(r"#\s+\[(.+)\]\s*", comment)) and "\t" in line:
            titles = tuple(each.strip() for each in match[1].split(", "))
            if len(titles) == len(line.split("\t")):
                return Kind("delimited", Shape("\t", titles, quoted=False, comment="#"))
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return []
