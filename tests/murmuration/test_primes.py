import pytest

from murmuration import primes


def test_first_primes() -> None:
    assert primes.first(10).tolist() == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    assert primes.first(1000)[-1] == 7919
    assert all(len(primes.first(k)) == k for k in (1, 2, 5, 6, 7, 100))


def test_the_most_primes_end_below_two_to_the_twenty() -> None:
    most = primes.first(primes.MOST)
    assert most[-1] == 1048573  # the largest prime below 2^20


@pytest.mark.parametrize("count", [0, -1, primes.MOST + 1])
def test_other_counts_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 82,025"):
        primes.first(count)
