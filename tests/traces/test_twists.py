import cypari
import pytest

from murmuration.traces.twists import SHIFT, twists


@pytest.mark.parametrize("p", [5, 7, 11, 13, 31, 43])
def test_every_curve_by_counting(p: int) -> None:
    """Every (c4, c6) mod p, singular ones too, against the character sum itself."""
    chi = [0] + [1 if pow(x, (p - 1) // 2, p) == 1 else -1 for x in range(1, p)]
    table = twists(p)
    for c4 in range(p):
        step = int(table.steps[c4])
        for c6 in range(p):
            counted = -sum(chi[(x**3 - 27 * c4 * x - 54 * c6) % p] for x in range(p))
            assert table.traces[(step >> SHIFT) * p + c6 * (step % 2**SHIFT) % p] == counted, (c4, c6)


def test_a_large_prime_keeps_hasse() -> None:
    p = 1048573
    table = twists(p)
    assert abs(int(table.traces.min())) <= 2 * p**0.5
    assert int(table.traces.max()) <= 2 * p**0.5
    # One curve that PARI knows: a_p of y^2 = x^3 + x + 1 at this prime, from c4 = -48, c6 = -864.
    step = int(table.steps[-48 % p])
    assert table.traces[(step >> SHIFT) * p + -864 * (step % 2**SHIFT) % p] == int(
        cypari.pari(f"ellap(ellinit([0,0,0,1,1]), {p})")
    )
    # Over all b, the traces of y^2 = x^3 + x + b sum to 0: each x makes each value once.
    assert int(table.traces[:p].astype(int).sum()) == 0
