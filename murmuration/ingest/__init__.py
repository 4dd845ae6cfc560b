"""Fault-tolerant ingest: every row of a source is done, in quarantine, or pending, at every moment.

from murmuration.ingest import PebbleEngine, ingest, merge, quarantined, retry

with PebbleEngine() as engine:                       # or DaskEngine("tls://...", Tls(...)), see cluster
    for progress in ingest(source, folder, engine):  # stop it anyhow; the same call goes on where it stopped
        print(progress)
for bad in quarantined(folder): ...                  # offset, label, hash, cause, signal of each record refused
retry(folder)                                        # after a fix
for table in merge(folder): ...                      # the good rows in the order of the source

A worker that crashes, hangs, runs out of memory or raises costs the record that it died of, and nothing else.
"""

from murmuration.ingest.cluster import DaskEngine, Tls
from murmuration.ingest.engine import Engine
from murmuration.ingest.ingest import ingest
from murmuration.ingest.ledger import quarantined
from murmuration.ingest.local import PebbleEngine
from murmuration.ingest.merge import merge
from murmuration.ingest.progress import Progress
from murmuration.ingest.retry import retry
from murmuration.ingest.summary import Summary, summary
from murmuration.ingest.task import Bad, Limits

__all__ = [
    "Bad",
    "DaskEngine",
    "Engine",
    "Limits",
    "PebbleEngine",
    "Progress",
    "Summary",
    "Tls",
    "ingest",
    "merge",
    "quarantined",
    "retry",
    "summary",
]
