"""Stroke: a lasso drawn by a hand or a mouse, as plain data that can be replayed against any cloud."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

from murmuration import polygon as _polygon
from murmuration.cloud import Cloud
from murmuration.types import Floats, UInt32s

Operation = Literal["replace", "add", "subtract", "intersect"]


@dataclass(frozen=True)
class Stroke:
    """One closed lasso.

    polygon:   float64 (k, 2), vertices in normalised device coordinates of the viewpoint it was drawn from.
    matrix:    float64 (4, 4), projection x view x model of that viewpoint, column vectors, from the drawn integers.
    operation: how its rows are combined with the current selection.
    """

    polygon: Floats
    matrix: Floats
    operation: Operation

    def recipe(self) -> dict[str, Any]:
        """The stroke as JSON-ready data; the matrix row by row."""
        return {"polygon": self.polygon.tolist(), "matrix": self.matrix.tolist(), "operation": self.operation}


def stroke(polygon: npt.ArrayLike, matrix: npt.ArrayLike, operation: Operation) -> Stroke:
    """A checked stroke. Raises StrokeError unless 3 to 10,000 finite vertices and a finite 4x4 matrix came."""
    m, vertices = _polygon.checked(matrix, polygon)
    return Stroke(vertices, m, operation)


def resolve(one: Stroke, cloud: Cloud) -> UInt32s:
    """The rows inside a stroke, ascending: exact, over all rows of the cloud, drawn or not."""
    return cloud.lasso(one.matrix, one.polygon)
