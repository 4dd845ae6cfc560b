import hashlib
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import murmuration as mm
from murmuration.cloud import STEPS, Class
from murmuration.cloud.surfaces import SHARES, Surfaces
from murmuration.cloud.wireframe import (
    AXIS,
    CENTROID,
    CONTOUR,
    HULL,
    MOST_SEGMENTS,
    NO_CLASS,
    TICK,
    Wireframe,
    wireframe,
)
from murmuration.polygon import inside
from murmuration.types import Floats, UInt16s


@pytest.fixture(scope="module")
def window(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))


@pytest.fixture(scope="module")
def drawn(window: mm.Cloud) -> Wireframe:
    return wireframe(window)


def made(window: mm.Cloud, *clouds: Floats) -> mm.Cloud:
    """A cloud of given points (n, 3) in drawn units, one class each."""
    sizes = [len(each) for each in clouds]
    position = np.column_stack([np.rint(np.concatenate(clouds)), np.repeat(np.arange(len(clouds)), sizes)])
    ends = np.cumsum([0, *sizes])
    classes = tuple(Class(i, int(a), int(b)) for i, (a, b) in enumerate(pairwise(ends)))
    rows = np.arange(len(position), dtype=np.uint32)
    return replace(window, position=position.astype(np.uint16), row=rows, classes=classes)


def ball(n: int, centre: tuple[float, float, float], spread: float, seed: int = 1) -> Floats:
    return np.clip(np.random.default_rng(seed).normal(centre, spread, (n, 3)), 0, STEPS)


def contours(one: Wireframe, kind: int, share: int | None = None) -> UInt16s:
    shares = range(len(SHARES)) if share is None else [share]
    found: UInt16s = one.segment[(one.role == CONTOUR) & np.isin(one.segment[:, 3], [kind | s << 8 for s in shares])]
    return found


def test_it_says_what_every_segment_is(drawn: Wireframe, window: mm.Cloud) -> None:
    assert 3000 < len(drawn) <= MOST_SEGMENTS
    assert drawn.segment.dtype == np.uint16
    assert drawn.role.dtype == np.uint8
    assert (drawn.segment[:, 3] == drawn.segment[:, 7]).all()
    counts = np.bincount(drawn.role, minlength=5)
    assert counts[AXIS] == 3
    assert counts[TICK] >= 9
    assert counts[CENTROID] == 3 * len(window.classes)
    assert counts[HULL] > 50
    assert set(drawn.segment[drawn.role != CONTOUR, 3].tolist()) == {0, 1, 2, NO_CLASS}


def test_it_is_the_same_in_every_process(drawn: Wireframe) -> None:
    code = (
        "import hashlib, murmuration as mm; from murmuration.cloud.wireframe import wireframe\n"
        "t = mm.read('assets/cremona-10000.parquet')\n"
        "w = wireframe(mm.cloud(mm.project(t, mm.trace(t, primes=1000), 'pc1,pc2,pc3', (7500, 10000))))\n"
        "print(hashlib.sha256(w.segment.tobytes() + w.role.tobytes()).hexdigest())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == hashlib.sha256(drawn.segment.tobytes() + drawn.role.tobytes()).hexdigest()


def test_the_order_of_points_does_not_matter(window: mm.Cloud) -> None:
    points = ball(3000, (30000, 30000, 30000), 6000)
    one, other = wireframe(made(window, points)), wireframe(made(window, points[::-1]))
    assert one.segment[one.role != HULL].tobytes() == other.segment[other.role != HULL].tobytes()


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_surface_encloses_its_share_of_the_points(window: mm.Cloud, kind: int) -> None:
    """Asked of the density between the nodes, as the sections are: by interpolation, not at the nodes."""
    one = window.classes[kind]
    points = window.position[one.start : one.stop]
    surfaces = Surfaces(kind, points, np.ones(len(points), dtype=np.bool_))
    at = points[:, :3] / 1024 - surfaces.origin
    base = np.floor(at).astype(int)
    part = at - base
    density = np.zeros(len(points))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1 - part), axis=1)
        density += weight * surfaces.density[tuple((base + corner).T)]
    for share, level in zip(SHARES, surfaces.levels, strict=True):
        assert 100 * (density > level).mean() == pytest.approx(share, abs=3)


def test_a_section_encloses_the_points_near_its_plane(window: mm.Cloud, drawn: Wireframe) -> None:
    """The picture itself: the outer contour in the middle plane of x, as a polygon, holds the points beside it."""
    kind, middle = 0, 32 * 1024
    ends = contours(drawn, kind, 0).reshape(-1, 2, 4)[:, :, :3].astype(int)
    line = ends[(ends[:, :, 0] == middle).all(axis=1)]
    after = {tuple(a): tuple(b) for a, b in line.tolist()}
    start = next(iter(after))
    loop = [start]
    while (following := after[loop[-1]]) != start:
        loop.append(following)
    points = window.position[window.position[:, 3] == kind]
    near = points[np.abs(points[:, 0].astype(int) - middle) < 1024]
    flat = near.copy()
    flat[:, :2] = near[:, 1:3]
    held = inside(flat, np.eye(4), [(y, z) for _, y, z in loop])
    assert len(near) > 50
    assert 0.85 < held.mean() <= 1


def test_every_class_keeps_its_share_of_the_budget(window: mm.Cloud) -> None:
    wild = np.random.default_rng(2)
    rough = [wild.uniform(0, STEPS, (40_000, 3)) // 9000 * 9000 for _ in range(2)]
    small = ball(12, (5000, 60000, 5000), 300)
    one = wireframe(made(window, rough[0], small, rough[1]), most=4000)
    assert len(one) <= 4000
    sizes = [len(contours(one, kind)) for kind in range(3)]
    assert len(one) > 3000
    assert 0 < sizes[1] < 1000
    assert sizes[0] + sizes[1] + sizes[2] > 3 * sizes[1]
    assert min(sizes[0], sizes[2]) > 0.6 * max(sizes[0], sizes[2])


def test_many_classes_fit(window: mm.Cloud) -> None:
    rng = np.random.default_rng(3)
    crowd = [ball(50, tuple(rng.uniform(9000, 56000, 3)), 3000, seed) for seed in range(200)]
    one = wireframe(made(window, *crowd), most=6000)
    assert len(one) <= 6000
    assert {int(k) & 255 for k in one.segment[one.role == CONTOUR, 3]} == set(range(200))


def test_a_selection_has_contours_of_its_own_and_no_axes(window: mm.Cloud) -> None:
    chosen = window.position[:, 0] < 25000
    one = wireframe(window, chosen, most=6000)
    assert 0 < len(one) <= 6000
    assert {AXIS, TICK} & set(one.role.tolist()) == set()
    edges = one.segment[one.role == HULL].reshape(-1, 4)[:, :3]
    low, high = window.position[chosen, :3].min(axis=0), window.position[chosen, :3].max(axis=0)
    assert (edges.min(axis=0) == low).all()
    assert (edges.max(axis=0) == high).all()


@pytest.mark.parametrize(
    "points",
    [
        np.full((1, 3), 0.0),
        np.full((1, 3), float(STEPS)),
        np.full((500, 3), 777.0),
        np.array([[0.0, 0, 0], [STEPS, STEPS, STEPS]]),
        ball(800, (30000, 30000, 30000), 9000) * [1, 1, 0],
        ball(800, (30000, 30000, 30000), 9000) * [1, 0, 0],
    ],
    ids=["one point", "one in the corner", "one place", "two points", "flat", "a line"],
)
def test_degenerate_clouds_are_still_seen(window: mm.Cloud, points: Floats) -> None:
    one = wireframe(made(window, points))
    assert len(contours(one, 0)) > 0
    middle = one.segment[one.role == CENTROID].reshape(-1, 4)[:, :3].astype(float)
    assert np.abs(middle.mean(axis=0) - points.mean(axis=0)).max() < 900


def test_nothing_selected_is_no_segment(window: mm.Cloud) -> None:
    assert len(wireframe(window, np.zeros(len(window), dtype=np.bool_))) == 0


def test_ticks_are_at_round_values(window: mm.Cloud, drawn: Wireframe) -> None:
    ticks = drawn.segment[drawn.role == TICK].astype(float)
    first = ticks[ticks[:, 0] == ticks[:, 4]]
    first = first[first[:, 1] == 0][:, 0]
    values = window.low[0] + np.unique(first) / STEPS * (window.high[0] - window.low[0])
    steps = np.diff(values)
    assert steps == pytest.approx(steps[0], rel=1e-3)
    mantissa = steps[0] / 10 ** np.floor(np.log10(steps[0] * 1.0001))
    assert min(abs(mantissa - each) for each in (1, 2, 5)) < 0.01
