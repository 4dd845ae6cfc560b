"""A source cut into small chunks, and both engines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from murmuration.ingest import DaskEngine, Engine, PebbleEngine
from murmuration.sources.source import Chunk, Source
from tests.conftest import EMBEDDED

Cut: TypeAlias = Callable[..., Source]


def raw() -> pa.Table:
    """The embedded curves as a reader gives them."""
    return pq.read_table(EMBEDDED)


def source(table: pa.Table, rows: int, name: str = "embedded", total: bool = True) -> Source:
    """A table as a source, in chunks of so many rows."""

    def read() -> Iterator[Chunk]:
        for offset in range(0, table.num_rows, rows):
            yield Chunk(offset, table[offset : offset + rows], f"{name}, rows from {offset}")

    return Source(name, "test", table.num_rows if total else None, {}, True, "", (), read)


@pytest.fixture(params=["pebble", "dask"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Either engine with two workers."""
    if request.param == "pebble":
        with PebbleEngine(2) as pebble:
            yield pebble
    else:
        with DaskEngine(request.getfixturevalue("cluster")) as client:
            yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a run writes."""
    return tmp_path / "run"
