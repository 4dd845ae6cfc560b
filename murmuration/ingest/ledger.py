"""The ledger of a run: rows read, settled, and in quarantine. SQLite, WAL, synchronous=FULL.

It holds the source's SHA-256 and Merkle root before the first row is read, and a receipt only when its file is on the
disk. After a power failure only uncommitted work is done again.
"""

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from murmuration import holder
from murmuration.errors import DatasetError, StoreError
from murmuration.ingest.task import NOTHING, Bad, File, Receipt

NAME = "ledger.db"

_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE source (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL) STRICT;
CREATE TABLE chunk (
    number INTEGER PRIMARY KEY, offset INTEGER NOT NULL, rows INTEGER NOT NULL, labels TEXT NOT NULL,
    place TEXT NOT NULL, settled INTEGER NOT NULL, file TEXT NOT NULL, good INTEGER NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, pid INTEGER NOT NULL
) STRICT;
CREATE TABLE quarantine (
    offset INTEGER PRIMARY KEY, label TEXT NOT NULL, sha256 TEXT NOT NULL, cause TEXT NOT NULL, code INTEGER,
    signal TEXT, pid INTEGER, record TEXT NOT NULL, chunk INTEGER NOT NULL REFERENCES chunk
) STRICT;
CREATE INDEX quarantine_chunk ON quarantine (chunk);
COMMIT;
"""


@dataclass(frozen=True)
class Entry:
    """A chunk as it was read: its number, the offset of its first row, rows, SHA-256 of its labels, and place."""

    number: int
    offset: int
    rows: int
    labels: str
    place: str


@dataclass(frozen=True)
class Counts:
    """Rows by state: read in all, in files, in quarantine, and waiting."""

    read: int
    done: int
    quarantined: int
    pending: int


@dataclass(frozen=True)
class Ledger:
    """An open ledger, held by one process at a time."""

    folder: Path
    db: sqlite3.Connection

    def source(self) -> dict[str, Any]:
        """The source of the rows: name, kind, sha256, merkle, untrusted, provenance, note, total."""
        record: dict[str, Any] = json.loads(self.db.execute("SELECT record FROM source").fetchone()[0])
        return record

    def begin(self, record: dict[str, Any]) -> None:
        """Write down the source. Raises DatasetError where the folder holds a run over another."""
        if self.db.execute("SELECT count(*) FROM source").fetchone()[0] == 0:
            with self.db:
                self.db.execute("INSERT INTO source VALUES (1, ?)", (json.dumps(record),))
        held = self.source()
        if held != record:
            key = next(each for each in {**held, **record} if held.get(each) != record.get(each))
            raise DatasetError(f"{self.folder}: expected to go on with {held['name']} ({key} {held.get(key)!s:.70}), "
                               f"got {record['name']} ({record.get(key)!s:.70}): choose another folder")  # fmt: skip

    def read(self, entry: Entry) -> bool:
        """Note that a chunk was read; whether it is settled already. The next commit of a receipt makes it last.

        Raises DatasetError when the source gives other rows than when this run began.
        """
        row = self.db.execute("SELECT number, offset, rows, labels, place, settled FROM chunk WHERE number = ?",
                              (entry.number,)).fetchone()  # fmt: skip
        if row is None:
            values = (*astuple(entry), 0, *astuple(NOTHING)[:1], 0, "", 0, 0)
            self.db.execute(f"INSERT INTO chunk VALUES ({', '.join('?' * len(values))})", values)
            return False
        if Entry(*row[:5]) != entry:
            raise DatasetError(f"{entry.place}: expected the rows this run began with, got others: was the source or "
                               "an option changed? Start again in another folder")  # fmt: skip
        return bool(row[5])

    def settle(self, receipt: Receipt) -> None:
        """Record a receipt that was verified. Raises StoreError unless each row is in its file or in quarantine."""
        rows, settled = self.db.execute("SELECT rows, settled FROM chunk WHERE number = ?", (receipt.chunk,)).fetchone()
        if settled or receipt.file.rows + len({each.offset for each in receipt.bad}) != rows:
            raise StoreError(f"expected {rows:,} rows of chunk {receipt.chunk} once, got {receipt.file.rows:,} good "
                             f"and {len(receipt.bad):,} bad")  # fmt: skip
        self.replace(receipt.chunk, receipt.file)
        self.db.execute("UPDATE chunk SET settled = 1, pid = ? WHERE number = ?", (receipt.pid, receipt.chunk))
        self.refuse(receipt.chunk, receipt.bad)

    def replace(self, chunk: int, file: File) -> None:
        """Give a chunk another file."""
        values = (file.name, file.rows, file.sha256, file.size, chunk)
        self.db.execute("UPDATE chunk SET file = ?, good = ?, sha256 = ?, size = ? WHERE number = ?", values)

    def refuse(self, chunk: int, records: tuple[Bad, ...]) -> None:
        """Put records of a chunk into quarantine."""
        rows = [(*astuple(each), chunk) for each in records]
        self.db.executemany("INSERT INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def forgive(self, chunk: int) -> None:
        """Take the records of a chunk out of quarantine."""
        self.db.execute("DELETE FROM quarantine WHERE chunk = ?", (chunk,))

    def reopen(self, chunk: int) -> None:
        """Have a chunk done again."""
        self.replace(chunk, NOTHING)
        self.forgive(chunk)
        self.db.execute("UPDATE chunk SET settled = 0 WHERE number = ?", (chunk,))

    def commit(self) -> None:
        """Make it last: when this returns, all of the above is on the disk."""
        try:
            self.db.commit()
        except sqlite3.Error as error:
            raise StoreError(f"{self.folder}: expected to write {NAME}, got {error}; make room or mend the disk, and "
                             "run again: it goes on where it stopped") from None  # fmt: skip

    def counts(self) -> Counts:
        """Rows by state; each from its own record."""
        sums = "coalesce(sum(rows), 0), coalesce(sum(good), 0), coalesce(sum(rows * (1 - settled)), 0)"
        read, done, pending = self.db.execute(f"SELECT {sums} FROM chunk").fetchone()
        return Counts(read, done, self.db.execute("SELECT count(*) FROM quarantine").fetchone()[0], pending)

    def settled(self) -> list[tuple[Entry, File]]:
        """The chunks that are settled with their files, in the order of the source."""
        rows = self.db.execute("SELECT number, offset, rows, labels, place, file, good, sha256, size FROM chunk "
                               "WHERE settled ORDER BY number").fetchall()  # fmt: skip
        return [(Entry(*row[:5]), File(*row[5:])) for row in rows]

    def bad(self, chunk: int | None = None) -> list[Bad]:
        """The records in quarantine, by offset."""
        where, values = ("", ()) if chunk is None else ("WHERE chunk = ?", (chunk,))
        rows = self.db.execute("SELECT offset, label, sha256, cause, code, signal, pid, record FROM quarantine "
                               f"{where} ORDER BY offset", values)  # fmt: skip
        return [Bad(*row) for row in rows]

    def remark(self, lines: Iterable[str]) -> None:
        """Record the remarks on the rows, in place of earlier ones. The caller commits."""
        self.db.execute("CREATE TABLE IF NOT EXISTS remark (line TEXT NOT NULL) STRICT")
        self.db.execute("DELETE FROM remark")
        self.db.executemany("INSERT INTO remark VALUES (?)", [(line,) for line in lines])

    def remarks(self) -> tuple[str, ...]:
        """The remarks; of a ledger of version 0.1 and of a run that is not finished, the source's note."""
        if self.db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'remark'").fetchone()[0]:
            return tuple(line for (line,) in self.db.execute("SELECT line FROM remark"))
        return tuple(filter(None, [self.source()["note"]]))

    def pids(self) -> set[int]:
        """The processes that settled chunks."""
        return {pid for (pid,) in self.db.execute("SELECT DISTINCT pid FROM chunk WHERE settled")}


@contextmanager
def opened(folder: Path, create: bool = False) -> Iterator[Ledger]:
    """The ledger of a folder, alone. Raises StoreError where there is none, another holds it, or it is damaged."""
    if not create and not (folder / NAME).exists():
        raise _missing(folder)
    try:
        (folder / "chunks").mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder}: expected a folder to write to, got {error.strerror}; choose another") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel releases it when the process dies
        except OSError:
            lock.seek(0)
            raise StoreError(f"{folder}: {holder.told(lock.read())} is ingesting into this folder; wait for it, and "
                             "run again") from None  # fmt: skip
        with suppress(OSError):  # the note is for others; without it they are told less
            os.truncate(lock.fileno(), 0)
            os.write(lock.fileno(), holder.note().encode())
        try:
            # One thread at a time, but not always the same: the reader of the merged rows may use another thread.
            with closing(sqlite3.connect(folder / NAME, check_same_thread=False)) as db:
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=FULL")
                if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    db.executescript(_TABLES)
                yield Ledger(folder, db)
        except sqlite3.Error as error:
            raise StoreError(f"{folder}: expected to read and write {NAME}, got {error}; mend the disk, or start again "
                             "in another folder") from error  # fmt: skip


@contextmanager
def reading(folder: Path) -> Iterator[Ledger]:
    """The ledger of a folder to read from, also while an ingest runs. Raises StoreError where there is none."""
    if not (folder / NAME).exists():
        raise _missing(folder)
    try:
        with closing(sqlite3.connect(folder / NAME)) as db:
            yield Ledger(folder, db)
    except sqlite3.Error as error:
        raise StoreError(f"{folder}: expected to read {NAME}, got {error}") from None


def quarantined(folder: Path) -> list[Bad]:
    """The records that an ingest refused, by offset; also while it runs. Raises StoreError where there is no ledger."""
    with reading(folder) as ledger:
        return ledger.bad()


def _missing(folder: Path) -> StoreError:
    return StoreError(f"{folder}: expected a folder that an ingest writes to, found no {NAME} there; check the path")
