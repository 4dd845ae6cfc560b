"""`devshell vr link` and `vr token`: let browsers and scripts in to a running server, and revoke browsers."""

import re
from typing import Annotated

import typer

from devshell import ask
from devshell.console import console
from devshell.options import Port
from murmuration.errors import AccessError
from server.door import browsers, codes, serving, statefolder, tokens

Look = Annotated[bool, typer.Option("--look", help="Read-only: nothing that other members see can be changed.")]
For = Annotated[
    str | None,
    typer.Option("--for", help="How long browsers can enter with the code, up to 24h.", metavar="TIME",
                 show_default="10m"),
]  # fmt: skip
Revoke = Annotated[bool, typer.Option("--revoke", help="Revoke all browsers instead: each has to enter a new code.")]

_UNITS = {"s": 1, "m": 60, "h": 3600}


def link(look: Look = False, lasting: For = None, revoke: Revoke = False, port: Port = 8765) -> None:
    """Print an address with a code that lets browsers in to the server of a port of this machine.

    A browser that entered stays known, also to the next server on that port, until `--revoke`.
    """
    if revoke:
        if look or lasting is not None:
            raise AccessError("expected --revoke alone, since it makes no code")
        return console.print(f"{_revoke(port):,} browsers revoked. Each has to enter a new code.")
    sent = {"scope": "viewer" if look else "editor", "seconds": seconds(lasting)}
    made = ask.post(port, "link", sent)
    print(made["address"])
    use = "look" if look else "edit"
    console.print(f"The code {codes.spaced(made['code'])} lets browsers in to {use}, for {words(made['seconds'])}.")
    return None


def token(look: Look = False, port: Port = 8765) -> None:
    """Print the token that scripts send to the server of a port, as `Authorization: Bearer TOKEN`."""
    folder = statefolder.folder()
    serving.base(folder, port)
    both = tokens.load(folder, port)
    print(both.viewer if look else both.editor)


def seconds(text: str | None) -> int:
    """A duration such as 90s, 10m or 8h, in seconds; the usual one for None. Raises AccessError for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})([smh])", text if text is not None else f"{codes.USUAL}s")
    found = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 1 <= found <= codes.LONGEST:
        raise AccessError(f"expected --for TIME such as 90s, 10m or 8h, up to 24h, got {str(text)[:40]!r}")
    return found


def words(seconds: int) -> str:
    """A duration in the largest unit that divides it."""
    size, name = next(each for each in ((3600, "hour"), (60, "minute"), (1, "second")) if seconds % each[0] == 0)
    return f"{seconds // size:,} {name}{'s' if seconds != size else ''}"


def _revoke(port: int) -> int:
    """Revoke through the server of a port, or in its file while none runs there; the number of browsers."""
    try:
        return int(ask.post(port, "revoke", {})["browsers"])
    except AccessError:
        return browsers.load(statefolder.folder(), port).revoke()
