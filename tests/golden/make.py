"""Write the golden files that the browser client's tests read: `python -m tests.golden.make [--check]`.

Frames, made by :mod:`streaming.frames` itself, so that the two sides of the protocol meet on the same bytes; and lassos
resolved by :mod:`murmuration.polygon`, so that the client's guess is the server's answer bit for bit. All are small and
the same on every machine: no function of libm is used. With ``--check`` nothing is written and stale files are named.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from murmuration import polygon
from murmuration.types import Floats, UInt16s
from streaming import frames

HERE = Path(__file__).parent
POINTS = 1000
PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29])


def golden() -> dict[str, bytes]:
    """Name and bytes of each file. Point i is (7 i, 65535 - i, i * i mod 65536) of class i mod 3 and row 3 i + 1."""
    i = np.arange(POINTS)
    position = np.stack([7 * i, 65535 - i, i * i % 65536, i % 3], axis=1).astype(np.uint16)
    points = {"chunk": "2", "level": "1", "last": "1"}
    mask = {"chunk": "2", "points": str(POINTS), "slot": "0", "version": "5"}
    trace = {"of": "cloud", "axis": "p", "version": "0"}
    ratio = {"of": "selection", "axis": "ratio", "version": "5"}
    wireframe = {"of": "cloud", "version": "0"}
    everything = frames.trace(-1, PRIMES, PRIMES / 100, np.full(10, 0.25), 1000)
    first = frames.trace(0, PRIMES, -PRIMES / 10, np.full(10, 0.5), 334)
    binned = frames.by_ratio(-1, np.arange(1, 5) / 8, np.arange(4) / 4, np.full(4, 0.5), np.arange(4) * 10)
    segment = np.concatenate([position[:50], position[1:51]], axis=1)
    both = pa.concat_batches([everything, first])  # a reader goes by the class column, not by the number of frames
    return {
        "points.arrows": encode("points", 3, points, frames.points(position, (3 * i + 1).astype(np.uint32))),
        "mask.arrows": encode("mask", 4, mask, frames.mask(i % 5 == 0)),
        "trace.arrows": encode("trace", 5, trace, both),
        "ratio.arrows": encode("trace", 6, ratio, binned),
        "wireframe.arrows": encode("wireframe", 7, wireframe, frames.wireframe(segment, (i[:50] % 5).astype(np.uint8))),
        "progress.arrows": encode("progress", 8, {}, frames.progress("components", 250, 1000)),
        "lasso.json": json.dumps(lassos(), separators=(",", ":")).encode(),
    }


def encode(kind: frames.Kind, seq: int, extra: dict[str, str], batch: pa.RecordBatch) -> bytes:
    """One golden frame, of epoch 7 and snapshot 4."""
    return frames.encode(frames.Header(kind, seq, 7, "4", "pc1,pc2,pc3", extra), batch)


def lassos() -> list[dict[str, Any]]:
    """Clouds, matrices (column by column), polygons and the indices of the points inside."""
    random = np.random.default_rng(20220421)
    cube = random.integers(0, 65536, (200, 3)).astype(np.uint16)
    grid = np.stack(np.meshgrid([0, 16384, 32768, 49152], [0, 16384, 32768, 49152], [0]), axis=-1).reshape(-1, 3)
    plain = np.array([[2.0**-16, 0, 0, 0], [0, 2.0**-16, 0, 0], [0, 0, 2.0**-16, 0], [0, 0, 0, 1]])
    square = np.array([[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])
    found = [
        lasso("points on edges and vertices", grid, plain, square),
        lasso("the same the other way round", grid, plain, square[::-1]),
        lasso("no height", grid, plain, np.array([[0.0, 0.25], [0.5, 0.25], [0.75, 0.25]])),
        lasso("one point three times", grid, plain, np.full((3, 2), 0.25)),
        lasso("repeated vertices", grid, plain, np.repeat(square, 3, axis=0)),
        lasso("outside the picture", cube, camera(random, 3.0), square + 5),
        lasso("around everything", cube, camera(random, 3.0), (square - 0.5) * 1000),
    ]
    for distance in (3.0, 0.4):  # an answer here depends on the last bit of every coordinate
        matrix = camera(random, distance)
        found.append(lasso(f"vertices on points, from {distance}", cube, matrix, drawn(cube[:150], matrix)))
    for vertices in (3, 4, 7, 30, 200, 800):
        scribble = 2 * random.random((vertices, 2)) - 1  # crosses itself nearly everywhere
        found.append(lasso(f"{vertices} vertices, from outside", cube, camera(random, 3.0), scribble))
        found.append(lasso(f"{vertices} vertices, from within", cube, camera(random, 0.4), scribble))
    return found


def lasso(name: str, points: UInt16s, matrix: Floats, vertices: Floats) -> dict[str, Any]:
    """One case as JSON-ready data."""
    inside = np.flatnonzero(polygon.inside(points.astype(np.uint16), matrix, vertices))
    return {
        "name": name,
        "points": points.tolist(),
        "matrix": matrix.T.ravel().tolist(),
        "polygon": vertices.tolist(),
        "inside": inside.tolist(),
    }


def drawn(points: UInt16s, matrix: Floats) -> Floats:
    """Where points lie in the picture, by the definition's own order of operations; those in front only."""
    x, y, z = points.T.astype(np.float64)
    cx, cy, cw = ((row[0] * x + row[1] * y) + row[2] * z + row[3] for row in matrix[[0, 1, 3]])
    picture: Floats = np.stack([cx / cw, cy / cw], axis=1)[cw > 0]
    return picture


def camera(random: np.random.Generator, distance: float) -> Floats:
    """projection x view x model of an eye at this distance from the cube's middle, turned at random."""
    w, x, y, z = (q := random.random(4) - 0.5) / np.sqrt((q * q).sum())
    view = np.eye(4)
    view[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    view[2, 3] = -distance
    model = np.diag([2 / 65535, 2 / 65535, 2 / 65535, 1])
    model[:3, 3] = -1
    projection = np.array([[1.25, 0, 0.125, 0], [0, 2, 0, 0], [0, 0, -1.0002, -0.02], [0, 0, -1, 0]])
    return matmul(matmul(projection, view), model)


def matmul(a: Floats, b: Floats) -> Floats:
    """The product with sums in one order: a BLAS may take another on another machine."""
    return sum((a[:, [k]] * b[[k]] for k in range(1, 4)), a[:, [0]] * b[[0]])


def main() -> str | None:
    """Write the files; or with --check say, as the reason of a failed exit, which are not what this script makes."""
    files = {HERE / name: data for name, data in golden().items()}
    stale = [path.name for path, data in files.items() if not path.exists() or path.read_bytes() != data]
    if "--check" in sys.argv:
        return f"stale: {', '.join(stale)}; run python -m tests.golden.make" if stale else None
    for path, data in files.items():
        path.write_bytes(data)
    return None


if __name__ == "__main__":
    sys.exit(main())
