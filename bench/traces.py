"""How fast traces are made, against PARI's ellap on the same pairs in the same run: `python -m bench.traces`.

The process is held to one core, so both figures are those of one core alone. PARI gets its
curves ready-made (ellinit is not counted); ours counts everything from the table of curves to the array of traces, the
tables of twists included. PARI is asked about a random sample of the classes, all primes each, and must agree on it.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

import cypari
import numpy as np

import murmuration as mm
from devshell.options import EMBEDDED
from murmuration import traces as module
from murmuration.types import Int16s, Int64s

SAMPLE = 500
BAR = 500
ROUNDS = 5

pari = cypari.pari
pari.allocatemem(2**29, silent=True)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call, over all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def ask_pari(table: mm.CurveTable, rows: Int64s, primes: int) -> tuple[float, Int16s]:
    """CPU seconds of PARI's ellap over some rows, and what it says."""
    texts = table.columns["ainvs"].take(rows).to_pylist()
    pari(f"curves = apply(ellinit, [{','.join(texts)}]); p = primes({primes});")
    seconds = cpu(lambda: pari("answer = matrix(#curves, #p, i, j, ellap(curves[i], p[j]));"))
    answer = np.array([list(map(int, pari(f"answer[{i},]"))) for i in range(1, len(rows) + 1)], dtype=np.int16)
    return seconds, answer


def main() -> int:
    """Print the figures; exit status 1 when PARI disagrees or the bar is missed."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    table = mm.read(EMBEDDED)
    primes = 1000
    mm.trace(table, primes)  # compiled code is loaded before anything is timed
    rows = np.sort(np.random.default_rng(2204).choice(len(table), SAMPLE, replace=False))
    pari_seconds, answer = ask_pari(table, rows, primes)
    pari_pair = pari_seconds / answer.size

    found = mm.trace(table, primes)
    wrong = int((found.values[rows] != answer).sum())
    pairs = found.values.size
    whole = statistics.median(cpu(lambda: mm.trace(table, primes)) for _ in range(ROUNDS))
    tables = statistics.median(cpu(lambda: module._tables(found.primes[2:])) for _ in range(ROUNDS))
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
    print(f"ratio per core: {ratio:,.0f} (bar: {BAR})")
    return 0 if wrong == 0 and ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
