"""The command line, as a process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.csv
import pytest

from tests.conftest import ROOT

INPUTS = ROOT / "tests" / "data" / "inputs"


def devshell(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devshell.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=120)


def test_help_lists_everything() -> None:
    text = devshell("--help").stdout
    for command in ("devshell demo", "devshell vr up", "devshell run murmuration"):
        assert command in text
        assert devshell(*command.split()[1:], "--help").returncode == 0


def test_run_murmuration_writes_figure_1(tmp_path: Path) -> None:
    done = devshell("run", "murmuration", "--dataset", str(ROOT / "assets" / "cremona-10000.parquet"),
                    "--conductor", "7500:10000", "--output", str(tmp_path / "out"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.splitlines()]
    assert [file.suffix for file in files] == [".png", ".svg", ".csv"]
    assert files[0].read_bytes().startswith(b"\x89PNG")
    means = pyarrow.csv.read_csv(files[2])
    assert round(means["mean"][999].as_py(), 6) == -2.621303  # f0 at p = 7919
    for line in ("conductor 7,500 to 10,000: 10,293 curves", "rank 0: 4,328 curves", "rank 2: 771 curves"):
        assert line in done.stderr


@pytest.mark.parametrize("axis", ["p", "p/N"])
def test_other_axes_and_columns(tmp_path: Path, axis: str) -> None:
    done = devshell(
        "run", "murmuration", "--axis", axis, "--by", "torsion", "--primes", "100", "--output", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "murmuration.svg").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("run", "murmuration", "--dataset", "nowhere.csv"),
            "nowhere.csv: expected cremona, height:2^28, or a file, folder or archive",
        ),
        (("vr", "up", "--dataset", "README.md"), "README.md: expected"),
        (("run", "murmuration", "--by", "colour"), "rank, root_number, torsion, got 'colour'"),
        (("run", "murmuration", "--conductor", "high"), "expected --conductor LOW:HIGH such as 7500:10000, got 'high'"),
        (("run", "murmuration", "--conductor", "9:5"), "expected --conductor LOW:HIGH"),
        (("run", "murmuration", "--conductor", "20000:30000"), "the data set has conductors 11 to 9,999"),
        (("run", "murmuration", "--primes", "0"), "expected --primes between 1 and 82,025"),
        (("run", "murmuration", "--output", "README.md/x"), "expected a folder to write to"),
        (("vr", "up", "--projection", "umap,x,y"), "expected one to three different axes such as pc1,pc2,pc3"),
        (("vr", "up", "--classes", "colour"), "got 'colour'"),
        (("vr", "up", "--primes", "30000"), "up to 20,000 for a picture"),
        (("vr", "up", "--port", "99999"), "Input should be less than or equal to 65535"),
        (("vr", "up", "--port", "x"), "Input should be a valid integer"),
        (("demo", "nowhere.csv"), "nowhere.csv: expected cremona, height:2^28, or a file, folder or archive"),
        (("vr", "up", "a.csv", "--dataset", "b.csv"), "expected one data set, got a.csv and --dataset b.csv"),
        (("fly",), "No such command 'fly'"),
    ],
)
def test_impossible_commands_give_one_line(arguments: tuple[str, ...], line: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no curves")
    done = devshell(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert line in done.stderr.splitlines()[-1]
    assert done.stdout == ""


def last(*arguments: str) -> dict[str, Any]:
    """The last line of `devshell run murmuration ... --json`."""
    done = devshell("run", "murmuration", "--json", "--primes", "20", *arguments)
    assert "Traceback" not in done.stderr
    line: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return line


def test_the_last_line_holds_the_rows_on_every_run(tmp_path: Path) -> None:
    path = str(INPUTS / "first_of_class_bad.csv")
    first, again = (last(f"--dataset={path}", "--output", str(tmp_path)) for _ in range(2))
    for line in (first, again):
        rows = [line[name] for name in ("rows_total", "rows_done", "rows_quarantined", "classes", "stage")]
        assert rows == [3, 2, 1, 2, "done"]
    assert first["snapshot"] == again["snapshot"]


def test_the_last_line_holds_the_reason_when_no_row_is_good(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('label,conductor,rank,torsion,ainvs\n11a1,11,?,5,"[0,-1,1,-10,-20]"\n')
    line = last(str(tmp_path / "x.csv"), "--output", str(tmp_path / "out"))
    assert [line[name] for name in ("rows_total", "rows_done", "rows_quarantined", "classes")] == [1, 0, 1, 0]
    assert "11a1: expected rank to be a whole number, got '?'" in line["reason"]
    missing = last(str(tmp_path / "y.csv"), "--output", str(tmp_path / "out"))
    assert (missing["rows_total"], missing["stage"]) == (0, "refused")
    assert f"did you mean {tmp_path / 'x.csv'}?" in missing["reason"]


@pytest.mark.parametrize("kind", ["json", "parquet", "arrow"])
def test_lasso_show_prints_the_strokes_of_a_recipe(kind: str) -> None:
    done = devshell("lasso", "show", str(ROOT / "tests" / "golden" / f"selection.{kind}"))
    assert done.returncode == 0
    assert done.stdout == (
        "select a lasso of 3 vertices on pc1,pc2,pc3 by rank, conductor 11 to 99, 5 primes, curves 00\n"
    )
