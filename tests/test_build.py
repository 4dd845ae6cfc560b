"""From a source to a committed snapshot, as the command line does it."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from typer.testing import CliRunner, Result

import murmuration as mm
from devshell.run import app as run_app
from murmuration import build, store
from murmuration import table as tables
from murmuration.computation import averages_of
from murmuration.ingest import PebbleEngine, Progress
from murmuration.sources import Options, cremona, open_source
from murmuration.store.files import Trust
from tests.conftest import EMBEDDED, ROOT


def devshell(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devshell.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)


def rows(table: mm.CurveTable, count: int) -> pa.Table:
    return table.columns.slice(0, count)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the embedded curves, built once."""
    folder = tmp_path_factory.mktemp("lab") / "store"
    told: list[Progress] = []
    _, made = build.build(
        open_source(EMBEDDED), Options(), folder, 1000, lambda: PebbleEngine(2), told.append, lambda done, total: None
    )
    assert made.number == 1
    assert told[-1].rows_done == told[-1].rows_total == 38_042
    return folder


def test_a_snapshot_holds_the_table_and_its_traces(lab: Path, table: mm.CurveTable, traces: mm.Traces) -> None:
    view = store.open(lab).checkout()
    assert view.table().columns.equals(table.columns)
    assert np.array_equal(view.traces().values, traces.values)


def test_columns_carry_their_provenance_and_the_snapshot_its_source(lab: Path) -> None:
    held = store.open(lab)
    assert held.checkout().schema.field("rank").metadata[b"provenance"] in (b"proved", b"conditional")
    source = held.snapshot().source
    assert source is not None
    assert source.sha256 == open_source(EMBEDDED).fingerprint.sha256
    assert held.snapshot().untrusted  # a file that anybody may have written


@pytest.mark.parametrize("axis", ["n", "p/N"])
def test_averages_over_a_snapshot_are_figure_1(
    lab: Path, table: mm.CurveTable, traces: mm.Traces, axis: Literal["n", "p/N"]
) -> None:
    view, window = store.open(lab).checkout(), (7500, 10000)
    found, curves = averages_of(view, "rank", window, axis)
    expected = mm.average if axis == "n" else mm.average_by_ratio
    assert found.equals(expected(table, traces, "rank", window))
    assert curves == {0: 4328, 1: 5194, 2: 771}


def test_the_same_again_is_found_and_another_is_refused(lab: Path) -> None:
    def nothing() -> PebbleEngine:
        raise AssertionError("there is nothing to ingest")

    def again(primes: int) -> store.Snapshot:
        return build.build(open_source(EMBEDDED), Options(), lab, primes, nothing, print, print)[1]

    assert again(1000).number == 1
    with pytest.raises(mm.MurmurationError, match="name another with --store"):
        again(500)


def test_run_murmuration_end_to_end(tmp_path: Path, table: mm.CurveTable) -> None:
    """A CSV with two bad records: they are quarantined by name, everything else arrives, the last line says so."""
    good = rows(table, 3000).to_pydict()
    good["rank"] = ["many" if k == 7 else str(value) for k, value in enumerate(good["rank"])]
    good["ainvs"] = ["[0,0,0,0,0]" if k == 2500 else text for k, text in enumerate(good["ainvs"])]
    pyarrow.csv.write_csv(pa.table(good), tmp_path / "curves.csv")
    out = tmp_path / "out"
    done = devshell("run", "murmuration", "--dataset", str(tmp_path / "curves.csv"), "--output", str(out), "--json",
                    "--primes", "100", "--verify", "500")  # fmt: skip
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    expected = {"rows_total": 3000, "rows_done": 2998, "rows_quarantined": 2, "snapshot": 1, "untrusted": True}
    assert expected.items() <= last.items()
    assert last["seconds"] > 0
    assert "500 random pairs recomputed by pari: 0 wrong" in done.stderr
    listed = devshell("quarantine", "--run", str(out / "store.ingest"), "--json").stdout.splitlines()
    labels = [json.loads(line)["label"] for line in listed]
    assert sorted(labels) == sorted([good["label"][7], good["label"][2500]])
    view = store.open(out / "store").checkout()
    assert view.snapshot.rows == 2998
    assert not set(labels) & set(view.columns(["label"])["label"].to_pylist())


def test_undo_and_redo_by_the_command_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = "run", "murmuration", "--dataset", "height:2^18", "--primes", "50", "--output", str(out)
    assert devshell(*run).returncode == 0
    lab = store.open(out / "store")
    ranks = pa.array(np.zeros(15_936, dtype=np.int8))
    lab.add_column(pa.field("guess", pa.int8()), lambda batch: ranks.slice(0, len(batch)), ["label"], "a guess")
    back = devshell("undo", "1", "--store", str(out / "store"))
    assert back.returncode == 0, back.stderr
    assert "snapshot 3" in back.stdout
    assert "guess" not in store.open(out / "store").checkout().schema.names
    assert devshell("redo", "--store", str(out / "store")).returncode == 0
    assert "guess" in store.open(out / "store").checkout().schema.names
    assert len(devshell("snapshots", "--store", str(out / "store")).stdout.splitlines()) == 4
    assert "null data set" in devshell(*run).stderr


def test_only_what_is_taken(tmp_path: Path, table: mm.CurveTable) -> None:
    take = "--take-conductor", "11:500", "--take-rank", "1"
    done = devshell("run", "murmuration", *take, "--primes", "20", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    view = store.open(tmp_path / "store").checkout()
    wanted = pc.and_(pc.less_equal(table.columns["conductor"], 500), pc.equal(table.columns["rank"], 1))
    assert view.columns(["label"])["label"].to_pylist() == table.columns.filter(wanted)["label"].to_pylist()


def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path, table: mm.CurveTable) -> None:
    """SIGKILL while it runs, then the same command: every row once, one snapshot."""
    pyarrow.csv.write_csv(table.columns, tmp_path / "curves.csv")
    arguments = [
        "run",
        "murmuration",
        "--dataset",
        str(tmp_path / "curves.csv"),
        "--primes",
        "50",
        "--output",
        str(tmp_path),
    ]
    for seconds in (2.5, 4.0):
        with subprocess.Popen([sys.executable, "-m", "devshell.main", *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:  # fmt: skip
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
    assert devshell(*arguments).returncode == 0
    assert store.open(tmp_path / "store").checkout().columns(["label"])["label"].equals(table.columns["label"])
    with sqlite3.connect(tmp_path / "store" / "catalog.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_further_columns_of_a_source_are_kept_with_their_provenance(tmp_path: Path) -> None:
    """Regulators of allbsd as numbers, LMFDB labels by alllabels; a regulator that is none costs its own record."""
    data = ROOT / "tests" / "data" / "ecdata"
    lines = (data / "allbsd").read_text().splitlines()
    words = lines[4].split(" ")
    lines[4] = " ".join([*words[:9], "1.2.3", *words[10:]])
    (tmp_path / "allbsd").write_text("\n".join(lines) + "\n")
    labels = (data / "alllabels").read_text().splitlines()
    (tmp_path / "alllabels").write_text("\n".join(labels[:20]) + "\n")
    run = "run", "murmuration", "--dataset", str(tmp_path / "allbsd"), "--every", "--primes", "10"
    done = devshell(*run, "--labels", str(tmp_path / "alllabels"), "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    held = store.open(tmp_path / "out" / "store")
    found = held.checkout()
    assert len(found) == len(lines) - 1
    schema = found.schema
    assert [str(schema.field(name).type) for name in ("regulator", "sha", "tamagawa_product", "lmfdb_label")] == [
        "double", "double", "int64", "string"]  # fmt: skip
    known = {name: schema.field(name).metadata[b"provenance"] for name in ("regulator", "sha", "lmfdb_label")}
    assert known == {"regulator": b"numerical", "sha": b"conditional", "lmfdb_label": b"proved"}
    table = found.columns(["label", "lmfdb_label", "regulator"])
    assert table["regulator"].null_count == 0
    assert 0 < table["lmfdb_label"].null_count < len(table)
    joined = dict(zip(table["label"].to_pylist(), table["lmfdb_label"].to_pylist(), strict=True))
    conductor, code, number, *theirs = labels[0].split(" ")
    assert joined[f"{conductor}{code}{number}"] == f"{theirs[0]}.{theirs[1]}{theirs[2]}"
    listed = devshell("quarantine", "--run", str(tmp_path / "out" / "store.ingest")).stdout
    assert "".join(words[:3]) in listed
    assert "expected regulator to be a finite number" in listed
    assert "with the LMFDB's labels" in devshell("snapshots", "--store", str(tmp_path / "out" / "store")).stdout


def test_a_family_with_its_arithmetic(tmp_path: Path) -> None:
    take = "--dataset", "height:2^12", "--arithmetic", "--limit", "200", "--primes", "10"
    done = devshell("run", "murmuration", *take, "--by", "root_number", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    view = store.open(tmp_path / "store").checkout()
    known = view.columns(["conductor", "root_number", "rank"])
    assert (known["conductor"].null_count, known["root_number"].null_count, known["rank"].null_count) == (0, 0, 200)
    assert view.schema.field("conductor").metadata[b"provenance"] == b"proved"
    assert "null data set" in done.stderr


def cremonas(path: Path, table: mm.CurveTable, most: int, columns: str) -> None:
    """The first curves in the form of Cremona's databases, up to a conductor."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE t_class (class TEXT PRIMARY KEY, conductor INTEGER, rank INTEGER)")
        db.execute(f"CREATE TABLE t_curve (curve TEXT PRIMARY KEY, class TEXT, eqn TEXT, tors INTEGER{columns})")
        for row in table.columns.slice(0, 200).to_pylist():
            if row["conductor"] <= most:
                db.execute("INSERT INTO t_class VALUES (?, ?, ?)", (row["class"], row["conductor"], row["rank"]))
                curve = row["label"], row["class"], row["ainvs"], row["torsion"]
                db.execute("INSERT INTO t_curve (curve, class, eqn, tors) VALUES (?, ?, ?, ?)", curve)


def test_a_store_of_the_small_tables_continues_with_all_of_them(
    tmp_path: Path, table: mm.CurveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, full, out = tmp_path / "cremona_mini.db", tmp_path / "cremona.db", tmp_path / "out"
    monkeypatch.setattr(cremona, "MINI", small)
    monkeypatch.setattr(cremona, "FULL", full)
    cremonas(small, table, 40, "")

    def run() -> Result:
        command = ["murmuration", "--dataset", "cremona", "--primes", "9", "--output", str(out)]
        return CliRunner().invoke(run_app, command, catch_exceptions=False)

    monkeypatch.chdir(tmp_path)
    first = run()
    assert first.exit_code == 0
    assert first.stderr.index("sagemath-database-cremona-elliptic-curves") < first.stderr.index("snapshot 1")
    assert "sagemath" in run().stderr  # the same again: nothing is made twice
    cremonas(full, table, 90, ", reg REAL")
    second = run()
    assert "sagemath" not in second.stderr
    held = store.open(out / "store")
    assert [len(held.checkout(k)) for k in (1, 2)] == [
        pc.sum(pc.less_equal(table.columns["conductor"], most)).as_py() for most in (40, 90)
    ]
    assert "regulator" in held.checkout(2).schema.names
    assert held.checkout().table().columns.equals(table.columns.slice(0, len(held.checkout())))
    assert (out / "store.ingest.cremona_mini" / "ledger.db").exists()
    assert held.undo().equals == 1
    other = build.inputs(open_source(EMBEDDED), Options(), 9)
    assert held.built_from(other) is None


def test_curves_are_validated_once_and_files_hashed_once(
    tmp_path: Path, table: mm.CurveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyarrow.csv.write_csv(rows(table, 300), tmp_path / "curves.csv")
    source, options = open_source(tmp_path / "curves.csv"), Options()
    validated: list[int] = []
    examined = tables._examined

    def counted(columns: pa.Table, name: str, unknown: bool) -> object:
        validated.append(len(columns))
        return examined(columns, name, unknown)

    monkeypatch.setattr(tables, "_examined", counted)
    lab = tmp_path / "lab"
    held, made = build.build(source, options, lab, 9, lambda: PebbleEngine(1), lambda _: None, lambda done, total: None)
    monkeypatch.setattr(Trust, "_check", lambda *_: pytest.fail("a file was hashed again"))
    assert held.checkout(made.number).table().columns.equals(table.columns.slice(0, 300))
    assert validated == [300]  # by the reader; the workers have a process of their own
    monkeypatch.undo()
    monkeypatch.setattr(tables, "_examined", counted)
    assert store.open(lab).checkout().table().columns.equals(table.columns.slice(0, 300))
    assert validated == [300]
    held.append(store.batches(table.part(300, 310), mm.trace(table.part(300, 310), 9)))
    assert len(held.checkout().table()) == 310
    assert validated == [300, 310]
