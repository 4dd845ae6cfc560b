"""Rows made up for tests: curves with nonzero discriminant, and traces within Hasse's bound."""

import math

import numpy as np
import pyarrow as pa

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
BOUNDS = np.array([math.isqrt(4 * p) for p in PRIMES])
SCHEMA = pa.schema(
    [
        ("label", pa.string()),
        ("conductor", pa.int64()),
        ("rank", pa.int8()),
        ("ainvs", pa.string()),
        ("x", pa.float64()),
        ("traces", pa.list_(pa.int8(), len(PRIMES))),
    ]
)


def batch(seed: int, rows: int) -> pa.RecordBatch:
    """Rows that depend on the seed alone."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(1, 10**6, rows), rng.integers(1, 10**6, rows)
    values = rng.integers(-BOUNDS, BOUNDS + 1, (rows, len(PRIMES))).astype(np.int8)
    return pa.record_batch(
        [
            pa.array([f"s{seed}.{row}" for row in range(rows)]),
            pa.array(rng.integers(11, 10**9, rows)),
            pa.array(rng.integers(0, 4, rows).astype(np.int8)),
            pa.array([f"[0,0,0,{p},{q}]" for p, q in zip(a.tolist(), b.tolist(), strict=True)]),
            pa.array(rng.normal(size=rows)),
            pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), len(PRIMES)),
        ],
        schema=SCHEMA,
    )


def changed(one: pa.RecordBatch, column: str, values: pa.Array) -> pa.RecordBatch:
    """A batch with one column replaced."""
    return one.set_column(one.schema.get_field_index(column), one.schema.field(column), values)
