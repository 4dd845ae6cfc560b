"""Result: the integers of a computation, with its recipe, digest, duration and hardware."""

import hashlib
import json
from dataclasses import dataclass

from murmuration.computation.fold import Arrays
from murmuration.computation.recipe import Recipe


@dataclass(frozen=True)
class Result:
    """A finished computation.

    digest:   SHA-256 of the arrays, hexadecimal: equal wherever the recipe runs.
    seconds:  duration, by the wall clock.
    hardware: for example "2 cores of x86_64" or "2 Dask workers, 8 threads".
    """

    recipe: Recipe
    arrays: Arrays
    digest: str
    seconds: float
    hardware: str


def digest_of(arrays: Arrays) -> str:
    """SHA-256 over names, shapes and values (int64, little-endian, C order)."""
    found = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        found.update(json.dumps([name, array.shape]).encode())
        found.update(array.astype("<i8").tobytes())
    return found.hexdigest()
