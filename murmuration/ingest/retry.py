"""Try the records in quarantine again, after a fix, each in a process of its own, and put good ones in their place."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from murmuration.errors import DatasetError
from murmuration.ingest.checks import check, validate
from murmuration.ingest.dissect import dissect
from murmuration.ingest.duplicates import duplicates, positions
from murmuration.ingest.files import packed, read, sweep, write
from murmuration.ingest.ledger import Entry, Ledger, opened
from murmuration.ingest.task import NOTHING, Bad, File, Limits, Task, Work
from murmuration.ingest.worker import bad, said


def retry(folder: Path, work: Work = validate, limits: Limits = Limits()) -> tuple[int, int]:  # noqa: B008 - frozen
    """How many rows came out of quarantine, and how many are still in it.

    Needs the ledger alone, not the source. A row that was a duplicate and still is goes back. Raises StoreError when
    the folder is in use, or cannot be written.
    """
    with opened(folder) as ledger:
        before = ledger.counts().quarantined
        for entry, file in ledger.settled():
            records = ledger.bad(entry.number)
            if records:
                _chunk(ledger, entry, file, records, work, limits)
                ledger.commit()
        duplicates(ledger)
        ledger.commit()
        sweep(folder, {file.name for _, file in ledger.settled()})
        after = ledger.counts().quarantined
        return before - after, after


def _chunk(ledger: Ledger, entry: Entry, file: File, records: list[Bad], work: Work, limits: Limits) -> None:
    raw = pa.Table.from_pylist([json.loads(each.record) for each in records])
    offsets = tuple(each.offset for each in records)
    receipt = dissect(Task(entry.number, offsets, packed(raw), ledger.folder.absolute(), work, limits))
    still = receipt.bad
    out = {each.offset for each in still}
    index = [i for i, offset in enumerate(offsets) if offset not in out]
    if not index:
        return
    good = read(ledger.folder, receipt.file)
    try:
        check(good, raw.take(pa.array(index)))
        if file != NOTHING:
            held = read(ledger.folder, file)
            good = good.select(held.column_names).cast(held.schema)
            order = np.argsort(np.concatenate([positions(ledger, entry), np.array(offsets)[index]]))
            good = pa.concat_tables([held, good]).take(pa.array(order))
    except (DatasetError, KeyError, ValueError) as error:
        still = tuple(bad(raw[i : i + 1], offset, said(error)) for i, offset in enumerate(offsets))
    else:
        ledger.replace(entry.number, write(ledger.folder, entry.offset, good))
    ledger.forgive(entry.number)
    ledger.refuse(entry.number, still)
