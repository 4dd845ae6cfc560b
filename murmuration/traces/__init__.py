"""Traces of Frobenius: exact a_p of every curve at every prime, and the protocol by which they are read in parts.

from murmuration.traces import trace

trace(table, primes=1000).values   # int8 or int16 (rows, primes)
"""

from murmuration.traces.evaluate import BLOCK, Device, trace
from murmuration.traces.traces import PART, FirstPrimes, TraceParts, Traces

__all__ = ["BLOCK", "PART", "Device", "FirstPrimes", "TraceParts", "Traces", "trace"]
