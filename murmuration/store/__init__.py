"""Versioned, crash-safe snapshots of curves and traces.

    from murmuration import store

    lab = store.create("lab")                                   # or store.open("lab")
    lab.append(store.batches(table, traces), what="Cremona's tables")
    lab.checkout().table(0, 1000), lab.checkout().traces(0, 1000)
    lab.undo(), lab.redo(), lab.diff(1, 2), lab.verify(pairs=10_000)

A store is a folder: ``data.lance`` holds the rows, ``catalog.db`` the numbered snapshots. **A snapshot exists once its
row in the catalog is committed**: first the files, then their fsync, then the row.
"""

from murmuration.store.diff import Change, Diff
from murmuration.store.inputs import Inputs
from murmuration.store.mirror import repair
from murmuration.store.rows import batches
from murmuration.store.snapshot import Snapshot
from murmuration.store.store import Store, create, ensure, open
from murmuration.store.traces import StoredTraces
from murmuration.store.verify import Certificate
from murmuration.store.view import SnapshotView, trace_fields

__all__ = [
    "Certificate",
    "Change",
    "Diff",
    "Inputs",
    "Snapshot",
    "SnapshotView",
    "Store",
    "StoredTraces",
    "batches",
    "create",
    "ensure",
    "open",
    "repair",
    "trace_fields",
]
