import multiprocessing as mp
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from murmuration.errors import DatasetError, StoreError
from murmuration.ingest import Bad, Engine, Limits, PebbleEngine, Progress, ingest, merge, quarantined, retry
from murmuration.ingest.ledger import opened
from murmuration.sources.source import Source
from tests.conftest import ROOT
from tests.ingest.conftest import raw, source
from tests.ingest.poison import Kind, Poison

LIMITS = Limits(seconds=2, memory=2**30)

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # of distributed


def settle(one: Source, folder: Path, engine: Engine, work: Poison) -> Progress:
    """Run to the end; each Progress on the way adds up, or could not be made."""
    last = None
    for last in ingest(one, folder, engine, work, LIMITS):
        assert last.rows_done + last.rows_quarantined + last.rows_pending == last.rows_total
    assert last is not None
    return last


def labels(folder: Path) -> list[str]:
    return [label for table in merge(folder) for label in table["label"].to_pylist()]


def without(table: pa.Table, bad: dict[str, Kind]) -> list[str]:
    return [label for label in table["label"].to_pylist() if label not in bad]


def poisoned(table: pa.Table, kinds: list[Kind]) -> dict[str, Kind]:
    """One label for each kind, far from each other."""
    rows = random.Random(5).sample(range(table.num_rows), len(kinds))
    return {table["label"][row].as_py(): kind for row, kind in zip(rows, kinds, strict=True)}


def test_two_hundred_chunks_one_percent_poisoned(engine: Engine, folder: Path) -> None:
    table = raw()[:4000]
    bad = poisoned(table, ["segfault", "raise", "hang", "nan"])
    last = settle(source(table, 20), folder, engine, Poison(bad))
    assert (last.rows_done, last.rows_quarantined, last.rows_pending) == (3996, 4, 0)
    assert last.restarts >= 2
    assert labels(folder) == without(table, bad)
    found = {each.label: each for each in quarantined(folder)}
    assert found.keys() == bad.keys()
    row = {label: i for i, label in enumerate(table["label"].to_pylist())}
    for label, kind in bad.items():
        one = found[label]
        assert one.offset == row[label]
        assert one.signal == {"segfault": "SIGSEGV", "hang": "SIGALRM"}.get(kind)
        assert one.code == {"segfault": -11, "hang": -14}.get(kind)
        assert {"raise": "ValueError", "nan": "score", "hang": "hang", "segfault": "crash"}[kind] in one.cause
    with opened(folder) as ledger:
        assert len(ledger.pids()) > 2, "dead workers are replaced under new PIDs"


def test_other_ways_to_die(folder: Path) -> None:
    table = raw()[:3000]
    bad = poisoned(table, ["memory", "exit", "kill", "abort", "null", "drop"])
    with PebbleEngine(2) as engine:
        last = settle(source(table, 250), folder, engine, Poison(bad))
    assert (last.rows_done, last.rows_quarantined) == (2994, 6)
    found = {each.label: each for each in quarantined(folder)}
    assert found.keys() == bad.keys()
    assert {bad[label]: (each.code, each.signal) for label, each in found.items()} == {
        "memory": (None, None),
        "exit": (0, None),
        "kill": (-9, "SIGKILL"),
        "abort": (-6, "SIGABRT"),
        "null": (None, None),
        "drop": (None, None),
    }
    assert labels(folder) == without(table, bad)


def test_several_in_one_chunk_and_a_chunk_of_killers_only(folder: Path) -> None:
    table = raw()[:300]
    names = table["label"].to_pylist()
    bad: dict[str, Kind] = {
        **dict.fromkeys(names[100:110], "segfault"),
        names[5]: "abort",
        names[6]: "raise",
        names[99]: "nan",
    }
    with PebbleEngine(2) as engine:
        last = settle(source(table, 10), folder, engine, Poison(bad))
    assert last.rows_quarantined == 13
    assert labels(folder) == without(table, bad)


def test_the_embedded_curves_arrive_in_order(folder: Path) -> None:
    table = raw()
    with PebbleEngine(2) as engine:
        last = list(ingest(source(table, 4800, total=False), folder, engine))[-1]
    assert (last.rows_done, last.rows_total, last.seconds_left) == (table.num_rows, table.num_rows, 0.0)
    merged = pa.concat_tables(merge(folder))
    assert merged["label"].equals(table["label"])
    assert merged["conductor"].cast(pa.int64()).equals(table["conductor"].cast(pa.int64()))


def test_later_duplicates_are_quarantined_across_and_within_chunks(folder: Path) -> None:
    table = raw()[:200]
    twice = pa.concat_tables([table, table[10:12], table[150:151], table[10:11]])
    with PebbleEngine(1) as engine:
        last = list(ingest(source(twice, 50), folder, engine))[-1]
    assert last.rows_quarantined == 4
    assert [each.offset for each in quarantined(folder)] == [200, 201, 202, 203]
    assert "offset 10" in quarantined(folder)[0].cause
    assert labels(folder) == table["label"].to_pylist()


def test_the_first_of_two_is_bad_and_the_second_stays(folder: Path) -> None:
    table = raw()[:40]
    label = table["label"][3].as_py()
    wrong = table.set_column(
        table.column_names.index("conductor"),
        "conductor",
        pc.if_else(pc.equal(table["label"], label), 13 * 17 * 19 * 23, table["conductor"]),
    )
    with PebbleEngine(1) as engine:
        list(ingest(source(pa.concat_tables([wrong.cast(table.schema), table[3:4]]), 20), folder, engine))
    assert [each.offset for each in quarantined(folder)] == [3]
    assert labels(folder) == [*without(table, {label: "raise"}), label]


def test_a_retry_puts_rows_back_in_their_place(folder: Path) -> None:
    table = raw()[:300]
    bad = poisoned(table, ["segfault", "raise", "nan"])
    with PebbleEngine(2) as engine:
        settle(source(table, 100), folder, engine, Poison(bad))
    stubborn = quarantined(folder)[0].label
    assert retry(folder, Poison({stubborn: "raise"}), LIMITS) == (2, 1)
    assert [each.label for each in quarantined(folder)] == [stubborn]
    assert retry(folder, Poison(), LIMITS) == (1, 0)
    assert labels(folder) == table["label"].to_pylist()
    assert len(list((folder / "chunks").iterdir())) == 3


def test_another_source_is_refused(folder: Path) -> None:
    table = raw()[:200]
    with PebbleEngine(1) as engine:
        list(ingest(source(table, 100), folder, engine))
        with pytest.raises(DatasetError, match="expected to go on with embedded"):
            list(ingest(source(table, 100, name="other"), folder, engine))
        swapped = table.take(pa.array([1, 0, *range(2, 200)]))
        with pytest.raises(DatasetError, match="expected the rows this run began with"):
            list(ingest(source(swapped, 100), folder, engine))


def test_a_source_that_is_cut_short_is_refused(folder: Path) -> None:
    one = source(raw()[:200], 100)
    short = Source("embedded", "test", 300, {}, True, "", (), one.read)
    with PebbleEngine(1) as engine, pytest.raises(DatasetError, match="expected 300 rows, got 200"):
        list(ingest(short, folder, engine))


def test_two_cannot_work_in_one_folder(folder: Path) -> None:
    with (
        PebbleEngine(1) as engine,
        opened(folder, create=True),
        pytest.raises(StoreError, match="is ingesting into this folder"),
    ):
        list(ingest(source(raw()[:100], 100), folder, engine))


def test_a_damaged_file_is_found_and_done_again(folder: Path) -> None:
    table = raw()[:300]
    with PebbleEngine(1) as engine:
        list(ingest(source(table, 100), folder, engine))
        victim = sorted((folder / "chunks").iterdir())[1]
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
        (folder / "chunks" / "000000000000-half.part").write_bytes(b"half")
        with pytest.raises(StoreError, match="got others"):
            list(merge(folder))
        last = list(ingest(source(table, 100), folder, engine))[-1]
    assert last.rows_done == 300
    assert labels(folder) == table["label"].to_pylist()
    assert len(list((folder / "chunks").iterdir())) == 3


def test_merge_wants_a_finished_ingest(folder: Path) -> None:
    with PebbleEngine(1) as engine:
        progress = ingest(source(raw()[:2000], 50), folder, engine, Poison(pause=0.05), every=0)
        next(progress)
        progress.close()
    with pytest.raises(StoreError, match="pending"):
        list(merge(folder))


def stopped(folder: Path, engine: str, number: int, delay: float) -> subprocess.Popen[str]:
    """A run in its own process that is sent a signal a while after its first progress."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.ingest import test_ingest as t\n"
        f"if __name__ == '__main__': t.work_on(Path({str(folder)!r}), {engine!r})"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    assert process.stdout is not None
    while process.stdout.readline() == "0\n":
        pass  # until something is settled
    time.sleep(delay)
    process.send_signal(number)
    process.wait(timeout=30)
    process.stdout.close()
    return process


def work_on(folder: Path, address: str) -> None:
    """What such a run does: 40 chunks of a twentieth of a second, one record that kills."""
    from murmuration.ingest import DaskEngine

    table = raw()[:2000]
    with PebbleEngine(2) if address == "pebble" else DaskEngine(address) as engine:
        for each in ingest(source(table, 50), folder, engine, killer(table, address), LIMITS, every=0.05):
            print(each.rows_done, flush=True)


def killer(table: pa.Table, address: str = "pebble") -> Poison:
    """On Dask four workers would die of it in turn, which other tests show."""
    if address != "pebble":
        return Poison(pause=0.05)
    return Poison({table["label"][777].as_py(): "segfault"}, pause=0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on(
    engine: Engine, folder: Path, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    table = raw()[:2000]
    address = "pebble" if isinstance(engine, PebbleEngine) else request.getfixturevalue("cluster")
    process = stopped(folder, address, number, random.Random(number).uniform(0, 0.4))
    assert process.returncode in (-number, 130, 1), "it was stopped in the midst of it"
    before = {path.name for path in (folder / "chunks").iterdir()}
    with opened(folder) as ledger:
        kept = {file.name for _, file in ledger.settled()} - {""}
        counts = ledger.counts()
        assert counts.done + counts.quarantined + counts.pending == counts.read
        assert 0 < counts.done < 2000
    assert kept <= before
    work = killer(table, address)
    last = settle(source(table, 50), folder, engine, work)
    assert (last.rows_done, last.rows_quarantined) == (2000 - len(work.labels), len(work.labels))
    assert labels(folder) == without(table, work.labels)
    with opened(folder) as ledger:
        assert kept <= {file.name for _, file in ledger.settled()}, "what was settled is not done again"


@pytest.mark.slow
def test_sixty_kills_lose_nothing(folder: Path) -> None:
    table, chance = raw()[:2000], random.Random(7)
    for _ in range(60):
        stopped(folder, "pebble", signal.SIGKILL, chance.uniform(0, 0.3))
        with opened(folder) as ledger:
            counts = ledger.counts()
            assert counts.done + counts.quarantined + counts.pending == counts.read
    with PebbleEngine(2) as engine:
        settle(source(table, 50), folder, engine, killer(table))
    assert labels(folder) == without(table, killer(table).labels)


def test_a_machine_that_stands_still_for_a_while_costs_no_record(folder: Path, tmp_path: Path) -> None:
    """A chunk of one record stalls in its worker and once more alone, and arrives."""
    table, memory = raw()[:2], tmp_path / "stalls"
    memory.mkdir()
    label = table["label"][0].as_py()
    with PebbleEngine(1) as engine:
        settle(source(table, 1), folder, engine, Poison({label: "stall"}, memory=memory, stalls=2))
    assert len(list(memory.iterdir())) == 2
    assert labels(folder) == table["label"].to_pylist()


def test_no_process_is_left_behind(folder: Path) -> None:
    before = set(mp.active_children())  # the other engine's, while its cluster is up
    with PebbleEngine(2) as engine:
        list(ingest(source(raw()[:200], 100), folder, engine))
    assert set(mp.active_children()) == before
    assert all(isinstance(each, Bad) for each in quarantined(folder))
