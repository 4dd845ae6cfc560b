"""Parameters of computations: anything that a fold cannot use is refused before its first part."""

from typing import Any

import numpy as np
import pytest

from murmuration import sums
from murmuration.computation.registry import begin
from murmuration.errors import MurmurationError
from murmuration.traces import Traces

AVERAGES = {"by": "rank", "primes": 2}
GRAM = {"primes": 2}
LASSO = {
    "by": "rank",
    "primes": 2,
    "axes": [{"kind": "trace", "prime": 3}, {"kind": "column", "name": "logN"}],
    "low": [0, 0, 0],
    "high": [1, 1, 1],
    "matrix": np.eye(4).tolist(),
    "polygon": [[0, 0], [1, 0], [0, 1]],
}


@pytest.mark.parametrize(("name", "good"), [("averages", AVERAGES), ("gram", GRAM), ("lasso", LASSO)])
def test_good_parameters_begin(name: str, good: dict[str, Any]) -> None:
    assert begin(name, good).primes == 2


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("averages", {"bins": 0, "top": 1}),
        ("averages", {"bins": 10, "top": -1}),
        ("averages", {"bins": 10, "top": float("nan")}),
        ("averages", {"bins": 10}),
        ("averages", {"top": 1}),
        ("averages", {"bins": True, "top": 1}),
        ("averages", {"primes": 2.7}),
        ("averages", {"primes": True}),
        ("averages", {"conductor": [1, 2, 3]}),
        ("averages", {"by": "colour"}),
        ("gram", {"primes": 0}),
        ("gram", {"primes": 10**30}),
        ("gram", {"conductor": "ab"}),
        ("gram", {"zz": 1}),
        ("lasso", {"axes": [{"kind": "trace", "prime": 101}]}),
        ("lasso", {"axes": [{"kind": "trace", "prime": 4}]}),
        ("lasso", {"axes": [{"kind": "component", "weights": [1.0], "shift": 0.0}]}),
        ("lasso", {"axes": [LASSO["axes"][1]] * 4}),  # type: ignore[index]
        ("lasso", {"axes": []}),
        ("lasso", {"low": [0, 0]}),
        ("lasso", {"polygon": [[10**400, 0], [0, 1], [1, 0]]}),
    ],
)
def test_parameters_that_cannot_be_used_are_refused_in_one_line(name: str, change: dict[str, Any]) -> None:
    good: dict[str, Any] = {"averages": AVERAGES, "gram": GRAM, "lasso": LASSO}[name]  # type: ignore[assignment]
    with pytest.raises(MurmurationError) as refused:
        begin(name, {**good, **change})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("bins", "top"), [(0, 1.0), (3, 0.0), (3, -1.0), (3, float("nan"))])
def test_sums_by_ratio_refuse_bins_that_do_not_exist(bins: int, top: float) -> None:
    traces = Traces(np.array([2, 3]), np.zeros((2, 2), dtype=np.int8))
    with pytest.raises(ValueError, match="at least one bin"):
        sums.grouped_by_ratio(np.array([11, 14]), traces, np.zeros(2, dtype=np.int64), np.arange(1), bins, top)
