"""Addresses of this machine, as numbers and as names."""

import ipaddress
import socket

import ifaddr

LOCAL = ("localhost", "127.0.0.1", "::1")
"""The names and addresses of loopback."""

_NOWHERE = ("198.51.100.1", 9)
"""An address of RFC 5737's documentation network: asking for the route to it sends nothing."""


def loopback(host: str) -> bool:
    """Whether ``host`` is reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def everywhere(host: str) -> bool:
    """Whether ``host`` stands for all addresses of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def lan() -> list[str]:
    """The addresses at which others reach this machine, the likeliest first.

    Link-local IPv6 addresses are left out: a browser cannot be pointed at one, since it would need a zone.
    """
    found = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for each in ifaddr.get_adapters() for ip in each.ips]
    parsed = sorted({ipaddress.ip_address(each) for each in found}, key=lambda ip: (ip.version, int(ip)))
    reached = [str(ip) for ip in parsed if not (ip.is_loopback or (ip.version == 6 and ip.is_link_local))]
    first = _outward()
    return [each for each in reached if each == first] + [each for each in reached if each != first]


def names() -> list[str]:
    """This machine's own name, plain and as others on the network may look it up (mDNS)."""
    own = socket.gethostname().lower()
    if not own or own == "localhost":
        return []
    return [own] if "." in own else [own, f"{own}.local"]


def authority(host: str, port: int | None = None) -> str:
    """A host as it stands in an address: IPv6 in brackets, the port behind a colon."""
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def _outward() -> str | None:
    """The address of this machine on its default route, if there is one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return None
        return str(probe.getsockname()[0])
