"""The LMFDB's downloads as programs: GP, Sage, Magma, GAP and Oscar, in the layouts of 2016, 2022/23 and today.

Today ``columns`` names the columns and ``data`` has a list a row. In 2022/23 ``labels`` and ``data`` are two lists in
matching order, the second of models; in 2016 there was ``data`` alone. The layout is the LMFDB's downloader.py.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import BinaryIO

import pyarrow as pa

from murmuration.sources.brackets import Element, elements, parts, unquoted
from murmuration.sources.columns import Columns
from murmuration.sources.rows import Batch, with_bad

ROWS = 4096
"""Rows of a batch."""

_ASSIGNED = re.compile(r"^\s*(columns|labels|data)\s*:?=\s*\{?\s*\[", re.MULTILINE)


@dataclass(frozen=True)
class Layout:
    """The lists of a download.

    names:    of the columns.
    labelled: whether the labels are a list of their own.
    rows:     whether each entry is a row, and not a model alone.
    """

    names: tuple[str, ...]
    labelled: bool = False
    rows: bool = True


def layout(text: str) -> Layout | None:
    """The layout of a file that begins so; None where no such lists are assigned."""
    found = {match[1]: match.end() - 1 for match in _ASSIGNED.finditer(text)}
    if "data" not in found and "labels" not in found:
        return None
    if "columns" in found:
        names = tuple(parts(text[found["columns"] : found["columns"] + 2**15].partition("]")[0] + "]"))
        return Layout(names) if names and len(set(names)) == len(names) else None
    labelled = "labels" in found
    first = next(iter(parts(text[found["data"] : found["data"] + 2**14])), "") if "data" in found else ""
    titles = re.search(r"has the form:\s*(?:\\\\|//|#)\s+\[(\w[^\[\]\n]*)\]", text)
    inside = parts(first)
    if titles and len(inside) == len(names := tuple(each.strip() for each in titles[1].split(","))) != 5:
        return Layout(("label", *names) if labelled else names, labelled)
    return Layout(("label", "ainvs") if labelled else ("ainvs",), labelled, rows=False)


def batches(open_: Callable[[], BinaryIO], name: str, shape: Layout, columns: Columns) -> Iterator[Batch]:
    """The rows of one file, read twice at once where its labels are a list of their own."""
    entries = _entries(open_, name, shape)
    first = 1
    while rows := list(islice(entries, ROWS)):
        good = [(values, line) for values, line, fault in rows if not fault]
        bad = [(f"line {line:,}", fault) for _, line, fault in rows if fault]
        given = {
            each: pa.array([values[index] for values, _ in good], pa.string())
            for index, each in enumerate(shape.names)
            if each in columns.wanted
        }
        table = columns.table(given, len(good), first)
        yield Batch(with_bad(table, bad), name, "lines", rows[0][1], rows[-1][1])
        first += len(rows)


def _entries(open_: Callable[[], BinaryIO], name: str, shape: Layout) -> Iterator[tuple[list[str], int, str]]:
    """The values of each row, its line, and its fault or ""."""
    with closing(open_()) as stream, closing(open_()) as beside:
        data = _assigned(stream, name, "data")
        labels = _assigned(beside, name, "labels") if shape.labelled else iter(())
        width = len(shape.names) - shape.labelled
        for entry, label in zip_longest(data, labels):
            if shape.labelled and (entry is None or label is None):
                ended = "labels" if label is None else "models"
                yield [], (entry or label).line, f"expected as many labels as models, got fewer {ended}"
                return
            values = parts(entry.text) if shape.rows else [entry.text]
            if len(values) != width:
                yield [], entry.line, f"expected a list of {width}, got {entry.text[:60]!r}"
            else:
                yield ([unquoted(label.text)] if label else []) + values, entry.line, ""


def _assigned(stream: BinaryIO, name: str, wanted: str) -> Iterator[Element]:
    """The elements of the list of a name; the rest of the file, which is code, is not read."""
    started = False
    for each in elements(stream, name):
        if each.name == wanted:
            started = True
            yield each
        elif started:
            return
