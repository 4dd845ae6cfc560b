"""Block sums: exact sums over blocks of consecutive rows, kept, so that any window is an addition.

Sums of a_p, of a_p^2 and of a_p a_l are integers and add up. Each block of 65,536 rows has them once: by the values of
all categorical columns together, and its Gram matrix when an axis asks for components. The sums of any set of rows are
those of the blocks that lie in it whole, and of the remaining rows, which are read. In a table sorted by conductor a
window leaves two ends to read; where rows are not sorted everything is read, as without blocks.

With a folder the sums are files (4 MB a block at 1000 primes: 132 MB for all of Cremona's tables), named by a digest of
everything they depend on. A file that cannot be read, or whose parts contradict each other, is computed again.
"""

import hashlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration import sums
from murmuration.cores import cores
from murmuration.projection import products
from murmuration.projection.components import Multiply
from murmuration.sums import Sums
from murmuration.table import CATEGORICAL, CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Integers, Progress

log = logging.getLogger(__name__)

BLOCK = 65_536
"""Rows of a block: the sums of a_p a_l over it fit into int32 up to p = 8191, since |a_p a_l| <= 4 sqrt(p l)."""

_FORMAT = 1
"""The number of the files' format, part of their digest."""


@dataclass(frozen=True)
class Moments:
    """The sums of a block by category.

    values: int16 (v, 3), one value of each of CATEGORICAL.  curves: int64 (v,).  total, squares: int64 (v, k).
    """

    values: Integers
    curves: Int64s
    total: Int64s
    squares: Int64s


class BlockSums:
    """The block sums of a table and its traces. Threads may share it."""

    def __init__(
        self, table: CurveTable, traces: TraceParts, folder: Path | None = None, multiply: Multiply = products
    ) -> None:
        """``folder`` keeps the files, or None to keep the sums in memory. ``multiply`` computes Gram matrices."""
        self._table, self._traces, self._multiply = table, traces, multiply
        self._folder = None if folder is None else folder / self._digest()
        self._blocks = -(-len(table) // BLOCK)
        self._moments: dict[int, Moments] = {}
        self._grams: dict[int, Integers] = {}  # those in memory, where no folder keeps them
        self._kind = np.int32 if BLOCK * 4 * int(traces.primes[-1]) < 2**31 else np.int64
        self._making = threading.Lock()

    def products(self, rows: Int64s, progress: Progress = lambda done, total: None) -> tuple[Floats, Floats]:
        """Sums of a_p, float64 (k,), and of a_p a_l, float64 (k, k), over ascending rows; exact."""
        whole, rest = self._split(rows)
        k = len(self._traces.primes)
        total, gram = np.zeros(k), np.zeros((k, k))
        for made in self._made(whole, self._gram, progress):
            gram += made
        for block in whole:
            total += self._moment(block).total.sum(axis=0)
        if len(rest):
            more, crossed = self._multiplied(rest)
            total += more
            gram += crossed
        return total, gram

    def grouped(self, rows: Int64s, column: str) -> Sums:
        """Sums at each prime over ascending rows, by the values of a categorical column that occur among them."""
        category, place = self._table.category(column), CATEGORICAL.index(column)
        values = np.unique(category[rows]).astype(np.int64)
        whole, rest = self._split(rows)
        group = np.full(len(self._table), -1, dtype=np.int64)
        group[rest] = np.searchsorted(values, category[rest])
        found = sums.grouped(self._traces, group, values)
        for block in whole:
            moments = self._moment(block)
            at = np.searchsorted(values, moments.values[:, place])
            for kept, new in (
                (found.curves, moments.curves),
                (found.total, moments.total),
                (found.squares, moments.squares),
                (found.count, np.repeat(moments.curves[:, None], len(self._traces.primes), axis=1)),
            ):
                np.add.at(kept, at, new)
        return found

    # ---- blocks ----------------------------------------------------------------------------------------------------

    def _split(self, rows: Int64s) -> tuple[list[int], Int64s]:
        """The blocks that lie in some rows whole, and the rows in no such block."""
        found = np.bincount(rows // BLOCK, minlength=self._blocks)
        sizes = np.full(self._blocks, BLOCK)
        sizes[-1:] = len(self._table) - (self._blocks - 1) * BLOCK
        whole = found == sizes
        return np.flatnonzero(whole).tolist(), rows[~whole[rows // BLOCK]]

    def _rows(self, block: int) -> Int64s:
        return np.arange(block * BLOCK, min((block + 1) * BLOCK, len(self._table)))

    def _made(self, blocks: list[int], make: Callable[[int], Integers], progress: Progress) -> Iterator[Integers]:
        """The result of ``make`` for each block, on as many threads as there are cores, each with one BLAS thread.

        BLAS's own threads wait for each other at pieces this small (1.4 times slower idle, 2 to 3 times when busy).
        """
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores()) as pool:
            for done, made in enumerate(pool.map(make, blocks)):
                progress(done, len(blocks))
                yield made

    def _multiplied(self, rows: Int64s) -> tuple[Floats, Floats]:
        """The products of rows that are in no whole block, a share of them on each core."""
        shares = [share for share in np.array_split(rows, cores()) if len(share)]
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores()) as pool:
            pairs = list(pool.map(lambda share: self._multiply(self._traces, share), shares))
        return np.sum([total for total, _ in pairs], axis=0), np.sum([gram for _, gram in pairs], axis=0)

    def _gram(self, block: int) -> Integers:
        name = f"{block:05}-gram.npz"
        if (kept := self._grams.get(block)) is not None:
            return kept
        read = self._read(name, "gram")
        if read is not None and np.array_equal(np.diag(read[0]), self._moment(block).squares.sum(axis=0)):
            return read[0]
        if read is not None:
            log.warning("%s contradicts the sums of its block and is computed again", name)
        gram: Integers = self._multiply(self._traces, self._rows(block))[1].astype(self._kind)
        if not self._write(name, gram=gram):
            self._grams[block] = gram
        return gram

    def _moment(self, block: int) -> Moments:
        with self._making:
            if block not in self._moments:
                self._moments[block] = self._measure(block)
            return self._moments[block]

    def _measure(self, block: int) -> Moments:
        name, rows = f"{block:05}-moments.npz", self._rows(block)
        read = self._read(name, "values", "curves", "total", "squares")
        if read is not None and int(read[1].sum()) == len(rows):
            return Moments(read[0], *(each.astype(np.int64) for each in read[1:]))
        columns = np.stack([self._table.category(each)[rows] for each in CATEGORICAL], axis=1)
        values, inverse = np.unique(columns, axis=0, return_inverse=True)
        group = np.full(len(self._table), -1, dtype=np.int64)
        group[rows] = inverse.reshape(-1)
        found = sums.grouped(self._traces, group, np.arange(len(values)))
        moments = Moments(values, found.curves, found.total, found.squares)
        self._write(name, values=values, curves=found.curves, total=found.total, squares=found.squares)
        return moments

    # ---- files -----------------------------------------------------------------------------------------------------

    def _digest(self) -> str:
        """The name of the folder of these sums: SHA-256 of all they depend on."""
        found = hashlib.sha256(f"{_FORMAT} {BLOCK} {len(self._traces.primes)} {self._table.digest}".encode())
        for column in CATEGORICAL:
            found.update(self._table.category(column).tobytes())
        return found.hexdigest()[:32]

    def _read(self, name: str, *arrays: str) -> list[Integers] | None:
        """The arrays of a file, or None where it is missing or damaged: a zip file has a CRC for each of them."""
        if (folder := self._folder) is None:  # read once: another thread may give the folder up
            return None
        try:
            # Opened here, since numpy leaves a damaged file open.
            with (folder / name).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                found = [file[each] for each in arrays]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, BadZipFile, EOFError) as error:
            log.warning("%s: the kept sums cannot be read and are computed again (%s)", folder / name, error)
            return None
        return found if found[-1].shape[-1] == len(self._traces.primes) else None

    def _write(self, name: str, **arrays: Integers) -> bool:
        """Write a file under its name once it is whole; False where there is no folder or it cannot be written."""
        if (folder := self._folder) is None:
            return False
        temporary = ""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".tmp", delete=False) as file:
                temporary = file.name
                np.savez(file, allow_pickle=False, **arrays)
            os.replace(temporary, folder / name)
        except OSError as error:
            log.warning("%s: sums are kept in memory instead (%s)", folder, error.strerror)
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            self._folder = None
            return False
        return True
