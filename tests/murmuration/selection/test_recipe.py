"""Recipes: any selection's rows come again from its recipe, and a recipe of other data is refused by name."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmuration as mm
from murmuration.errors import RecipeError
from murmuration.selection.recipe import Basis, checked, read_recipe, replay
from murmuration.selection.selection import Selection
from murmuration.selection.stroke import Operation, resolve, stroke

VIEWS = (("pc1,pc2,pc3", "rank", (11, 400)), ("a2,a3,logN", "torsion", (50, 300)), ("pc2,a5,pc1", "rank", (11, 250)),
         ("ld1,log(conductor)/2,m2", "root_number", (11, 400)))  # fmt: skip
OPERATIONS: tuple[Operation, ...] = ("replace", "add", "subtract", "intersect")

HUGE = [[10**400, 0], [0, 1], [1, 0]]
"""A polygon with a number that no float holds."""

Drawn = tuple[int, list[list[float]], Operation]

coordinate = st.floats(-1.2, 1.2)
polygons = st.lists(st.lists(coordinate, min_size=2, max_size=2), min_size=3, max_size=6)
strokes = st.tuples(st.integers(0, len(VIEWS) - 1), polygons, st.sampled_from(OPERATIONS))
sessions = st.lists(st.one_of(strokes, st.sampled_from(["keep", "recall add", "recall subtract"])), max_size=6)


@pytest.fixture(scope="module")
def few(table: mm.CurveTable) -> mm.CurveTable:
    return table.part(0, 1200)


@pytest.fixture(scope="module")
def their(few: mm.CurveTable) -> mm.Traces:
    return mm.trace(few, primes=12)


@pytest.fixture(scope="module")
def clouds(few: mm.CurveTable, their: mm.Traces) -> list[mm.Cloud]:
    return [mm.cloud(mm.project(few, their, axes, window, classes), classes) for axes, classes, window in VIEWS]


def drawn(one: Drawn, clouds: list[mm.Cloud], basis: Basis) -> tuple[Any, Operation, dict[str, Any]]:
    """The rows of a stroke, its operation and its step, as a session makes them."""
    number, polygon, operation = one
    axes, classes, window = VIEWS[number]
    made = stroke(polygon, clouds[number].model, operation)
    step = {"stroke": made.recipe(), "projection": axes, "classes": classes, "conductor": list(window)}
    return resolve(made, clouds[number]), operation, {**step, "basis": basis.to_json()}


@settings(max_examples=40, deadline=None)
@given(session=sessions)
def test_any_selection_comes_again_from_its_recipe(
    few: mm.CurveTable, their: mm.Traces, clouds: list[mm.Cloud], session: list[Drawn | str]
) -> None:
    now = kept = Selection()
    basis = Basis.of(few, their)
    for act in session:
        if act == "keep":
            kept = now
        elif isinstance(act, str):
            operation: Operation = "add" if act.endswith("add") else "subtract"
            step = {"recall": "kept", "operation": operation, "recipe": list(kept.recipe)}
            now = now.combine(kept.rows, operation, step)
        else:
            now = now.combine(*drawn(act, clouds, basis))
    again = replay(json.loads(json.dumps(now.recipe)), few, their)
    assert again.rows == now.rows
    assert checked(again.recipe) == checked(now.recipe)


@pytest.fixture(scope="module")
def recipe(few: mm.CurveTable, their: mm.Traces, clouds: list[mm.Cloud]) -> list[dict[str, Any]]:
    left: Drawn = (0, [[-2.0, -2.0], [0.0, -2.0], [0.0, 2.0], [-2.0, 2.0]], "replace")
    rows, _, step = drawn(left, clouds, Basis.of(few, their))
    assert 0 < len(rows) < len(few)
    return [step]


def test_other_primes_are_refused_with_the_number_to_use(few: mm.CurveTable, recipe: list[dict[str, Any]]) -> None:
    with pytest.raises(RecipeError, match=r"drawn with 12 primes, cremona-10000 has 20 here: use --primes 12"):
        replay(recipe, few, mm.trace(few, primes=20))


def test_strokes_with_fewer_primes_use_the_first_of_them(
    few: mm.CurveTable, their: mm.Traces, clouds: list[mm.Cloud], recipe: list[dict[str, Any]]
) -> None:
    shape: Drawn = (0, [[-0.5, -2.0], [2.0, -0.5], [0.0, 2.0]], "add")
    more = mm.trace(few, primes=20)
    wide = [mm.cloud(mm.project(few, more, axes, window), classes) for axes, classes, window in VIEWS]
    now = Selection().combine(*drawn((0, recipe[0]["stroke"]["polygon"], "replace"), clouds, Basis.of(few, their)))
    now = now.combine(*drawn(shape, wide, Basis.of(few, more)))
    assert replay(now.recipe, few, more).rows == now.rows
    with pytest.raises(RecipeError, match="drawn with 20 primes, cremona-10000 has 12 here: use --primes 20"):
        replay(now.recipe, few, their)


def test_other_curves_are_refused(table: mm.CurveTable, recipe: list[dict[str, Any]]) -> None:
    other = table.part(1, 1201)
    with pytest.raises(RecipeError, match="Stroke 1 of the recipe was drawn on other curves"):
        replay(recipe, other, mm.trace(other, primes=12))


def test_a_recipe_is_read_from_parquet_arrow_and_json(tmp_path: Path, recipe: list[dict[str, Any]]) -> None:
    rows = pa.table({"row": [1, 2]}).replace_schema_metadata({"murmuration": json.dumps({"recipe": recipe})})
    pa.parquet.write_table(rows, tmp_path / "s.parquet")
    with pa.ipc.new_file(str(tmp_path / "s.arrow"), rows.schema) as writer:
        writer.write_table(rows)
    (tmp_path / "s.json").write_text(json.dumps(recipe))
    (tmp_path / "t.json").write_text(json.dumps({"recipe": recipe, "dataset": "x"}))
    for name in ("s.parquet", "s.arrow", "s.json", "t.json"):
        assert read_recipe(tmp_path / name) == checked(recipe)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got neither"),
        (b"label\n11a1\n", "expected a selection downloaded as Parquet or Arrow, or its recipe as JSON"),
        (b"PAR1 and nothing more", "cannot be read"),
        (b"ARROW1", "cannot be read"),
        (b'{"recipe": 3}', "expected recipe to be a list, got 3"),
        (b"[3]", "expected each step of a recipe to be an object"),
        (b'[{"stroke": {}}]', "expected the field conductor in a step"),
        (b'[{"stroke": 1, "conductor": [1, 2]}]', "expected stroke to be an object"),
        (b'[{"recall": "a", "operation": "add", "recipe": {}}]', "expected recipe to be a list"),
        (b'[{"stroke": {}, "conductor": [1, 2], "projection": "pc1", "classes": "rank"}]', "written by version 0.1.0"),
        (b"[" * 100_000, "got neither"),
    ],
)
def test_a_file_that_holds_no_recipe_is_refused_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(RecipeError, match=words) as caught:
        read_recipe(tmp_path / "file")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stroke": {"polygon": [[0, 0]], "matrix": np.eye(4).tolist(), "operation": "add"}}, "cannot be replayed"),
        ({"stroke": {"polygon": "abc", "matrix": np.eye(4).tolist(), "operation": "add"}}, "cannot be replayed"),
        ({"projection": "pc1,pc2,pc9999"}, "cannot be replayed"),
        ({"classes": "colour"}, "cannot be replayed"),
        ({"conductor": [1, "2"]}, "two whole numbers"),
        ({"basis": {"curves": "x", "primes": 0}}, "whole numbers of primes"),
        ({"basis": {"curves": "x", "primes": 10**30}}, "whole numbers of primes"),
        (
            {"stroke": {"polygon": HUGE, "matrix": np.eye(4).tolist(), "operation": "add"}},
            "cannot be",
        ),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(
    few: mm.CurveTable, their: mm.Traces, recipe: list[dict[str, Any]], change: dict[str, Any], words: str
) -> None:
    with pytest.raises(RecipeError, match=words):
        replay([{**recipe[0], **change}], few, their)


def test_a_recipe_of_too_many_nested_steps_is_refused(recipe: list[dict[str, Any]]) -> None:
    nested = recipe
    for _ in range(7):
        nested = [{"recall": "a", "operation": "add", "recipe": nested + nested}]
    with pytest.raises(RecipeError, match="at most 100 steps"):
        checked(nested)
