"""Traces against PARI, against Hasse's bound, and under twisting. 0 wrong is the only passing number."""

import json

import cypari
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmuration as mm
from murmuration import table as tables
from murmuration.invariants import Invariants

pari = cypari.pari
pari.allocatemem(2**28, silent=True)
pari("traces(a, n) = my(e = ellinit(a)); vector(n, i, ellap(e, prime(i)))")
pari("bad(a, N) = my(e = ellinit(a)); apply(p -> [p, ellap(e, p)], factor(N)[, 1]~)")


def curves_of(table: mm.CurveTable) -> list[str]:
    texts: list[str] = table.columns["ainvs"].to_pylist()
    return texts


def make(rows: list[tuple[str, int, str]]) -> mm.CurveTable:
    label, conductor, ainvs = zip(*rows, strict=True)
    ones = [1] * len(rows)
    return tables.make(
        pa.table({"label": label, "conductor": conductor, "rank": ones, "torsion": ones, "ainvs": ainvs}), "made"
    )


def test_random_curves_at_every_prime(table: mm.CurveTable, traces: mm.Traces) -> None:
    """120,000 pairs: 120 classes at 1000 primes."""
    rows = np.random.default_rng(2204).choice(len(table), 120, replace=False)
    curves = curves_of(table)
    expected = np.array([list(map(int, pari(f"traces({curves[row]}, 1000)"))) for row in rows])
    assert int((traces.values[rows] != expected).sum()) == 0


def test_every_bad_prime_of_every_class(table: mm.CurveTable, traces: mm.Traces) -> None:
    """All pairs (class, p | N): split, non-split and additive reduction, p = 2 and 3 among them."""
    column = {int(p): k for k, p in enumerate(traces.primes)}
    wrong, seen = 0, dict.fromkeys((-1, 0, 1), 0)
    for row, (curve, conductor) in enumerate(zip(curves_of(table), table.conductor.tolist(), strict=True)):
        for p, a in pari(f"bad({curve}, {conductor})"):
            if int(p) in column:
                seen[int(a)] += 1
                wrong += int(traces.values[row, column[int(p)]] != int(a))
    assert wrong == 0
    assert min(seen.values()) > 10_000, seen  # all three kinds of bad reduction were there in numbers


def test_coefficients_of_any_size() -> None:
    """Minimal twists of 11a and 37b by large primes d: c6 has up to 99 bits, and the reduction at d is additive."""
    rows = []
    for name, ainvs, conductor in (("11a1", "[0,-1,1,-10,-20]", 11), ("37b1", "[0,1,1,-23,-50]", 37)):
        for d in (1_000_033, -16_777_259, -268_435_459):  # fundamental discriminants
            twist = pari(f"ellminimalmodel(ellinit(elltwist(ellinit({ainvs}), {d})))")
            vector = [int(twist[k]) for k in range(5)]
            rows.append((f"{name}-{d}", conductor * d * d, vector))
    table = make([(label, conductor, json.dumps(vector)) for label, conductor, vector in rows])
    assert len(table.invariants.large) > 0
    found = mm.trace(table, primes=300).values
    expected = [list(map(int, pari(f"traces({vector}, 300)"))) for _, _, vector in rows]
    assert found.tolist() == expected


def test_large_primes_in_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from murmuration.traces import evaluate as module

    monkeypatch.setattr(module, "_ENTRIES", 10**6)
    table = make([("11a1", 11, "[0,-1,1,-10,-20]"), ("37a1", 37, "[0,0,1,-1,0]"), ("27a1", 27, "[0,0,1,0,-7]")])
    traces = mm.trace(table, primes=2000)
    some = np.random.default_rng(1).choice(2000, 300, replace=False)
    for row, curve in enumerate(curves_of(table)):
        expected = [int(pari(f"ellap(ellinit({curve}), {p})")) for p in traces.primes[some]]
        assert traces.values[row, some].tolist() == expected


def test_hasse(traces: mm.Traces) -> None:
    assert (np.abs(traces.values) <= 2 * np.sqrt(traces.primes)).all()


def test_isogenous_curves_share_every_trace() -> None:
    isogenous = ["[0,-1,1,-10,-20]", "[0,-1,1,-7820,-263580]", "[0,-1,1,0,0]"]
    values = mm.trace(make([(f"11a{k}", 11, ainvs) for k, ainvs in enumerate(isogenous, 1)])).values
    assert (values == values[0]).all()


def test_few_primes() -> None:
    table = make([("11a1", 11, "[0,-1,1,-10,-20]")])
    assert mm.trace(table, primes=1).values.tolist() == [[-2]]
    assert mm.trace(table, primes=5).values.tolist() == [[-2, -1, 1, -2, 1]]


def test_int8_while_every_trace_fits(table: mm.CurveTable, traces: mm.Traces) -> None:
    narrow, wide = mm.trace(table, primes=557), mm.trace(table, primes=558)
    assert (narrow.primes[-1], narrow.values.dtype.name) == (4027, "int8")
    assert (wide.primes[-1], wide.values.dtype.name) == (4049, "int16")
    assert np.array_equal(narrow.values, traces.values[:, :557])


def test_progress_reaches_the_end(table: mm.CurveTable) -> None:
    told: list[tuple[int, int]] = []
    mm.trace(table, primes=10, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (10 * len(table), 10 * len(table))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@settings(deadline=None, max_examples=60)
@given(row=st.integers(0, 38_041), d=st.integers(-(10**6), 10**6).filter(bool))
def test_twisting_multiplies_by_the_character(table: mm.CurveTable, traces: mm.Traces, row: int, d: int) -> None:
    """a_p(E^d) = (d/p) a_p(E) at every good p not dividing 2 d: c4 -> d^2 c4, c6 -> d^3 c6."""
    c4, c6 = table.invariants.at(row)
    four, six = d * d * c4, d**3 * c6
    fits = max(abs(four), abs(six)) < 2**62
    twisted = mm.CurveTable(
        table.columns.slice(row, 1),
        Invariants(np.array([four if fits else 0]), np.array([six if fits else 0]), {} if fits else {0: (four, six)}),
        table.small[row : row + 1],
        "twist",
    )
    found = mm.trace(twisted, primes=60).values[0]
    conductor = int(table.conductor[row])
    for k, p in enumerate(map(int, traces.primes[2:60]), 2):
        if d % p and conductor % p:
            character = 1 if pow(d, (p - 1) // 2, p) == 1 else -1
            assert found[k] == character * traces.values[row, k]


def test_a_sum_that_is_far_from_an_integer_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from murmuration.traces import twists

    monkeypatch.setattr(twists, "ROUNDING", 0.0)
    with pytest.raises(ArithmeticError, match="off an integer"):
        twists.twists(7)
