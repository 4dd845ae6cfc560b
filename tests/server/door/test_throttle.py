"""How often an address may show a wrong token, with a clock of the test's own."""

from server.door.throttle import BURST, EVERY, MOST, Throttle


def test_a_burst_then_one_at_a_time() -> None:
    throttle = Throttle()
    assert [throttle.wrong("192.0.2.1", 100) for _ in range(BURST)] == [0] * BURST
    assert (throttle.late("192.0.2.1", 100), throttle.late("192.0.2.1", 100 + EVERY)) == (True, False)
    assert throttle.wrong("192.0.2.1", 100) == EVERY
    assert throttle.wrong("192.0.2.1", 100 + EVERY - 1) == 1  # what had to wait was not counted again
    assert throttle.wrong("192.0.2.1", 100 + EVERY) == 0
    assert throttle.wrong("192.0.2.1", 100 + EVERY) == EVERY
    assert [throttle.wrong("192.0.2.1", 1000) for _ in range(BURST + 1)] == [0] * BURST + [EVERY]


def test_addresses_are_alone_but_a_network_of_ipv6_is_one() -> None:
    throttle = Throttle()
    for n in range(BURST):
        throttle.wrong(f"2001:db8:0:1::{n + 1:x}", 0)
        throttle.wrong("::ffff:192.0.2.1", 0)
    assert throttle.wrong("2001:db8:0:1:ffff::1", 0) > 0
    assert throttle.wrong("2001:db8:0:2::1", 0) == 0
    assert throttle.wrong("192.0.2.1", 0) > 0
    assert throttle.wrong("192.0.2.2", 0) == 0
    assert throttle.wrong("fe80::1%eth0", 0) == throttle.wrong("no address", 0) == 0


def test_memory_is_bounded() -> None:
    throttle = Throttle()
    for n in range(3 * MOST):
        throttle.wrong(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", 0)
    assert len(throttle._full) == MOST
