"""Every line of the threat model names tests, and these exist."""

import ast
import re

import pytest

from tests.conftest import ROOT

MODEL = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", MODEL)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_tests_of_the_threat_model_exist(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_line_of_the_threat_model_names_a_test() -> None:
    threats = MODEL[MODEL.index("## Rights") : MODEL.index("## Remaining risks")]
    lines = [
        line for line in threats.splitlines() if line.startswith("| ") and not line.startswith(("| role", "| can"))
    ]
    assert len(lines) > 12
    assert [line for line in lines if "`tests/" not in line] == []
