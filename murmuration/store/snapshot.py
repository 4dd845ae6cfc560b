"""Snapshot: what the catalog knows of one state of the data, never changed once written."""

import json
from dataclasses import asdict, dataclass

from murmuration.fingerprint import Fingerprint


@dataclass(frozen=True)
class Snapshot:
    """One numbered state of a store.

    number:    1, 2, 3, ... in the order of commits.
    parent:    the snapshot it was made from, None for the first.
    equals:    for an undo or redo, the snapshot whose bytes these are; else None.
    version:   the version of ``data.lance`` that holds it.
    created:   ISO 8601, UTC.
    what:      what was done, in words.
    rows:      how many rows there are.
    first:     the first row that was written, and
    written:   how many were.
    columns:   the columns that were written, () for an undo or redo.
    seconds:   how long the work took that made it.
    untrusted: whether it holds anything from outside, or derived from that.
    source:    where the rows came from, fingerprinted before they were read.
    guards:    the guards it passed.
    undone:    the snapshots that redo can bring back, the next one last.
    """

    number: int
    parent: int | None
    equals: int | None
    version: int
    created: str
    what: str
    rows: int
    first: int
    written: int
    columns: tuple[str, ...]
    seconds: float
    untrusted: bool
    source: Fingerprint | None
    guards: tuple[str, ...]
    undone: tuple[int, ...]

    @property
    def origin(self) -> int:
        """The snapshot in which these very bytes first appeared."""
        return self.equals or self.number

    def to_json(self) -> str:
        """Canonical JSON: the text that is sealed."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Snapshot":
        """The inverse of :meth:`to_json`."""
        fields = json.loads(text)
        fields |= {name: tuple(fields[name]) for name in ("columns", "guards", "undone")}
        fields["source"] = Fingerprint(**fields["source"]) if fields["source"] else None
        return Snapshot(**fields)
