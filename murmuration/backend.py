"""The GPU, where there is one. This module alone imports CuPy.

A fatal CUDA error kills the context of its process for good, so a server calls this in a child process. Running out of
device memory is no such error: the rows are taken in smaller parts.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from murmuration.twists import SHIFT
from murmuration.types import Floats, Int32s, Int64s, Values

SOURCE = Path(__file__).parent / "kernels" / "traces.cu"

THREADS = 256
"""Curves a block of the kernel works on."""

_SHARE = 0.5
"""Of the free device memory, for the traces of one part of the rows."""


def options(value: np.dtype[Any]) -> tuple[str, ...]:
    """Compiler options of the kernel for traces of a type, int8 or int16."""
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
    """Whether CuPy is installed, and so a GPU worth asking for; asks nothing of the driver."""
    return importlib.util.find_spec("cupy") is not None


def name() -> str:
    """What the GPU is called."""
    import cupy

    called: bytes = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"]
    return called.decode()


class Products:
    """Sums of a_p and of a_p a_l, added up on the device; exact, as :func:`murmuration.projection.products` is.

    Products are of integers and are added in float64, which holds them up to 2^53: 10^12 rows at p = 7919.
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
    """The tables of some primes, on the device; arrays as in :mod:`murmuration.traces`."""

    def __init__(self, primes: Int64s, starts: Int64s, steps: Int32s, traces: Values) -> None:
        import cupy

        self._cupy = cupy
        self._kernel = cupy.RawModule(code=SOURCE.read_text(), options=options(traces.dtype)).get_function("traces")
        self._primes, self._starts = cupy.asarray(primes), cupy.asarray(starts)
        self._steps, self._traces = cupy.asarray(steps), cupy.asarray(traces)

    def evaluate(self, c4: Int64s, c6: Int64s, out: Values) -> None:
        """Write the traces of some curves into ``out`` (rows, primes), part by part as device memory allows."""
        free, _ = self._cupy.cuda.Device().mem_info
        size = max(THREADS, int(free * _SHARE) // (out.shape[1] * out.itemsize))
        for start in range(0, len(c4), size):
            part = slice(start, start + size)
            out[part] = self.on_device(self._cupy.asarray(c4[part]), self._cupy.asarray(c6[part])).get()

    def on_device(self, c4: Any, c6: Any) -> Any:
        """The same from device arrays to a device array."""
        rows, count = len(c4), len(self._primes)
        out = self._cupy.empty((rows, count), dtype=self._traces.dtype)
        grid = (-(-rows // THREADS), -(-count // 32))
        sizes = np.int64(rows), np.int32(count), np.int64(count)
        primes = self._primes, self._starts, sizes[1]
        self._kernel(grid, (THREADS,), (c4, c6, sizes[0], *primes, self._steps, self._traces, out, sizes[2]))
        return out
