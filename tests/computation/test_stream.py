"""The stream between a server and its child: whole, or an error that tells so."""

import io

import numpy as np
import pyarrow as pa
import pytest

from murmuration.computation import begin, stream
from murmuration.store import SnapshotView


def answered(view: SnapshotView) -> bytes:
    """The bytes of an answer."""
    asked, told = io.BytesIO(), io.BytesIO()
    stream.ask(asked, "gram", {"primes": 5}, view.batches(["traces"]))
    asked.seek(0)
    assert stream.answer(asked, told, begin)
    assert not stream.answer(asked, told, begin)
    return told.getvalue()


def test_an_answer_is_the_result(view: SnapshotView) -> None:
    values = view.traces().values[:, :5].astype(np.int64)
    found = stream.arrays_of(io.BytesIO(answered(view)))
    assert list(found) == ["curves", "total", "gram"]
    assert np.array_equal(found["gram"], values.T @ values)


def test_an_answer_that_was_cut_is_an_error(view: SnapshotView) -> None:
    whole = answered(view)
    for length in range(0, len(whole) - 16, 40):
        with pytest.raises((OSError, EOFError, StopIteration, pa.ArrowException)):
            stream.arrays_of(io.BytesIO(whole[:length]))
