"""Murmurations of elliptic curves: exact traces, averages, projections and clouds that can be grasped.

The package uses neither network nor screen: a notebook imports it, and all other packages build on it.

    import murmuration as mm

    table = mm.read("assets/cremona-10000.parquet")
    traces = mm.trace(table, primes=1000)
    means = mm.average(table, traces, by="rank", conductor=(7500, 10000))
    cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3"), classes="rank")
    rows = cloud.lasso(matrix, polygon)
"""

from murmuration import evidence
from murmuration.averages import average, average_by_ratio
from murmuration.cloud import Cloud, cloud
from murmuration.errors import (
    DatasetError,
    EvidenceError,
    ExpressionError,
    MurmurationError,
    ProjectionError,
    RecipeError,
    StrokeError,
)
from murmuration.projection import Projection, project
from murmuration.reading import read
from murmuration.selection.recipe import read_recipe, replay
from murmuration.show import ServedTable, show
from murmuration.table import CurveTable
from murmuration.traces import Traces, trace

__all__ = [
    "Cloud",
    "CurveTable",
    "DatasetError",
    "EvidenceError",
    "ExpressionError",
    "MurmurationError",
    "Projection",
    "ProjectionError",
    "RecipeError",
    "ServedTable",
    "StrokeError",
    "Traces",
    "average",
    "average_by_ratio",
    "cloud",
    "evidence",
    "project",
    "read",
    "read_recipe",
    "replay",
    "show",
    "trace",
]
