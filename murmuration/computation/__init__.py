"""Computations: folds over the parts of a snapshot, run in a thread, in a child process or on a cluster.

    from murmuration import store
    from murmuration.computation import recipe_of, run

    view = store.open("lab").checkout()
    found = run(recipe_of(view, "averages", {"by": "rank", "primes": 1000}), view)
    found.arrays["total"], found.digest, found.seconds, found.hardware

A fold has three steps: ``begin(name, parameters)``, ``add(part)`` for each part in any order, ``result()``. Its results
are arrays of integers that add up, so every way of running it gives the same integers.
"""

from murmuration.computation.cluster import Cluster
from murmuration.computation.fold import Arrays, Fold, Parameters, added
from murmuration.computation.means import averages_of, bounds
from murmuration.computation.part import Part, batches_of, part_of
from murmuration.computation.recipe import Recipe, recipe_of
from murmuration.computation.registry import FOLDS, begin
from murmuration.computation.result import Result, digest_of
from murmuration.computation.run import run, shards

__all__ = [
    "FOLDS",
    "Arrays",
    "Cluster",
    "Fold",
    "Parameters",
    "Part",
    "Recipe",
    "Result",
    "added",
    "averages_of",
    "batches_of",
    "begin",
    "bounds",
    "digest_of",
    "part_of",
    "recipe_of",
    "run",
    "shards",
]
