"""Every example runs, and prints what it says it does."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("[0-9]*.py"))


def run(code: str | Path) -> str:
    command = [sys.executable, *(("-c", code) if isinstance(code, str) else (str(code),))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_runs(path: Path) -> None:
    assert run(path).strip()


def test_figure_1() -> None:
    first, second = run(ROOT / "examples" / "01_figure_1.py").splitlines()
    assert ast.literal_eval(first)[0] | {"stderr": 0} == {
        "value": 0, "n": 500, "prime": 3571, "mean": pytest.approx(2.44085, abs=1e-6), "stderr": 0, "count": 4328,
    }  # fmt: skip
    counts = {int(rank): int(count) for rank, count in re.findall(r"'values': (\d), 'counts': (\d+)", second)}
    assert max(counts.values()) > 0.8 * sum(counts.values())  # the halves of pc1 are ranks


def test_the_readme_shows_code_that_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(code.strip().splitlines()) <= 10
    assert "curves selected" in run(code)
