"""Cost of one part of a snapshot for each computation, against one bare pass over it: `python -m bench.parts`.

A part is a data file. The embedded curves at 1000 primes make one of 56 MB; figures are CPU seconds over all threads,
best of five, per curve and relative to reading the same part. The digest of every result is compared with that of a
second run over four smaller parts.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import murmuration as mm
from devshell.options import EMBEDDED
from murmuration import store
from murmuration.computation import added, digest_of, recipe_of, run
from murmuration.computation.lasso import lasso_of
from murmuration.computation.run import over
from murmuration.selection.stroke import stroke
from murmuration.store import SnapshotView

ROUNDS = 5
LOOP = [[-0.6, -0.5], [0.7, -0.6], [0.2, 0.1], [0.8, 0.7], [-0.5, 0.6]]


def cpu(work: Callable[[], object], rounds: int = 1) -> float:
    """CPU seconds of one call, over all threads; the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def read(view: SnapshotView) -> None:
    """One pass over all rows."""
    for _ in view.batches():
        pass


def main() -> int:
    """Print the table; the status is 1 if a result depends on the parts."""
    table = mm.read(EMBEDDED)
    mm.trace(table.part(0, 100), 1000)  # compiled kernels load
    traces = None

    def make() -> None:
        nonlocal traces
        traces = mm.trace(table, 1000)

    costs = {"exact traces": cpu(make)}
    assert traces is not None
    cloud = mm.cloud(mm.project(table, traces, "a2,a3,logN"), "rank")
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("averages by rank, at each prime", "averages", {"by": "rank", "primes": 1000}),
        ("averages in 200 bins of p/N", "averages", {"by": "rank", "primes": 1000, "bins": 200, "top": 0.79}),
        ("Gram matrix", "gram", {"primes": 1000}),
        ("lasso, axes a2,a3,logN", "lasso", lasso_of(cloud, stroke(LOOP, cloud.model, "replace"), 3)),
    ]
    same = True
    with TemporaryDirectory() as folder:
        lab = store.create(Path(folder) / "lab")
        costs["write, hash, fsync"] = cpu(lambda: lab.append(store.batches(table, traces)))
        view = lab.checkout()
        first = cpu(lambda: read(view))
        costs["read"] = cpu(lambda: read(view), ROUNDS)
        costs["hash at the first use"] = first - costs["read"]
        for label, name, parameters in asked:
            recipe = recipe_of(view, name, parameters)
            found = run(recipe, view)
            quarter = len(view) // 4
            parts = [(k * quarter, len(view) if k == 3 else (k + 1) * quarter) for k in range(4)]
            same &= digest_of(added(over(recipe, view, *part) for part in parts)) == found.digest
            costs[label] = cpu(lambda recipe=recipe: run(recipe, view), ROUNDS)  # type: ignore[misc]
    for label, seconds in costs.items():
        print(
            f"{label:34} {seconds / len(table) * 1e6:6.1f} us a curve, {seconds / costs['read']:6.1f} times reading it"
        )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
