"""`devshell snapshots`, `undo`, `redo`, `tag`, `diff` and `repair`: the history of a store, and moves in it."""

from pathlib import Path
from typing import Annotated

import typer

from devshell.console import console
from murmuration import store
from murmuration.store import Snapshot

LAB = Path("murmuration-lab")
"""The folder of a store by default."""

Lab = Annotated[Path, typer.Option("--store", help="The folder of the store.")]
Which = Annotated[str | None, typer.Argument(help="Number or tag; the newest if not given.")]


def snapshots(lab: Lab = LAB) -> None:
    """List all snapshots of a store, oldest first."""
    one = store.open(lab)
    tags: dict[int, list[str]] = {}
    for name, number in one.tags().items():
        tags.setdefault(number, []).append(name)
    for each in one.snapshots():
        print(line(each, tags.get(each.number, []), _checks(one, each)))


def undo(steps: Annotated[int, typer.Argument(help="How many steps back.", metavar="[N]")] = 1, lab: Lab = LAB) -> None:
    """Make a new snapshot equal to an old one, and list the work that this takes back."""
    made = store.open(lab).undo(steps)
    print(f"snapshot {made.number}{_mark(made)}: {made.what}")
    console.print("devshell redo restores it.")


def redo(lab: Lab = LAB) -> None:
    """Take back the last undo."""
    made = store.open(lab).redo()
    print(f"snapshot {made.number}{_mark(made)}: {made.what}")


def tag(name: str, which: Which = None, lab: Lab = LAB) -> None:
    """Give a snapshot a name."""
    tagged = store.open(lab).tag(name, which)
    print(f"{name}: snapshot {tagged.number}{_mark(tagged)}")


def diff(before: str, after: str, lab: Lab = LAB) -> None:
    """List the rows and columns that differ between two snapshots, each a number or a tag."""
    found = store.open(lab).diff(before, after)
    print(f"rows: {found.rows[0]:,} to {found.rows[1]:,}")
    for name in found.added:
        print(f"column {name}: added")
    for name in found.removed:
        print(f"column {name}: removed")
    for each in found.changed:
        print(f"rows {each.start:,} to {each.stop - 1:,}: {', '.join(each.columns)}")
    if not found:
        print("the same, byte for byte")


def repair(lab: Lab = LAB) -> None:
    """Rebuild a damaged catalog from its mirror, catalog.log. No other process may be using the store."""
    print(f"{store.repair(lab)} snapshots")


def line(one: Snapshot, tags: list[str], checks: str) -> str:
    """A snapshot in one line: number, time, rows, minutes of work, description, then its origin, checks and tags."""
    notes = [f"equals {one.equals}"] if one.equals else []
    notes += ["untrusted"] if one.untrusted else []
    notes += [f"from {one.source.name} sha256 {one.source.sha256[:16]}"] if one.source else []
    notes += [checks] if checks else []
    notes += [f"tag {name}" for name in tags]
    extra = f" ({', '.join(notes)})" if notes else ""
    text = f"{one.number:>5}  {one.created}  {one.rows:>12,} rows  {one.seconds / 60:>7.1f} min  {one.what}{extra}"
    return "".join(letter if letter.isprintable() else "?" for letter in text)  # names come from outside


def _mark(one: Snapshot) -> str:
    return " (untrusted)" if one.untrusted else ""


def _checks(lab: store.Store, one: Snapshot) -> str:
    found = lab.certificates(one.number)
    if not found:
        return ""
    pairs, wrong = sum(each.pairs for each in found), sum(each.wrong for each in found)
    return f"{pairs:,} traces verified, {wrong:,} wrong"
