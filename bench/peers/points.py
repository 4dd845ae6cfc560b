"""The points that every peer shows, and the clock."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

PROBE = Path(__file__).parent / "probe.js"
CLASSES = np.array([[86, 180, 233], [230, 159, 0], [0, 158, 115], [204, 121, 167], [240, 228, 66]], np.uint8)

MARKERS = 2000
"""Numbers of updates repeat after so many: half floats hold them exactly, and none is that late."""


def cloud(n: int) -> npt.NDArray[np.float32]:
    """n points of a normal distribution, float32 (n, 3)."""
    return np.random.default_rng(2022).standard_normal((n, 3), dtype=np.float32)


def classes(n: int) -> npt.NDArray[np.uint8]:
    """A class in 0..4 for each point."""
    return np.random.default_rng(4).integers(0, len(CLASSES), n, dtype=np.uint8)


def turned(points: npt.NDArray[np.float32], update: int) -> npt.NDArray[np.float32]:
    """The points after so many updates: turned about the vertical axis a little further each time."""
    angle = update / 40
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], np.float32)
    return points @ turn.T


def say(**fields: Any) -> None:
    """Print one line of JSON for the bench."""
    print(json.dumps(fields), flush=True)


def now() -> float:
    """Milliseconds since 1970, as a page's `performance.timeOrigin + performance.now()`."""
    return 1000 * time.time()


def script(collector: str, *attributes: str) -> str:
    """The element that starts the probe in a page; it must come before every other script."""
    return f'<script src="probe.js" data-collector="{collector}" {" ".join(attributes)}></script>'


def arguments() -> tuple[str, int, float, str]:
    """The task ("cloud" or "moving"), the number of points, the seconds, and the address for reports of pages."""
    return sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
