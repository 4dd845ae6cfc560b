"""Summary: the rows of a finished or interrupted ingest in figures and words, read from its ledger at any time."""

from dataclasses import dataclass
from pathlib import Path

from murmuration.faults import commonest
from murmuration.ingest.ledger import NAME, reading


@dataclass(frozen=True)
class Summary:
    """rows_total = rows_done + rows_quarantined, and rows that are pending while the ingest is not finished.

    remarks: the source's note, and counts of changes to the rows (reduced models, ...).
    reason:  the first fault of the commonest kind, and how many rows have one of that kind; "" where none has.
    """

    rows_total: int
    rows_done: int
    rows_quarantined: int
    remarks: tuple[str, ...]
    reason: str


def summary(folder: Path) -> Summary | None:
    """The summary of the ingest in a folder; None where there is no ledger. Raises StoreError for a damaged one."""
    if not (folder / NAME).exists():
        return None
    with reading(folder) as ledger:
        counts = ledger.counts()
        causes = [each.cause for each in ledger.bad()]
        return Summary(counts.read, counts.done, counts.quarantined, ledger.remarks(), commonest(causes))
