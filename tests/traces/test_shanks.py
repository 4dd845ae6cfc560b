"""Traces curve by curve, against the tables of all twists, PARI and the definition."""

import numpy as np
import pyarrow as pa
import pytest
from cypari import pari

import murmuration as mm
from murmuration import primes
from murmuration import table as tables
from murmuration.traces import shanks
from murmuration.traces.twists import SHIFT, twists
from murmuration.types import Int16s, Int64s

AINVS = {
    "j = 0": [0, 0, 1, 0, 0],
    "j = 1728": [0, 0, 0, -1, 0],
    "CM by -163": [0, 0, 1, -2174420, 1234136692],
    "all 2-torsion": [1, 0, 1, -14, -64],
    "torsion of order 12": [1, 0, 1, -19, 26],
    "large coefficients": [1, 0, 0, -(10**25) - 1, 10**38 + 3],
}


def by_shanks(table: mm.CurveTable, at: Int64s) -> Int16s:
    out, done = np.empty((len(table), len(at)), dtype=np.int16), list[int]()
    shanks.traces(table.invariants, at, out, done.append)
    assert done[-1] == len(at)
    return out


def by_tables(table: mm.CurveTable, p: int) -> list[int]:
    tabled, result = twists(p), []
    for row in range(len(table)):
        c4, c6 = table.invariants.at(row)
        step = int(tabled.steps[c4 % p])
        result.append(int(tabled.traces[(step >> SHIFT) * p + c6 * (step % 2**SHIFT) % p]))
    return result


@pytest.fixture(scope="module")
def special() -> mm.CurveTable:
    """Curves with complex multiplication, torsion, and invariants beyond int64."""
    rows = [(f"x{k}", "[" + ",".join(map(str, a)) + "]") for k, a in enumerate(AINVS.values())]
    models = [str(pari(f"Vec(ellminimalmodel(ellinit({text})))[1..5]")).replace(" ", "") for _, text in rows]
    unknown = {name: pa.nulls(len(rows), pa.int64()) for name in ("conductor", "rank", "torsion")}
    columns = pa.table({"label": [label for label, _ in rows], "ainvs": models, **unknown})
    return tables.make(columns, "special", unknown=True)


@pytest.mark.parametrize("p", [8209, 8219, 32_771, 131_101, 524_309, 1_048_571, 1_048_573])
def test_all_that_the_tables_say(table: mm.CurveTable, special: mm.CurveTable, p: int) -> None:
    for some in (table.part(0, 1500), special):
        assert by_shanks(some, np.array([p]))[:, 0].tolist() == by_tables(some, p)


def test_every_prime_once_against_pari(table: mm.CurveTable, special: mm.CurveTable) -> None:
    """A few hundred of the 81,000 primes, each with all of the special curves and one of the others."""
    rng = np.random.default_rng(11)
    at = np.sort(rng.choice(primes.first(primes.MOST)[1028:], 300, replace=False))
    models = special.columns["ainvs"].to_pylist()
    found = by_shanks(special, at)
    for k, p in enumerate(at.tolist()):
        assert found[:, k].tolist() == [int(pari(f"ellap(ellinit({text}),{p})")) for text in models], p


def test_bad_primes_are_split_nonsplit_and_additive(table: mm.CurveTable) -> None:
    """Classes of prime conductor beyond 8192, and y^2 = x^3 + p^2 x + p^3, at their bad primes."""
    rows = [row for row in table.window(shanks.LEAST, 10_000) if pari(int(table.conductor[row])).isprime()]
    signs = set()
    for row in rows:
        p = int(table.conductor[row])
        [[a]] = by_shanks(table.part(row, row + 1), np.array([p]))
        assert a == int(pari(f"ellap(ellinit({table.columns['ainvs'][int(row)].as_py()}),{p})"))
        signs.add(int(a))
    assert signs == {-1, 1}
    p = 10_007
    additive = pa.table({"label": ["x"], "ainvs": [f"[0,0,0,{p**2},{p**3}]"], "conductor": pa.nulls(1, pa.int64()),
                         "rank": pa.nulls(1, pa.int64()), "torsion": pa.nulls(1, pa.int64())})  # fmt: skip
    assert by_shanks(tables.make(additive, "additive", unknown=True), np.array([p])).tolist() == [[0]]


def test_the_definition_that_is_left_when_no_point_settles_it(table: mm.CurveTable) -> None:
    p, inv = 8209, table.invariants
    a, b = inv.c4[:20] * (-27 % p) % p, inv.c6[:20] * (-54 % p) % p
    assert [shanks._summed(int(x), int(y), p) for x, y in zip(a, b, strict=True)] == by_tables(table.part(0, 20), p)


def test_the_symbol(table: mm.CurveTable) -> None:
    for p in (3, 8209, 10_007):
        assert [shanks._legendre(v, p) for v in range(60) if v < p] == [
            int(pari(f"kronecker({v},{p})")) for v in range(60) if v < p
        ]


def test_trace_takes_few_curves_this_way_and_many_by_tables(
    table: mm.CurveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first 1100 primes reach 8831: 70 curves above 8192 by points, the same as by tables."""
    seen = list[tuple[int, int]]()
    found = mm.trace(table.part(0, 70), 1100, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (70 * 1100, 70 * 1100)
    monkeypatch.setattr(shanks, "LEAST", 2**21)
    assert np.array_equal(found.values, mm.trace(table.part(0, 70), 1100).values)
