"""Sums that theory gives: coordinates of a curve that see its rank and are fitted to nothing.

``mn``: the Mestre-Nagao sum of a_p log(p) / p over the logarithm of the last prime, near 1/2 - rank in the limit
(Mestre, C. R. Acad. Sci. Paris 295, 1982; Nagao, Manuscripta Math. 92, 1997). ``mn:P`` stops at the last prime up to P.
``m2``, ``d``: the sum of (a_p / p) M2(p/N), or D(p/N): Zubrilina's and Sawin and Sutherland's densities as weights
(:mod:`murmuration.evidence.density`). Primes above 4N have no weight in ``d``, whose density is tabulated up to there.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from murmuration.cores import cores
from murmuration.evidence.density import table, weighted_sums, weights
from murmuration.projection.axis import Axis, Columns
from murmuration.projection.components import weighted
from murmuration.projection.grammar import Asked
from murmuration.table import CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Values


def column(asked: Asked, curves: CurveTable, traces: TraceParts, rows: Int64s) -> Columns:
    """The sum asked for; not a number for a curve of unknown conductor where the weights depend on it."""
    axes = (Axis(asked.name, asked.kind),)
    if asked.name.startswith("mn"):
        return Columns(axes, weighted(mestre_nagao(traces.primes, asked.number)[:, None], np.zeros(1)))
    conductor, primes = curves.conductor[rows], traces.primes
    known = conductor[conductor > 0]
    zubrilinas = asked.name == "m2"
    numbers = weights(float(primes[-1] / known.min())) if zubrilinas and len(known) else table()

    def read(part: slice, values: Values) -> Floats:
        out, own = np.empty((len(values), 1)), conductor[part]
        size = max(1, -(-len(values) // cores()))

        def add(start: int) -> None:
            some = slice(start, start + size)
            weighted_sums(values[some], own[some], primes, numbers, zubrilinas, out[some, 0])

        with ThreadPoolExecutor(cores()) as pool:
            list(pool.map(add, range(0, len(values), size)))
        return out

    return Columns(axes, read)


def mestre_nagao(primes: Int64s, last: int) -> Floats:
    """Weights log(p) / (p log(q)) of the primes up to ``last``, of which q is the largest; 0 for the others."""
    p = primes.astype(np.float64)
    inside = primes <= last
    weight: Floats = np.where(inside, np.log(p) / p, 0.0) / np.log(p[inside][-1])
    return weight
