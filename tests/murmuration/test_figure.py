from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import imageio.v3 as imageio
import numpy as np
import pytest

import murmuration as mm
from murmuration import figure
from murmuration.averages import Against

WINDOW = {0: 4328, 1: 5194, 2: 771}


@pytest.mark.parametrize("axis", get_args(Against))
def test_png_and_svg_with_axes_units_and_counts(
    table: mm.CurveTable, traces: mm.Traces, tmp_path: Path, axis: Against
) -> None:
    averages = mm.average_by_ratio if axis == "p/N" else mm.average
    means = averages(table, traces, "rank", (7500, 10000))
    png, svg = figure.save(means, "figure 1", "rank", WINDOW, axis, tmp_path / "figure")
    picture = imageio.imread(png)[..., :3].reshape(-1, 3)
    colours = {tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in figure.COLOURS[:3]}
    seen = {tuple(map(int, colour)) for colour in np.unique(picture, axis=0)}
    assert colours <= seen  # all three ranks are drawn, in their colours
    words = " ".join(ElementTree.parse(svg).getroot().itertext())
    for expected in ("rank 0: 4,328 curves", "rank 1: 5,194 curves", "rank 2: 771 curves", "±2 standard errors"):
        assert expected in words


def test_the_same_averages_are_the_same_bytes(table: mm.CurveTable, traces: mm.Traces, tmp_path: Path) -> None:
    means = mm.average(table, traces, "rank", (7500, 10000))
    once, again = (figure.save(means, "figure 1", "rank", WINDOW, "n", tmp_path / name) for name in "ab")
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_a_handful_of_curves_is_named_and_not_drawn(table: mm.CurveTable, traces: mm.Traces, tmp_path: Path) -> None:
    means = mm.average(table, traces, "rank")
    _, svg = figure.save(means, "all", "rank", {0: 16450, 1: 19622, 2: 1969, 3: 1}, "n", tmp_path / "figure")
    assert "rank 3: 1 curve (not drawn)" in " ".join(ElementTree.parse(svg).getroot().itertext())
