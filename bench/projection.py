"""Speed of projections: `python -m bench.projection`.

All embedded classes at 1000 primes, processor time, each figure the least of a few rounds taken in turn. Axes that need
no component are compared with `pc1,pc2,pc3` in the same run: they read the traces once and fit nothing.
"""

import sys
import time
from collections.abc import Callable

import murmuration as mm
from devshell.options import EMBEDDED

ROUNDS = 3
PLAIN_BAR = 0.1
"""Most that `a2,a3,logN` may take of the time of `pc1,pc2,pc3`."""


def cpu(work: Callable[[], object]) -> float:
    """Processor seconds of one call, over all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def least(*works: Callable[[], object]) -> list[float]:
    """The least processor seconds of each of some calls, over rounds in which each has its turn."""
    return [min(times) for times in zip(*([cpu(work) for work in works] for _ in range(ROUNDS)), strict=True)]


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
    return 0 if plain <= PLAIN_BAR * components else 1


if __name__ == "__main__":
    sys.exit(main())
