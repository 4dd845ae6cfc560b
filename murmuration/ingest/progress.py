"""Progress: where every row of a run is."""

from dataclasses import asdict, dataclass
from typing import Any

from murmuration.errors import StoreError


@dataclass(frozen=True)
class Progress:
    """Rows done + quarantined + pending = total, or it cannot be made.

    rows_total:      of the source where it knows them, else the rows read so far.
    rows_per_second: since this run began (or went on); 0 before anything is settled.
    seconds_left:    until nothing is pending, at that speed; None where there is no telling.
    restarts:        processes that died and were replaced.
    """

    rows_total: int
    rows_done: int
    rows_quarantined: int
    rows_pending: int
    rows_per_second: float = 0.0
    seconds_left: float | None = None
    restarts: int = 0

    def __post_init__(self) -> None:
        parts = self.rows_done, self.rows_quarantined, self.rows_pending
        if sum(parts) != self.rows_total or min(parts) < 0:
            raise StoreError(f"expected rows done, quarantined and pending to add up to {self.rows_total:,}, got "
                             f"{' + '.join(f'{each:,}' for each in parts)}: the ledger is wrong")  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, for JSON."""
        return asdict(self)
