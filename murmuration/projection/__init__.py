"""Projections: one, two or three coordinates for every curve, from its traces and its columns."""

from murmuration.projection.axis import DISTANCES, Axis, Kind, Projection
from murmuration.projection.components import Components, Multiply, products
from murmuration.projection.neighbours import NEIGHBOURS, share_named
from murmuration.projection.project import LEAST, project

__all__ = [
    "DISTANCES",
    "LEAST",
    "NEIGHBOURS",
    "Axis",
    "Components",
    "Kind",
    "Multiply",
    "Projection",
    "products",
    "project",
    "share_named",
]
