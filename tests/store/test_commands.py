"""The commands on a store: what they print, exactly."""

import re
from pathlib import Path

import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner

from devshell import snapshots as commands
from murmuration import store
from murmuration.errors import StoreError
from murmuration.fingerprint import fingerprint
from tests.store import made

app = typer.Typer()
for name in ("snapshots", "undo", "redo", "tag", "diff", "repair"):
    app.command(name)(getattr(commands, name))


@pytest.fixture
def lab(tmp_path: Path) -> store.Store:
    (tmp_path / "curves.csv").write_bytes(b"label\n")
    one = store.create(tmp_path / "lab")
    one.append([made.batch(1, 1200)], "made up", seconds=90)
    one.append([made.batch(2, 34)], "from\x1b[31m outside", fingerprint([tmp_path / "curves.csv"], "curves.csv"))
    return one


def devshell(lab: store.Store, *arguments: str) -> list[str]:
    result = CliRunner().invoke(app, [*arguments, "--store", str(lab.path)], catch_exceptions=False)
    assert result.exit_code == 0
    return [re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "TIME", line) for line in result.stdout.splitlines()]


def test_the_history_in_lines(lab: store.Store) -> None:
    assert devshell(lab, "tag", "draft", "1") == ["draft: snapshot 1"]
    [undone] = devshell(lab, "undo")
    assert undone == "snapshot 3: undo to snapshot 1: takes back snapshot 2: 34 rows written, 0.0 minutes of work"
    first, second, third = devshell(lab, "snapshots")
    assert first == "    1  TIME         1,200 rows      1.5 min  made up (tag draft)"
    assert second.startswith(
        "    2  TIME         1,234 rows      0.0 min  from?[31m outside (untrusted, from curves.csv"
    )
    assert third.endswith("0.0 minutes of work (equals 1)")
    assert devshell(lab, "diff", "draft", "3")[-1] == "the same, byte for byte"
    assert devshell(lab, "diff", "1", "2") == ["rows: 1,200 to 1,234"]
    [redone] = devshell(lab, "redo")
    assert redone.startswith("snapshot 4 (untrusted): redo to snapshot 2: brings back snapshot 2: 34 rows written")
    lab.replace_rows(5, [made.batch(3, 10)])
    assert devshell(lab, "diff", "4", "5")[1].startswith("rows 5 to ")
    lab.verify(1, pairs=10, seed=1)
    assert "10 traces verified" in devshell(lab, "snapshots")[0]


def test_all_that_is_made_of_untrusted_rows_is_listed_as_untrusted(lab: store.Store) -> None:
    """A column computed from the fixture's second snapshot, rows of ours after and within it, an undo, and a tag."""
    lab.add_column(pa.field("y", pa.float64()), lambda batch: batch["x"], ["x"])
    devshell(lab, "undo")
    lab.append([made.batch(4, 5)])
    lab.replace_rows(0, [made.batch(5, 7)])
    assert devshell(lab, "tag", "mine") == ["mine: snapshot 6 (untrusted)"]
    [undone] = devshell(lab, "undo", "2")
    assert undone.startswith("snapshot 7 (untrusted): undo to snapshot 2: takes back snapshots 5, 6")
    first, *others = devshell(lab, "snapshots")
    assert "untrusted" not in first
    assert len(others) == 6
    assert all("untrusted" in line for line in others)
    [home] = devshell(lab, "undo")
    assert home.startswith("snapshot 8: undo to snapshot 1")
    assert "untrusted" not in devshell(lab, "snapshots")[-1]


def test_repair(lab: store.Store) -> None:
    (lab.path / "catalog.db").write_bytes(b"\0" * 5000)
    with pytest.raises(StoreError, match="devshell repair"):
        devshell(lab, "snapshots")
    assert devshell(lab, "repair") == ["2 snapshots"]
    assert len(devshell(lab, "snapshots")) == 2


def test_missing_snapshots_and_stores_are_refused(lab: store.Store) -> None:
    with pytest.raises(StoreError, match="expected a snapshot"):
        devshell(lab, "diff", "1", "9")
    with pytest.raises(StoreError, match="expected a store"):
        devshell(store.Store(lab.path / "none"), "snapshots")
