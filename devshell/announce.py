"""The announcement of a ready server: its addresses on stdout, a line each, and their purpose on stderr."""

import sys

import segno

from devshell.console import console
from server.door import addresses
from server.door.addresses import authority
from server.door.config import Config


def announce(config: Config, code: bool) -> None:
    """The editor's address, then the viewer's; with ``code`` the first as a QR code too."""
    # A token from the environment is known to the operator, and stdout may be the log of a container.
    secret = config.tokens.given and not sys.stdout.isatty()
    print(config.address("$MURMURATION_TOKEN" if secret else config.tokens.editor), flush=True)
    console.print("The next address is read-only: its users change nothing that others see:")
    print(config.address("$MURMURATION_TOKEN_VIEWER" if secret else config.tokens.viewer), flush=True)
    if code and not secret:
        segno.make(config.address(config.tokens.editor), error="l").terminal(out=sys.stderr, compact=True)
    if config.certificate is not None:
        _beyond(config)
    console.print("Ctrl-C ends.")


def _beyond(config: Config) -> None:
    """Certificate and further addresses, for users on the network."""
    own = config.certificate
    if own is None:
        return
    # As it is (out, not print): rich would take "[fd00::1]" for a style, and the ":CD:" of a fingerprint for a picture.
    if own.made:
        console.out(f"The certificate is new: {own.made}.")
    console.out("Browsers warn once, since nobody but this server signed its certificate. It ends on "
                f"{own.ends:%Y-%m-%d}; its SHA-256 fingerprint is\n  {own.fingerprint}")  # fmt: skip
    others = [authority(each, config.port) for each in config.reached[1:] if each not in addresses.LOCAL]
    if others:
        console.out(f"Also reached as {', '.join(others)}.")
