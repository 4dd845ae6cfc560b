"""The announcement of a ready server: its addresses on stdout, a line each, and their purpose on stderr."""

import sys

import segno

from devshell.console import console
from devshell.link import words
from server.door import addresses, codes
from server.door.addresses import authority
from server.door.config import Config


def announce(config: Config, qr: bool) -> None:
    """Print the editor's address, then the viewer's, each with a new code; with ``qr`` the first as a QR code too."""
    port = "" if config.port == Config.port else f" --port {config.port}"
    # A token from the environment is known to the operator, and stdout may be the log of a container.
    if config.tokens.given and not sys.stdout.isatty():
        print(config.base, flush=True)
        console.print(f"No code is printed here, since this may be a log: `devshell vr link{port}` prints one.")
    else:
        edit, look = config.codes.new("editor"), config.codes.new("viewer")
        print(config.address(edit), flush=True)
        print(config.address(look), flush=True)
        if qr:
            segno.make(config.address(edit), error="l").terminal(out=sys.stderr, compact=True)
        console.print(f"For {words(codes.USUAL)} the code {codes.spaced(edit)} lets browsers in to edit, "
                      f"{codes.spaced(look)} to look. `devshell vr link{port}` makes others; `devshell vr "
                      f"token{port}` is for scripts.")  # fmt: skip
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
    console.out("Browsers warn once, since only this server signed its certificate. It ends on "
                f"{own.ends:%Y-%m-%d}; its SHA-256 fingerprint is\n  {own.fingerprint}")  # fmt: skip
    others = [authority(each, config.port) for each in config.reached[1:] if each not in addresses.LOCAL]
    if others:
        console.out(f"Also reached as {', '.join(others)}.")
