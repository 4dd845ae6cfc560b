"""Throttle: the rate of wrong codes, keys and tokens from one address.

Each address has a bucket: ten wrong secrets at once, then one every six seconds. Faster ones are answered with 429 and
the seconds to wait, and wrong codes then also after a second's delay, in which they occupy one of the connections that
:mod:`server.door.admission` bounds: all addresses together guess at most some 500 codes a second. A right secret is
never refused. A limit that applied to right ones would let a stale page, or anybody behind the same router or proxy,
lock out a legitimate user.
"""

import ipaddress
import math
from collections import OrderedDict

BURST = 10
"""Wrong secrets that may follow each other at once."""

EVERY = 6.0
"""Seconds after which one more may follow."""

DELAY = 1.0
"""Seconds after which a wrong code beyond the rate is answered."""

MOST = 4096
"""Addresses remembered; the one that has been silent longest is forgotten first."""


class Throttle:
    """Wrong secrets by address. Not thread-safe: it belongs to one event loop."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        """The time at which each address has its whole burst again."""

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
