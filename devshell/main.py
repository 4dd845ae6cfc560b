"""devshell: the command line, a thin layer in which every verb is a call into the library or the server."""

# ruff: noqa: E402
import gc
import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until run(): Ctrl-C while importing ends without a traceback
gc.disable()  # until run(): imports produce no garbage, and collections take a tenth of that second

import sys

import typer

from devshell import archives, lasso, quarantine, snapshots, vr
from devshell import run as run_commands
from murmuration.errors import MurmurationError

_EVERYTHING = """Look at millions of elliptic curves at once, and reach into the cloud.

\b
devshell demo              the embedded curves of He-Lee-Oliver-Pozdnyakov's figure 1, served to a browser
devshell vr up             serve a data set to browsers and headsets
devshell run murmuration   ingest, exact traces, a committed snapshot, murmuration averages and their figure
devshell snapshots         the snapshots of a store; also tag, diff, undo, redo, repair
devshell lasso             downloaded selections: show, apply, open
devshell quarantine        records that an ingest refused, and another try
devshell repack            write an archive anew, in the layout that loses least to damage

Each command explains itself with --help.
"""

app = typer.Typer(
    help=_EVERYTHING, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
)
app.command("demo")(vr.demo)
app.add_typer(vr.app, name="vr")
app.add_typer(run_commands.app, name="run")
for command in (snapshots.snapshots, snapshots.undo, snapshots.redo, snapshots.tag, snapshots.diff, snapshots.repair):
    app.command()(command)
app.add_typer(lasso.app, name="lasso")
app.add_typer(quarantine.app, name="quarantine")
app.command()(archives.repack)


def run() -> None:
    """The entry point: a user's mistake is one line on stderr and exit status 2; Ctrl-C is 130."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.freeze()  # imported objects are excluded from collections
    gc.enable()
    try:
        app()
    except MurmurationError as error:
        print(f"devshell: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    run()
