"""PARI's ``elldata`` package, and ``paricurves`` of ecdata, from which it is made.

A file of elldata is one GP list, ``[[N, [label, model, generators], ...], ...]``, commonly on one line; paricurves has
``[label, model, generators]`` a line. Labels are Cremona's; the rank is the number of generators of infinite order.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import pyarrow as pa

from murmuration.sources.brackets import elements, parts
from murmuration.sources.rows import Batch, conductor_of, core, with_bad
from murmuration.sources.source import Provenance
from murmuration.sources.text import blocks
from murmuration.sources.values import models

ROWS = 4096
"""Rows of a batch."""

PROVENANCE: dict[str, Provenance] = dict.fromkeys(("class", "label", "conductor", "rank", "ainvs"), "proved")

_NESTED = re.compile(r"\s*\[\s*\[\s*\d+\s*,\s*\[\s*\"")
_LINE = re.compile(r"\s*\[\s*\"\d+ ?[a-z]+ ?\d+\"\s*,\s*\[[-\d, ]+\]\s*,\s*\[")


def kind(text: str) -> str | None:
    """The name of the format, for a file that begins so; None for any other."""
    return "elldata" if _NESTED.match(text) else "paricurves" if _LINE.match(text) else None


def batches(stream: BinaryIO, name: str, layout: str) -> Iterator[Batch]:
    """The curves of one file."""
    curves = _nested(stream, name) if layout == "elldata" else _lines(stream, name)
    while rows := list(islice(curves, ROWS)):
        good = [each for each, _, _ in rows if len(each) == 4]
        bad = [(f"line {line:,}", f'expected [label, model, generators], got {text[:60]!r}')
               for each, text, line in rows if len(each) != 4]  # fmt: skip
        label = pa.array([each[1].replace(" ", "") for each in good], pa.string())
        stated = pa.array([each[0] for each in good], pa.string())
        ready = {
            "label": label,
            "conductor": stated if layout == "elldata" else conductor_of(label),
            "rank": pa.array([str(len(parts(each[3]))) for each in good], pa.string()),
            "ainvs": models(pa.array([each[2] for each in good], pa.string())),
        }
        yield Batch(with_bad(core(ready, len(good)), bad), name, "lines", rows[0][2], rows[-1][2])


def _nested(stream: BinaryIO, name: str) -> Iterator[tuple[list[str], str, int]]:
    """Conductor, label, model and generators of each curve, its text and its line."""
    for group in elements(stream, name):
        conductor, *curves = parts(group.text) or [group.text]
        for curve in curves or [conductor]:
            yield [conductor, *parts(curve)], curve, group.line


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[list[str], str, int]]:
    for block in blocks(stream, name):
        for number, line in enumerate(block.data.decode("utf-8", "replace").split("\n"), block.first):
            if line.strip():
                yield ["", *parts(line)], line, number
