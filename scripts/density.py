"""Write the table of Sawin and Sutherland's density: `python -m scripts.density`, four minutes of one core.

The table holds D at even steps of sqrt(u) and is committed, since nobody should wait for its double sum. Two errors are
printed for 0.02 < u < 1: how far the sum is from that with half the limit, and how far the table is from the sum
between its steps (D has cusps, so the steps are short).
"""

import numpy as np

from murmuration.evidence.density import REACH, STEPS, TABLE, density
from murmuration.evidence.height import evaluate, terms

LIMIT = 12_000
"""Largest q and m."""


def main() -> None:
    """Compute, compare and write."""
    u = np.linspace(0, np.sqrt(REACH), STEPS + 1) ** 2
    table = evaluate(u, *terms(LIMIT))
    np.save(TABLE, table.astype(np.float16))
    some = np.random.default_rng(2504).uniform(0.02, 1, 1000)
    exact = evaluate(some, *terms(LIMIT))
    truncation = np.abs(exact - evaluate(some, *terms(LIMIT // 2))).max()
    interpolation = np.abs(exact - density("D", some)).max()
    print(f"{TABLE.name}: {len(u):,} values, truncation {truncation:.4f}, interpolation {interpolation:.4f}")


if __name__ == "__main__":
    main()
