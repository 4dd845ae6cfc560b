"""Wireframe: a cloud as at most 20,000 line segments, for clients that cannot draw its points.

Each class is shown by surfaces of equal density, each around a stated share of its points, drawn as their sections by
planes along x, y and z: turned, they look like the cloud. The planes are the same for all classes, so that the eye can
compare these; only a class too small to meet three of them gets closer ones. Centroids, the hull of the whole, and axes
with ticks complete the picture.

Nothing is random, and every comparison is of integers: the same cloud gives the same segments on every machine.
"""

from dataclasses import dataclass

import numpy as np

from murmuration.cloud.cloud import Cloud
from murmuration.cloud.hull import hull
from murmuration.cloud.order import STEPS
from murmuration.cloud.surfaces import Lines, Surfaces
from murmuration.types import Bools, Int64s, UInt8s, UInt16s

ROLES = ("contour", "axis", "tick", "centroid", "hull")
"""Roles of segments, by index."""

CONTOUR, AXIS, TICK, CENTROID, HULL = range(len(ROLES))

MOST_SEGMENTS = 20_000
"""Segments of the largest wireframe: a plain 2D canvas draws so many at every frame, and one message holds them."""

NO_CLASS = 255
"""The class of a segment that belongs to none."""

_DETAILS = ((4, 48.0), (4, 192.0), (6, 192.0), (8, 256.0), (12, 384.0), (16, 768.0))
"""Nodes between planes, and by how many drawn units a line may be simplified: the first that fits is taken."""

_ARM = 820
"""Half the extent of the cross at a centroid, in drawn units."""
_TICK = 1300
_TICKS = 6


@dataclass(frozen=True)
class Wireframe:
    """Line segments on the drawn integers.

    segment: uint16 (n, 8): x, y, z, class at both ends. The low 8 bits of the class are its index, or 255 for none; in
             a contour the high 8 bits are its surface's index in SHARES.
    role:    uint8 (n,): the index in ROLES.
    """

    segment: UInt16s
    role: UInt8s

    def __len__(self) -> int:
        return len(self.role)


def wireframe(cloud: Cloud, selected: Bools | None = None, most: int = MOST_SEGMENTS) -> Wireframe:
    """The wireframe of a cloud, or without axes that of some of its points.

    ``selected`` is bool (points,), in the order of the cloud. At most ``most`` segments, of which every class that has
    points gets an even share; a class that needs less leaves the rest to the others.
    """
    chosen = np.ones(len(cloud), dtype=np.bool_) if selected is None else selected
    fixed = [_segments(hull(cloud.position, chosen), HULL, NO_CLASS)]
    if selected is None:
        fixed += _axes(cloud)
    surfaces = []
    for index, one in enumerate(cloud.classes):
        position, own = cloud.position[one.start : one.stop], chosen[one.start : one.stop]
        if own.any():
            surfaces.append(Surfaces(min(index, NO_CLASS), position, own))
            fixed.append(_segments(_cross(surfaces[-1].middle), CENTROID, surfaces[-1].index))
    contours = _fit(surfaces, most - sum(map(len, fixed)))
    return _joined([*fixed, *contours])


# ---- the budget ----------------------------------------------------------------------------------------------------


def _fit(surfaces: list[Surfaces], budget: int) -> list[Wireframe]:
    """Contours of all classes within a budget: those that need least are served first, the others share the rest."""
    wanted = [(one, one.lines(*_DETAILS[0])) for one in surfaces]
    wanted.sort(key=lambda each: (_size(each[1]), each[0].index))
    fitted = []
    for served, (one, finest) in enumerate(wanted):
        lines = _within(one, finest, budget // (len(wanted) - served))
        budget -= _size(lines)
        fitted.append((one.index, lines))
    return [
        _segments(_pairs(line), CONTOUR, index | share << 8)
        for index, lines in sorted(fitted, key=lambda each: each[0])
        for share, line in sorted(lines, key=lambda each: each[0])  # stable: sections stay in their order
    ]


def _within(one: Surfaces, finest: Lines, quota: int) -> Lines:
    lines = finest
    for detail in _DETAILS[1:]:
        if _size(lines) <= quota:
            return lines
        lines = one.lines(*detail)
    return _cut(lines, quota)


def _size(lines: Lines) -> int:
    return sum(len(line) - 1 for _, line in lines)


def _cut(lines: Lines, quota: int) -> Lines:
    """The longest lines that fit, when even the coarsest detail has too many."""
    if _size(lines) <= quota:
        return lines
    kept: Lines = []
    for share, line in sorted(lines, key=lambda each: -len(each[1])):
        if len(line) - 1 <= quota:
            kept.append((share, line))
            quota -= len(line) - 1
    return kept


# ---- the rest ------------------------------------------------------------------------------------------------------


def _pairs(line: Int64s) -> Int64s:
    return np.stack([line[:-1], line[1:]], axis=1)


def _cross(middle: Int64s) -> Int64s:
    """Three short lines through a point: int64 (3, 2, 3)."""
    arms = np.eye(3, dtype=np.int64) * _ARM
    return np.stack([middle - arms, middle + arms], axis=1)


def _axes(cloud: Cloud) -> list[Wireframe]:
    """The three edges of the cube that meet at its lowest corner, with ticks at round values."""
    result = []
    for axis in range(3):
        ends = np.zeros((1, 2, 3), dtype=np.int64)
        ends[0, 1, axis] = STEPS
        low, high = float(cloud.low[axis]), float(cloud.high[axis])
        at = [round((value - low) / (high - low) * STEPS) for value in _round_values(low, high)]
        ticks = np.zeros((len(at), 2, 3), dtype=np.int64)
        ticks[:, :, axis] = np.array(at, dtype=np.int64)[:, None]
        ticks[:, 1, (axis + 1) % 3] = _TICK
        result += [_segments(ends, AXIS, NO_CLASS), _segments(ticks, TICK, NO_CLASS)]
    return result


def _round_values(low: float, high: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, at most _TICKS of them; none where there is no extent."""
    if not high > low:
        return []
    power = 10.0 ** np.floor(np.log10((high - low) / _TICKS))
    step = next(power * m for m in (1, 2, 5, 10, 20) if (high - low) / (power * m) <= _TICKS)
    return [k * step for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def _segments(ends: Int64s, role: int, kind: int) -> Wireframe:
    """Segments from their ends (n, 2, 3), clipped to the drawn integers."""
    segment = np.empty((len(ends), 2, 4), dtype=np.uint16)
    segment[:, :, :3] = np.clip(ends, 0, STEPS)
    segment[:, :, 3] = kind
    return Wireframe(segment.reshape(-1, 8), np.full(len(ends), role, dtype=np.uint8))


def _joined(parts: list[Wireframe]) -> Wireframe:
    return Wireframe(np.concatenate([p.segment for p in parts]), np.concatenate([p.role for p in parts]))
