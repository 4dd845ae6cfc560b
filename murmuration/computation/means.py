"""Averages of a snapshot as a table: the one computation behind the figure of `devshell run murmuration`."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from murmuration import averages
from murmuration import primes as _primes
from murmuration.averages import BINS, Against
from murmuration.computation.averages import sums_of
from murmuration.computation.recipe import recipe_of
from murmuration.computation.run import Elsewhere, run
from murmuration.errors import DatasetError
from murmuration.store import SnapshotView, trace_fields
from murmuration.types import Window


def averages_of(
    view: SnapshotView,
    by: str,
    conductor: Window | None = None,
    axis: Against = "n",
    elsewhere: Elsewhere | None = None,
) -> tuple[pa.Table, dict[int, int]]:
    """The table of :func:`murmuration.averages.average` (for "p/N" of average_by_ratio), and curves by value.

    The rows are read once; they were validated when the snapshot was made, and are verified by their hashes. Raises
    DatasetError for a window without curves, and for p/N with unknown conductors.
    """
    parameters: dict[str, Any] = {"by": by, "primes": sum(field.type.list_size for field in trace_fields(view.schema))}
    if conductor is not None:
        parameters["conductor"] = list(conductor)
    low, high = bounds(view, conductor)
    if axis == "p/N":
        if not low:
            unknown = view.columns(["conductor"])["conductor"].null_count
            raise DatasetError(f"expected conductors for the axis p/N, but {unknown:,} of {view.name} are unknown: "
                               "choose n or p, or ingest with --arithmetic")  # fmt: skip
        parameters |= {"bins": BINS, "top": float(_primes.first(parameters["primes"])[-1]) / high}
    found = sums_of(run(recipe_of(view, "averages", parameters), view, elsewhere).arrays, by)
    curves = dict(zip(found.values.tolist(), found.curves.tolist(), strict=True))
    if axis == "p/N":
        return averages.by_ratio(found, parameters["top"], conductor), curves
    return averages.by_prime(found, _primes.first(parameters["primes"]), conductor), curves


def bounds(view: SnapshotView, conductor: Window | None = None) -> tuple[int, int]:
    """The least and the largest conductor, in a window or in all; 0 if one is unknown. Raises DatasetError."""
    found = pc.fill_null(view.columns(["conductor"])["conductor"], 0)
    low, high = conductor or (0, 2**62)
    inside = found.filter(pc.and_(pc.greater_equal(found, low), pc.less_equal(found, high)))
    if not len(inside):
        known = found.filter(pc.greater(found, 0))
        has = f"{pc.min(known).as_py():,} to {pc.max(known).as_py():,}" if len(known) else "that are all unknown"
        raise DatasetError(f"expected a conductor window that holds curves, got {low}:{high}; the data set has "
                           f"conductors {has}")  # fmt: skip
    return int(pc.min(inside).as_py()), int(pc.max(inside).as_py())
