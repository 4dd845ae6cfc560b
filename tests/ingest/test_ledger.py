import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murmuration import holder
from murmuration.errors import StoreError
from murmuration.ingest.ledger import Entry, Ledger, opened
from murmuration.ingest.progress import Progress
from murmuration.ingest.task import NOTHING, Bad, File, Receipt


def balanced(ledger: Ledger) -> None:
    counts = ledger.counts()
    Progress(counts.read, counts.done, counts.quarantined, counts.pending)


def receipt(number: int, offset: int, rows: int, bad: int) -> Receipt:
    records = tuple(Bad(offset + i, "x", "", "raised", None, None, None, "{}") for i in range(bad))
    file = File(f"{number}", rows - bad, "0", 1) if rows > bad else NOTHING
    return Receipt(number, file, records, 1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9), st.booleans(), st.booleans()), max_size=12), st.randoms()
)
def test_rows_add_up_in_any_order_of_events(chunks: list[tuple[int, int, bool, bool]], chance: object) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, receipts, offset = Path(name), [], 0
        with opened(folder, create=True) as ledger:
            for number, (rows, bad, settled, _) in enumerate(chunks):
                assert not ledger.read(Entry(number, offset, rows, "l", "p"))
                balanced(ledger)
                if settled:
                    receipts.append(receipt(number, offset, rows, min(bad, rows)))
                offset += rows
            chance.shuffle(receipts)  # type: ignore[attr-defined]
            for each in receipts:
                ledger.settle(each)
                balanced(ledger)
                with pytest.raises(StoreError, match="once"):
                    ledger.settle(each)
                if chunks[each.chunk][3]:
                    ledger.reopen(each.chunk)
                    balanced(ledger)
            ledger.commit()
            held = ledger.counts()
        with opened(folder) as ledger:
            assert ledger.counts() == held
            assert held.read == offset


def test_a_receipt_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, create=True) as ledger:
        ledger.read(Entry(0, 0, 5, "l", "p"))
        with pytest.raises(StoreError, match="expected 5 rows of chunk 0 once, got 4 good and 0 bad"):
            ledger.settle(receipt(0, 0, 4, 0))
        balanced(ledger)


def test_a_progress_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(StoreError, match="4 \\+ 1 \\+ 1: the ledger is wrong"):
        Progress(7, 4, 1, 1)


def test_uncommitted_work_is_pending_again(tmp_path: Path) -> None:
    with opened(tmp_path, create=True) as ledger:
        ledger.read(Entry(0, 0, 5, "l", "p"))
        ledger.commit()
        ledger.settle(receipt(0, 0, 5, 1))
    with opened(tmp_path) as ledger:
        assert (ledger.counts().pending, ledger.counts().quarantined) == (5, 0)


def test_a_folder_without_an_ingest_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"found no ledger\.db there"), opened(tmp_path):
        pass


def test_a_second_ingest_is_told_the_process_of_the_first(tmp_path: Path) -> None:
    for _ in range(2):  # also over the note of one that has ended
        with (
            opened(tmp_path / "run", create=True),
            pytest.raises(StoreError, match=rf"run: process {os.getpid()} on .* is ingesting into this folder"),
            opened(tmp_path / "run"),
        ):
            pass
    assert holder.told("{") == holder.told("") == holder.told("[]") == "another process"
