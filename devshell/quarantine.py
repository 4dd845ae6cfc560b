"""`devshell quarantine`: list and retry the records that an ingest refused."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import murmuration as mm
from devshell.console import console
from murmuration.ingest import Bad, quarantined
from murmuration.ingest import retry as try_again

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Run = Annotated[Path | None, typer.Option("--run", help="Folder of the ingest.", metavar="FOLDER")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.callback()
def quarantine(context: typer.Context, run: Run = None, as_json: Json = False) -> None:
    """The records that an ingest refused: offset, label, cause, signal and SHA-256."""
    context.obj = run
    if context.invoked_subcommand is None:
        for each in quarantined(_folder(run)):
            print(json.dumps(asdict(each)) if as_json else _line(each))


@app.command()
def retry(context: typer.Context, run: Run = None) -> None:
    """Retry the records in quarantine, after a fix; valid ones are inserted among the rows."""
    recovered, left = try_again(_folder(run or context.obj))
    console.print(f"{recovered:,} records recovered, {left:,} still in quarantine")


def _folder(run: Path | None) -> Path:
    if run is None:
        raise mm.MurmurationError("expected --run FOLDER, the folder of an ingest")
    return run


def _line(one: Bad) -> str:
    """Tab-separated; labels and causes are untrusted text, so unprintable characters are escaped."""
    fields = str(one.offset), one.label, one.cause, one.signal or "-", one.sha256
    return "\t".join("".join(c if c.isprintable() else repr(c)[1:-1] for c in field) for field in fields)
