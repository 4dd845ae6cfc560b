"""Rows of traces: the same from memory and from a snapshot on the disk."""

from pathlib import Path

import numpy as np

import murmuration as mm
from murmuration import store
from murmuration.store import StoredTraces
from server.data import datasets


def test_traces_of_a_snapshot_are_those_in_memory(tmp_path: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    own, held = table.part(0, 3000), mm.Traces(traces.primes[:560], traces.values[:3000, :560])
    lab = store.create(tmp_path / "lab", rows_a_file=1100)
    lab.append(store.batches(own, held))
    here = datasets.of_traces(own, held, None, "digest")
    there = datasets.of_traces(own, StoredTraces(lab.checkout(), 560), None, "digest")
    assert (here.schema, here.digest) == (there.schema, there.digest)
    names = ["row", "a2", "label", "a4027", "a4049"]
    order = there.order("a2", descending=True)
    assert np.array_equal(order, here.order("a2", descending=True))
    for where in (slice(0, 3000), slice(1090, 1110), slice(5, 5), order[:50], np.array([7, 2999, 7, 0], np.uint32)):
        assert there.batch(where, names).equals(here.batch(where, names))
