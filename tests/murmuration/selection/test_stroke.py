import json

import numpy as np
import pytest

import murmuration as mm
from murmuration.selection.stroke import resolve, stroke

SQUARE = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]


def test_a_stroke_can_be_replayed_from_its_recipe(cloud: mm.Cloud) -> None:
    drawn = stroke(SQUARE, cloud.model, "replace")
    rows = resolve(drawn, cloud)
    assert 0 < len(rows) < len(cloud)
    assert np.array_equal(rows, cloud.lasso(cloud.model, SQUARE))
    recipe = json.loads(json.dumps(drawn.recipe()))
    again = stroke(recipe["polygon"], recipe["matrix"], recipe["operation"])
    assert np.array_equal(resolve(again, cloud), rows)


def test_what_is_no_stroke_is_refused() -> None:
    with pytest.raises(mm.StrokeError, match="NaN"):
        stroke([[0.0, 0.0], [1.0, np.nan], [1.0, 1.0]], np.eye(4), "add")
