"""Lasso: the number of curves inside a stroke, by class, without the cloud in memory."""

from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from murmuration import primes as _primes
from murmuration.cloud import Cloud
from murmuration.cloud.order import drawn
from murmuration.computation.averages import values
from murmuration.computation.fold import Arrays, Parameters
from murmuration.computation.parameters import class_of, known, primes_of, window_of
from murmuration.computation.part import Part
from murmuration.errors import MurmurationError
from murmuration.polygon import checked, inside
from murmuration.projection import Components
from murmuration.projection.components import weighted
from murmuration.selection.stroke import Stroke
from murmuration.types import Floats


class Lasso:
    """Counts points inside a polygon, with parameters as :func:`lasso_of` gives them.

    They are ``primes``, ``by``, ``axes``, ``low``, ``high``, ``matrix``, ``polygon``, and perhaps ``conductor``.
    Each axis is {"kind": "trace", "prime": p}, {"kind": "column", "name": "logN"}, or {"kind": "component", "weights":
    [...], "shift": s}. The first two are the same floats everywhere; the last digit of a product of matrices may depend
    on the machine. The result is ``inside`` and ``curves``, both (v,): of each value of the category.
    """

    def __init__(self, parameters: Parameters) -> None:
        known(parameters, "by", "primes", "axes", "low", "high", "matrix", "polygon", "conductor")
        self._by = class_of(parameters)
        self.primes = primes_of(parameters)
        self.columns: tuple[str, ...] = (self._by, "conductor")
        self._window = window_of(parameters)
        self._axes = _axes(parameters["axes"], self.primes)
        self._low, self._high = (np.array(parameters[name], dtype=np.float64) for name in ("low", "high"))
        if self._low.shape != (3,) or self._high.shape != (3,):
            raise MurmurationError("expected low and high of three numbers each")
        self._matrix, self._polygon = checked(parameters["matrix"], parameters["polygon"])
        self._values = values(self._by)
        self._components = [k for k, axis in enumerate(self._axes) if axis["kind"] == "component"]
        self._read = None
        if self._components:
            each = [self._axes[k] for k in self._components]
            weights = np.ascontiguousarray(np.array([axis["weights"] for axis in each]).T)
            self._read = weighted(weights, np.array([axis["shift"] for axis in each]))
        self._counts = np.zeros((2, len(self._values)), dtype=np.int64)

    def add(self, part: Part) -> None:
        """See Fold."""
        coordinates = np.zeros((len(part), 3))
        for k, axis in enumerate(self._axes):
            if axis["kind"] != "component":
                coordinates[:, k] = _coordinate(axis, part)
        if self._read is not None:
            with threadpool_limits(1, "blas"):
                coordinates[:, self._components] = self._read(slice(0, len(part)), part.traces.values)
        there = np.isfinite(coordinates).all(axis=1)
        # The point that is the cloud's bound may lie beyond it by a last digit.
        coordinates = np.clip(coordinates, self._low, self._high)
        if self._window is not None:
            low, high = self._window
            there &= (part.conductor >= low) & (part.conductor <= high)
        group = np.searchsorted(self._values, part.category(self._by).astype(np.int64))[there]
        extent = np.where(self._high > self._low, self._high - self._low, 1.0)
        index = np.zeros(len(group), dtype=np.uint16)
        position, row = drawn(coordinates[there], self._low, extent, index, np.arange(len(group)))
        held = row[inside(position, self._matrix, self._polygon)]
        self._counts[0] += np.bincount(group[held], minlength=len(self._values))
        self._counts[1] += np.bincount(group, minlength=len(self._values))

    def result(self) -> Arrays:
        """See Fold."""
        return {"inside": self._counts[0], "curves": self._counts[1]}


def _axes(given: Any, primes: int) -> list[dict[str, Any]]:
    """The axes, checked. Raises MurmurationError for more than three, an unknown kind, or another number of weights."""
    if not isinstance(given, (list, tuple)) or not 1 <= len(given) <= 3:
        raise MurmurationError(f"expected one to three axes, got {str(given)[:80]}")
    known_primes = set(_primes.first(primes).tolist())
    for axis in given:
        match axis:
            case {"kind": "trace", "prime": int(p)} if p in known_primes:
                continue
            case {"kind": "component", "weights": list(weights), "shift": int() | float()} if len(weights) == primes:
                continue
            case {"kind": "column", "name": "logN"}:
                continue
        raise MurmurationError(
            f"expected an axis of a trace at one of the first {primes:,} primes, a component of as many weights, or "
            f"logN, got {str(axis)[:80]}"
        )
    return list(given)


def _coordinate(axis: dict[str, Any], part: Part) -> Floats:
    match axis:
        case {"kind": "trace", "prime": int(p)}:
            column = int(np.searchsorted(part.traces.primes, p))
            scaled: Floats = part.traces.values[:, column] / np.sqrt(p)
            return scaled
        case {"kind": "column", "name": "logN"}:
            with np.errstate(divide="ignore"):  # an unknown conductor lies at minus infinity: outside every cloud
                logarithm: Floats = np.log(part.conductor.astype(np.float64))
            return logarithm
    raise AssertionError(f"an axis that _axes refuses: {axis}")


def lasso_of(cloud: Cloud, stroke: Stroke, primes: int, components: Components | None = None) -> dict[str, Any]:
    """The parameters that count a stroke on a cloud over a whole store.

    ``components`` are those of the cloud's projection, if it has axes of that kind. Raises MurmurationError without.
    """
    axes: list[dict[str, Any]] = []
    for axis in cloud.projection.axes:
        match axis.kind:
            case "trace":
                axes.append({"kind": "trace", "prime": int(axis.name[1:])})
            case "column":
                axes.append({"kind": "column", "name": axis.name})
            case "component" if components is not None:
                weights, shift = components.weights([int(axis.name[2:])])
                axes.append({"kind": "component", "weights": weights[:, 0].tolist(), "shift": float(shift[0])})
            case _:
                raise MurmurationError(f"expected the components of {axis.name}, got none: give those it was made with")
    conductor = cloud.projection.table.conductor[cloud.projection.rows]
    return {
        "primes": primes,
        "by": cloud.column,
        "axes": axes,
        "low": cloud.low.tolist(),
        "high": cloud.high.tolist(),
        "conductor": [int(conductor.min()), int(conductor.max())],
        "matrix": stroke.matrix.tolist(),
        "polygon": stroke.polygon.tolist(),
    }
