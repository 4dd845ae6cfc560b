"""Every example runs, and prints what it says it does."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import murmuration as mm
from tests.conftest import ROOT, Server

EXAMPLES = {path.stem: path for path in sorted((ROOT / "examples").glob("[0-9]*.py"))}


def run(code: str | Path, *arguments: str) -> str:
    command = [sys.executable, *(("-c", code) if isinstance(code, str) else (str(code),)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_all_examples_are_run_here() -> None:
    assert list(EXAMPLES) == ["01_figure_1", "02_notebook_client"]


def test_figure_1() -> None:
    first, second = run(EXAMPLES["01_figure_1"]).splitlines()
    assert ast.literal_eval(first)[0] | {"stderr": 0} == {
        "value": 0, "n": 500, "prime": 3571, "mean": pytest.approx(2.44085, abs=1e-6), "stderr": 0, "count": 4328,
    }  # fmt: skip
    counts = {int(rank): int(count) for rank, count in re.findall(r"'values': (\d), 'counts': (\d+)", second)}
    assert max(counts.values()) > 0.8 * sum(counts.values())  # the halves of pc1 are ranks


def test_a_notebook_s_client(own_server: Server, table: mm.CurveTable, traces: mm.Traces) -> None:
    said = re.fullmatch(
        r"(\d+) points came; (\d+) curves lie in the left half, of ranks (.*)\n",
        run(EXAMPLES["02_notebook_client"], own_server.base, own_server.token),
    )
    assert said
    cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
    rows = cloud.lasso(cloud.model, [(-1, -1), (0, -1), (0, 1), (-1, 1)])
    assert (int(said[1]), int(said[2])) == (len(cloud), len(rows))
    ranks = table.take(rows)["rank"].value_counts().to_pylist()
    assert ast.literal_eval(said[3]) == {each["values"]: each["counts"] for each in ranks}


def test_the_readme_shows_code_that_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    assert "curves selected" in run(code)
