"""Write the golden frames that the browser client's tests decode: `python -m tests.golden.make [--check]`.

They are small, deterministic and made by :mod:`streaming.frames` itself, so the two sides of the protocol meet on the
same bytes. With ``--check`` nothing is written and stale files are named.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from streaming import frames

HERE = Path(__file__).parent
POINTS = 1000
PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29])


def golden() -> dict[str, bytes]:
    """Name and bytes of each file. Point i is (7 i, 65535 - i, i * i mod 65536) of class i mod 3 and row 3 i + 1."""
    i = np.arange(POINTS)
    position = np.stack([7 * i, 65535 - i, i * i % 65536, i % 3], axis=1).astype(np.uint16)
    points = {"chunk": "2", "level": "1", "last": "1"}
    mask = {"chunk": "2", "points": str(POINTS), "version": "5"}
    trace = {"of": "cloud", "version": "0"}
    everything = frames.trace(-1, PRIMES, PRIMES / 100, np.full(10, 0.25), 1000)
    first = frames.trace(0, PRIMES, -PRIMES / 10, np.full(10, 0.5), 334)
    return {
        "points.arrows": encode("points", 3, points, frames.points(position, (3 * i + 1).astype(np.uint32))),
        "mask.arrows": encode("mask", 4, mask, frames.mask(i % 5 == 0)),
        "trace.arrows": encode("trace", 5, trace, everything, first),
    }


def encode(kind: frames.Kind, seq: int, extra: dict[str, str], *batches: pa.RecordBatch) -> bytes:
    """One golden frame, of epoch 7 and snapshot 4."""
    return frames.encode(frames.Header(kind, seq, 7, "4", "pc1,pc2,pc3", extra), *batches)


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
