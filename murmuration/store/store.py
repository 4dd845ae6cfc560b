"""Store: a folder of snapshots, and the few things that can be done to it.

The order of a commit, and the points where a test may end the process: lock, write (guards see every batch), make the
Lance version, count its rows, fsync files and folders, insert the row, commit. A failure anywhere leaves the last
snapshot as it was.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa
from lance.fragment import FragmentMetadata

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store import catalog, files, guards, history, mirror
from murmuration.store import diff as _diff
from murmuration.store import fragments as _fragments
from murmuration.store import verify as _verify
from murmuration.store.files import Trust
from murmuration.store.fragments import Draft
from murmuration.store.inputs import Inputs
from murmuration.store.rows import primes_of
from murmuration.store.snapshot import Snapshot
from murmuration.store.verify import Certificate
from murmuration.store.view import View, trace_fields

Point: TypeAlias = Literal["locked", "batch", "written", "versioned", "synced", "inserted", "committed"]

POINTS: tuple[Point, ...] = ("locked", "batch", "written", "versioned", "synced", "inserted", "committed")
"""What :attr:`Store.at` is told: each step of a commit when it is done ("batch": for every batch on its way)."""

Compute: TypeAlias = Callable[[pa.RecordBatch], pa.Array]
"""What makes a column: batches of other columns in, as many values out."""


def _pass(_: Point) -> None:
    """Nothing to do at a publish point."""


@dataclass(frozen=True)
class Store:
    """A folder with ``data.lance`` and ``catalog.db``. One process at a time writes, any number reads.

    rows_a_file: how many rows a data file takes, from the width of a row unless given.
    wait:        seconds to wait for another writer before giving up.
    at:          called at each publish point: what tests stop and kill a process with.
    """

    path: Path
    rows_a_file: int | None = None
    wait: float = catalog.WAIT
    at: Callable[[Point], None] = _pass
    trust: Trust = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "trust", Trust(self.data))

    @property
    def data(self) -> Path:
        """The Lance dataset."""
        return self.path / "data.lance"

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, by number."""
        with catalog.reading(self.path) as db:
            return catalog.snapshots(db)

    def snapshot(self, which: int | str | None = None) -> Snapshot:
        """A snapshot by number or tag; the newest without either. Raises StoreError where there is none."""
        with catalog.reading(self.path) as db:
            return catalog.resolve(db, self.path, which)

    def checkout(self, which: int | str | None = None) -> View:
        """A read-only view of a snapshot, by number or tag."""
        with catalog.reading(self.path) as db:
            one, held = catalog.resolve(db, self.path, which), catalog.files(db)
        try:
            self.trust.check(each for each in held.values() if each.name == files.manifest(one.version))
            return View(one, _fragments.open_version(self.data, one.version), held, self.trust, self.path.name)
        except OSError as error:
            raise _fragments.refusal(f"read snapshot {one.number}", error, one.number) from None

    def built_from(self, inputs: Inputs) -> Snapshot | None:
        """The newest snapshot that a build with these inputs made; None where there is none."""
        return next((each for each in reversed(self.snapshots()) if each.built_from(inputs)), None)

    def source(self, which: int | str | None = None) -> Fingerprint | None:
        """What the rows of a snapshot were made from, also where it only added to them; None where all are ours."""
        with catalog.reading(self.path) as db:
            return history.source(catalog.snapshots(db), catalog.resolve(db, self.path, which))

    def append(
        self,
        batches: Iterable[pa.RecordBatch],
        what: str = "append",
        source: Fingerprint | None = None,
        seconds: float = 0,
        inputs: Inputs | None = None,
    ) -> Snapshot:
        """Append rows, streamed.

        ``source`` is recorded before the first batch is requested; without one the rows count as ours. ``seconds`` is
        the duration of earlier work on them; ``inputs`` is what :meth:`built_from` finds the snapshot by.
        """

        def work(head: View | None) -> tuple[Draft, history.Change]:
            stream = iter(batches)
            batch = next(stream, None)
            if batch is None:
                raise StoreError("expected at least one batch of rows, got none")
            first = len(head) if head else 0
            _same_schema(batch.schema, head.schema if head else batch.schema)
            trace_fields(batch.schema)
            counted = _Counted(_chain(batch, stream), first, self.at)
            new = self._write(head, iter(counted), batch.schema)
            old = _fragments.draft_of(head.dataset) if head else Draft([], batch.schema)
            draft = Draft([*old.fragments, *new], old.schema)
            return draft, history.Change(first + counted.rows, first, counted.rows, tuple(batch.schema.names))

        return self._commit(work, what, source, seconds, lambda made: replace(made, inputs=inputs))

    def replace_rows(
        self,
        start: int,
        batches: Iterable[pa.RecordBatch],
        what: str = "replace rows",
        source: Fingerprint | None = None,
        seconds: float = 0,
    ) -> Snapshot:
        """As many rows as come, in the place of those from ``start`` on. All columns of the snapshot must be there."""

        def work(head: View | None) -> tuple[Draft, history.Change]:
            head = _some(head, self.path)
            head._within(start, len(head))
            counted = _Counted(iter(batches), start, self.at)
            old = _fragments.draft_of(head.dataset)
            spans = list(_fragments.spans(old.fragments))
            before = max((first for first, last in spans if first <= start), default=0)

            def merged() -> Iterator[pa.RecordBatch]:
                yield from head.batches(start=before, stop=start)
                for batch in counted:
                    _same_schema(batch.schema, head.schema)
                    yield batch
                stop = start + counted.rows
                if not start < stop <= len(head):
                    raise StoreError(f"expected rows for {start:,} to at most {len(head):,}, got {counted.rows:,} rows")
                after = min(last for _, last in spans if last >= stop)
                yield from head.batches(start=stop, stop=after)

            new = self._write(head, merged(), head.schema)
            after = before + sum(each.num_rows for each in new)
            kept = [(each, span) for each, span in zip(old.fragments, spans, strict=True)]
            fragments = [each for each, (_, last) in kept if last <= before] + new
            fragments += [each for each, (first, _) in kept if first >= after]
            change = history.Change(len(head), start, counted.rows, tuple(head.schema.names))
            return Draft(fragments, old.schema), change

        return self._commit(work, what, source, seconds)

    def add_column(
        self, new: pa.Field, compute: Compute, columns: list[str], what: str = "", seconds: float = 0
    ) -> Snapshot:
        """A computed column: ``compute`` is called with batches of ``columns``, in the order of the rows."""

        def work(head: View | None) -> tuple[Draft, history.Change]:
            head = _some(head, self.path)
            if new.name in head.schema.names:
                raise StoreError(f"expected the name of a new column, got {new.name!r}, which is there; choose another")
            trace_fields(pa.schema([*head.schema, new]))
            for name in columns:
                head._field(name)
            head.check()
            schema, done = pa.schema([new]), 0

            def computed(batch: pa.RecordBatch) -> pa.RecordBatch:
                nonlocal done
                column = compute(batch)
                if len(column) != len(batch) or column.type != new.type:
                    raise StoreError(f"{new.name}: expected {len(batch):,} values of {new.type}, got {len(column):,} "
                                     f"of {column.type}; nothing was committed")  # fmt: skip
                result = pa.record_batch([column], schema=schema)
                guards.check(result, done)
                done += len(batch)
                self.at("batch")
                return result

            draft = _fragments.add_column(head.dataset, schema, computed, columns)
            if done != len(head):
                raise StoreError(f"{new.name}: expected {len(head):,} values, got {done:,}; nothing was committed")
            return draft, history.Change(len(head), 0, len(head), (new.name,))

        return self._commit(work, what or f"add column {new.name}", None, seconds)

    def undo(self, steps: int = 1) -> Snapshot:
        """A new snapshot equal, byte for byte, to the one ``steps`` before; ``what`` says what it takes back."""
        return self._return(lambda all_: history.undo(all_, steps))

    def redo(self) -> Snapshot:
        """A new snapshot equal to the one the last undo took back."""
        return self._return(history.redo)

    def tag(self, name: str, which: int | str | None = None) -> Snapshot:
        """Give a snapshot a name; one that is in use moves."""
        if not name.isprintable() or not 0 < len(name) <= 64 or name.isdigit():
            raise StoreError(f"expected a tag of 1 to 64 printable characters that is no number, got {name[:70]!r}")
        with catalog.writing(self.path, self.wait) as db:
            one = catalog.resolve(db, self.path, which)
            db.execute("INSERT OR REPLACE INTO tag VALUES (?, ?)", (name, one.number))
            catalog.commit(db)
            mirror.reconcile(self.path, db)
            return one

    def tags(self) -> dict[str, int]:
        """All tags, with the numbers of their snapshots."""
        with catalog.reading(self.path) as db:
            return dict(db.execute("SELECT name, snapshot FROM tag ORDER BY name"))

    def diff(self, before: int | str, after: int | str) -> _diff.Diff:
        """Which columns came and went, and which rows of which columns differ, exactly."""
        return _diff.diff(self.checkout(before), self.checkout(after))

    def verify(self, which: int | str | None = None, pairs: int = 10_000, seed: int | None = None) -> Certificate:
        """Recompute random traces and record the outcome with the snapshot, also where it is bad."""
        certificate = _verify.verify(self.checkout(which), pairs, seed)
        with catalog.writing(self.path, self.wait) as db:
            row = certificate.snapshot, certificate.to_json()
            db.execute("INSERT INTO certificate (snapshot, record) VALUES (?, ?)", row)
            catalog.commit(db)
            mirror.reconcile(self.path, db)
        return certificate

    def certificates(self, number: int) -> list[Certificate]:
        """The certificates of a snapshot, and of the one whose bytes it has, oldest first."""
        with catalog.reading(self.path) as db:
            one = catalog.resolve(db, self.path, number)
            query = "SELECT record FROM certificate WHERE snapshot IN (?, ?) ORDER BY id"
            return [Certificate.from_json(text) for (text,) in db.execute(query, (one.number, one.origin))]

    def _return(self, choose: Callable[[list[Snapshot]], history.Return]) -> Snapshot:
        """Commit an old snapshot's fragments anew."""
        chosen: list[history.Return] = []

        def work(head: View | None) -> tuple[Draft, history.Change]:
            _some(head, self.path)
            back = choose(self.snapshots())
            chosen.append(back)
            old = self.checkout(back.to.number)
            return _fragments.draft_of(old.dataset), history.Change(len(old), 0, 0, ())

        def finish(made: Snapshot) -> Snapshot:
            back = chosen[0]
            return replace(made, equals=back.to.number, what=back.what, undone=back.undone, seconds=0.0,
                           untrusted=back.to.untrusted, guards=back.to.guards)  # fmt: skip

        return self._commit(work, "", None, 0, finish)

    def _write(self, head: View | None, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> list[FragmentMetadata]:
        rows = self.rows_a_file or _fragments.rows_a_file(schema)
        return _fragments.write(head.dataset if head else self.data, batches, schema, rows)

    def _commit(
        self,
        work: Callable[[View | None], tuple[Draft, history.Change]],
        what: str,
        source: Fingerprint | None,
        seconds: float,
        finish: Callable[[Snapshot], Snapshot] = lambda made: made,
    ) -> Snapshot:
        began, last = time.monotonic(), 0
        if source is not None:
            catalog.record_source(self.path, source, self.wait)
        with catalog.writing(self.path, self.wait) as db:
            files.sweep(db, self.data)
            self.at("locked")
            head = catalog.snapshot(db)
            last = head.number if head else 0
            try:
                draft, change = work(self.checkout() if head else None)
                self.at("written")
                dataset = _fragments.commit(self.data, draft, head.version if head else 0)
                self.at("versioned")
                if not dataset.count_rows() == draft.rows == change.rows:
                    raise StoreError(f"row counts: expected {change.rows:,} rows, got {dataset.count_rows():,}; "
                                     "nothing was committed")  # fmt: skip
                new = files.settle(self.data, files.listing(self.data) - catalog.files(db).keys())
                _fragments.check(self.data, dataset.version, draft, new)
                self.at("synced")
                made = finish(
                    Snapshot(
                        number=last + 1,
                        parent=head.number if head else None,
                        equals=None,
                        version=dataset.version,
                        created=datetime.now(UTC).isoformat(timespec="seconds"),
                        what=what,
                        rows=change.rows,
                        first=change.first,
                        written=change.written,
                        columns=change.columns,
                        seconds=round(seconds + time.monotonic() - began, 3),
                        untrusted=bool(head and head.untrusted) or (source is not None and source.untrusted),
                        source=source,
                        guards=guards.GUARDS,
                        undone=(),
                    )
                )
                catalog.add(db, made, new)
                self.at("inserted")
            except BaseException as error:
                # No row was committed, so nothing can refer to what was written: the room is given back at once.
                files.remove(self.data, files.listing(self.data) - catalog.files(db, upto=last).keys())
                if not isinstance(error, OSError):
                    raise
                raise _fragments.refusal(f"write snapshot {last + 1} to {self.path}", error, last) from None
            catalog.commit(db)
        self.at("committed")
        mirror.add(self.path, [mirror.of_snapshot(made, new)])
        return made


def create(path: str | Path, rows_a_file: int | None = None) -> Store:
    """A new, empty store; the folder is made. Raises StoreError where one is already."""
    path = Path(path)
    if (path / catalog.NAME).exists():
        raise StoreError(f"{path}: expected no store there, found one; open it, or choose another folder")
    try:
        path.mkdir(parents=True, exist_ok=True)
        catalog.create(path)
        files.settle(path, [])
        files.settle(path.parent, [])
    except OSError as error:
        raise StoreError(f"{path}: expected a folder to write to, got {error.strerror}; choose another") from None
    return Store(path, rows_a_file)


def open(path: str | Path, rows_a_file: int | None = None, at: Callable[[Point], None] = _pass) -> Store:
    """A store that is there, its catalog checked and the leavings of a writer that died removed."""
    one = Store(Path(path), rows_a_file, at=at)
    catalog.check(one.path)
    try:
        with catalog.writing(one.path, wait=0) as db:
            files.sweep(db, one.data)
            mirror.reconcile(one.path, db)
    except StoreError:
        pass  # another is writing, or the disk is full or read-only: there is time for it before the next commit
    return one


@dataclass
class _Counted:
    """Batches that pass the guards, and how many rows they had."""

    batches: Iterator[pa.RecordBatch]
    first: int
    at: Callable[[Point], None]
    rows: int = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self.batches:
            guards.check(batch, self.first + self.rows)
            self.rows += len(batch)
            self.at("batch")
            yield batch


def _chain(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    for batch in rest:
        _same_schema(batch.schema, first.schema)
        yield batch


def _same_schema(came: pa.Schema, expected: pa.Schema) -> None:
    for one in trace_fields(expected):
        got = came.field(one.name) if one.name in came.names else one
        if got.type == one.type and primes_of(got) != primes_of(one):
            raise StoreError(f"{one.name}: expected traces at the primes {primes_of(one)}, got {primes_of(got)}; "
                             "nothing was committed")  # fmt: skip
    if not came.equals(expected):
        for one in expected:
            if one.name not in came.names or came.field(one.name).type != one.type:
                kind = came.field(one.name).type if one.name in came.names else "none"
                raise StoreError(f"expected the column {one.name} of {one.type}, got {kind}; nothing was committed")
        raise StoreError(f"expected the columns {', '.join(expected.names)} in this order, got "
                         f"{', '.join(came.names)}; nothing was committed")  # fmt: skip


def _some(head: View | None, path: Path) -> View:
    if head is None:
        raise StoreError(f"{path}: expected a snapshot, found an empty store; append rows first")
    return head
