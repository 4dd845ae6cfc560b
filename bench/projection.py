"""Speed of projections: `python -m bench.projection`.

All embedded classes at 1000 primes, processor time, each figure the least of rounds taken in turn. Axes that need no
component are compared with `pc1,pc2,pc3` in the same run: they read the traces once and fit nothing. Discriminants of
the curves of figure 1 are compared with scikit-learn's on the same array: five fits each, every curve named and scored
by the fit that it took no part in; ours come with those of shuffled classes.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

import murmuration as mm
from devshell.options import EMBEDDED
from murmuration.types import Floats, Int16s

ROUNDS = 3
PLAIN_BAR = 0.1
"""Most that `a2,a3,logN` may take of the time of `pc1,pc2,pc3`."""

PEER_BAR = 10
"""Times that scikit-learn's discriminants take of ours, at least."""

FIGURE_1 = (7500, 10000)


def cpu(work: Callable[[], object]) -> float:
    """Processor seconds of one call, over all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def least(*works: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """The least processor seconds of each of some calls, over rounds in which each has its turn."""
    return [min(times) for times in zip(*([cpu(work) for work in works] for _ in range(rounds)), strict=True)]


def peer(x: Floats, rank: Int16s) -> tuple[Floats, float]:
    """Out-of-fold scores and accuracy of scikit-learn's discriminants, in five folds.

    In one thread, as ours are: the threads of OpenBLAS that wait for each other would count as its work.
    """
    scores, right = np.empty((len(x), len(np.unique(rank)) - 1)), np.empty(len(x), dtype=np.bool_)
    with threadpool_limits(1, "blas"):
        for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(x, rank):
            fitted = LinearDiscriminantAnalysis().fit(x[train], rank[train])
            scores[test] = fitted.transform(x[test])
            right[test] = fitted.predict(x[test]) == rank[test]
    return scores, float(right.mean())


def main() -> int:
    """Print the figures; exit status 1 when a bar is missed."""
    table = mm.read(EMBEDDED)
    traces = mm.trace(table, primes=1000)
    mm.project(table, traces, "pc1,pc2,a2")  # code is loaded before anything is timed
    components, plain = least(
        lambda: mm.project(table, traces, "pc1,pc2,pc3"), lambda: mm.project(table, traces, "a2,a3,logN")
    )
    print(f"{len(table):,} curves x {len(traces.primes):,} primes")
    print(f"pc1,pc2,pc3   {components:8.3f} s of processor time")
    print(f"a2,a3,logN    {plain:8.3f} s, {plain / components:.4f} of that (bar: {PLAIN_BAR})")
    rows = table.window(*FIGURE_1)
    rank = table.category("rank")[rows]
    x = traces.values[rows] / np.sqrt(traces.primes)
    axis = mm.project(table, traces, "ld1,ld2", FIGURE_1).axes[0]  # its code is loaded, too
    accuracy: list[float] = []
    ours, theirs = least(
        lambda: mm.project(table, traces, "ld1,ld2", FIGURE_1), lambda: accuracy.append(peer(x, rank)[1]), rounds=1
    )
    print(f"{len(rows):,} curves x {len(traces.primes):,} primes, discriminants of the rank in five folds")
    print(f"scikit-learn  {theirs:8.3f} s of processor time, names {100 * accuracy[0]:.2f}% of held-out curves")
    ratio = theirs / ours
    print(f"ld1,ld2       {ours:8.3f} s, {100 * (axis.accuracy or 0):.2f}%; {ratio:.1f} times faster (bar: {PEER_BAR})")
    return 0 if plain <= PLAIN_BAR * components and ratio >= PEER_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
