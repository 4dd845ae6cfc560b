"""Throttle: the rate of wrong codes, keys and tokens from one address.

Each address has a bucket: ten wrong secrets at once, then one every six seconds. Faster ones are answered with 429 and
the seconds to wait. A right token or key is never refused: with 144 bits it is not guessed at any rate, and a limit on
it would let a stale page, or anybody behind the same router or proxy, lock out its owner.

A code is short, so beyond the rate it is read a second late, right or wrong, and only if its connection is still open.
The connections that wait are bounded (:mod:`server.door.admission`), so all addresses together guess at most 256 codes
a second, and a right code still works.
"""

import ipaddress
import math
from collections import OrderedDict

BURST = 10
"""Wrong secrets that may follow each other at once."""

EVERY = 6.0
"""Seconds after which one more may follow."""

DELAY = 1.0
"""Seconds before a code beyond the rate is read."""

MOST = 4096
"""Addresses remembered; the one that has been silent longest is forgotten first."""


class Throttle:
    """Wrong secrets by address. Not thread-safe: it belongs to one event loop."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        """The time at which each address has its whole burst again."""

    def late(self, address: str, now: float) -> bool:
        """Whether the burst of an address is used up."""
        return self._full.get(_network(address), now) - now > EVERY * (BURST - 1)

    def wrong(self, address: str, now: float) -> int:
        """Count a wrong secret; the seconds to wait, or 0 within the burst. One that has to wait is not counted."""
        key = _network(address)
        full = max(self._full.pop(key, now), now)
        late = full - now > EVERY * (BURST - 1)
        self._full[key] = full if late else full + EVERY
        if len(self._full) > MOST:
            self._full.popitem(last=False)
        return math.ceil(full - now - EVERY * (BURST - 1)) if late else 0


def _network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one, all of whose addresses usually belong to one host."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""  # no address at all, such as a Unix socket: all alike
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip), 64), strict=False))
