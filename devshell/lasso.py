"""`devshell lasso`: downloaded selections, shown, computed again, and opened in a running server."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

import murmuration as mm
from devshell.console import console
from devshell.options import EMBEDDED, Port
from murmuration.selection.recipe import primes_of
from murmuration.sources import Options
from server.door import serving, statefolder, tls, tokens
from streaming import messages
from streaming.client import connect

app = typer.Typer(help="Downloaded selections and their recipes.", no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="A selection downloaded as Parquet or Arrow, or its recipe as JSON.")]

_WORDS = {"replace": "select", "add": "add", "subtract": "take away", "intersect": "keep"}


@app.command()
def show(file: File, as_json: Annotated[bool, typer.Option("--json", help="The recipe as JSON.")] = False) -> None:
    """Print the recipe of a selection: its strokes in order, and the data they were drawn on."""
    recipe = mm.read_recipe(file)
    print(json.dumps(recipe) if as_json else "\n".join(_lines(recipe)) or "an empty selection")


@app.command()
def apply(
    file: File,
    dataset: Annotated[Path, typer.Option(help="The curves that it was drawn on.", show_default="embedded")] = EMBEDDED,
    output: Annotated[Path | None, typer.Option(help="CSV of the curves; labels on stdout if not given.")] = None,
) -> None:
    """Compute a selection again from its recipe, on its own number of primes, and list its curves."""
    import pyarrow.csv

    recipe = mm.read_recipe(file)
    table = mm.read(dataset, Options(), skip=True)  # the rows that `devshell vr up` shows
    selection = mm.replay(recipe, table, mm.trace(table, primes=primes_of(recipe)))
    curves = table.take(selection.array())
    if output is None:
        print("\n".join(curves["label"].to_pylist()))
    else:
        try:
            pyarrow.csv.write_csv(curves, str(output))
        except OSError as error:
            raise mm.MurmurationError(f"{output}: {error.strerror or error}") from None
    console.print(f"{len(selection):,} curves" + (f", written to {output}." if output else "."))


@app.command("open")
def open_(file: File, port: Port = 8765) -> None:
    """Select the curves of a downloaded selection in a server on this machine, for everybody connected."""
    recipe = json.dumps(mm.read_recipe(file))
    folder = statefolder.folder()
    address, token = serving.base(folder, port), tokens.load(folder, port).editor
    trust = tls.trusting(folder / tls.FILE) if address.startswith("https:") else None

    async def ask() -> int:
        async with connect(address, token, trust=trust, name="devshell") as client:
            return (await client.ask(messages.Open(0, recipe))).count

    console.print(f"{asyncio.run(ask()):,} curves selected at {address}")


def _lines(recipe: Sequence[Mapping[str, Any]], indent: str = "") -> list[str]:
    lines = []
    for step in recipe:
        if "recall" in step:
            lines.append(f"{indent}{_WORDS[step['operation']]} the selection {step['recall']!r}, which is:")
            lines += _lines(step["recipe"], indent + "  ")
        else:
            low, high = step["conductor"]
            basis, drawn = step["basis"], step["stroke"]
            lines.append(
                f"{indent}{_WORDS[drawn['operation']]} a lasso of {len(drawn['polygon'])} vertices on "
                f"{step['projection']} by {step['classes']}, conductor {low:,} to {high:,}, "
                f"{basis['primes']:,} primes, curves {basis['curves'][:12]}"
            )
    return lines
