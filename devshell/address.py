"""Address: the listening address of a server, with the port, tokens and certificate that it needs before its data."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from devshell import adb
from devshell.console import console
from murmuration.errors import AccessError
from server.door import addresses, browsers, descriptors, serving, statefolder, tls, tokens
from server.door.config import Config
from server.serve import bind


@dataclass(frozen=True)
class Address:
    """The options of `devshell vr up` and `demo` for the address; ``adb``: a headset on USB opens it as localhost."""

    host: str
    port: int
    allowed: tuple[str, ...]
    adb: bool
    new_token: bool
    behind: str = ""
    framed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises AccessError for options that do not go together."""
        if self.adb and not self.local:
            raise AccessError(f"expected --adb without --host, since it uses localhost, got --host {self.host[:80]!r}")

    @property
    def local(self) -> bool:
        """Whether only this machine, and a headset on its cable, can reach it."""
        return addresses.loopback(self.host)

    @contextmanager
    def taken(self) -> Iterator[tuple[Config, socket.socket]]:
        """Bind the port; yields the configuration and the bound socket. Raises AccessError when the port is taken."""
        config = Config("localhost" if self.adb else self.host, self.port, allowed=self.allowed, behind=self.behind,
                        framed=self.framed)  # fmt: skip
        descriptors.raise_limit()
        with bind(self.host, self.port) as listening:
            port = listening.getsockname()[1]
            folder = statefolder.folder()
            # Port 0 is a random port: secrets kept for the same number belong to an earlier server.
            fresh = self.new_token or self.port == 0
            kept, known = tokens.load(folder, port, fresh), browsers.load(folder, port, fresh)
            config = replace(
                config, port=port, tokens=kept, browsers=known, certificate=None if self.local else self._sign(config)
            )
            serving.note(folder, config)
            for line in adb.reverse(port) if self.adb else []:
                console.out(line)
            yield config, listening

    def _sign(self, config: Config) -> tls.TlsCertificate:
        named = [each.partition(":")[0] for each in config.allowed if not each.startswith("[")]
        hosts = {*config.reached, *addresses.lan(), *addresses.names(), *addresses.LOCAL, *named}
        return tls.certificate(statefolder.folder(), hosts)
