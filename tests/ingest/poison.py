"""Work that goes wrong on certain labels, for real: what ingest must survive. In a module, so that workers find it."""

import ctypes
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa

from murmuration.ingest.checks import validate

Kind: TypeAlias = Literal[
    "segfault", "raise", "hang", "nan", "null", "memory", "exit", "kill", "drop", "abort", "stall"
]


@dataclass(frozen=True)
class Poison:
    """Validation, but for some labels; ``pause`` seconds for each chunk make a run long enough to be stopped.

    A column ``score`` of floats is added unless it is told not to. What stalls does so ``stalls`` times in all, counted
    by the files in ``memory``: as on a machine that stands still for a while.
    """

    labels: dict[str, Kind] = field(default_factory=dict)
    pause: float = 0.0
    scored: bool = True
    memory: Path | None = None
    stalls: int = 0

    def __call__(self, raw: pa.Table) -> pa.Table:
        time.sleep(self.pause)
        table = validate(raw)
        score = np.ones(len(table))
        for row, label in enumerate(table["label"].to_pylist()):
            match self.labels.get(label):
                case None:
                    continue
                case "nan":
                    score[row] = np.nan
                case "null":
                    ranks = table["rank"].to_pylist()
                    ranks[row] = None
                    table = table.set_column(3, "rank", pa.array(ranks, pa.int8()))
                case "stall":
                    assert self.memory is not None
                    if len(list(self.memory.iterdir())) < self.stalls:
                        (self.memory / f"{os.getpid()}-{time.monotonic_ns()}").touch()
                        _harm("hang", label)
                case "drop":
                    return table[: table.num_rows - 1]
                case kind:
                    _harm(kind, label)
        return table.append_column("score", pa.array(score)) if self.scored else table


def _harm(kind: Kind, label: str) -> None:
    match kind:
        case "segfault":
            ctypes.string_at(0)
        case "raise":
            raise ValueError(f"{label} is poisoned")
        case "hang":
            while True:
                time.sleep(60)
        case "memory":
            bytearray(2**33)[:: 2**12] = b"x" * 2**21
        case "exit":
            os._exit(0)
        case "kill":
            os.kill(os.getpid(), 9)
        case "abort":
            os.abort()
