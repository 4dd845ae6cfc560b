"""The catalog: SQLite in WAL mode with synchronous=FULL, since Lance makes no fsync and SQLite does.

The transaction that will insert a snapshot's row is begun before any of its files are written. So it is also the lock
of the one writer, across processes, and a writer that dies lets go of it. Readers never wait.

Each snapshot's row carries a seal: SHA-256 over the seal before it, its record and the hashes of its files. A catalog
with a flipped bit is therefore refused, not believed.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store.snapshot import Snapshot

NAME = "catalog.db"

WAIT = 10.0
"""Seconds to wait for another writer."""

_FORMAT = 3
"""Format of records written here. Format 2 lacked :attr:`Snapshot.inputs` and is still read."""

_READABLE = (2, 3)

_TABLES = """
CREATE TABLE snapshot (number INTEGER PRIMARY KEY, record TEXT NOT NULL, seal TEXT NOT NULL) STRICT;
CREATE TABLE file (name TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, snapshot INTEGER NOT NULL)
    STRICT;
CREATE TABLE tag (name TEXT PRIMARY KEY, snapshot INTEGER NOT NULL REFERENCES snapshot) STRICT;
CREATE TABLE certificate (id INTEGER PRIMARY KEY, snapshot INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
CREATE TABLE source (sha256 TEXT PRIMARY KEY, record TEXT NOT NULL, seen TEXT NOT NULL) STRICT;
CREATE TABLE sweep (times INTEGER NOT NULL) STRICT;
INSERT INTO sweep VALUES (0);
"""


@dataclass(frozen=True)
class File:
    """A file of ``data.lance`` that is never written again: its path there, size in bytes, and SHA-256."""

    name: str
    size: int
    sha256: str


def create(folder: Path) -> None:
    """An empty catalog. The file appears under its name only when it is complete."""
    half = folder / f"{NAME}.new"
    half.unlink(missing_ok=True)
    with closing(sqlite3.connect(half, isolation_level=None)) as db:
        db.executescript(f"PRAGMA synchronous=FULL; BEGIN; {_TABLES} PRAGMA user_version={_FORMAT}; COMMIT;")
        db.execute("PRAGMA journal_mode=WAL")
    os.replace(half, folder / NAME)


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection. Raises StoreError for what is no catalog, or damaged."""
    with closing(_connect(folder, WAIT)) as db, _named(folder):
        yield db


@contextmanager
def writing(folder: Path, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
    """A connection inside the one writing transaction there can be; it ends by :func:`commit`, or is rolled back.

    Raises StoreError when another writer holds it for more than ``wait`` seconds.
    """
    with closing(_connect(folder, wait)) as db, _named(folder):
        # Else a commit that succeeded could report the failure of the checkpoint after it.
        db.execute("PRAGMA wal_autocheckpoint=0")
        begin(db)
        try:
            yield db
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")


def begin(db: sqlite3.Connection) -> None:
    """Take the lock."""
    db.execute("BEGIN IMMEDIATE")


def commit(db: sqlite3.Connection) -> None:
    """Make it so: when this returns, it is on the disk."""
    db.execute("COMMIT")


def snapshots(db: sqlite3.Connection) -> list[Snapshot]:
    """All snapshots, by number."""
    return [Snapshot.from_json(text) for (text,) in db.execute("SELECT record FROM snapshot ORDER BY number")]


def snapshot(db: sqlite3.Connection, number: int | None = None) -> Snapshot | None:
    """One snapshot, the newest unless a number is given; None where there is none."""
    where = "WHERE number = ?" if number is not None else "ORDER BY number DESC LIMIT 1"
    row = db.execute(f"SELECT record FROM snapshot {where}", () if number is None else (number,)).fetchone()
    return Snapshot.from_json(row[0]) if row else None


def add(db: sqlite3.Connection, one: Snapshot, files: list[File]) -> None:
    """Insert a snapshot with its new files. From then on the catalog has the current format."""
    db.execute(f"PRAGMA user_version={_FORMAT}")
    before = db.execute("SELECT seal FROM snapshot ORDER BY number DESC LIMIT 1").fetchone()
    text = one.to_json()
    db.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", [(f.name, f.size, f.sha256, one.number) for f in files])
    seal = _seal(before[0] if before else "", text, files)
    db.execute("INSERT INTO snapshot VALUES (?, ?, ?)", (one.number, text, seal))


def resolve(db: sqlite3.Connection, folder: Path, which: int | str | None) -> Snapshot:
    """A snapshot by number or tag, else the newest. Raises StoreError where there is none."""
    number = which
    if isinstance(which, str):
        tagged = db.execute("SELECT snapshot FROM tag WHERE name = ?", (which,)).fetchone()
        number = tagged[0] if tagged else int(which) if which.isdecimal() and len(which) < 16 else -1
    one = snapshot(db, number if isinstance(number, int) else None)
    if one is None:
        last = snapshot(db)
        have = f"1 to {last.number}, or a tag" if last else "none, since the store is empty"
        raise StoreError(f"{folder}: expected a snapshot ({have}), got {which}; list them with devshell snapshots")
    return one


def files(db: sqlite3.Connection, upto: int = 2**62) -> dict[str, File]:
    """All files that snapshots hold (those up to a number), by name."""
    rows = db.execute("SELECT name, size, sha256 FROM file WHERE snapshot <= ?", (upto,))
    return {row[0]: File(*row) for row in rows}


def record_source(folder: Path, source: Fingerprint, wait: float = WAIT) -> None:
    """Write down where data come from, before any of them is used."""
    with writing(folder, wait) as db:
        seen = datetime.now(UTC).isoformat(timespec="seconds")
        row = source.sha256, json.dumps(asdict(source), sort_keys=True), seen
        db.execute("INSERT OR IGNORE INTO source VALUES (?, ?, ?)", row)
        commit(db)


def check(folder: Path) -> None:
    """Read all of the catalog and its seals. Raises StoreError, naming the snapshot, where they do not agree."""
    with reading(folder) as db:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found not in _READABLE:
            raise StoreError(f"{folder}: expected a store of format {_READABLE[0]} to {_FORMAT}, got {found}; use the "
                             "version of this program that wrote it, or make the store anew")  # fmt: skip
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        held: dict[int, list[File]] = {}
        for *fields, number in db.execute("SELECT name, size, sha256, snapshot FROM file"):
            held.setdefault(number, []).append(File(*fields))
        seal = ""
        for count, (number, text, given) in enumerate(db.execute("SELECT * FROM snapshot ORDER BY number"), 1):
            seal = _seal(seal, text, held.get(number, []))
            if seal != given or number != count:
                raise sqlite3.DatabaseError(f"the seal of snapshot {number} is broken")


def _seal(before: str, text: str, new: list[File]) -> str:
    lines = sorted(f"{f.name} {f.size} {f.sha256}" for f in new)
    return hashlib.sha256("\n".join([before, text, *lines]).encode()).hexdigest()


def _connect(folder: Path, wait: float) -> sqlite3.Connection:
    if not (folder / NAME).exists():
        raise StoreError(f"{folder}: expected a store, found no {NAME} there; check the path, or make a store first")
    with _named(folder):
        db = sqlite3.connect(folder / NAME, timeout=wait, isolation_level=None)
        db.execute("PRAGMA synchronous=FULL")
        return db


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """What SQLite has to say, in the words of a StoreError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = (error.sqlite_errorcode or 0) & 0xFF
        if code == sqlite3.SQLITE_BUSY:
            raise StoreError(f"{folder}: expected to be the only writer, but another is at work; wait for it") from None
        raise StoreError(f"{folder}: expected to read and write {NAME}, got {error}; the last snapshot is as it "
                         "was: make room or mend the disk, and try again") from None  # fmt: skip
    except sqlite3.DatabaseError as error:
        line = " ".join(str(error).split())
        raise StoreError(
            f"{folder}: expected a sound {NAME}, got {line}; devshell repair makes it anew from catalog.log"
        ) from None
