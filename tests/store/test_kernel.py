"""A kernel that writes wrong traces into a stretch of rows: caught by a guard or by verify, taken back by undo."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration import store
from murmuration.errors import StoreError
from murmuration.store import rows as _rows


def stretch(table: mm.CurveTable, traces: mm.Traces, start: int, stop: int) -> Iterator[pa.RecordBatch]:
    """Rows ``start`` to before ``stop`` of the curves, repeated without end."""
    whole = pa.Table.from_batches(store.batches(table, traces)).combine_chunks()
    while start < stop:
        first = start % len(whole)
        part = whole.slice(first, min(stop - start, len(whole) - first))
        yield from part.to_batches(max_chunksize=_rows.BATCH)
        start += len(part)


def broken(batch: pa.RecordBatch, kernel: str) -> pa.RecordBatch:
    """The result of a kernel for a batch."""
    field = batch.schema.field("traces")
    values = batch["traces"].flatten().to_numpy().reshape(len(batch), -1).copy()
    if kernel == "garbage":
        values = np.random.default_rng(0).integers(-128, 128, values.shape, dtype=np.int8)
    elif kernel == "twisted":  # another curve's sign: every value keeps Hasse's bound
        values = -values
    else:  # the row next to it
        values = np.roll(values, 1, axis=0)
    column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), type=field.type)
    return batch.set_column(batch.schema.get_field_index("traces"), field, column)


def digest(view: store.SnapshotView, start: int, stop: int) -> str:
    """SHA-256 over the bytes of some rows."""
    whole = hashlib.sha256()
    for batch in view.batches(start=start, stop=stop):
        whole.update(pa.concat_batches([batch]).serialize())
    return whole.hexdigest()


def survive(path: Path, table: mm.CurveTable, primes: int, rows: int, first: int, last: int) -> None:
    traces = mm.trace(table, primes)
    lab = store.create(path)
    lab.append(stretch(table, traces, 0, rows), "good rows")
    good = digest(lab.checkout(1), first, last), digest(lab.checkout(1), 0, rows)
    assert lab.verify(1, pairs=2000, seed=1).wrong == 0

    garbage = (broken(batch, "garbage") for batch in stretch(table, traces, first, last))
    with pytest.raises(StoreError, match=rf"Hasse.* rows from {first:,} to .*nothing was committed"):
        lab.replace_rows(first, garbage)
    assert len(lab.snapshots()) == 1

    for kernel in ("twisted", "rolled"):
        lab.replace_rows(first, (broken(batch, kernel) for batch in stretch(table, traces, first, last)), kernel)
        bad = lab.snapshot().number
        certificate = lab.verify(pairs=10_000, seed=2)
        assert 100 < certificate.wrong < 10_000 * (last - first) / rows * 1.3
        assert all(first <= row < last for row, *_ in certificate.shown)
        assert lab.certificates(bad) == [certificate]
        changed = lab.diff(1, bad).changed
        assert first <= changed[0].start < changed[-1].stop <= last
        assert {each.columns for each in changed} == {("traces",)}
        assert sum(each.stop - each.start for each in changed) > 0.99 * (last - first)

        back = lab.undo()
        assert f"{last - first:,} rows written" in back.what
        assert digest(lab.checkout(), first, last) == good[0]
        assert digest(lab.checkout(), 0, rows) == good[1]
        assert not lab.diff(1, back.number)


def test_120_000_rows(tmp_path: Path, table: mm.CurveTable) -> None:
    survive(tmp_path / "lab", table, primes=60, rows=120_000, first=70_000, last=78_000)


@pytest.mark.slow
def test_12_million_rows(tmp_path: Path, table: mm.CurveTable) -> None:
    survive(tmp_path / "lab", table, primes=40, rows=12_000_000, first=7_000_000, last=7_800_000)
