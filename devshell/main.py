"""devshell: the command line. A thin skin: every verb is a call into the library or the server."""

import sys

import typer

from devshell import run as run_commands
from devshell import vr
from murmuration.errors import MurmurationError

_EVERYTHING = """Look at millions of elliptic curves at once, and reach into the cloud.

\b
devshell demo              the embedded curves of He-Lee-Oliver-Pozdnyakov's figure 1, served to a browser
devshell vr up             serve a data set to browsers and headsets
devshell run murmuration   exact traces, murmuration averages, and their figure as PNG and SVG

Each command explains itself with --help.
"""

app = typer.Typer(
    help=_EVERYTHING, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
app.command("demo")(vr.demo)
app.add_typer(vr.app, name="vr")
app.add_typer(run_commands.app, name="run")


def run() -> None:
    """The entry point: what a user did wrong is one line on stderr and exit status 2; Ctrl-C is 130."""
    try:
        app()
    except MurmurationError as error:
        print(f"devshell: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    run()
