"""The catalog: SQLite in WAL mode with synchronous=FULL, since Lance makes no fsync and SQLite does.

A commit begins its SQLite transaction before it writes any file. The transaction is therefore the lock of the single
writer, across processes; the lock of a writer that died is released by the kernel. Readers never wait.

Each snapshot's row carries a seal: SHA-256 over the previous seal, its record and the hashes of its files. A catalog
with a flipped bit is refused.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store import writer
from murmuration.store.snapshot import Snapshot

NAME = "catalog.db"

WAIT = 10.0
"""Seconds to wait for another writer."""

_FORMAT = 3
"""Format of the records written here. Format 2 lacked :attr:`Snapshot.inputs` and the writer's note; it is read."""

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

_NO_WAL = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL)
"""Codes of a place where a database in WAL mode cannot be opened: read-only, or a share without shared memory."""


@dataclass(frozen=True)
class File:
    """A file of ``data.lance``, immutable once written: its path there, size in bytes, and SHA-256."""

    name: str
    size: int
    sha256: str


def create(folder: Path) -> None:
    """Make an empty catalog, which appears complete or not at all. Raises FileExistsError if there is one.

    The database is made in memory and written as one file, so that an interrupted creation leaves no journal beside a
    half-made file.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(f"{_TABLES} PRAGMA user_version={_FORMAT};")
        image = bytearray(db.serialize())
    image[18:20] = b"\2\2"  # write and read version of a database in WAL mode: sqlite.org/fileformat.html, 1.3.3
    half = folder / f"{NAME}.{uuid.uuid4().hex}.new"
    try:
        with half.open("xb") as file:
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        _publish(half, folder / NAME)
    finally:
        half.unlink(missing_ok=True)
    for stray in folder.glob(f"{NAME}.*.new"):  # of creations that were killed, or that will now find this catalog
        stray.unlink(missing_ok=True)


def _publish(half: Path, whole: Path) -> None:
    """Give a complete file its name. Of two processes that do so at once, one gets FileExistsError."""
    try:
        os.link(half, whole)
    except FileNotFoundError:
        raise FileExistsError(str(whole)) from None  # another creation was faster and removed the stray
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if whole.exists():
            raise FileExistsError(str(whole)) from None
        os.replace(half, whole)


@contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection for queries, also in a place where nothing can be written. Raises StoreError if it is damaged."""
    with _translated(folder), closing(_readable(folder)) as db:
        yield db


@contextmanager
def writing(folder: Path, wait: float = WAIT) -> Iterator[sqlite3.Connection]:
    """A connection inside the only writing transaction; :func:`commit` ends it, anything else rolls it back.

    Raises StoreError, naming the other writer, if one holds the lock for more than ``wait`` seconds.
    """
    with _translated(folder), closing(_connect(folder, wait)) as db:
        db.execute("PRAGMA synchronous=FULL")
        # A checkpoint after the commit could fail and make a successful commit look like a failed one.
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
    """Commit; when this returns, the transaction is durable."""
    db.execute("COMMIT")


def has_notes(db: sqlite3.Connection) -> bool:
    """Whether every commit to this catalog left a writer's note; those of format 2 did not."""
    return _version(db) > 2


def snapshots(db: sqlite3.Connection) -> list[Snapshot]:
    """All snapshots, by number."""
    return [Snapshot.from_json(text) for (text,) in db.execute("SELECT record FROM snapshot ORDER BY number")]


def snapshot(db: sqlite3.Connection, number: int | None = None) -> Snapshot | None:
    """One snapshot, the newest by default; None if there is none."""
    where = "WHERE number = ?" if number is not None else "ORDER BY number DESC LIMIT 1"
    row = db.execute(f"SELECT record FROM snapshot {where}", () if number is None else (number,)).fetchone()
    return Snapshot.from_json(row[0]) if row else None


def numbered(db: sqlite3.Connection, number: int) -> Snapshot:
    """The snapshot of a number that another record refers to."""
    one = snapshot(db, number)
    if one is None:
        raise sqlite3.DatabaseError(f"snapshot {number} is missing")
    return one


def add(db: sqlite3.Connection, one: Snapshot, new: list[File]) -> None:
    """Insert a snapshot with its new files. From then on the catalog has the current format."""
    db.execute(f"PRAGMA user_version={_FORMAT}")
    before = db.execute("SELECT seal FROM snapshot ORDER BY number DESC LIMIT 1").fetchone()
    text = one.to_json()
    db.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", [(f.name, f.size, f.sha256, one.number) for f in new])
    seal = _seal(before[0] if before else "", text, new)
    db.execute("INSERT INTO snapshot VALUES (?, ?, ?)", (one.number, text, seal))


def resolve(db: sqlite3.Connection, folder: Path, which: int | str | None) -> Snapshot:
    """A snapshot by number or tag, the newest for None. Raises StoreError if there is none."""
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
    """All files of the snapshots up to a number, by name."""
    rows = db.execute("SELECT name, size, sha256 FROM file WHERE snapshot <= ?", (upto,))
    return {row[0]: File(*row) for row in rows}


def files_named(db: sqlite3.Connection, names: Iterable[str]) -> dict[str, File]:
    """The files of these names, by name; unknown names are absent."""
    rows = (db.execute("SELECT name, size, sha256 FROM file WHERE name = ?", (name,)).fetchone() for name in names)
    return {row[0]: File(*row) for row in rows if row is not None}


def record_source(folder: Path, source: Fingerprint, wait: float = WAIT) -> None:
    """Record the origin of data before any of them is used."""
    with writing(folder, wait) as db:
        seen = datetime.now(UTC).isoformat(timespec="seconds")
        row = source.sha256, json.dumps(asdict(source), sort_keys=True), seen
        db.execute("INSERT OR IGNORE INTO source VALUES (?, ?, ?)", row)
        commit(db)


def check(folder: Path) -> None:
    """Read the whole catalog and verify its seals. Raises StoreError, naming the snapshot, if one is broken."""
    with reading(folder) as db:
        found = _version(db)
        if found not in _READABLE:
            raise StoreError(f"{folder}: expected a store of format {_READABLE[0]} to {_FORMAT}, got {found}; use the "
                             "version of this program that wrote it, or make the store anew")  # fmt: skip
        sound = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        held: dict[int, list[File]] = {}
        for *fields, number in db.execute("SELECT name, size, sha256, snapshot FROM file"):
            held.setdefault(number, []).append(File(*fields))
        seal = ""
        for count, (number, text, given) in enumerate(db.execute("SELECT * FROM snapshot ORDER BY number"), 1):
            seal = _seal(seal, text, held.get(number, []))
            if seal != given or number != count:
                raise sqlite3.DatabaseError(f"the seal of snapshot {number} is broken")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _seal(before: str, text: str, new: list[File]) -> str:
    lines = sorted(f"{f.name} {f.size} {f.sha256}" for f in new)
    return hashlib.sha256("\n".join([before, text, *lines]).encode()).hexdigest()


def _connect(folder: Path, wait: float) -> sqlite3.Connection:
    if not (folder / NAME).exists():
        raise StoreError(f"{folder}: expected a store, found no {NAME} there; check the path, or make a store first")
    return sqlite3.connect(folder / NAME, timeout=wait, isolation_level=None)


def _readable(folder: Path) -> sqlite3.Connection:
    db = _connect(folder, WAIT)
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the file is opened at the first query
    except sqlite3.Error as error:
        db.close()
        if isinstance(error, sqlite3.OperationalError) and _code(error) in _NO_WAL:
            return _copied(folder)
        raise
    return db


def _copied(folder: Path) -> sqlite3.Connection:
    """The catalog in memory, for a place where a database in WAL mode cannot be opened.

    SQLite's ``immutable`` would do without the copy, but it ignores the write-ahead log, which holds the last commits
    in a file-system snapshot of a store in use.
    """
    try:
        with TemporaryDirectory(prefix="murmuration-") as temporary:
            for name in (NAME, f"{NAME}-wal"):
                if (folder / name).exists():
                    shutil.copyfile(folder / name, Path(temporary) / name)
            copy = sqlite3.connect(":memory:", isolation_level=None)
            with closing(sqlite3.connect(Path(temporary) / NAME)) as db:
                db.backup(copy)
    except OSError as error:
        raise StoreError(f"{folder}: expected a readable {NAME}, got {error.strerror}; check the disk and the "
                         "permissions") from None  # fmt: skip
    return copy


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Raise errors of SQLite as a StoreError of one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if _code(error) == sqlite3.SQLITE_BUSY:
            raise StoreError(f"{folder}: {writer.current(folder)} is writing to this store; wait for it, and try "
                             "again") from None  # fmt: skip
        if not os.access(folder, os.W_OK) or not os.access(folder / NAME, os.W_OK):
            raise StoreError(f"{folder}: the store is read-only; nothing was changed: copy it to a folder that you "
                             "can write to") from None  # fmt: skip
        raise StoreError(f"{folder}: expected to read and write {NAME}, got {error}; the last snapshot is as it "
                         "was: make room or mend the disk, and try again") from None  # fmt: skip
    except sqlite3.DatabaseError as error:
        line = " ".join(str(error).split())
        raise StoreError(
            f"{folder}: expected a sound {NAME}, got {line}; devshell repair makes it anew from catalog.log"
        ) from None


def _code(error: sqlite3.OperationalError) -> int:
    """SQLite's primary result code."""
    return (error.sqlite_errorcode or 0) & 0xFF
