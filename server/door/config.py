"""The configuration of a server: one frozen object, made at the edge and passed down."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

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

_SOURCE = re.compile(r"[a-z][a-z0-9+-]*:(//(\*\.)?[A-Za-z0-9.-]+(:([0-9]{1,5}|\*))?)?")
_FRONT = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?/(?:[\w.~%@{}-]+/)*")


@dataclass(frozen=True)
class Config:
    """The listening address of a server, and the secrets and names that it admits.

    host, port: of the listening socket (port 0 takes a free one).  tokens, browsers, codes: the secrets that admit a
    request; the two last change while the server runs.  allowed: further names, each with or without a port, under
    which a proxy passes requests on.  behind: the page's address in front of a proxy, or empty; ``{port}`` in it stands
    for the port.  framed: sources of pages that may show this one in a frame, as in the policy ``frame-ancestors``.
    certificate: with one the server speaks TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    tokens: Tokens = field(default_factory=new)
    browsers: Browsers = field(default_factory=Browsers)
    codes: Codes = field(default_factory=Codes)
    allowed: tuple[str, ...] = ()
    behind: str = ""
    framed: tuple[str, ...] = ()
    certificate: TlsCertificate | None = None
    static: Path = STATIC

    def __post_init__(self) -> None:
        """Raises AccessError for a further name that is not a host name."""
        for each in self.allowed:
            if not _NAME.fullmatch(each.lower()):
                raise AccessError(f"expected --allow-host NAME or NAME:PORT, without scheme or *, got {each[:80]!r}")
        for each in self.framed:
            if not _SOURCE.fullmatch(each):
                raise AccessError("expected --frame SOURCE such as https://hub.example.org or http://localhost:*, got "
                                  f"{each[:80]!r}")  # fmt: skip
        if self.behind and not _FRONT.fullmatch(self.behind):
            raise AccessError("expected --behind ADDRESS such as https://lab.example.org/cloud/, with / at the end and "
                              f"without ? and #, got {self.behind[:80]!r}")  # fmt: skip

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
    def local(self) -> str:
        """The address at which this server listens."""
        return f"{self.scheme}://{authority(self.reached[0], self.port)}/"

    @property
    def base(self) -> str:
        """The address of the page for a browser, without a code."""
        return self.behind.replace("{port}", str(self.port)) or self.local

    def address(self, code: str) -> str:
        """The page's address with a code in the fragment, which browsers send to no server."""
        return f"{self.base}#code={code}"

    def hosts(self) -> frozenset[str]:
        """The exact values of Host that are this server's, in lower case."""
        front = {origin.partition("://")[2] for origin in self._front_origin()}
        return frozenset(self._own_hosts() | front | self._in_front())

    def origins(self) -> frozenset[str]:
        """The exact values of Origin that are this server's; a proxy of an allowed name may speak either scheme."""
        own = {f"{self.scheme}://{each}" for each in self._own_hosts()}
        named = {f"{scheme}://{each}" for scheme in ("http", "https") for each in self._in_front()}
        return frozenset(own | self._front_origin() | named)

    def _own_hosts(self) -> set[str]:
        own = {authority(each.lower(), self.port) for each in self.reached}
        if self.port == {"http": 80, "https": 443}[self.scheme]:
            own |= {authority(each.lower()) for each in self.reached}
        return own

    def _front_origin(self) -> set[str]:
        """The origin of the address in front of a proxy, as browsers write it."""
        if not self.behind:
            return set()
        front = urlsplit(self.base)
        usual = front.port in (None, {"http": 80, "https": 443}[front.scheme])
        return {f"{front.scheme}://{authority(front.hostname or '', None if usual else front.port)}"}

    def _in_front(self) -> set[str]:
        allowed = {each.lower() for each in self.allowed}
        return allowed | {f"{each}:{self.port}" for each in allowed if _NAME.fullmatch(each)["port"] is None}  # type: ignore[index]
