"""Credit against a link that is simulated: a rate, a distance, a client that acknowledges what reached it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import MessageError
from streaming import credit
from streaming.credit import Credit

FRAME = 100_000


class Link:
    """A clock, and a link of some bytes a second and seconds of distance there and back."""

    def __init__(self, rate: float, distance: float) -> None:
        self.rate, self.distance = rate, distance
        self.now = 5.0
        self.credit: Credit[int] = Credit(lambda: self.now)
        self._free = self.now
        self._acks: list[tuple[float, int]] = []

    def run(self, seconds: float, busy: bool = True) -> int:
        """Send whenever the window allows; the most bytes that were in flight."""
        end, most = self.now + seconds, 0
        while self.now < end:
            while busy and self.credit.free:
                self.credit.sent(self.credit.seq + 1, FRAME)
                self._free = max(self.now, self._free) + FRAME / self.rate
                self._acks.append((self._free + self.distance, self.credit.seq))
            most = max(most, self.credit.bytes)
            if not self._acks:
                self.now = end
                break
            self.now, seq = self._acks.pop(0)
            self.credit.ack(seq)
        return most


@pytest.mark.parametrize("distance", [0.001, 0.05, 0.6])
@pytest.mark.parametrize("rate", [2e6, 8e6])
def test_the_window_drains_in_a_round_trip_and_a_quarter_second(rate: float, distance: float) -> None:
    link = Link(rate, distance)
    link.run(10)
    wanted = min(max(rate * (credit.AHEAD + distance), credit.LEAST), credit.MOST)
    assert 0.7 * wanted <= link.credit.window <= 1.6 * wanted


def test_a_fast_link_gets_the_largest_window_and_a_slow_one_the_least() -> None:
    fast, slow = Link(500e6, 0.001), Link(50e3, 0.05)
    fast.run(1)
    slow.run(60)
    assert fast.credit.window == credit.MOST
    assert slow.credit.window == credit.LEAST


def test_a_link_that_becomes_slow_is_believed_and_one_that_recovers_as_well() -> None:
    link = Link(8e6, 0.02)
    link.run(5)
    before = link.credit.window
    link.rate = 4e5
    link.run(10)
    assert link.credit.window < before / 4
    link.rate = 8e6
    link.run(10)
    assert link.credit.window > before / 2


def test_a_pause_of_ours_is_no_slowness_of_theirs() -> None:
    link = Link(8e6, 0.02)
    link.run(5)
    before = link.credit.window
    link.run(1, busy=False)
    link.now += 60
    link.run(0.5)
    assert link.credit.window > before / 2


def test_little_to_send_is_no_slowness_of_theirs() -> None:
    link = Link(8e6, 0.02)
    link.run(5)
    link.run(1, busy=False)
    before = link.credit.window
    for _ in range(100):  # a small frame now and then, for longer than rates are remembered
        link.now += 0.1
        link.credit.sent(0, 500)
        link.now += link.distance
        link.credit.ack(link.credit.seq)
    assert link.credit.window > 0.9 * before
    link.rate = 4e5
    link.run(10)
    assert link.credit.window < before / 4


def test_a_client_that_never_acknowledges_has_bounded_bytes_and_frames() -> None:
    for size in (1, 300_000, 1 << 20):
        one: Credit[int] = Credit()
        while one.free:
            one.sent(0, size)
        assert one.bytes <= credit.LIMIT
        assert one.seq <= credit.MOST_FRAMES


@pytest.mark.parametrize("seq", [0, -1, 2])
def test_an_ack_of_an_unsent_frame_is_refused(seq: int) -> None:
    one: Credit[str] = Credit()
    one.sent("a", 10)
    with pytest.raises(MessageError, match="between 1 and 1"):
        one.ack(seq)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(-2, 35))
def test_rewinding_gives_the_lost_frames_and_none_acknowledged(sent: int, acked: int, seq: int) -> None:
    one: Credit[int] = Credit()
    for key in range(1, sent + 1):
        one.sent(key, 10)
    if 0 < acked <= sent:
        one.ack(acked)
    known = acked if acked <= sent else 0
    lost = one.rewind(seq)
    if known <= seq <= sent:
        assert lost == list(range(seq + 1, sent + 1))
        assert (one.seq, one.bytes) == (seq, 0)
        assert one.rewind(seq) == []
    else:
        assert lost is None
        assert (one.seq, one.bytes) == (sent, 10 * (sent - known))
