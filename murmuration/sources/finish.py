"""The last step of reading: rows get their final columns, and it is known which of them are sound.

Models that are not minimal are reduced, and conductors and root numbers computed, by PARI where it is installed.
"""

from types import TracebackType

import numpy as np
import pyarrow as pa

from murmuration.sources.pari import Pari, installed
from murmuration.sources.tally import Tally
from murmuration.sources.values import whole
from murmuration.table import examine
from murmuration.types import Bools


class Finish:
    """The final step of :func:`murmuration.sources.rows.chunks` for each batch; a context manager.

    tally:      gets the count of reduced models.
    arithmetic: whether to compute conductor and root number of every sound row. Stated conductors must agree.
    """

    def __init__(self, tally: Tally, arithmetic: bool) -> None:
        self._tally = tally
        self._arithmetic = arithmetic
        self._pari = Pari() if installed() else None

    def __enter__(self) -> "Finish":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pari is not None:
            self._pari.__exit__(kind, error, at)

    def __call__(self, table: pa.Table) -> tuple[pa.Table, Bools]:
        """The rows with reduced models, and which of them are sound."""
        table = table.combine_chunks()
        found = examine(table, "")
        if len(found.non_minimal) and self._pari is not None:
            table = self._reduced(table, found.non_minimal.tolist())
            found = examine(table, "")
        if self._arithmetic and self._pari is not None:
            table = self._computed(table, found.rows.tolist(), found.table.columns["ainvs"].to_pylist())
            found = examine(table, "")
        sound = np.zeros(table.num_rows, dtype=bool)
        sound[found.rows] = True
        return table, sound

    def _reduced(self, table: pa.Table, rows: list[int]) -> pa.Table:
        assert self._pari is not None
        ainvs, labels = table["ainvs"].to_pylist(), table["label"].to_pylist()
        refused, done = {}, []
        for row, model in zip(rows, self._pari.ask("minimal", [ainvs[row] for row in rows]), strict=True):
            if model is None:
                refused[row] = "expected a minimal model, got one that PARI did not reduce in time"
            elif (text := f"[{','.join(map(str, model))}]") == ainvs[row]:
                refused[row] = f"expected the conductor of {text}, got one that lacks a prime of c4 and c6"
            else:
                ainvs[row] = text
                done.append(str(labels[row]))
        self._tally.add("models were not minimal and are reduced by PARI", done)
        return _refusing(_with(table, "ainvs", pa.array(ainvs, pa.string())), refused)

    def _computed(self, table: pa.Table, rows: list[int], models: list[str]) -> pa.Table:
        assert self._pari is not None
        stated = table["conductor"].cast(pa.string()).to_pylist()
        conductors: list[int | None] = [None] * table.num_rows
        roots: list[int | None] = [None] * table.num_rows
        refused = {}
        for row, answer in zip(rows, self._pari.ask("arithmetic", models), strict=True):
            if answer is None:
                refused[row] = "expected a conductor, got none from PARI in time"
            elif stated[row] is not None and int(stated[row]) != answer[0]:
                refused[row] = f"expected conductor {answer[0]} as PARI computes it, got {stated[row]}"
            else:
                conductors[row], roots[row] = answer
        kept = [str(c) if c is not None else s for c, s in zip(conductors, stated, strict=True)]
        table = _with(table, "conductor", whole(pa.array(kept, pa.string()), number=True))
        return _refusing(_with(table, "root_number", pa.array(roots, pa.int64())), refused)


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    if name not in table.column_names:
        return table.append_column(name, column)
    return table.set_column(table.column_names.index(name), name, column)


def _refusing(table: pa.Table, faults: dict[int, str]) -> pa.Table:
    """The table with some more rows refused."""
    if not faults:
        return table
    held = table["refused"].to_pylist() if "refused" in table.column_names else [None] * table.num_rows
    return _with(table, "refused", pa.array([held[i] or faults.get(i) for i in range(len(held))], pa.string()))
