"""Snapshot: the catalog's record of one state of the data, immutable once written."""

import json
from dataclasses import asdict, dataclass

from murmuration.fingerprint import Fingerprint
from murmuration.store.inputs import UNRECORDED, Inputs, from_description


@dataclass(frozen=True)
class Snapshot:
    """One numbered state of a store.

    number:    1, 2, 3, ... in the order of commits.
    parent:    number of the snapshot it was derived from, None for the first.
    equals:    for an undo or redo, the number of the snapshot whose bytes these are; else None.
    version:   the version of ``data.lance`` that holds it.
    created:   ISO 8601, UTC.
    what:      description of the operation, for people only; it identifies nothing.
    rows:      total number of rows.
    first:     the first row that was written.
    written:   number of rows that were written.
    columns:   the columns that were written, () for an undo or redo.
    seconds:   duration of the work behind it.
    untrusted: whether it holds data from outside, or data derived from such.
    source:    fingerprint of the data set, taken before its first row was read; None for rows of our own.
    guards:    the guards it passed.
    undone:    numbers of the snapshots that redo can restore, the next one last.
    inputs:    for a build, everything its rows depend on; None for other operations and in stores of format 2.
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
    inputs: Inputs | None = None

    @property
    def origin(self) -> int:
        """Number of the snapshot in which these bytes first appeared."""
        return self.equals or self.number

    def built_from(self, inputs: Inputs) -> bool:
        """Whether a build with these inputs made this snapshot."""
        if self.inputs is not None or self.source is None:
            return self.inputs == inputs
        return from_description(self.source.sha256, self.what) == inputs.without(UNRECORDED)

    def to_json(self) -> str:
        """Canonical JSON: the text that the catalog seals."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Snapshot":
        """The inverse of :meth:`to_json`; reads records of format 2, too."""
        fields = json.loads(text)
        fields |= {name: tuple(fields[name]) for name in ("columns", "guards", "undone")}
        fields["source"] = Fingerprint(**fields["source"]) if fields["source"] else None
        inputs = fields.get("inputs")
        fields["inputs"] = Inputs(**inputs) if inputs else None
        return Snapshot(**fields)
