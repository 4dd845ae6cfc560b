"""Conductor and root number through PARI, in a child process: `python -m murmuration.sources.pari` is the child.

A child, because PARI answers some inputs with a signal, and because its stack is then the child's. One GP call does a
whole chunk: turning objects into Python one curve at a time costs far more than the arithmetic.
"""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pyarrow as pa

from murmuration.errors import DatasetError
from murmuration.sources.rows import Batch

_CALL = "apply(e -> my(E = ellinit(e)); [ellglobalred(E)[1], ellrootno(E)], [{}])"


def with_arithmetic(batches: Iterator[Batch], rows: int = 4800) -> Iterator[Batch]:
    """The batches with ``conductor`` and ``root_number`` filled in, both proved, in pieces of at most ``rows``.

    Raises DatasetError when cypari is missing, or when the child dies.
    """
    if find_spec("cypari") is None:
        raise DatasetError("expected cypari for conductors and root numbers, it is not installed: pip install cypari")
    command = [sys.executable, "-m", "murmuration.sources.pari"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            for batch in batches:
                for start in range(0, batch.table.num_rows, rows):
                    table = batch.table[start : start + rows]
                    first = batch.first + start
                    last = first + table.num_rows - 1
                    yield Batch(_filled(table, child), batch.piece, batch.unit, first, last)
        finally:
            child.kill()


def _filled(table: pa.Table, child: subprocess.Popen[str]) -> pa.Table:
    assert child.stdin is not None  # both are pipes
    assert child.stdout is not None
    try:
        child.stdin.write(",".join(table["ainvs"].to_pylist()) + "\n")
        child.stdin.flush()
        answer = child.stdout.readline()
    except BrokenPipeError:
        answer = ""
    numbers = list(map(int, answer.translate(str.maketrans("[],", "   ")).split()))
    if len(numbers) != 2 * table.num_rows:
        first, last = table["label"][0], table["label"][-1]
        raise DatasetError(f"expected PARI's answer for {first} to {last}, got none (status {child.poll()})")
    index = table.column_names.index("conductor")
    table = table.set_column(index, "conductor", pa.array(numbers[::2], pa.int64()))
    return table.append_column("root_number", pa.array(numbers[1::2], pa.int64()))


def _serve() -> None:
    from cypari import pari  # an extra that most installations do not have

    pari.allocatemem(2**26, 2**29, silent=True)
    for line in sys.stdin:
        sys.stdout.write(str(pari(_CALL.format(line.strip()))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
