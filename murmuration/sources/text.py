"""Lines of text to batches: whole blocks through Arrow's CSV reader where every line is well formed, else line by line.

A line longer than :data:`LONGEST` ends the reading: no format here has one, and a bomb of zeros is one endless line.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from murmuration.errors import DatasetError
from murmuration.types import Int64s

BLOCK = 2**20
LONGEST = 2**16


@dataclass(frozen=True)
class Block:
    """Whole lines: their bytes, and the number of the first (from 1) and the last."""

    data: bytes
    first: int
    last: int


@dataclass(frozen=True)
class Shape:
    """How lines fall into fields.

    quoted:  whether double quotes quote.
    comment: the prefix of lines that are left out; "" for none.
    lists:   whether lists such as [0,-1,1,-10,-20] stand between commas without quotes.
    """

    delimiter: str
    names: tuple[str, ...]
    quoted: bool = False
    comment: str = ""
    lists: bool = False


BARE_LIST = re.compile(rb"(?m)(^|,)(\[[-\d, ]*\]|\{[-\d, ]*\}|\([-\d, ]*\))(?=,|\r?$)")
"""A list of whole numbers that is a field of a line, without quotes."""


def blocks(stream: BinaryIO, name: str, skip: int = 0) -> Iterator[Block]:
    """The lines of a stream after the first ``skip``, about 1 MiB at a time."""
    rest, line = b"", 1
    while True:
        data = stream.read(BLOCK)
        rest += data
        end = rest.rfind(b"\n") + 1 if data else len(rest)
        _refuse_endless(rest, end, line, name)
        whole, rest = rest[:end], rest[end:]
        last = line + whole.count(b"\n") - whole.endswith(b"\n")
        if whole:
            dropped = 0
            while line + dropped <= skip and whole:
                whole = whole[whole.find(b"\n") + 1 :] if b"\n" in whole else b""
                dropped += 1
            if whole:
                yield Block(whole, line + dropped, last)
            line = last + 1
        if not data:
            return


@dataclass(frozen=True)
class Fields:
    """Lines cut into fields.

    columns: the fields of the well-formed lines, as text; empty ones are null.
    places:  int64, the place of each of them among the lines that are not blank, from 0 on.
    bad:     the other lines, each with its fault.
    """

    columns: dict[str, pa.Array]
    places: Int64s
    bad: list[tuple[str, str]]

    @property
    def lines(self) -> int:
        """Lines that are not blank."""
        return len(self.places) + len(self.bad)


def fields(block: Block, shape: Shape) -> Fields:
    """The fields of each line of a block."""
    if shape.lists:
        block = replace(block, data=BARE_LIST.sub(rb'\1"\2"', block.data))
    data = block.data
    if b"\r" not in data and not (shape.comment and shape.comment.encode() in data):
        try:
            table = _fast(data, shape)
            columns = {name: table[name].combine_chunks() for name in shape.names}
            return Fields(columns, np.arange(table.num_rows), [])
        except pa.ArrowInvalid:
            pass  # some line is not of this shape: find out which
    return _slow(block, shape)


def _fast(data: bytes, shape: Shape) -> pa.Table:
    return pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(column_names=shape.names, use_threads=False, block_size=2 * BLOCK + LONGEST),
        parse_options=pa.csv.ParseOptions(delimiter=shape.delimiter, quote_char='"' if shape.quoted else False),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(shape.names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _slow(block: Block, shape: Shape) -> Fields:
    good: list[list[str]] = []
    places: list[int] = []
    bad: list[tuple[str, str]] = []
    for number, raw in enumerate(block.data.split(b"\n"), block.first):
        line = raw.removesuffix(b"\r").decode("utf-8", "replace")
        if not line.strip() or (shape.comment and line.startswith(shape.comment)):
            continue
        values = _split(line, shape)
        if len(values) == len(shape.names) and "\ufffd" not in line:
            places.append(len(good) + len(bad))
            good.append(values)
        elif "\ufffd" in line:
            bad.append((line[:200], f"line {number:,}: expected text in UTF-8, got {line[:60]!r}"))
        else:
            fault = f"line {number:,}: expected {len(shape.names)} fields, got {len(values) or 'broken quotes'}"
            bad.append((line[:200], f"{fault}: {line[:60]!r}"))
    columns = list(zip(*good, strict=True)) or [()] * len(shape.names)
    arrays = [pa.array([each or None for each in column], pa.string()) for column in columns]
    return Fields(dict(zip(shape.names, arrays, strict=True)), np.array(places, dtype=np.int64), bad)


def _split(line: str, shape: Shape) -> list[str]:
    if not shape.quoted:
        return line.split(shape.delimiter)
    try:
        return next(csv.reader(io.StringIO(line), delimiter=shape.delimiter, strict=True), [])
    except csv.Error:
        return []


def _refuse_endless(rest: bytes, end: int, line: int, name: str) -> None:
    if len(rest) - end > LONGEST:
        number = line + rest.count(b"\n")
        raise DatasetError(f"{name}: expected lines of at most {LONGEST:,} bytes, got a longer one at line {number:,}")
