"""The Stein-Watkins database as the LMFDB gives it out (EllipticCurve/Q, "Stein-Watkins dataset").

A class begins with a line ``N [primes] rank L-value isogeny-degree modular-degree``; each of its curves follows on a
line ``model (valuations) Sha torsion``. X stands for a value that was not computed; a torsion group Z/n x Z/2 is
written ``nx``.

Neither classes nor curves have names there. Labels are ``sw.N.k.m``: the m-th curve of the k-th class of conductor N.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from murmuration.sources.rows import Batch, core, with_bad
from murmuration.sources.source import Provenance
from murmuration.sources.text import blocks

PROVENANCE: dict[str, Provenance] = {
    **dict.fromkeys(("class", "label", "conductor", "torsion", "ainvs"), "proved"),
    "rank": "numerical",
    "special_value": "numerical",
    "modular_degree": "conditional",
    "sha": "conditional",
}

_NUMBER = r"(?:X|-?[\d.]+(?:[eE][-+]?\d+)?)"
_CLASS = re.compile(rf"(\d+) \[\d+(?:,\d+)*\] (X|\d+) ({_NUMBER}) (X|\d+) ([+*]*(?:X|\d+)?)\s*")
_CURVE = re.compile(rf"(\[-?\d+(?:,-?\d+){{4}}\]) [\[(][\d,]*[\])] ({_NUMBER}) (X|\d{{1,2}}x?)\s*")
_COLUMNS = ("class", "label", "conductor", "rank", "torsion", "ainvs", "special_value", "modular_degree", "sha")


def begins(line: str) -> bool:
    """Whether a line is the first of a class."""
    return _CLASS.fullmatch(line) is not None


def batches(stream: BinaryIO, name: str) -> Iterator[Batch]:
    """The curves of one file."""
    reading = _Reading()
    for block in blocks(stream, name):
        rows: list[tuple[str | None, ...]] = []
        bad: list[tuple[str, str]] = []
        for line in block.data.decode("utf-8", "replace").split("\n"):
            if line.strip():
                reading.take(line, rows, bad)
        columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
        arrays = {each: pa.array(column, pa.string()) for each, column in zip(_COLUMNS, columns, strict=True)}
        if rows or bad:
            yield Batch(with_bad(core(arrays, len(rows)), bad), name, "lines", block.first, block.last)


class _Reading:
    """The class that the next curve belongs to, and how many there were."""

    def __init__(self) -> None:
        self.match: re.Match[str] | None = None
        self.conductor = ""
        self.classes = self.curves = 0

    def take(self, line: str, rows: list[tuple[str | None, ...]], bad: list[tuple[str, str]]) -> None:
        if (found := _CLASS.fullmatch(line)) is not None:
            self.classes = self.classes + 1 if found[1] == self.conductor else 1
            self.match, self.conductor, self.curves = found, found[1], 0
        elif (curve := _CURVE.fullmatch(line)) is None:
            bad.append((line[:200], f"expected a class or a curve of Stein-Watkins, got {line[:60]!r}"))
            if line[:1] != "[":
                self.match = None
        elif self.match is None:
            bad.append((line[:200], f"expected a line of the class before its curves, got {line[:60]!r}"))
        else:
            self.curves += 1
            group = f"sw.{self.conductor}.{self.classes}"
            torsion = str(2 * int(curve[3][:-1])) if curve[3].endswith("x") else curve[3]
            degree = self.match[5].strip("+*")
            values = group, f"{group}.{self.curves}", self.conductor, self.match[2], torsion, curve[1], self.match[3]
            rows.append(tuple(None if each in ("X", "") else each for each in (*values, degree, curve[2])))
