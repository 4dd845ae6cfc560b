"""One server for all faults that leave it alive, which is what they are to show."""

from collections.abc import Iterator

import pytest

from tests.conftest import Server, start, stop


@pytest.fixture(scope="package")
def battered() -> Iterator[Server]:
    """A server of figure 1's window, whose traces do not matter here."""
    one = start("--conductor", "7500:10000", "--primes", "50")
    yield one
    assert stop(one) == 0
