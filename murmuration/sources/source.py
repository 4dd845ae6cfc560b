"""Source: a data set that is read as a stream of chunks, with its provenance.

A chunk is raw: text and integers as the file has them, under this library's column names. Whether they are elliptic
curves is for :func:`murmuration.table.make` to say, chunk by chunk, so that one bad record costs one record. A line
that does not even have the shape of its format becomes a row whose ``label`` is the line and whose other columns are
null: it passes every filter, and make() refuses it by that label.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa

from murmuration.errors import DatasetError
from murmuration.fingerprint import Fingerprint, Stamps, fingerprint, stamps
from murmuration.sources.tally import Tally
from murmuration.types import Window

MOST_ROWS = 4800
"""Rows of a chunk at most: 0.04% of 12 million, the loss that one corrupt chunk may cause."""

Provenance: TypeAlias = Literal["proved", "conditional", "numerical", "generated"]

CORE = ("class", "label", "conductor", "rank", "torsion", "ainvs")
"""Columns that every chunk has; null throughout where a source has no such column."""


@dataclass(frozen=True)
class Options:
    """The part of a data set to take.

    conductor: only curves with conductor in [low, high], both included.
    ranks:     only curves of these ranks.
    every:     all curves; by default one of each isogeny class, the first the data set has.
    limit:     no more than this many rows.
    columns:   how the file calls our columns, "label=lmfdb_label,ainvs=a_invariants"; other columns may be named too.
    rows:      rows of a chunk, at most :data:`MOST_ROWS`.
    labels:    a file or folder of ecdata's ``alllabels``, to add ``lmfdb_label`` to curves with Cremona's labels.
    pari:      for ``height:`` families, compute conductor and root number (PARI: about 100,000 curves a second).
    """

    conductor: Window | None = None
    ranks: frozenset[int] | None = None
    every: bool = False
    limit: int | None = None
    columns: str = ""
    rows: int = MOST_ROWS
    labels: Path | None = None
    pari: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.rows <= MOST_ROWS:
            raise DatasetError(f"expected chunks of 1 to {MOST_ROWS:,} rows, got {self.rows:,}")
        if self.limit is not None and self.limit < 1:
            raise DatasetError(f"expected a limit of at least one row, got {self.limit}")
        if self.conductor is not None and self.conductor[0] > self.conductor[1]:
            raise DatasetError(f"expected a conductor window low to high, got {self.conductor[0]}:{self.conductor[1]}")

    @cached_property
    def mapping(self) -> dict[str, str]:
        """``columns`` as ours -> theirs."""
        pairs = [each.partition("=") for each in self.columns.split(",") if each.strip()]
        wrong = [ours for ours, equals, theirs in pairs if not (ours.strip() and equals and theirs.strip())]
        if wrong:
            raise DatasetError(f'expected columns as "label=lmfdb_label,...", got {wrong[0][:60]!r}')
        return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of a source.

    offset: row number of the first, over the whole source.
    table:  Arrow table of :data:`CORE` and the source's extra columns; not validated.
    where:  file or member and the lines or rows in it, for blame.
    """

    offset: int
    table: pa.Table
    where: str


@dataclass(frozen=True)
class Source:
    """A data set that has been recognised and not yet read.

    name, kind: its name and its format.
    total:      how many rows chunks() yields, where that is known beforehand.
    provenance: for each column whether it is proved, conditional, numerical or generated.
    untrusted:  whether a stranger may have written it: all but our own families and Debian's databases.
    note:       a remark to show wherever the data set appears; "" for none.
    files:      the files it is read from, for the hashes; none for a generated family.
    tally:      remarks that only reading all rows gives; see remarks.
    lost:       members of a damaged archive that are not read, as far as their names are known; the share is in note.
    """

    name: str
    kind: str
    total: int | None
    provenance: dict[str, Provenance]
    untrusted: bool
    note: str
    files: tuple[Path, ...]
    read: Callable[[], Iterator[Chunk]] = field(repr=False)
    lost: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally, repr=False)

    @property
    def remarks(self) -> tuple[str, ...]:
        """The note, and the counts made while the rows were read; complete after the last chunk."""
        return tuple(filter(None, (self.note, *self.tally.lines())))

    def chunks(self, start: int = 0) -> Iterator[Chunk]:
        """The chunks from number ``start`` on: the same ones on every call.

        Raises DatasetError when a file changed since its hash was taken (asked before the first chunk and after the
        last), or turns out damaged.
        """
        self._unchanged()
        return self._watched(islice(self.read(), start, None))

    @property
    def fingerprint(self) -> Fingerprint:
        """The identity of its input: all bytes of its files, hashed once; of a family its name."""
        return self._hashed[0]

    @cached_property
    def _hashed(self) -> tuple[Fingerprint, Stamps]:
        before = stamps(self.files)  # so that a change while they are hashed shows, too
        return fingerprint(self.files, self.name, self.untrusted), before

    def _watched(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        yield from chunks
        self._unchanged()

    def _unchanged(self) -> None:
        if self._hashed[1] != stamps(self.files):
            raise DatasetError(f"{self.name}: expected the files that were hashed, got changed ones: open it again")
