"""Weierstrass equations as people write them."""

from collections.abc import Sequence


def equation(ainvs: Sequence[int]) -> str:
    """y² + a1 xy + a3 y = x³ + a2 x² + a4 x + a6, terms with coefficient 0 left out, in Unicode."""
    a1, a2, a3, a4, a6 = ainvs
    left = "y²" + _terms((a1, "xy"), (a3, "y"))
    right = "x³" + _terms((a2, "x²"), (a4, "x"), (a6, ""))
    return f"{left} = {right}"


def _terms(*terms: tuple[int, str]) -> str:
    text = ""
    for coefficient, monomial in terms:
        if coefficient:
            size = "" if abs(coefficient) == 1 and monomial else str(abs(coefficient))
            text += f" {'+' if coefficient > 0 else '−'} {size}{monomial}"
    return text
