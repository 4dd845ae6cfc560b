"""The mirror: the content of the catalog as an append-only text file, ``catalog.log``.

One damaged page can make the whole database unreadable, and with it a folder of sound data files. The catalog can be
rebuilt from the mirror. Each line is the SHA-256 of a JSON text and the text, so that a damaged line is detected. It is
written after its commit; lines that a crash between the two omitted are added when the store is next opened.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from murmuration.errors import StoreError
from murmuration.store import catalog
from murmuration.store.catalog import File
from murmuration.store.snapshot import Snapshot

NAME = "catalog.log"


def lines(db: sqlite3.Connection, after: int = 0, certificates: int = 0) -> list[str]:
    """The lines of snapshots and certificates after the given ones, and last that of all tags."""
    held: dict[int, list[list[Any]]] = {}
    query = "SELECT snapshot, name, size, sha256 FROM file WHERE snapshot > ? ORDER BY name"
    for number, *fields in db.execute(query, (after,)):
        held.setdefault(number, []).append(fields)
    found: list[dict[str, Any]] = [
        {"snapshot": number, "record": text, "files": held.get(number, [])}
        for number, text in db.execute("SELECT number, record FROM snapshot WHERE number > ? ORDER BY number", (after,))
    ]
    query = "SELECT id, snapshot, record FROM certificate WHERE id > ? ORDER BY id"
    found += [{"certificate": row[0], "of": row[1], "record": row[2]} for row in db.execute(query, (certificates,))]
    found.append({"tags": dict(db.execute("SELECT name, snapshot FROM tag ORDER BY name"))})
    return [json.dumps(each, sort_keys=True, ensure_ascii=False) for each in found]


def add(folder: Path, texts: Iterable[str]) -> None:
    """Append lines durably. A failure is ignored: the commit has succeeded, and the next opening adds them."""
    try:
        with (folder / NAME).open("a", encoding="utf-8") as file:
            if file.tell() and not _ends(folder / NAME):
                file.write("\n")  # an earlier process died within a line
            file.writelines(f"{_hash(text)} {text}\n" for text in texts)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return


def reconcile(folder: Path, db: sqlite3.Connection) -> None:
    """Append the lines that the mirror lacks; a mirror with a damaged line is written anew."""
    path = folder / NAME
    try:
        have = list(_read(path)) if path.exists() else []
        if None in have:
            path.unlink()
            have = []
    except OSError:
        return  # as in add()
    known = {text for text in have if text is not None}
    after = 2**62 if _complete(known, db) else 0
    wanted = lines(db, after, after)
    missing = [text for text in wanted[:-1] if text not in known]
    tags = [text for text in have if text is not None and text.startswith('{"tags"')]
    if missing or tags[-1:] != wanted[-1:]:
        add(folder, [*missing, wanted[-1]])


def _complete(known: set[str], db: sqlite3.Connection) -> bool:
    """Whether the mirror has as many snapshots and certificates as the catalog, and the newest of each.

    Comparing every line costs five times as much and finds no more: a snapshot's number is its place.
    """
    counts = [db.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0]
              for key, table in (("number", "snapshot"), ("id", "certificate"))]  # fmt: skip
    newest = lines(db, counts[0] - 1, counts[1] - 1)[:-1]
    held = [sum(text.startswith(start) for text in known) for start in ('{"files"', '{"certificate"')]
    return held == counts and known.issuperset(newest)


def repair(path: str | Path) -> int:
    """Rebuild the catalog of a store from its mirror; the damaged one is kept beside it under another name.

    No process may have the store open. Returns the number of snapshots. Raises StoreError if the mirror is missing or
    the line of a snapshot is damaged.
    """
    folder = Path(path)
    if not (folder / NAME).exists():
        raise StoreError(f"{folder}: expected {NAME} to repair from, found none; restore the store from a copy")
    found = [json.loads(text) for text in _read(folder / NAME) if text is not None]
    snapshots = {each["snapshot"]: each for each in found if "snapshot" in each}
    if sorted(snapshots) != list(range(1, len(snapshots) + 1)):
        raise StoreError(f"{folder}: expected every snapshot in {NAME}, got {len(snapshots)} of at least "
                         f"{max(snapshots)}; restore the store from a copy")  # fmt: skip
    aside = next(name for k in range(1, 10**6) if not (name := folder / f"{catalog.NAME}.damaged{k}").exists())
    for suffix in ("-wal", "-shm", ""):
        if (old := folder / f"{catalog.NAME}{suffix}").exists():
            os.replace(old, f"{aside}{suffix}")
    catalog.create(folder)
    with catalog.writing(folder) as db:
        for number in sorted(snapshots):
            one = snapshots[number]
            catalog.add(db, Snapshot.from_json(one["record"]), [File(*fields) for fields in one["files"]])
        for each in found:
            if "certificate" in each:
                row = each["certificate"], each["of"], each["record"]
                db.execute("INSERT OR REPLACE INTO certificate VALUES (?, ?, ?)", row)
        tags = [each["tags"] for each in found if "tags" in each]
        db.executemany("INSERT INTO tag VALUES (?, ?)", tags[-1].items() if tags else ())
        catalog.commit(db)
    return len(snapshots)


def of_snapshot(one: Snapshot, new: list[File]) -> str:
    """The line of one new snapshot."""
    files = sorted(list(astuple(each)) for each in new)
    record = {"snapshot": one.number, "record": one.to_json(), "files": files}
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def _read(path: Path) -> Iterator[str | None]:
    """The texts of the lines, None for one that is damaged."""
    for line in path.read_bytes().split(b"\n"):
        if line:
            text = line[65:].decode("utf-8", "replace")
            yield text if line[:65] == f"{_hash(text)} ".encode() else None


def _ends(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
