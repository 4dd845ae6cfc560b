"""Throttle: limits wrong tokens by address.

Each address has a token bucket: ten wrong tokens at once, then one every six seconds. Faster requests are answered with
429 and the time to wait. A right token is never throttled: with 128 bits or more it is not guessed at any rate, and a
limit on it would let a stale page, or a neighbour behind the same router, lock out its owner.
"""

import ipaddress
import math
from collections import OrderedDict

BURST = 10
"""Wrong tokens that may follow each other at once."""

EVERY = 6.0
"""Seconds after which one more may follow."""

MOST = 4096
"""Addresses remembered; the least recently seen is dropped first."""


class Throttle:
    """Wrong tokens by address. Not thread-safe: it lives on the event loop."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        """The time at which each address has its whole burst again."""

    def wrong(self, address: str, now: float) -> int:
        """Count a wrong token; returns the seconds to wait, or 0 within the burst. A throttled token is not counted."""
        key = _network(address)
        full = max(self._full.pop(key, now), now)
        late = full - now > EVERY * (BURST - 1)
        self._full[key] = full if late else full + EVERY
        if len(self._full) > MOST:
            self._full.popitem(last=False)
        return math.ceil(full - now - EVERY * (BURST - 1)) if late else 0


def _network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a client usually owns all addresses of its /64."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""  # no address at all, such as a Unix socket: all alike
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.IPv6Network((int(ip), 64), strict=False))
