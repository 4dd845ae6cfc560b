"""The files below ``data.lance``: made durable, hashed, checked, and swept of what no snapshot holds.

Every file there is written once and never again, but for Lance's hint of its latest version, which is only a hint.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from murmuration.cores import cores
from murmuration.errors import StoreError
from murmuration.store import catalog
from murmuration.store.catalog import File

HINT = "_versions/latest_version_hint.json"


def manifest(version: int) -> str:
    """The file that says what a version is made of (Lance counts these down, so that the newest sorts first)."""
    return f"_versions/{2**64 - 1 - version:020d}.manifest"


def listing(data: Path) -> set[str]:
    """All files there, as paths below ``data``."""
    found = set()
    for folder, _, names in os.walk(data):
        below = os.path.relpath(folder, data)
        found |= {name if below == "." else f"{below}/{name}" for name in names}
    return found - {HINT}


def settle(data: Path, names: Iterable[str]) -> list[File]:
    """Hash and fsync new files, then the folders that hold them. What returns is on the disk."""
    names = sorted(names)
    with ThreadPoolExecutor(cores()) as pool:
        done = list(pool.map(lambda name: File(name, *_settle(data / name)), names))
    for folder in {data.parent, data, *((data / name).parent for name in names)}:
        _sync(folder)
    return done


def _settle(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        os.fsync(file.fileno())  # allowed on a file opened for reading
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(data: Path, names: Iterable[str]) -> None:
    """Delete files that no snapshot holds, as far as that goes, and the hint that may point to one of them."""
    for name in [*names, HINT]:
        try:
            (data / name).unlink(missing_ok=True)
        except OSError:
            continue  # they cost room, nothing else, and the next sweep finds them


def sweep(db: sqlite3.Connection, data: Path) -> None:
    """With the lock held: delete what a writer left that died, or failed in its very last step.

    A commit whose fsync failed may still lie whole in the write-ahead log, and come back to life when that is next
    recovered. So another transaction is committed over it before files that only it would need are deleted.
    """
    if listing(data) <= catalog.files(db).keys():
        return
    db.execute("UPDATE sweep SET times = times + 1")
    catalog.commit(db)
    catalog.begin(db)
    remove(data, listing(data) - catalog.files(db).keys())


@dataclass(frozen=True)
class Trust:
    """Files that were read whole and had the size and hash the catalog says: each is checked once, before its use."""

    data: Path
    known: set[str] = field(default_factory=set)

    def check(self, wanted: Iterable[File]) -> None:
        """Raises StoreError for the first file that is missing or not what was committed."""
        new = [each for each in wanted if each.name not in self.known]
        with ThreadPoolExecutor(cores()) as pool:
            for each in pool.map(self._check, new):
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
