"""Store: a folder of snapshots and its operations.

Order of a commit, with the points at which a test can end the process: lock, leave the writer's note, write (the guards
see every batch), make the Lance version, count its rows, fsync files and folders, insert the row, commit, remove the
note. A failure anywhere leaves the last snapshot intact.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from lance.fragment import FragmentMetadata

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store import catalog, files, guards, history, mirror, writer
from murmuration.store import diff as _diff
from murmuration.store import fragments as _fragments
from murmuration.store import verify as _verify
from murmuration.store.files import Trust
from murmuration.store.fragments import Draft
from murmuration.store.incoming import Counted, Point, chain, same_schema
from murmuration.store.inputs import Inputs
from murmuration.store.snapshot import Snapshot
from murmuration.store.verify import Certificate
from murmuration.store.view import SnapshotView, trace_fields

Compute: TypeAlias = Callable[[pa.RecordBatch], pa.Array]
"""Computes a column: a batch of other columns in, as many values out."""


def _pass(_: Point) -> None:
    """Do nothing at a publish point."""


@dataclass(frozen=True)
class Store:
    """A folder with ``data.lance`` and ``catalog.db``. One process at a time writes, any number reads.

    rows_a_file: rows per data file; from the width of a row by default.
    wait:        seconds to wait for another writer before giving up.
    at:          called at each publish point; tests stop and kill a process with it.
    """

    path: Path
    rows_a_file: int | None = None
    wait: float = catalog.WAIT
    at: Callable[[Point], None] = _pass
    trust: Trust = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "trust", Trust(self.path, self.data))

    @property
    def data(self) -> Path:
        """The Lance dataset."""
        return self.path / "data.lance"

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, by number."""
        with catalog.reading(self.path) as db:
            return catalog.snapshots(db)

    def snapshot(self, which: int | str | None = None) -> Snapshot:
        """A snapshot by number or tag, the newest by default. Raises StoreError if there is none."""
        with catalog.reading(self.path) as db:
            return catalog.resolve(db, self.path, which)

    def checkout(self, which: int | str | None = None) -> SnapshotView:
        """A read-only view of a snapshot, by number or tag, the newest by default."""
        one = self.snapshot(which)
        try:
            self.trust.check([files.manifest(one.version)])
            return SnapshotView(one, _fragments.open_version(self.data, one.version), self.trust, self.path.name)
        except OSError as error:
            raise _fragments.refusal(f"read snapshot {one.number}", error, one.number) from None

    def built_from(self, inputs: Inputs) -> Snapshot | None:
        """The newest snapshot that a build with these inputs made; None if there is none."""
        return next((each for each in reversed(self.snapshots()) if each.built_from(inputs)), None)

    def source(self, which: int | str | None = None) -> Fingerprint | None:
        """The origin of a snapshot's rows, also after rows or columns were added; None if all rows are ours."""
        with catalog.reading(self.path) as db:
            return history.source(catalog.resolve(db, self.path, which), partial(catalog.numbered, db))

    def append(
        self,
        batches: Iterable[pa.RecordBatch],
        what: str = "append",
        source: Fingerprint | None = None,
        seconds: float = 0,
        inputs: Inputs | None = None,
        curves: bool = False,
        alone: bool = False,
    ) -> Snapshot:
        """Append rows, streamed.

        ``source`` is recorded before the first batch is requested; without one the rows count as ours. ``seconds`` is
        the duration of earlier work on them; :meth:`built_from` finds the snapshot by its ``inputs``. ``curves`` states
        that the rows are those of a checked table, so that :meth:`SnapshotView.table` need not check them again.
        ``alone`` makes a snapshot of the new rows only, whose columns may differ; undo returns to the rows before.
        """

        def work(head: SnapshotView | None) -> tuple[Draft, history.Commit]:
            stream = iter(batches)
            batch = next(stream, None)
            if batch is None:
                raise StoreError("expected at least one batch of rows, got none")
            head = None if alone else head
            first = len(head) if head else 0
            same_schema(batch.schema, head.schema if head else batch.schema)
            trace_fields(batch.schema)
            counted = Counted(chain(batch, stream), first, self.at)
            new = self._write(head, iter(counted), batch.schema)
            old = _fragments.draft_of(head.dataset) if head else Draft([], batch.schema)
            draft = Draft([*old.fragments, *new], old.schema)
            return draft, history.Commit(first + counted.rows, first, counted.rows, tuple(batch.schema.names))

        def finish(made: Snapshot) -> Snapshot:
            return replace(made, inputs=inputs)

        return self._commit(work, what, source, seconds, finish, curves, alone)

    def replace_rows(
        self,
        start: int,
        batches: Iterable[pa.RecordBatch],
        what: str = "replace rows",
        source: Fingerprint | None = None,
        seconds: float = 0,
    ) -> Snapshot:
        """Replace as many rows as come, from ``start`` on. The batches have all columns of the snapshot."""

        def work(head: SnapshotView | None) -> tuple[Draft, history.Commit]:
            head = _some(head, self.path)
            head._within(start, len(head))
            counted = Counted(iter(batches), start, self.at)
            old = _fragments.draft_of(head.dataset)
            spans = list(_fragments.spans(old.fragments))
            before = max((first for first, last in spans if first <= start), default=0)

            def merged() -> Iterator[pa.RecordBatch]:
                yield from head.batches(start=before, stop=start)
                for batch in counted:
                    same_schema(batch.schema, head.schema)
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
            change = history.Commit(len(head), start, counted.rows, tuple(head.schema.names))
            return Draft(fragments, old.schema), change

        return self._commit(work, what, source, seconds)

    def add_column(
        self, new: pa.Field, compute: Compute, columns: list[str], what: str = "", seconds: float = 0
    ) -> Snapshot:
        """Add a column computed from batches of ``columns``, in the order of the rows."""

        def work(head: SnapshotView | None) -> tuple[Draft, history.Commit]:
            head = _some(head, self.path)
            if new.name in head.schema.names:
                raise StoreError(f"expected the name of a new column, got {new.name!r}, which exists; choose another")
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
            return draft, history.Commit(len(head), 0, len(head), (new.name,))

        return self._commit(work, what or f"add column {new.name}", None, seconds, curves=True)

    def undo(self, steps: int = 1) -> Snapshot:
        """A new snapshot with the bytes of the one ``steps`` before. Its description names the work it takes back."""
        return self._return(partial(history.undo, steps=steps))

    def redo(self) -> Snapshot:
        """A new snapshot with the bytes of the one the last undo took back."""
        return self._return(history.redo)

    def tag(self, name: str, which: int | str | None = None) -> Snapshot:
        """Give a snapshot a name; a name in use moves to it."""
        if not name.isprintable() or not 0 < len(name) <= 64 or name.isdigit():
            raise StoreError(f"expected a tag of 1 to 64 printable characters, not a number, got {name[:70]!r}")
        with catalog.writing(self.path, self.wait) as db:
            one = catalog.resolve(db, self.path, which)
            db.execute("INSERT OR REPLACE INTO tag VALUES (?, ?)", (name, one.number))
            catalog.commit(db)
            mirror.reconcile(self.path, db)
            return one

    def tags(self) -> dict[str, int]:
        """The numbers of tagged snapshots, by tag."""
        with catalog.reading(self.path) as db:
            return dict(db.execute("SELECT name, snapshot FROM tag ORDER BY name"))

    def diff(self, before: int | str, after: int | str) -> _diff.Diff:
        """Columns added and removed, and the exact rows of each column that differ."""
        return _diff.diff(self.checkout(before), self.checkout(after))

    def verify(self, which: int | str | None = None, pairs: int = 10_000, seed: int | None = None) -> Certificate:
        """Recompute random traces and record the result with the snapshot, even if it is bad."""
        certificate = _verify.verify(self.checkout(which), pairs, seed)
        with catalog.writing(self.path, self.wait) as db:
            row = certificate.snapshot, certificate.to_json()
            db.execute("INSERT INTO certificate (snapshot, record) VALUES (?, ?)", row)
            catalog.commit(db)
            mirror.reconcile(self.path, db)
        return certificate

    def certificates(self, number: int) -> list[Certificate]:
        """The certificates of a snapshot and of the one it equals, oldest first."""
        with catalog.reading(self.path) as db:
            one = catalog.resolve(db, self.path, number)
            query = "SELECT record FROM certificate WHERE snapshot IN (?, ?) ORDER BY id"
            return [Certificate.from_json(text) for (text,) in db.execute(query, (one.number, one.origin))]

    def _return(self, choose: Callable[[Snapshot, history.Lookup], history.Return]) -> Snapshot:
        """Commit an old snapshot's fragments again."""
        chosen: list[history.Return] = []

        def work(head: SnapshotView | None) -> tuple[Draft, history.Commit]:
            head = _some(head, self.path)
            with catalog.reading(self.path) as db:
                back = choose(head.snapshot, partial(catalog.numbered, db))
            chosen.append(back)
            old = self.checkout(back.to.number)
            return _fragments.draft_of(old.dataset), history.Commit(len(old), 0, 0, ())

        def finish(made: Snapshot) -> Snapshot:
            back = chosen[0]
            return replace(made, equals=back.to.number, what=back.what, undone=back.undone, seconds=0.0,
                           untrusted=back.to.untrusted, guards=back.to.guards)  # fmt: skip

        return self._commit(work, "", None, 0, finish)

    def _write(
        self, head: SnapshotView | None, batches: Iterator[pa.RecordBatch], schema: pa.Schema
    ) -> list[FragmentMetadata]:
        rows = self.rows_a_file or _fragments.rows_a_file(schema)
        return _fragments.write(head.dataset if head else self.data, batches, schema, rows)

    def _commit(
        self,
        work: Callable[[SnapshotView | None], tuple[Draft, history.Commit]],
        what: str,
        source: Fingerprint | None,
        seconds: float,
        finish: Callable[[Snapshot], Snapshot] = lambda made: made,
        curves: bool = False,
        alone: bool = False,
    ) -> Snapshot:
        began, last = time.monotonic(), 0
        if source is not None:
            catalog.record_source(self.path, source, self.wait)
        with catalog.writing(self.path, self.wait) as db:
            files.sweep(db, self.data)
            head = catalog.snapshot(db)
            last = head.number if head else 0
            kept = None if alone else head
            valid = curves and (kept is None or guards.CURVES in kept.guards)
            note = None
            try:
                note = writer.begin(self.path)
                self.at("locked")
                draft, change = work(self.checkout() if head else None)
                self.at("written")
                dataset = _fragments.commit(self.data, draft, head.version if head else 0)
                self.at("versioned")
                if not dataset.count_rows() == draft.rows == change.rows:
                    raise StoreError(f"row counts: expected {change.rows:,} rows, got {dataset.count_rows():,}; "
                                     "nothing was committed")  # fmt: skip
                files.drop_transactions(self.data, head.version if head else 0)
                names = {*_fragments.names(draft), files.manifest(dataset.version)}
                new = files.settle(self.data, names - catalog.files_named(db, names).keys())
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
                        untrusted=bool(kept and kept.untrusted) or (source is not None and source.untrusted),
                        source=source,
                        guards=(*guards.GUARDS, guards.CURVES) if valid else guards.GUARDS,
                        undone=(),
                    )
                )
                catalog.add(db, made, new)
                self.at("inserted")
            except BaseException as error:
                # No row was committed, so no snapshot refers to these files.
                gone = files.remove(self.data, files.listing(self.data) - catalog.files(db, upto=last).keys())
                if note is not None and gone:
                    writer.end(note)
                if not isinstance(error, OSError):
                    raise
                raise _fragments.refusal(f"write snapshot {last + 1} to {self.path}", error, last) from None
            catalog.commit(db)
            writer.end(note)
        self.trust.known.update(each.name for each in new)  # hashed when they were written
        self.at("committed")
        mirror.add(self.path, [mirror.of_snapshot(made, new)])
        return made


def create(path: str | Path, rows_a_file: int | None = None) -> Store:
    """A new, empty store; its folder is made. Raises StoreError if there is one, also one that appears meanwhile.

    An interrupted creation leaves at most an empty folder.
    """
    path = Path(path)
    if (path / catalog.NAME).exists():
        raise StoreError(_EXISTS.format(path))
    try:
        path.mkdir(parents=True, exist_ok=True)
        catalog.create(path)
        files.settle(path, [])
        files.settle(path.parent, [])
    except FileExistsError:
        raise StoreError(_EXISTS.format(path)) from None
    except OSError as error:
        raise StoreError(f"{path}: expected a folder to write to, got {error.strerror}; choose another") from None
    return Store(path, rows_a_file)


_EXISTS = "{}: expected no store there, found one; open it, or choose another folder"


def open(path: str | Path, rows_a_file: int | None = None, at: Callable[[Point], None] = _pass) -> Store:
    """An existing store, with its catalog verified and the files of an uncompleted commit removed."""
    one = Store(Path(path), rows_a_file, at=at)
    catalog.check(one.path)
    try:
        with catalog.writing(one.path, wait=0) as db:
            files.sweep(db, one.data)
            mirror.reconcile(one.path, db)
    except StoreError:
        pass  # another process is writing, or the disk is full or read-only: the next commit does this
    return one


def ensure(path: str | Path) -> Store:
    """The store in a folder, created if there is none; of two processes that do so at once both get it."""
    try:
        return create(path)
    except StoreError:
        if not (Path(path) / catalog.NAME).exists():
            raise
        return open(path)


def _some(head: SnapshotView | None, path: Path) -> SnapshotView:
    if head is None:
        raise StoreError(f"{path}: expected a snapshot, found an empty store; append rows first")
    return head
