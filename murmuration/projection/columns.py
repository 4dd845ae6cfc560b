"""Columns as axes: any numeric column of the table, and expressions of columns, traces and sums.

In an expression ``a7`` is the trace itself and not a_7 / sqrt(7); ``mn``, ``mestre_nagao`` (the same), ``m2`` and
``d`` are the sums of :mod:`murmuration.projection.theory`. Unknown values, logarithms of zero and the like are not
numbers; curves at which an axis has none are left out of the picture.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import assert_never

import numpy as np
import pyarrow as pa

from murmuration.expression import Binary, Call, Name, Negation, Number, Token, Tree, names, wrong
from murmuration.projection import theory
from murmuration.projection.axis import Axis, Columns
from murmuration.projection.grammar import Asked
from murmuration.table import CurveTable
from murmuration.traces import TraceParts
from murmuration.types import Floats, Int64s, Values

_FUNCTIONS: Mapping[str, Callable[[Floats], Floats]] = {
    "abs": np.abs, "exp": np.exp, "floor": np.floor, "log": np.log, "log10": np.log10, "log2": np.log2,
    "sign": np.sign, "sqrt": np.sqrt,
}  # fmt: skip

_OPERATORS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": np.divide, "^": np.power,
}  # fmt: skip

_SUMS = {"mn": "mn", "mestre_nagao": "mn", "m2": "m2", "d": "d"}

_TRACE = re.compile(r"a([1-9][0-9]{0,8})")


def column(asked: Asked, table: CurveTable, traces: TraceParts, rows: Int64s) -> Columns:
    """The column or expression asked for. Raises ExpressionError for a name that is not known, with the nearest."""
    axes = (Axis(asked.name, asked.kind),)
    tree = asked.expression
    assert tree is not None
    known = numeric(table)
    fixed = {token.text: _values(table, token.text, rows) for token in names(tree) if token.text in known}
    moving = {token.text: _reader(token, asked, table, traces, rows, known) for token in names(tree)
              if token.text not in known}  # fmt: skip
    if not moving:
        return Columns(axes, _spread(evaluate(tree, fixed), len(rows)))

    def read(part: slice, values: Values) -> Floats:
        own = {name: array[part] for name, array in fixed.items()}
        return _spread(evaluate(tree, own | {name: each(part, values) for name, each in moving.items()}), len(values))

    return Columns(axes, read)


def evaluate(tree: Tree, values: Mapping[str, Floats]) -> Floats:
    """The value of an expression, where every name stands for a float64 array (n,); a constant is 0-dimensional.

    Values that are not defined are not finite.
    """
    with np.errstate(all="ignore"):
        return _value(tree, values)


def numeric(table: CurveTable) -> frozenset[str]:
    """The columns of a table that can be coordinates."""
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean)
    return frozenset(field.name for field in table.columns.schema if any(kind(field.type) for kind in kinds))


def _value(tree: Tree, values: Mapping[str, Floats]) -> Floats:
    match tree:
        case Number(value):
            return np.asarray(value)
        case Name(token):
            return values[token.text]
        case Negation(inner):
            return -_value(inner, values)
        case Call(function, argument):
            return _FUNCTIONS[function](_value(argument, values))
        case Binary(symbol, left, right):
            return _OPERATORS[symbol](_value(left, values), _value(right, values))
        case _:
            assert_never(tree)


def _spread(value: Floats, n: int) -> Floats:
    """A column (n, 1); a constant is the same for every curve."""
    return np.broadcast_to(value, (n,))[:, None]


def _values(table: CurveTable, name: str, rows: Int64s) -> Floats:
    """A column of the table at some rows, float64, NaN where it is unknown."""
    values: Floats = table.columns[name].cast(pa.float64(), safe=False).to_numpy()[rows]
    return values


def _reader(
    token: Token, asked: Asked, table: CurveTable, traces: TraceParts, rows: Int64s, known: frozenset[str]
) -> Callable[[slice, Values], Floats]:
    """A trace or a sum by its name, read off a part of the traces."""
    if token.text in _SUMS:
        sum_ = theory.column(Asked(_SUMS[token.text], "sum", int(traces.primes[-1])), table, traces, rows).values
        assert callable(sum_)
        return lambda part, values: sum_(part, values)[:, 0]
    found = _TRACE.fullmatch(token.text)
    if found is not None and int(found[1]) in traces.primes:
        place = int(np.searchsorted(traces.primes, int(found[1])))
        return lambda part, values: values[:, place].astype(np.float64)
    expected = f"a numeric column ({', '.join(sorted(known))}), a2 to a{traces.primes[-1]} at primes, mn, m2 or d"
    raise wrong(asked.name, token, expected, (*known, *_SUMS, "a2"))
