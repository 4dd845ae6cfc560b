"""Normal forms of single values: unknowns, whole numbers, models and torsion groups as programs write them.

Text that has no normal form stays as it is, so that the examination refuses that one row and names the value.
"""

import re
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("", "NULL", "null", "None", r"\N", "NA", "N/A", "<NA>", "#N/A", "NaN", "nan", "-nan", "nothing")
"""Words for an unknown value: SQL, Python, PostgreSQL's COPY, R, pandas, spreadsheets, IEEE 754, Julia."""

_INTEGER = "^[+-]?[0-9]{1,18}$"
_POINT = r"^([+-]?[0-9]{1,18})\.0*$"
_EXPONENT = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?[eE][+-]?\d{1,2}")
_CALL = r"^(EllipticCurve|ellinit|vector|c|list|array)\("
"""Constructors around a model: Sage and Magma, PARI, R, Python, numpy."""

_TERM = re.compile(r"([+-]?)(\d*)\*?(xy|yx|x\^3|x\^2|y\^2|x|y|)")


def known(column: pa.Array) -> pa.Array:
    """Text without the blanks and quotes around it; null where it is one of :data:`MISSING`."""
    bare = pc.utf8_trim(column, "\"' \t\r")
    return pc.if_else(pc.is_in(bare, pa.array(MISSING)), pa.scalar(None, pa.string()), bare)


def whole(column: pa.Array, number: bool = False) -> pa.Array:
    """A column of whole numbers: text that is digits where a value is one and names the value where not, or int64.

    int64 comes from columns of numbers that are all whole, and with ``number`` also from text.

    ``5.0`` and ``1e+05`` are whole numbers (pandas writes a column with one missing value so, R large ones); NaN and
    the empty list ``[]`` (LMFDB's unknown in Magma and GAP) are unknown.
    """
    kind = column.type
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:  # too large, or a fraction
            return column.cast(pa.string())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
        fits = pc.and_(pc.less(pc.abs(column), 2.0**53), pc.equal(pc.floor(column), column))
        return column.cast(pa.int64() if pc.all(fits).as_py() in (True, None) else pa.string())
    if not pa.types.is_string(kind):
        return column
    text = known(column)
    text = pc.if_else(pc.equal(text, "[]"), pa.scalar(None, pa.string()), text)
    text = pc.replace_substring_regex(text, _POINT, r"\1")
    text = pc.replace_substring_regex(text, r"^\+([0-9])", r"\1")
    good = pc.fill_null(pc.match_substring_regex(text, _INTEGER), True)
    if pc.all(good).as_py() is not False:
        return text.cast(pa.int64()) if number else text
    values = text.to_pylist()
    return pa.array([each if fine else _exponent(each) for each, fine in zip(values, good.to_pylist(), strict=True)],
                    pa.string())  # fmt: skip


def models(column: pa.Array) -> pa.Array:
    """Models as "[a1,a2,a3,a4,a6]"; [A,B], for y^2 = x^3 + Ax + B, becomes "[0,0,0,A,B]".

    Brackets may be [], {} or (), separators commas, semicolons or blanks; Weierstrass equations in x and y are read.
    """
    text = pc.replace_substring_regex(known(column), _CALL, "")
    inside = pc.utf8_trim(pc.replace_substring_regex(text, r"""["'`]""", ""), "[](){}<>*$ \t\r\n;,")
    inside = pc.replace_substring_regex(inside, r"\s*[,;]\s*|\s+", ",")
    inside = pc.replace_substring_regex(inside, r"(^|,)\+", r"\1")
    inside = pc.replace_substring_regex(inside, r"(-?[0-9]+)\.0*(,|$)", r"\1\2")
    for _ in range(2):  # neighbours share a comma, which one pass uses up
        inside = pc.replace_substring_regex(inside, "(^|,)-0(,|$)", r"\10\2")
    short = pc.match_substring_regex(inside, "^-?[0-9]+,-?[0-9]+$")
    inside = pc.if_else(pc.fill_null(short, False), pc.binary_join_element_wise("0,0,0", inside, ","), inside)
    result = pc.binary_join_element_wise("[", inside, "]", "")
    equations = pc.fill_null(pc.match_substring_regex(text, "[yY]"), False)
    if not pc.any(equations).as_py():
        return result
    pairs = zip(text.to_pylist(), result.to_pylist(), equations.to_pylist(), strict=True)
    return pa.array([_coefficients(each) or made if is_one else made for each, made, is_one in pairs], pa.string())


def orders(column: pa.Array) -> pa.Array:
    """Orders of torsion groups, each given as an order or as a structure: 8, [2, 4], {2,4}, []."""
    if not pa.types.is_string(column.type):
        return whole(column)
    text = pc.utf8_trim(column, "\"' \t\r")
    listed = pc.fill_null(pc.match_substring_regex(text, r"^[\[({].*[\])}]$"), False)
    if not pc.any(listed).as_py():
        return whole(column)
    pairs = zip(text.to_pylist(), listed.to_pylist(), strict=True)
    return whole(pa.array([_order(each) if is_list else each for each, is_list in pairs], pa.string()))


def _order(structure: str) -> str:
    inside = structure.strip("[](){} ")
    parts = [each.strip(" '\"") for each in inside.split(",")] if inside else []
    if len(parts) > 2 or not all(re.fullmatch(r"\d{1,2}", each, re.ASCII) for each in parts):
        return structure[:40]  # the examination names it
    order = 1
    for part in parts:
        order *= int(part)
    return str(order)


def _exponent(text: str) -> str:
    """Text such as "1e+05" as "100000"; any other as it is."""
    if not _EXPONENT.fullmatch(text):
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return str(int(value)) if value == value.to_integral_value() and abs(value) < 10**18 else text


def _coefficients(text: str) -> str | None:
    """The a-invariants of "y^2 + y = x^3 - x^2 - 10x - 20", as text; None for anything else.

    Unicode's ² and ³, LaTeX's braces and delimiters, and the words around Sage's and Magma's output are taken off.
    """
    plain = re.sub(r"Elliptic Curve defined by|over.*$", "", text[:400])
    plain = plain.replace("²", "^2").replace("³", "^3").replace("−", "-").replace("**", "^").lower()
    plain = re.sub(r"[\s${}\\()]", "", plain)
    left, equals, right = plain.partition("=")
    sides = [_terms(each) for each in (left, right)]
    if not equals or sides[0] is None or sides[1] is None:
        return None
    terms = {each: sides[0].get(each, 0) - sides[1].get(each, 0) for each in {**sides[0], **sides[1]}}
    if terms.pop("y^2", 0) != 1 or terms.pop("x^3", 0) != -1:
        return None
    a1, a3 = terms.get("xy", 0), terms.get("y", 0)
    a2, a4, a6 = (-terms.get(each, 0) for each in ("x^2", "x", ""))
    return f"[{a1},{a2},{a3},{a4},{a6}]"


def _terms(side: str) -> dict[str, int] | None:
    """A polynomial as monomial -> coefficient; None for text that is not one."""
    found: dict[str, int] = {}
    at = 0
    while at < len(side):
        match = _TERM.match(side, at)
        if match is None or match.end() == at or (at and not match[1]) or not (match[2] or match[3]):
            return None
        monomial = "xy" if match[3] == "yx" else match[3]
        size = int(match[2][:45] or 1)
        found[monomial] = found.get(monomial, 0) + (-size if match[1] == "-" else size)
        at = match.end()
    return found
