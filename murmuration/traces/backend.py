"""The GPU backend. This is the only module that imports CuPy.

A fatal CUDA error destroys the context of its process for good, so a server calls this in a child process. Running out
of device memory is recoverable: the rows are computed in smaller parts.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from murmuration.traces.twists import SHIFT
from murmuration.types import Floats, Int32s, Int64s, Values

SOURCE = Path(__file__).parent / "kernels" / "traces.cu"

THREADS = 256
"""Curves per block of the kernel."""

_SHARE = 0.5
"""Share of the free device memory for the traces of one part of the rows."""


def options(value: np.dtype[Any]) -> tuple[str, ...]:
    """Compiler options of the kernel for int8 or int16 traces."""
    name = {1: "signed char", 2: "short"}[value.itemsize]
    return f"-DVALUE={name}", f"-DTHREADS={THREADS}", f"-DSHIFT={SHIFT}"


@cache
def available() -> bool:
    """Whether CuPy is installed and sees a GPU."""
    if not installed():
        return False
    import cupy

    return bool(cupy.is_available())


def installed() -> bool:
    """Whether CuPy is installed; does not call the driver."""
    return importlib.util.find_spec("cupy") is not None


def name() -> str:
    """The product name of the GPU."""
    import cupy

    called: bytes = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"]
    return called.decode()


class Products:
    """Sums of a_p and of a_p a_l, accumulated on the device; exact, like :func:`murmuration.projection.products`.

    Products are of integers and are added in float64, which holds them up to 2^53: by Hasse's bound, 2.8 x 10^11 rows
    at p = 7919.
    """

    def __init__(self, primes: Int64s) -> None:
        import cupy

        self._cupy = cupy
        self._total = cupy.zeros(len(primes))
        self._gram = cupy.zeros((len(primes), len(primes)))

    def add(self, values: Values) -> None:
        """Traces of some rows, (rows, primes)."""
        x = self._cupy.asarray(values).astype(self._cupy.float64)
        self._total += x.sum(axis=0)
        self._gram += x.T @ x

    def result(self) -> tuple[Floats, Floats]:
        """The sums, float64 (q,) and (q, q)."""
        return self._total.get(), self._gram.get()


class Tables:
    """The tables of some primes, on the device; arrays as in :mod:`murmuration.traces.evaluate`."""

    def __init__(self, primes: Int64s, starts: Int64s, steps: Int32s, traces: Values) -> None:
        import cupy

        self._cupy = cupy
        self._kernel = cupy.RawModule(code=SOURCE.read_text(), options=options(traces.dtype)).get_function("traces")
        self._primes, self._starts = cupy.asarray(primes), cupy.asarray(starts)
        self._steps, self._traces = cupy.asarray(steps), cupy.asarray(traces)

    def evaluate(self, c4: Int64s, c6: Int64s, out: Values) -> None:
        """Write the traces of some curves into ``out`` (rows, primes), in parts that fit in device memory."""
        free, _ = self._cupy.cuda.Device().mem_info
        size = max(THREADS, int(free * _SHARE) // (out.shape[1] * out.itemsize))
        for start in range(0, len(c4), size):
            part = slice(start, start + size)
            out[part] = self.on_device(self._cupy.asarray(c4[part]), self._cupy.asarray(c6[part])).get()

    def on_device(self, c4: Any, c6: Any) -> Any:
        """Traces of device arrays c4, c6 as a device array (rows, primes)."""
        rows, count = len(c4), len(self._primes)
        out = self._cupy.empty((rows, count), dtype=self._traces.dtype)
        grid = (-(-rows // THREADS), -(-count // 32))
        sizes = np.int64(rows), np.int32(count), np.int64(count)
        primes = self._primes, self._starts, sizes[1]
        self._kernel(grid, (THREADS,), (c4, c6, sizes[0], *primes, self._steps, self._traces, out, sizes[2]))
        return out
