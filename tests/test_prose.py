"""The counter of relative words finds each of them in prose and none in code, and its budgets only fall."""

import json

import pytest

from scripts import prose

PYTHON = '''"""What one."""

name = "what is no comment"  # who two
LIMIT = 3
"""Whatever three."""


def f():
    """First line.

    Whom four.
    """
    return "whoever"
'''

TYPESCRIPT = """// What one.
const address = "https://who.is/what"; // whoever two
/** Three:
 * who stands here. */
const pattern = /["'] what/g; // Whom four
const half = a / b; // whatever five / six
const text = `what // who`;
"""


def places(found: prose.Figure) -> list[str]:
    return [each.place for each in found.found]


def test_words_in_python_docstrings_and_comments_are_found() -> None:
    found = prose.figure(list(prose.python("x.py", PYTHON)))
    assert sorted(places(found)) == ["x.py:1", "x.py:11", "x.py:3", "x.py:5"]
    assert found.words == 2 + 2 + 2 + 4


def test_words_in_typescript_comments_are_found_and_not_in_strings() -> None:
    found = prose.figure(list(prose.typescript("x.ts", TYPESCRIPT)))
    assert places(found) == ["x.ts:1", "x.ts:2", "x.ts:4", "x.ts:5", "x.ts:6"]


def test_words_in_documents_are_found_and_not_in_code_blocks() -> None:
    found = prose.figure(list(prose.document("x.md", "Who is here.\n```\nwhat\n```\nWhat's new\n")))
    assert places(found) == ["x.md:1", "x.md:5"]


def test_parts_of_words_are_not_counted() -> None:
    assert prose.figure([prose.Prose("x:1", "A whole somewhat whoopee whatnot.")]).found == []


def test_the_rate_is_per_thousand_words_rounded_up() -> None:
    assert prose.Figure(3000, [prose.Prose("x:1", "what")]).rate == 0.4


def test_a_subject_counts_once_however_many_words_it_holds() -> None:
    found = prose.figure([prose.Prose("abc", "What is told to whom"), prose.Prose("def", "Add a test")])
    assert prose.value("commits", found) == 1


@pytest.mark.parametrize(("limit", "after"), [(500, 250), (250, 250), (3, 3)])
def test_a_budget_is_lowered_and_never_raised(limit: float, after: float) -> None:
    figures = {"code": prose.Figure(4, [prose.Prose("x:1", "what")])}
    assert prose.lowered({"code": limit}, figures) == {"code": after}


def test_this_tree_is_measured() -> None:
    figures = prose.measure()
    assert figures["code"].words > 10_000
    assert figures["changelog"].words > 100
    assert not any(place.startswith(("tests/", "client_webxr/test/")) for place in places(figures["code"]))


def test_the_budgets_stay_below_two_in_a_thousand_and_one_subject() -> None:
    budget = json.loads(prose.BUDGET.read_text())
    assert budget.keys() == prose.measure().keys()
    assert max(budget["code"], budget["changelog"], budget["documents"]) < 2
    assert budget["commits"] <= 1
