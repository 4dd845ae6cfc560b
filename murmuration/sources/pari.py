"""Minimal models, conductors and root numbers by PARI, in a child process: `pari_child.py` beside this file.

A child, because PARI answers some inputs with a signal or not at all, and because its stack is then the child's. One
GP call does many curves: turning objects into Python one curve at a time costs far more than the arithmetic. The child
never sees a singular curve: freeing the result of ``ellinit`` of one kills the process (cypari 2.5.6, 2.5.7).
"""

import os
import select
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Literal, TypeAlias

from murmuration.errors import DatasetError

Question: TypeAlias = Literal["minimal", "arithmetic"]

_CALLS: dict[Question, str] = {
    "minimal": "apply(e -> my(E = ellminimalmodel(ellinit(e))); vector(5, i, E[i]), [{}])",
    "arithmetic": "apply(e -> my(E = ellinit(e)); [ellglobalred(E)[1], ellrootno(E)], [{}])",
}

ROWS = 500
"""Curves of one call."""

SECONDS = 5.0
"""Time for one curve; a call has a fiftieth of a second more for each other. Conductors need factors of discriminants,
which for coefficients of 40 digits may take forever."""

MOST_LOST = 40
"""Curves without an answer after which a source is refused, since each costs :data:`SECONDS`."""


def installed() -> bool:
    """Whether cypari, an optional extra, is there."""
    return find_spec("cypari") is not None


class Pari:
    """A child that is started by the first question and replaced when it dies or does not answer in time."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lost = 0

    def __enter__(self) -> "Pari":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def ask(self, question: Question, models: list[str]) -> list[tuple[int, ...] | None]:
        """For each model "[a1,a2,a3,a4,a6]", not singular: its reduced minimal model, or (conductor, root number).

        None for a model without an answer in time. Raises DatasetError when too many models have none.
        """
        answers: list[tuple[int, ...] | None] = []
        for start in range(0, len(models), ROWS):
            answers += self._part(question, models[start : start + ROWS])
        return answers

    def _part(self, question: Question, models: list[str]) -> list[tuple[int, ...] | None]:
        width = 5 if question == "minimal" else 2
        numbers = self._call(_CALLS[question].format(",".join(models)), SECONDS + len(models) / 50)
        if len(numbers) == width * len(models):
            return [tuple(numbers[at : at + width]) for at in range(0, len(numbers), width)]
        self._end()
        if len(models) == 1:
            self._lost += 1
            if self._lost > MOST_LOST:
                raise DatasetError(f"expected curves that PARI can do in {SECONDS:.0f} s, got more than {MOST_LOST} "
                                   f"that it cannot, the last {models[0][:80]}")  # fmt: skip
            return [None]
        half = len(models) // 2
        return self._part(question, models[:half]) + self._part(question, models[half:])

    def _call(self, text: str, seconds: float) -> list[int]:
        """The whole numbers of PARI's answer; none when the child died, failed or was too slow."""
        child = self._child or self._start()
        assert child.stdin is not None  # both are pipes
        assert child.stdout is not None
        answer = bytearray()
        end = time.monotonic() + seconds
        try:
            child.stdin.write(text.encode() + b"\n")
            child.stdin.flush()
            while not answer.endswith(b"\n"):
                ready, _, _ = select.select([child.stdout], [], [], max(0.0, end - time.monotonic()))
                data = os.read(child.stdout.fileno(), 2**16) if ready else b""
                if not data:
                    return []
                answer += data
        except BrokenPipeError:
            return []
        return list(map(int, answer.translate(bytes.maketrans(b"[],", b"   ")).split()))

    def _start(self) -> "subprocess.Popen[bytes]":
        # By its path, and without this package, whose import takes a second.
        command = [sys.executable, "-P", str(Path(__file__).with_name("pari_child.py"))]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._child.stdout is not None
        self._child.stdout.readline()  # importing takes a second that is no curve's
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
