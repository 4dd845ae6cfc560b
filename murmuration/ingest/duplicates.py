"""Labels that come twice: the row that came first stays, the others go to quarantine.

Found at the end, when all rows are in: a first row that is bad itself does not displace the others. Labels are
compared by 64-bit keys, 16 bytes a row in memory, and as text where keys agree.
"""

from collections import defaultdict

import numpy as np
import pyarrow as pa

from murmuration.ingest.files import read, write
from murmuration.ingest.ledger import Entry, Ledger
from murmuration.ingest.task import NOTHING, File
from murmuration.ingest.worker import bad
from murmuration.types import Int64s, UInt64s

_WIDEST = 64
"""Bytes of a label at most; longer ones never pass validation."""


def duplicates(ledger: Ledger) -> int:
    """Quarantine later rows with a label that was there before; how many. The caller commits."""
    settled = [each for each in ledger.settled() if each[1] != NOTHING]
    suspects = _suspects(ledger, settled)
    seen: dict[str, int] = {}
    found = 0
    for number, (entry, file) in enumerate(settled):
        rows = suspects.get(number)
        if rows is None:
            continue
        table = read(ledger.folder, file)
        twice = []
        for row in rows:
            label = table["label"][row].as_py()
            if label in seen:
                twice.append((row, seen[label]))
            else:
                seen[label] = int(positions(ledger, entry)[row])
        if twice:
            _part(ledger, entry, table, twice)
            found += len(twice)
    return found


def positions(ledger: Ledger, entry: Entry) -> Int64s:
    """The offsets in the source of the rows in a chunk's file."""
    out = [each.offset for each in ledger.bad(entry.number)]
    return np.setdiff1d(np.arange(entry.offset, entry.offset + entry.rows), np.array(out, dtype=np.int64))


def _part(ledger: Ledger, entry: Entry, table: pa.Table, twice: list[tuple[int, int]]) -> None:
    at = positions(ledger, entry)
    records = [bad(table[row : row + 1], int(at[row]), f"duplicate: this label came first at offset {first}")
               for row, first in twice]  # fmt: skip
    keep = np.ones(table.num_rows, dtype=bool)
    keep[[row for row, _ in twice]] = False
    ledger.replace(entry.number, write(ledger.folder, entry.offset, table.filter(pa.array(keep))))
    ledger.refuse(entry.number, tuple(records))


def _suspects(ledger: Ledger, settled: list[tuple[Entry, File]]) -> dict[int, list[int]]:
    """Rows by file whose key some other row has too."""
    parts = [_keys(read(ledger.folder, file)["label"].combine_chunks()) for _, file in settled]
    ends = np.cumsum([0, *(len(part) for part in parts)])
    keys = np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)
    del parts
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    both = np.union1d(order[1:][same], order[:-1][same])
    found = defaultdict(list)
    for row in both.tolist():
        number = int(np.searchsorted(ends, row, side="right")) - 1
        found[number].append(row - int(ends[number]))
    return found


def _keys(labels: pa.Array) -> UInt64s:
    """A 64-bit key of each label: its bytes as words, mixed by odd multipliers (splitmix64's)."""
    data = np.frombuffer(labels.buffers()[2], dtype=np.uint8)
    starts = np.frombuffer(labels.buffers()[1], dtype=np.int32)[labels.offset : labels.offset + len(labels) + 1]
    lengths = np.minimum(np.diff(starts), _WIDEST)
    padded = np.zeros((len(labels), _WIDEST), dtype=np.uint8)
    for column in range(int(lengths.max(initial=0))):
        has = lengths > column
        padded[has, column] = data[starts[:-1][has] + column]
    keys = lengths.astype(np.uint64)
    for word in padded.view(np.uint64).T[: -(-int(lengths.max(initial=0)) // 8)]:
        keys = (keys ^ word) * np.uint64(0xBF58476D1CE4E5B9)
        keys ^= keys >> np.uint64(31)
    return keys
