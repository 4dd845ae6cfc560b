"""Block means and bins of p/N, against their definitions written out."""

import numpy as np

import murmuration as mm
from murmuration.projection.features import UNIT, Features


def test_block_means(table: mm.CurveTable, traces: mm.Traces) -> None:
    rows = table.window(9000, 9100)
    found = Features(20).of(traces.values[rows], traces.primes, table.conductor[rows])
    scaled = traces.values[rows] / np.sqrt(traces.primes)
    np.testing.assert_allclose(found / UNIT, scaled.reshape(len(rows), 20, 50).mean(axis=2), atol=0.5001 / UNIT)
    assert (found == np.rint(found)).all()


def test_blocks_of_unequal_size_hold_every_prime(table: mm.CurveTable, traces: mm.Traces) -> None:
    ones = np.rint(np.sqrt(traces.primes)).astype(np.int16)[None, :10]
    found = Features(3).of(ones, traces.primes[:10], np.array([11]))
    expected = [block.mean() for block in np.split(ones[0] / np.sqrt(traces.primes[:10]), [4, 7])]
    np.testing.assert_allclose(found[0] / UNIT, expected, atol=0.5001 / UNIT)


def test_bins_of_ratio(table: mm.CurveTable, traces: mm.Traces) -> None:
    rows = table.window(9000, 9020)
    found = Features(25, top=0.8).of(traces.values[rows], traces.primes, table.conductor[rows])
    for row, own in zip(rows, found, strict=True):
        u = traces.primes / table.conductor[row]
        at = np.ceil(u / 0.8 * 25).astype(int) - 1
        scaled = traces.values[row] / np.sqrt(traces.primes)
        expected = [scaled[at == bin_].mean() for bin_ in range(25)]
        np.testing.assert_allclose(own / UNIT, expected, atol=0.5001 / UNIT)


def test_a_bin_without_primes_is_zero_and_an_unknown_conductor_no_number(traces: mm.Traces) -> None:
    found = Features(50, top=100.0).of(traces.values[:2], traces.primes, np.array([10_000_000, 0]))
    assert (found[0, 1:] == 0).all()
    assert np.isnan(found[1]).all()
