"""The files below ``data.lance``: making them durable, hashing, checking, and sweeping strays.

Every file there is immutable once written, except Lance's hint of its latest version, which may be missing.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from murmuration.cores import cores
from murmuration.durable import sync_folder
from murmuration.errors import StoreError
from murmuration.store import catalog, writer
from murmuration.store.catalog import File

HINT = "_versions/latest_version_hint.json"

TRANSACTIONS = "_transactions"
"""Lance's folder of transactions. Each manifest holds its own transaction as well."""


def manifest(version: int) -> str:
    """The manifest of a version (Lance counts these down, so that the newest sorts first)."""
    return f"_versions/{2**64 - 1 - version:020d}.manifest"


def listing(data: Path) -> set[str]:
    """All files there, as paths below ``data``. The time grows with the number of snapshots."""
    found = set()
    for folder, _, names in os.walk(data):
        below = os.path.relpath(folder, data)
        found |= {name if below == "." else f"{below}/{name}" for name in names}
    return found - {HINT}


def settle(data: Path, names: Iterable[str]) -> list[File]:
    """Hash and fsync new files, then their folders. When this returns, all of them are durable."""
    names = sorted(names)
    with ThreadPoolExecutor(cores()) as pool:
        done = list(pool.map(lambda name: File(name, *_settle(data / name)), names))
    for folder in {data.parent, data, *((data / name).parent for name in names)}:
        sync_folder(folder)
    return done


def _settle(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        os.fsync(file.fileno())  # allowed on a file opened for reading
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def remove(data: Path, names: Iterable[str]) -> bool:
    """Delete files that no snapshot holds, and the hint, which may point to one of them; whether all are gone."""
    gone = True
    for name in [*names, HINT]:
        try:
            (data / name).unlink(missing_ok=True)
        except OSError:
            gone = False  # strays cost disk space only, and the next sweep finds them
    return gone


def drop_transactions(data: Path, read_version: int) -> None:
    """Delete the transaction of the version after ``read_version``: a manifest repeats it, and one writer needs none.

    Kept, these files doubled the number of files of a store, and Lance lists the folder.
    """
    remove(data, [f"{TRANSACTIONS}/{path.name}" for path in (data / TRANSACTIONS).glob(f"{read_version}-*.txn")])


def sweep(db: sqlite3.Connection, data: Path) -> None:
    """With the lock held: delete the files of commits that were not completed, and their notes.

    A commit whose fsync failed may still be whole in the write-ahead log, and would return when SQLite next recovers
    it. Another transaction is therefore committed over it before the files that only it would need are deleted.
    """
    notes = writer.left(data.parent)
    if not notes and catalog.has_notes(db):
        return
    if not listing(data) <= catalog.files(db).keys():
        db.execute("UPDATE sweep SET times = times + 1")
        catalog.commit(db)
        catalog.begin(db)
        if not remove(data, listing(data) - catalog.files(db).keys()):
            return
    for note in notes:
        writer.end(note)


@dataclass(frozen=True)
class Trust:
    """The files of a store that were read whole and found as committed; each is checked once, before its first use.

    path: the folder of the store.  data: that of its files.
    """

    path: Path
    data: Path
    known: set[str] = field(default_factory=set)

    def check(self, names: Iterable[str]) -> None:
        """Raises StoreError for the first file that is missing, unknown to the catalog, or not as committed."""
        new = [name for name in names if name not in self.known]
        if not new:
            return
        with catalog.reading(self.path) as db:
            committed = catalog.files_named(db, new)
        unknown = [name for name in new if name not in committed]
        if unknown:
            raise StoreError(f"{self.path}: expected files of the catalog, got {unknown[0]}; the snapshot is damaged: "
                             "restore the store from a copy")  # fmt: skip
        with ThreadPoolExecutor(cores()) as pool:
            for each in pool.map(self._check, committed.values()):
                self.known.add(each)

    def _check(self, want: File) -> str:
        path = self.data / want.name
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.tell()
        except OSError as error:
            raise StoreError(f"{path}: expected a file of {want.size:,} bytes, got {error.strerror}; restore it from "
                             "a copy, or undo to a snapshot without it") from None  # fmt: skip
        if (size, digest) != (want.size, want.sha256):
            raise StoreError(f"{path}: expected the {want.size:,} bytes that were committed, got {size:,} bytes with "
                             "another SHA-256; restore it from a copy, or undo to a snapshot without it")  # fmt: skip
        return want.name
