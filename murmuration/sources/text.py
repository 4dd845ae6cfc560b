"""Lines of text to batches: whole blocks through Arrow's CSV reader where every line is well formed, else line by line.

A line longer than :data:`LONGEST` ends the reading: no format here has one, and a bomb of zeros is one endless line.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from murmuration.errors import DatasetError

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
    """How lines fall into fields: the delimiter, the names of the fields, whether quotes quote, and comments."""

    delimiter: str
    names: tuple[str, ...]
    quoted: bool = False
    comment: str = ""


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


def fields(block: Block, shape: Shape) -> tuple[dict[str, pa.Array], pa.Array]:
    """The fields of each well-formed line, as text (empty and NULL are null), and the text of the others."""
    data = block.data
    if b"\r" not in data and not (shape.comment and shape.comment.encode() in data):
        try:
            table = _fast(data, shape)
            return {name: table[name].combine_chunks() for name in shape.names}, pa.array([], pa.string())
        except pa.ArrowInvalid:
            pass  # some line is not of this shape: find out which
    return _slow(data, shape)


def _fast(data: bytes, shape: Shape) -> pa.Table:
    return pa.csv.read_csv(
        pa.BufferReader(data),
        read_options=pa.csv.ReadOptions(column_names=shape.names, use_threads=False, block_size=2 * BLOCK + LONGEST),
        parse_options=pa.csv.ParseOptions(delimiter=shape.delimiter, quote_char='"' if shape.quoted else False),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(shape.names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=["", "NULL", "null", "None", r"\N"],
        ),
    )


def _slow(data: bytes, shape: Shape) -> tuple[dict[str, pa.Array], pa.Array]:
    good: list[list[str]] = []
    bad: list[str] = []
    for raw in data.split(b"\n"):
        line = raw.removesuffix(b"\r").decode("utf-8", "replace")
        if not line.strip() or (shape.comment and line.startswith(shape.comment)):
            continue
        values = _split(line, shape)
        if len(values) == len(shape.names) and "\ufffd" not in line:
            good.append(values)
        else:
            bad.append(line[:200])
    columns = list(zip(*good, strict=True)) or [()] * len(shape.names)
    nulls = {"", "NULL", "null", "None", r"\N"}
    arrays = [pa.array([None if each in nulls else each for each in column], pa.string()) for column in columns]
    return dict(zip(shape.names, arrays, strict=True)), pa.array(bad, pa.string())


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
