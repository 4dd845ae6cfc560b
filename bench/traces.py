"""Speed of the traces, against PARI's ellap on the same pairs in the same run: `python -m bench.traces [--long]`.

The process is pinned to one core, so both figures are those of one core. PARI's time excludes ellinit; ours includes
every step from the table of curves to the array of traces, the tables of twists among them. PARI computes a random
sample of the classes, all primes each, and must agree on it.

Memory is reused between rounds: the virtual machine's host charges 0.2 to 4 ns a pair for fresh pages, which belongs to
neither side. PARI's stack is allocated beforehand too.

With --long the embedded classes are repeated 16 times (608,672 rows): the tables, whose cost does not depend on the
number of curves, then weigh as little as on millions.
"""

import ctypes
import os
import statistics
import sys
import time
from collections.abc import Callable

import cypari
import numpy as np
import pyarrow as pa

import murmuration as mm
from devshell.options import EMBEDDED
from murmuration.invariants import Invariants
from murmuration.traces import evaluate as module
from murmuration.types import Int16s, Int64s

SAMPLE = 500
BAR, LONG_BAR = 500, 1500
COPIES = 16
ROUNDS = 3

pari = cypari.pari
pari.allocatemem(2**29, silent=True)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call, over all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def ask_pari(table: mm.CurveTable, rows: Int64s, primes: int) -> tuple[float, Int16s]:
    """CPU seconds of PARI's ellap over some rows, and its traces."""
    texts = table.columns["ainvs"].take(rows).to_pylist()
    pari(f"curves = apply(ellinit, [{','.join(texts)}]); p = primes({primes});")
    seconds = cpu(lambda: pari("answer = matrix(#curves, #p, i, j, ellap(curves[i], p[j]));"))
    answer = np.array([list(map(int, pari(f"answer[{i},]"))) for i in range(1, len(rows) + 1)], dtype=np.int16)
    return seconds, answer


def repeated(table: mm.CurveTable, times: int) -> mm.CurveTable:
    """The same curves several times over; labels are then not unique, and traces do not use them."""
    inv, rows = table.invariants, len(table)
    large = {row + copy * rows: pair for row, pair in inv.large.items() for copy in range(times)}
    return mm.CurveTable(
        pa.concat_tables([table.columns] * times),
        Invariants(np.tile(inv.c4, times), np.tile(inv.c6, times), large),
        np.tile(table.small, (times, 1)),
        table.name,
    )


def keep_memory() -> None:
    """Make glibc return no memory to the system: no mappings (M_MMAP_MAX), no trimming (M_TRIM_THRESHOLD)."""
    for parameter, value in ((-4, 0), (-1, -1)):
        ctypes.CDLL(None).mallopt(parameter, value)


def main() -> int:
    """Print the figures; exit status 1 when PARI disagrees or the bar is missed."""
    keep_memory()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    long = "--long" in sys.argv
    embedded = mm.read(EMBEDDED)
    table, bar = (repeated(embedded, COPIES), LONG_BAR) if long else (embedded, BAR)
    primes = 1000
    mm.trace(table, primes)  # compiled code is loaded before anything is timed
    rows = np.sort(np.random.default_rng(2204).choice(len(table), SAMPLE, replace=False))
    pari_seconds, answer = ask_pari(table, rows, primes)
    pari_pair = pari_seconds / answer.size

    found = mm.trace(table, primes)
    mm.trace(table, primes)  # a second array: the rounds write to it
    wrong = int((found.values[rows] != answer).sum())
    pairs = found.values.size

    def everything() -> None:
        module._tables.cache_clear()
        mm.trace(table, primes, device="cpu")

    def only_tables() -> None:
        module._tables.cache_clear()
        module._tables(2, primes, found.values.dtype)

    whole = statistics.median(cpu(everything) for _ in range(ROUNDS))
    tables = statistics.median(cpu(only_tables) for _ in range(ROUNDS))
    floor = statistics.median(cpu(lambda: np.full(found.values.shape, 1, dtype=np.int16)) for _ in range(ROUNDS))

    print(f"{len(table):,} classes x {primes:,} primes = {pairs:,} pairs, one core; PARI on {answer.size:,}")
    print(f"PARI ellap               {1e9 * pari_pair:8.1f} ns a pair   wrong: {wrong}")
    for name, seconds in (
        ("traces, all included", whole),
        ("  of which the tables", tables),
        ("floor: write the array", floor),
    ):
        print(f"{name:24} {1e9 * seconds / pairs:8.2f} ns a pair   PARI / this: {pari_pair * pairs / seconds:,.0f}")
    ratio = pari_pair * pairs / whole
    print(f"ratio per core: {ratio:,.0f} (bar: {bar:,})")
    return 0 if wrong == 0 and ratio >= bar else 1


if __name__ == "__main__":
    sys.exit(main())
