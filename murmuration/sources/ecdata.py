"""ecdata text files: ``allcurves``, ``allbsd``, and ``alllabels`` to join Cremona's labels with the LMFDB's.

Format: ecdata/doc/file-format.txt. A line of allcurves is ``N class number [a1,a2,a3,a4,a6] rank torsion``; allbsd adds
the Tamagawa product, real period, leading L-value, regulator and analytic order of Sha. The two labellings order the
classes of a conductor differently, and the curves of a class: they are joined, never made from each other.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.sources.rows import Batch, Seen, core, with_bad
from murmuration.sources.source import Provenance
from murmuration.sources.tally import Tally
from murmuration.sources.text import Block, Shape, blocks, fields
from murmuration.sources.values import orders
from murmuration.types import Int64s

_CURVE = ("conductor", "code", "number", "ainvs", "rank", "torsion")
_BSD = ("tamagawa_product", "real_period", "special_value", "regulator", "sha")
_CURVES = Shape(" ", _CURVE)
ALLLABELS = Shape(" ", ("conductor", "code", "number", "lmfdb_conductor", "lmfdb_code", "lmfdb_number"))

_ID = r"[1-9]\d* [a-z]+ [1-9]\d*"
_AI = r"\[-?\d+(?:,-?\d+){4}\]"
_FLOAT = r"[-+.\dEe]+"
LINES = {
    "allbsd": (re.compile(rf"{_ID} {_AI} \d+ \d+ \d+( {_FLOAT}){{4}}\s*"), Shape(" ", (*_CURVE, *_BSD))),
    "allcurves": (re.compile(rf"{_ID} {_AI} \d+ \d+\s*"), _CURVES),
    "allgens": (re.compile(rf"{_ID} {_AI} \d+ \[(?:\d+(?:,\d+)?)?\](?: \[-?\d+:-?\d+:-?\d+\])*\s*"), _CURVES),
    "galrep": (re.compile(rf"{_ID} {_AI} \d+ \d+(?: \d+[A-Z][\w.\[\],-]*)+\s*"), _CURVES),
    "allbigsha": (re.compile(rf"{_ID} {_AI} \d+ \d+ {_FLOAT}\s*"), _CURVES),
    "alllabels": (re.compile(rf"{_ID} [1-9]\d* [a-z]+ [1-9]\d*\s*"), ALLLABELS),
}
"""A line of each kind of file that is read, and its fields. allgens, galrep and allbigsha begin as allcurves does; the
rest of their lines is left out."""

WHOLE = ("allbsd", "allcurves")
"""The kinds that hold every curve: where one of them is there, the other kinds of curves are not read."""

_LONGER = ("allgens", "galrep", "allbigsha")

_SISTERS = {
    "allisog": re.compile(rf"{_ID} {_AI} \[{_AI}.*"),
    "alldegphi": re.compile(rf"{_ID} {_AI} \d+\s*"),
    "2adic": re.compile(rf"{_ID} {_AI} (?:\d+|inf) (?:\d+|inf) \[.*"),
    "degphi": re.compile(rf"{_ID} \d+ \{{[\d,]*\}} {_AI}\s*"),
    "intpts": re.compile(rf"[1-9]\d*[a-z]+[1-9]\d* {_AI} \[[-\d,]*\]\s*"),
    "aplist": re.compile(r"[1-9]\d* [a-z]+(?: (?:-?\d+|[-+]))+(?: [-+]\(\d+\))*\s*"),
    "count": re.compile(r"[1-9]\d* \d+\s*"),
}

SISTER_WORDS = {
    "allisog": "isogenies",
    "alldegphi": "modular degrees",
    "2adic": "2-adic images",
    "degphi": "modular degrees",
    "intpts": "integral points",
    "aplist": "Hecke eigenvalues of classes",
    "count": "numbers of classes",
}
"""Files of ecdata that are not read, and their content."""


def sister(line: str) -> str | None:
    """The table of ecdata that a line belongs to, among the tables without ranks."""
    return next((name for name, pattern in _SISTERS.items() if pattern.fullmatch(line)), None)


PROVENANCE: dict[str, Provenance] = {
    "tamagawa_product": "proved",
    "real_period": "numerical",
    "special_value": "numerical",
    "regulator": "numerical",
    "sha": "conditional",
    "lmfdb_label": "proved",
}


@dataclass(frozen=True)
class Labels:
    """The content of ``alllabels``: sorted keys of Cremona's labels, and the keys of the LMFDB's beside them."""

    cremona: Int64s
    lmfdb: Int64s

    def of(self, keys: Int64s) -> pa.Array:
        """The LMFDB label of each curve, null where ``alllabels`` does not have it."""
        if not len(self.cremona):
            return pa.nulls(len(keys), pa.string())
        at = np.minimum(np.searchsorted(self.cremona, keys), len(self.cremona) - 1)
        found = (self.cremona[at] == keys) & (keys >= 0)
        return pa.array([_lmfdb(int(key)) if yes else None for key, yes in zip(self.lmfdb[at], found, strict=True)])


NO_LABELS = Labels(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def labels(streams: Iterable[tuple[str, BinaryIO]]) -> Labels:
    """The labels of some files of ``alllabels``: 16 bytes a curve. Lines of another shape are left out."""
    pairs = []
    for name, stream in streams:
        for block in blocks(stream, name):
            columns = fields(block, ALLLABELS).columns
            theirs = {key: columns["lmfdb_" + key] for key in ("conductor", "code", "number")}
            pairs.append((keys(columns), keys(theirs)))
    if not pairs:
        return NO_LABELS
    cremona, lmfdb = (np.concatenate(side) for side in zip(*pairs, strict=True))
    good = (cremona >= 0) & (lmfdb >= 0) & (cremona >> 27 == lmfdb >> 27)  # one curve has one conductor
    order = np.argsort(cremona[good], kind="stable")
    return Labels(cremona[good][order], lmfdb[good][order])


def batches(
    stream: BinaryIO, name: str, kind: str, known: Labels, seen: Seen | None, tally: Tally | None = None
) -> Iterator[Batch]:
    """The curves of one file. Curves that were ``seen`` in another file are left out."""
    shape = LINES[kind][1]
    for whole in blocks(stream, name):
        block = _shortened(whole) if kind in _LONGER else whole
        cut = fields(block, shape)
        columns = cut.columns
        if not cut.lines:
            continue
        curves = keys(columns)
        group = pc.binary_join_element_wise(columns["conductor"], columns["code"], "")
        label = pc.binary_join_element_wise(group, columns["number"], "")
        ready = {"class": group, "label": label}
        ready |= {each: columns[each] for each in ("conductor", "rank", "ainvs")}
        ready["torsion"] = orders(columns["torsion"])
        # Float columns stay text, like all columns of a text source: a value that is no number is one row's fault.
        ready |= {each: columns[each] if each in columns else pa.nulls(len(curves), pa.string()) for each in _BSD}
        if len(known.cremona):
            ready["lmfdb_label"] = known.of(curves)
            if tally is not None:
                tally.add(UNJOINED, label.filter(ready["lmfdb_label"].is_null()).to_pylist())
        table = core(ready, len(curves))
        if seen is not None:
            table = table.filter(pa.array(seen.new(curves) | (curves < 0)))
        yield Batch(with_bad(table, cut.bad), name, "lines", block.first, block.last)


DIFFERS = "curves have another LMFDB label in alllabels than in the data, which are kept: is it of another release?"
UNJOINED = "curves have no label in alllabels: is it of another release?"


def _shortened(block: Block) -> Block:
    """The lines as allcurves has them: their first six fields."""
    return Block(re.sub(rb"(?m)^((?:[^ \n]+ ){5}[^ \r\n]+)[ \r][^\n]*$", rb"\1", block.data), block.first, block.last)


def keys(columns: dict[str, pa.Array]) -> Int64s:
    """Conductor, class code and number of each label in one integer, exact; -1 for text that is no label."""
    conductor, number = _digits(columns["conductor"], 11), _digits(columns["number"], 2)
    code = columns["code"].dictionary_encode()
    values = np.array([_code(each) for each in code.dictionary.to_pylist()] + [-1], dtype=np.int64)
    index = pc.fill_null(code.indices, len(values) - 1).to_numpy()
    packed: Int64s = (conductor << 27) | (values[index] << 7) | number
    packed[(conductor < 0) | (number < 0) | (values[index] < 0)] = -1
    return packed


def _digits(column: pa.Array, most: int) -> Int64s:
    good = pc.match_substring_regex(column, rf"^[0-9]{{1,{most}}}$")
    values: Int64s = pc.fill_null(pc.if_else(good, column, None).cast(pa.int64()), -1).to_numpy()
    return values


def _code(code: str | None) -> int:
    """a, ..., z, ba, bb, ... as a number to the base 26; -1 for anything else and for more than four letters."""
    if code is None or not re.fullmatch(r"[a-z]{1,4}", code) or (len(code) > 1 and code[0] == "a"):
        return -1
    value = 0
    for letter in code:
        value = 26 * value + ord(letter) - ord("a")
    return value


def _lmfdb(key: int) -> str:
    conductor, value, number = key >> 27, key >> 7 & 0xFFFFF, key & 0x7F
    letters = ""
    while value or not letters:
        value, letter = divmod(value, 26)
        letters = chr(ord("a") + letter) + letters
    return f"{conductor}.{letters}{number}"
