"""Scenes and cards of curves as wire messages."""

import json
import re
from typing import Any

import murmuration as mm
from murmuration.equation import equation
from murmuration.errors import MessageError
from murmuration.table import CATEGORICAL, UNKNOWN
from server.compute.compute import SceneData
from streaming import messages

_IN_LMFDB = re.compile(r"[0-9]+[A-Za-z]+[0-9]+|[0-9]+\.[a-z]+[0-9]+")
"""Labels of Cremona and of the LMFDB, which both lead to a page there."""

LMFDB = "https://www.lmfdb.org/EllipticCurve/Q/"


def scene(epoch: int, pane: int, scene_data: SceneData) -> messages.Scene:
    """The message that opens an epoch."""
    cloud = scene_data.cloud
    axes = [
        messages.Axis(
            axis.name,
            axis.kind,
            float(low),
            float(high),
            axis.explained,
            axis.eigenvalue,
            axis.signal,
            axis.accuracy,
            axis.null_accuracy,
            axis.note,
        )
        for axis, low, high in zip(cloud.projection.axes, *cloud.ends, strict=False)
    ]
    return messages.Scene(
        epoch=epoch,
        pane=pane,
        dataset=cloud.projection.table.name,
        snapshot=str(scene_data.snapshot),
        rows=len(cloud),
        left_out=cloud.projection.left_out,
        conductor=list(scene_data.view.conductor),
        projection=cloud.projection.name,
        axes=axes,
        noise_edge=cloud.projection.noise_edge,
        column=cloud.column,
        columns=list(CATEGORICAL),
        classes=[
            messages.ClassCount("unknown" if one.value == UNKNOWN else str(one.value), one.stop - one.start)
            for one in cloud.classes
        ],
        model=cloud.model.T.ravel().tolist(),
        levels=[len(level.points) for level in cloud.levels],
        strides=[list(level.strides) for level in cloud.levels],
    )


def card(table: mm.CurveTable, row: int) -> messages.Card:
    """One curve. Raises MessageError for a row that is not there."""
    if not 0 <= row < len(table):
        raise MessageError(f"describe: expected a row between 0 and {len(table) - 1}, got {row}")
    curve: dict[str, Any] = table.columns.slice(row, 1).to_pylist()[0]
    return messages.Card(
        row=row,
        label=curve["label"],
        isogeny_class=curve["class"],
        conductor=curve["conductor"],
        rank=curve["rank"],
        root_number=curve["root_number"],
        torsion=curve["torsion"],
        ainvs=curve["ainvs"],
        equation=equation(json.loads(curve["ainvs"])),
        url=LMFDB + curve["label"] if _IN_LMFDB.fullmatch(curve["label"]) else "",
    )
