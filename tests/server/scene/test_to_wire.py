"""The scene's axes on the wire: what is known of each, and no number that JSON does not have."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import murmuration as mm
from murmuration.averages import Mean
from server.compute.compute import SceneData
from server.scene.to_wire import scene
from session.view import View
from streaming.messages import Scene, dumps

NOTHING = Mean(np.array([2]), np.zeros(1), np.zeros(1), 1)


def shown(table: mm.CurveTable, traces: mm.Traces, axes: str) -> Scene:
    """The scene of all curves with conductor 7,500 to 10,000, or unknown, in some axes."""
    low = 0 if (table.conductor == 0).any() else 7500
    cloud = mm.cloud(mm.project(table, traces, axes, (low, 10_000)))
    return scene(3, 1, SceneData(View(axes, "rank", (low, 10_000)), cloud, NOTHING, [NOTHING] * len(cloud.classes)))


def test_axes_say_their_kind_and_how_far_to_believe_them(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = json.loads(dumps(shown(table, traces, "ld1,pc1,log(conductor)/2")))
    first, second, third = found["axes"]
    assert [each["kind"] for each in found["axes"]] == ["discriminant", "component", "column"]
    assert first["accuracy"] > 0.98
    assert first["null_accuracy"] < 0.55
    assert first["note"] == "supervised: fitted to rank"
    assert (second["accuracy"], third["null_accuracy"], third["note"]) == (None, None, "")
    assert second["eigenvalue"] > 2
    assert third["name"] == "log(conductor)/2"


@pytest.mark.parametrize("axes", ["mn,m2", "rank"])
def test_a_scene_has_as_many_axes_as_were_asked_for(table: mm.CurveTable, traces: mm.Traces, axes: str) -> None:
    found = shown(table, traces, axes)
    assert ",".join(axis.name for axis in found.axes) == axes


@pytest.mark.parametrize("axes", ["logN,pc1,a2", "m2,mn", "1/log(conductor)"])
def test_unknown_conductors_are_left_out_of_the_scene_and_counted(
    table: mm.CurveTable, traces: mm.Traces, axes: str
) -> None:
    mask = np.arange(len(table)) % 10 == 0
    place = table.columns.column_names.index("conductor")
    column = pa.array(table.conductor, mask=mask)
    some = replace(table, columns=table.columns.set_column(place, "conductor", column))
    found = shown(some, traces, axes)
    text = dumps(found)
    assert (found.left_out, found.rows) == (mask.sum(), len(table) - mask.sum())
    assert not {"NaN", "Infinity"} & set(text.replace("-", " ").replace(",", " ").replace(":", " ").split())


def test_a_number_that_json_does_not_have_is_never_written(table: mm.CurveTable, traces: mm.Traces) -> None:
    found = shown(table, traces, "a2,a3")
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(replace(found, noise_edge=float("nan")))
