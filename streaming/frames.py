"""Binary messages: each is one complete Arrow IPC stream that any Arrow reader decodes.

There is no header of our own: kind, sequence number, epoch, snapshot and projection travel in the schema metadata, so
Arrow's buffers keep their alignment of 8 and a client uploads them to its GPU without a copy. A message holds one
record batch, uncompressed, and never exceeds :data:`MAX_FRAME` bytes.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa

from murmuration.cloud.wireframe import MOST_SEGMENTS as MOST_SEGMENTS  # 17 bytes each: one frame holds them
from murmuration.cloud.wireframe import ROLES as ROLES
from murmuration.errors import MessageError
from murmuration.types import Bools, Floats, Int64s, UInt8s, UInt16s, UInt32s

Kind = Literal["points", "trace", "mask", "wireframe", "progress"]

MAX_FRAME = 1 << 20
"""Bytes of the largest binary message."""

PRIMES_A_FRAME = 20_000
"""Primes of the longest average trace that fits a frame, at 32 bytes each."""

POINTS = pa.schema([("position", pa.list_(pa.field("item", pa.uint16(), nullable=False), 4)), ("row", pa.uint32())])
TRACE = pa.schema([("class", pa.int32()), ("prime", pa.int32()), ("mean", pa.float64()), ("stderr", pa.float64()),
                   ("count", pa.int64())])  # fmt: skip
RATIO = pa.schema([("class", pa.int32()), ("ratio", pa.float64()), ("mean", pa.float64()), ("stderr", pa.float64()),
                   ("count", pa.int64())])  # fmt: skip
MASK = pa.schema([("bits", pa.uint8())])
WIREFRAME = pa.schema([
    ("segment", pa.list_(pa.field("item", pa.uint16(), nullable=False), 8)),
    ("role", pa.uint8()),
])  # fmt: skip
PROGRESS = pa.schema([("task", pa.utf8()), ("done", pa.int64()), ("total", pa.int64())])

SCHEMAS: dict[Kind, tuple[pa.Schema, ...]] = {
    "points": (POINTS,),
    "trace": (TRACE, RATIO),
    "mask": (MASK,),
    "wireframe": (WIREFRAME,),
    "progress": (PROGRESS,),
}
"""The columns of each kind of frame; a trace against p/N has a schema of its own."""

Subject = Literal["cloud", "selection"]

KEYS: dict[Kind, dict[str, Any]] = {
    "points": {"chunk": int, "level": int, "last": bool},
    "trace": {"of": Subject, "axis": Literal["p", "ratio"], "version": int},
    "mask": {"chunk": int, "points": int, "slot": int, "version": int},
    "wireframe": {"of": Subject, "version": int},
    "progress": {},
}
"""The metadata keys of each kind beside those of every frame, with their types; a bool is "1" or "0"."""


@dataclass(frozen=True)
class Header:
    """The schema metadata of every frame, all as decimal text on the wire.

    ``seq`` counts the frames of one member from 1, over all connections that resume it, and is what a client
    acknowledges. ``extra`` holds the keys of one kind:

    - points have ``chunk``, ``level`` and ``last`` ("1" when no other points wait for this client);
    - masks have ``chunk``, ``points``, ``slot`` (0 the selection, else that of a named one) and ``version``;
    - traces have ``of`` ("cloud" or "selection"), ``axis`` ("p" or "ratio") and ``version``, and each holds one class,
      so a cloud's come in several frames;
    - wireframes have ``of`` ("cloud" or "selection") and ``version``;
    - progress has nothing more.
    """

    kind: Kind
    seq: int
    epoch: int
    snapshot: str
    projection: str
    extra: dict[str, str]

    def metadata(self) -> dict[str, str]:
        """The header as Arrow schema metadata."""
        own = {"kind": self.kind, "seq": str(self.seq), "epoch": str(self.epoch)}
        return {**own, "snapshot": self.snapshot, "projection": self.projection, **self.extra}


def points(position: UInt16s, row: UInt32s) -> pa.RecordBatch:
    """Points as a batch: position (n, 4) uint16 as x, y, z, class; row (n,) uint32."""
    flat = pa.array(np.ascontiguousarray(position).reshape(-1), type=pa.uint16())
    column = pa.FixedSizeListArray.from_arrays(flat, type=POINTS.field("position").type)
    return pa.record_batch([column, pa.array(row)], schema=POINTS)


def mask(selected: Bools) -> pa.RecordBatch:
    """Which points of a chunk are selected: one bit a point in the chunk's order, the lowest bit of a byte first."""
    return pa.record_batch([pa.array(np.packbits(selected, bitorder="little"))], schema=MASK)


def trace(index: int, prime: Int64s, mean: Floats, stderr: Floats, count: int) -> pa.RecordBatch:
    """The average trace of ``count`` curves at each prime; ``class`` is ``index``, or -1 for all together.

    ``stderr`` is NaN where fewer than two curves were averaged.
    """
    n = len(prime)
    return pa.record_batch(
        [
            pa.array(np.full(n, index, np.int32)),
            pa.array(prime.astype(np.int32)),
            pa.array(mean),
            pa.array(stderr),
            pa.array(np.full(n, count, np.int64)),
        ],
        schema=TRACE,
    )


def by_ratio(index: int, ratio: Floats, mean: Floats, stderr: Floats, count: Int64s) -> pa.RecordBatch:
    """The average trace in bins of p/N: the middle of each bin, mean and error there, and how many pairs it holds."""
    classes = pa.array(np.full(len(ratio), index, np.int32))
    return pa.record_batch([classes, *map(pa.array, (ratio, mean, stderr, count))], schema=RATIO)


def wireframe(segment: UInt16s, role: UInt8s) -> pa.RecordBatch:
    """Line segments: (n, 8) uint16 as x, y, z, class at both ends; role (n,) as in ROLES.

    The class stands in the low 8 bits, 255 for none; in a contour the high 8 bits hold the index of its share of the
    class's points in :data:`murmuration.cloud.surfaces.SHARES`.
    """
    flat = pa.array(np.ascontiguousarray(segment).reshape(-1), type=pa.uint16())
    column = pa.FixedSizeListArray.from_arrays(flat, type=WIREFRAME.field("segment").type)
    return pa.record_batch([column, pa.array(role)], schema=WIREFRAME)


def progress(task: str, done: int, total: int) -> pa.RecordBatch:
    """How far a task of the server is; ``done`` = ``total`` says that it has ended."""
    return pa.record_batch([pa.array([task]), pa.array([done]), pa.array([total])], schema=PROGRESS)


def encode(header: Header, batch: pa.RecordBatch) -> bytes:
    """One Arrow IPC stream. Raises ValueError past MAX_FRAME."""
    schema = batch.schema.with_metadata(header.metadata())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(batch.replace_schema_metadata(schema.metadata))
    data: bytes = sink.getvalue().to_pybytes()
    if len(data) > MAX_FRAME:
        raise ValueError(f"a frame of kind {header.kind} has {len(data):,} bytes, more than {MAX_FRAME:,}")
    return data


def decode(data: bytes) -> tuple[Header, pa.RecordBatch]:
    """A frame back as its header and batch, fully validated. Raises MessageError on anything else."""
    if len(data) > MAX_FRAME:
        raise MessageError(f"expected a frame of at most {MAX_FRAME:,} bytes, got {len(data):,}")
    try:
        with pa.ipc.open_stream(data) as reader:
            meta = {key.decode(): value.decode() for key, value in (reader.schema.metadata or {}).items()}
            batch = reader.read_next_batch()
        batch.validate(full=True)
        kind = meta.pop("kind")
        if kind not in get_args(Kind):
            raise MessageError(f"expected a frame of kind {', '.join(get_args(Kind))}; got {kind[:40]!r}")
        header = Header(
            kind, int(meta.pop("seq")), int(meta.pop("epoch")), meta.pop("snapshot"), meta.pop("projection"), meta
        )
    except (pa.ArrowException, OSError, StopIteration, KeyError, ValueError) as error:
        raise MessageError(f"expected one Arrow IPC stream with the metadata of a frame, got {error}") from None
    return header, batch
