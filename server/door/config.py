"""The configuration of a server: one frozen object, made at the edge and passed down."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from murmuration.errors import AccessError
from server.door import addresses
from server.door.addresses import authority
from server.door.browsers import Browsers
from server.door.codes import Codes
from server.door.tls import TlsCertificate
from server.door.tokens import Tokens, new

STATIC = Path(__file__).parent.parent.parent / "client_webxr" / "dist"
"""The built browser client."""

_NAME = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")


@dataclass(frozen=True)
class Config:
    """How a server listens, and whom it admits.

    host, port: of the listening socket (port 0 takes a free one).  tokens, browsers, codes: the secrets that admit a
    request; the two last change while the server runs.  allowed: further names, each with or without a port, under
    which a proxy passes requests on.  certificate: with one the server speaks TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    tokens: Tokens = field(default_factory=new)
    browsers: Browsers = field(default_factory=Browsers)
    codes: Codes = field(default_factory=Codes)
    allowed: tuple[str, ...] = ()
    certificate: TlsCertificate | None = None
    static: Path = STATIC

    def __post_init__(self) -> None:
        """Raises AccessError for a further name that is not a host name."""
        for each in self.allowed:
            if not _NAME.fullmatch(each.lower()):
                raise AccessError(f"expected --allow-host NAME or NAME:PORT, without scheme or *, got {each[:80]!r}")

    @property
    def scheme(self) -> str:
        """http or https."""
        return "http" if self.certificate is None else "https"

    @property
    def reached(self) -> list[str]:
        """The hosts at which this server is reached, the one to print first."""
        if addresses.everywhere(self.host):
            return [*addresses.lan(), *addresses.names(), *addresses.LOCAL]
        if addresses.loopback(self.host):
            return [self.host, *(each for each in addresses.LOCAL if each != self.host)]
        return [self.host, *addresses.names()]

    @property
    def base(self) -> str:
        """The address of the page, without a token."""
        return f"{self.scheme}://{authority(self.reached[0], self.port)}/"

    def address(self, code: str) -> str:
        """The page's address with a code in the fragment, which browsers send to no server."""
        return f"{self.base}#code={code}"

    def hosts(self) -> frozenset[str]:
        """The exact values of Host that are this server's, in lower case."""
        own = {authority(each.lower(), self.port) for each in self.reached}
        if self.port == {"http": 80, "https": 443}[self.scheme]:
            own |= {authority(each.lower()) for each in self.reached}
        return frozenset(own | self._in_front())

    def origins(self) -> frozenset[str]:
        """The exact values of Origin that are this server's; a proxy in front may speak either scheme."""
        front = self._in_front()
        own = {f"{self.scheme}://{each}" for each in self.hosts() - front}
        return frozenset(own | {f"{scheme}://{each}" for scheme in ("http", "https") for each in front})

    def _in_front(self) -> set[str]:
        allowed = {each.lower() for each in self.allowed}
        return allowed | {f"{each}:{self.port}" for each in allowed if _NAME.fullmatch(each)["port"] is None}  # type: ignore[index]
