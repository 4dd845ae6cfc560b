"""Lasso: from a stroke to the finished set of rows, beside the flat test and two peers: `python -m bench.lasso`.

The points are those of the embedded curves (pc1, pc2, pc3 of 100 primes), each repeated with a small offset until there
are 2, 12 and, with 8 GB of free memory, 192 million; `--points N` measures one size. They are seen in perspective.

"Flat" is the way of commit 954617e: the lasso test of every point, the rows sorted, and added to a bitmap. shapely
(`contains_xy`, prepared) and matplotlib (`Path.contains_points`) are given the points already projected, 200,000
of them at most, evenly spaced; their time is scaled to all, and makes no set. The answers of all must agree, the peers'
up to points within rounding of an edge. Times are processor time over all threads, medians over several polygons.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import shapely
from matplotlib.path import Path as Outline
from pyroaring import FrozenBitMap

import murmuration as mm
from devshell.options import EMBEDDED
from murmuration.cloud.boxes import Boxes, boxes
from murmuration.cloud.lasso import Lasso
from murmuration.cloud.order import STEPS, drawn
from murmuration.polygon import inside
from murmuration.types import Floats, UInt16s, UInt32s

SIZES = (2_000_000, 12_000_000, 192_000_000)
BASE = 12_000_000
"""More points than these are made by repeating them within 16 steps, which keeps their order and takes no sorting."""

SAMPLE = 200_000
MEMORY = 40
"""Bytes a point that must be free."""

PLACES = ((0.0, 0.0, 0.3), (0.2, 0.1, 0.15), (-0.15, 0.05, 0.45), (0.1, -0.2, 0.08), (0.0, 0.1, 0.6))
"""Middle and radius of the measured polygons, in NDC."""

T = TypeVar("T")


def cpu(work: Callable[[], T]) -> tuple[float, T]:
    """Processor milliseconds of one call, over all threads, and its result."""
    began = time.process_time()
    result = work()
    return 1000 * (time.process_time() - began), result


def points(curves: Floats, n: int) -> tuple[UInt16s, UInt32s]:
    """So many points in drawing order, and their rows."""
    random = np.random.default_rng(n)
    base = min(n, BASE)
    at = curves[random.integers(0, len(curves), base)] + random.normal(size=(base, 3)) * curves.std(axis=0) / 50
    position, row = drawn(at, at.min(axis=0), np.ptp(at, axis=0), np.zeros(base, np.uint16), np.arange(base))
    times = n // base
    if times == 1:
        return position, row
    many = np.repeat(position & np.array([0xFFF0, 0xFFF0, 0xFFF0, 0xFFFF], np.uint16), times, axis=0)
    many[:, :3] |= random.integers(0, 16, (len(many), 3), dtype=np.uint16)
    rows = (row[:, None] + np.arange(times, dtype=np.uint32) * np.uint32(base)).ravel()
    return many, rows


def camera() -> Floats:
    """A perspective view of the cube of the drawn integers, float64 (4, 4)."""
    model = np.array([[2 / STEPS, 0, 0, -1], [0, 2 / STEPS, 0, -1], [0, 0, 2 / STEPS, -1], [0, 0, 0, 1]])
    c, s = np.cos(0.5), np.sin(0.5)
    view = np.array([[c, 0, s, 0], [0.3 * s, 0.95, -0.3 * c, 0], [-s, 0.3, c, -3.5], [0, 0, 0, 1]])
    lens = np.array([[2.2, 0, 0, 0], [0, 2.2, 0, 0], [0, 0, -1.01, -0.2], [0, 0, -1, 0]])
    return np.asarray(lens @ view @ model)


def loop(k: int, x: float, y: float, radius: float) -> Floats:
    """A wavy loop that does not cross itself, as a hand draws it."""
    t = np.arange(k) * 2 * np.pi / k
    r = radius * (1 + 0.2 * np.sin(5 * t) + 0.1 * np.sin(11 * t + 1) + 0.001 * np.random.default_rng(k).normal(size=k))
    return np.column_stack([x + r * np.cos(t), y + r * np.sin(t)])


def zigzag(k: int) -> Floats:
    """Edges of full height beside each other."""
    return np.column_stack([np.linspace(-0.5, 0.5, k), np.where(np.arange(k) % 2, -0.7, 0.7)])


class Measured:
    """A cloud of one size, and the times of its lassos."""

    def __init__(self, curves: Floats, n: int) -> None:
        self.position, self.row = points(curves, n)
        self.matrix = camera()
        seconds, self.boxes = cpu(lambda: boxes(self.position))
        print(f"{len(self.row):,} points; boxes made in {seconds:.0f} ms, {size(self.boxes):.2f} MB")

    def lasso(self, polygon: Floats) -> tuple[float, FrozenBitMap]:
        """A stroke to its finished set."""
        n = len(self.row)
        return cpu(lambda: Lasso(self.position, self.row, n, self.boxes, self.matrix, polygon).bitmap())

    def flat(self, polygon: Floats) -> tuple[float, float, FrozenBitMap]:
        """The flat test, then rows sorted into a bitmap."""
        test, hit = cpu(lambda: inside(self.position, self.matrix, polygon))
        making, rows = cpu(lambda: FrozenBitMap(np.sort(self.row[hit])))
        return test, making, rows

    def peers(self, polygon: Floats) -> tuple[float, float, int]:
        """shapely and matplotlib scaled to all points, and points on which one differs from the flat test."""
        part = np.ascontiguousarray(self.position[:: -(-len(self.row) // SAMPLE)])
        x, y, w = self.matrix[[0, 1, 3]] @ np.column_stack([part[:, :3], np.ones(len(part))]).T
        x, y, scale = x / w, y / w, len(self.row) / len(part)
        area, outline, both = shapely.Polygon(polygon), Outline(polygon), np.column_stack([x, y])
        shapely.prepare(area)
        ours = inside(part, self.matrix, polygon)
        first, theirs = cpu(lambda: shapely.contains_xy(area, x, y))
        second, others = cpu(lambda: outline.contains_points(both))
        return first * scale, second * scale, int(((theirs != ours) | (others != ours)).sum())

    def loops(self, k: int) -> float:
        """Print the figures of loops of ``k`` vertices; the median time of the lasso."""
        lassos, flats, tests, shapelys, matplotlibs, differ, near = [], [], [], [], [], 0, 0
        for place in PLACES if len(self.row) <= BASE else PLACES[:2]:
            polygon = loop(k, *place)
            taken, found = self.lasso(polygon)
            test, making, wanted = self.flat(polygon)
            lassos.append(taken)
            tests.append(test)
            flats.append(test + making)
            differ += found.symmetric_difference_cardinality(wanted)
            by_shapely, by_matplotlib, other = self.peers(polygon)
            shapelys.append(by_shapely)
            matplotlibs.append(by_matplotlib)
            near += other
        ours, flat = statistics.median(lassos), statistics.median(flats)
        print(f"  {k:,} vertices, stroke to set: {ours:.1f} ms (worst {max(lassos):.1f} of {len(lassos)});", end=" ")
        print(f"flat {flat:.0f}: {flat / ours:.1f} times; its test alone {statistics.median(tests):.0f};", end=" ")
        for name, peer in ((f"shapely {shapely.__version__}", shapelys), ("matplotlib", matplotlibs)):
            print(f"{name} {statistics.median(peer):.0f}: {statistics.median(peer) / ours:.0f} times;", end=" ")
        print(f"{differ} rows differ from flat, {near} of a peer's")
        return ours

    def worst(self, name: str, polygon: Floats) -> None:
        """Print the figures of a polygon whose rim is everywhere, set and bits apart from the test."""
        ours, found = self.lasso(polygon)
        test, _, wanted = self.flat(polygon)
        differ = found.symmetric_difference_cardinality(wanted)
        print(f"  {name}: stroke to set {ours:.0f} ms; flat test alone {test:.0f}: {ours / test:.2f} of it;", end=" ")
        print(f"{differ} rows differ")


def size(tree: Boxes) -> float:
    """Megabytes."""
    return (tree.low.nbytes + tree.high.nbytes) / 1e6


def turns(curves: Floats, n: int) -> None:
    """The steps of a polygon of 10,000 edges of full height, between which a server answers others."""
    position, row = points(curves, n)
    one = Lasso(position, row, n, boxes(position), camera(), zigzag(10_000))
    times, more = list[float](), True
    while more:
        taken, more = cpu(one.step)
        times.append(taken)
    print(f"10,000 edges of full height, {n:,} points: {sum(times) / 1000:.1f} s in {len(times)} steps,", end=" ")
    print(f"the longest {max(times):.0f} ms")


def main() -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, help="measure one size")
    asked = parser.parse_args().points
    table = mm.read(EMBEDDED)
    curves = mm.project(table, mm.trace(table, primes=100), "pc1,pc2,pc3").coordinates
    warm = Measured(curves, 100_000)
    warm.loops(64)
    for n in (asked,) if asked else SIZES:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        if not asked and free < MEMORY * n:
            print(f"{n:,} points: left out, {free / 1e9:.0f} GB of memory are free and {MEMORY * n / 1e9:.0f} needed")
            continue
        cloud = Measured(curves, n)
        few = cloud.loops(64)
        many = cloud.loops(10_000)
        print(f"  10,000 vertices take {many / few:.2f} times as long as 64")
        cloud.worst("60 random vertices", np.random.default_rng(1).uniform(-0.5, 0.5, (60, 2)))
        if n <= BASE:
            cloud.worst("300 edges of full height", zigzag(300))
    for n in (38_042, 1_000_000):
        turns(curves, n)


if __name__ == "__main__":
    main()
