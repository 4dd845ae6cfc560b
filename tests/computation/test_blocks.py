"""Block sums: equal to sums over all rows, read from blocks where possible, and never trusted blindly."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from murmuration import sums
from murmuration.computation import blocks
from murmuration.computation.blocks import BlockSums
from murmuration.projection import products
from murmuration.table import CATEGORICAL
from murmuration.types import Int64s, Values

BLOCK = 500
WINDOWS = [(11, 1000), (200, 900), (437, 437), (1, 10), (990, 5000)]


class Counted:
    """Traces that count the rows read from them."""

    def __init__(self, traces: mm.Traces) -> None:
        self._traces = traces
        self.primes, self.dtype, self.rows = traces.primes, traces.dtype, 0

    def parts(self, rows: Int64s) -> Iterator[tuple[slice, Values]]:
        self.rows += len(rows)
        return self._traces.parts(rows)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", BLOCK)


@pytest.fixture(scope="module")
def few(table: mm.CurveTable) -> mm.CurveTable:
    return table.part(0, 3210)


@pytest.fixture(scope="module")
def their(few: mm.CurveTable) -> mm.Traces:
    return mm.trace(few, primes=30)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("kept", [False, True])
def test_the_sums_of_any_window_are_those_over_its_rows(
    few: mm.CurveTable, their: mm.Traces, tmp_path: Path, window: tuple[int, int], kept: bool
) -> None:
    held = BlockSums(few, their, tmp_path if kept else None)
    rows = few.window(*window)
    for _ in range(2):  # made, then kept
        total, gram = held.products(rows)
        wanted = products(their, rows)
        assert np.array_equal(total, wanted[0])
        assert np.array_equal(gram, wanted[1])
        for column in CATEGORICAL:
            values, group = np.unique(few.category(column)[rows], return_inverse=True)
            whole = np.full(len(few), -1, dtype=np.int64)
            whole[rows] = group
            found, right = held.grouped(rows, column), sums.grouped(their, whole, values.astype(np.int64))
            for name in ("values", "curves", "count", "total", "squares"):
                assert np.array_equal(getattr(found, name), getattr(right, name)), (column, name)


def test_kept_blocks_are_not_read_again(few: mm.CurveTable, their: mm.Traces, tmp_path: Path) -> None:
    everything = np.arange(len(few))
    BlockSums(few, their, tmp_path).products(everything)
    counted = Counted(their)
    again = BlockSums(few, counted, tmp_path)
    again.products(everything)
    again.grouped(everything, "torsion")
    assert counted.rows == 0
    again.products(few.window(11, 1000))
    assert 0 < counted.rows < BLOCK


def test_sums_of_other_categories_are_kept_apart(few: mm.CurveTable, their: mm.Traces, tmp_path: Path) -> None:
    everything = np.arange(len(few))
    BlockSums(few, their, tmp_path).grouped(everything, "rank")
    BlockSums(few, mm.trace(few, primes=29), tmp_path).grouped(everything, "rank")
    assert len(list(tmp_path.iterdir())) == 2


def test_damaged_files_are_made_again_and_said(
    few: mm.CurveTable, their: mm.Traces, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    everything = np.arange(len(few))
    wanted = BlockSums(few, their, tmp_path).products(everything)
    files = sorted(tmp_path.rglob("*.npz"))
    assert len(files) == 2 * -(-len(few) // BLOCK)
    for number, file in enumerate(files):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data if number % 2 else data[: len(data) // 3])
    with caplog.at_level(logging.WARNING):
        total, gram = BlockSums(few, their, tmp_path).products(everything)
    assert np.array_equal(total, wanted[0])
    assert np.array_equal(gram, wanted[1])
    assert "cannot be read and are computed again" in caplog.text
    counted = Counted(their)
    BlockSums(few, counted, tmp_path).products(everything)
    assert counted.rows == 0


def test_a_gram_matrix_of_another_block_is_found_by_its_diagonal(
    few: mm.CurveTable, their: mm.Traces, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    everything = np.arange(len(few))
    wanted = BlockSums(few, their, tmp_path).products(everything)
    first, second, *_ = sorted(tmp_path.rglob("*-gram.npz"))
    first.write_bytes(second.read_bytes())
    with caplog.at_level(logging.WARNING):
        found = BlockSums(few, their, tmp_path).products(everything)
    assert np.array_equal(found[1], wanted[1])
    assert "contradicts the sums of its block" in caplog.text


def test_a_folder_that_cannot_be_written_costs_nothing_but_memory(
    few: mm.CurveTable, their: mm.Traces, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    held, everything = BlockSums(few, their, tmp_path / "file" / "sums"), np.arange(len(few))
    wanted = products(their, everything)
    counted = Counted(their)
    for _ in range(2):
        assert np.array_equal(held.products(everything)[1], wanted[1])
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]
    held._traces = counted
    held.products(everything)
    assert counted.rows == 0


def test_progress_counts_blocks(few: mm.CurveTable, their: mm.Traces) -> None:
    told: list[tuple[int, int]] = []
    BlockSums(few, their).products(np.arange(len(few)), lambda done, total: told.append((done, total)))
    assert told == [(k, 7) for k in range(7)]
