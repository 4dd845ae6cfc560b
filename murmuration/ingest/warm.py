"""Imported by a process before it forks workers: initialisation that takes a second, done once for all of them.

numba loads its compiled code at the first call, so one curve is validated here. A process that forks must have no
threads: so Arrow takes memory from the system (also because jemalloc and mimalloc reserve address space by the GiB,
which the workers' limit would count), jemalloc's thread stays off, and OpenBLAS has one: see worker.environment.
"""

import pyarrow as pa

from murmuration.ingest.checks import validate

validate(pa.table({"label": ["11a1"], "conductor": [11], "rank": [0], "torsion": [5], "ainvs": ["[0,-1,1,-10,-20]"]}))
