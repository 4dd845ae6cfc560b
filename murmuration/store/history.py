"""Undo and redo: the snapshot to return to, and a description of the work that this takes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store.snapshot import Snapshot

Lookup: TypeAlias = Callable[[int], Snapshot]
"""A snapshot by its number. Only the snapshots of a path are read, so that the cost is independent of all others."""


@dataclass(frozen=True)
class Commit:
    """The extent of an operation: total rows afterwards, first and number of the rows written, and their columns."""

    rows: int
    first: int
    written: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Return:
    """An old snapshot that becomes the newest again, the description, and the snapshots that redo can then restore."""

    to: Snapshot
    what: str
    undone: tuple[int, ...]


def undo(head: Snapshot, of: Lookup, steps: int) -> Return:
    """``steps`` back along the parents of the newest snapshot; an undo among them counts as the state it restored."""
    state, taken = of(head.origin), list[Snapshot]()
    while len(taken) < steps and state.parent is not None:
        taken.append(state)
        state = of(of(state.parent).origin)
    if steps < 1:
        raise StoreError(f"expected at least 1 step to undo, got {steps}")
    if not taken:
        raise StoreError(f"Nothing to undo: snapshot {state.number} is the first.")
    if len(taken) < steps:
        raise StoreError(f"expected between 1 and {len(taken)} steps to undo, got {steps}; snapshot {state.number} is "
                         "the first")  # fmt: skip
    return Return(state, f"undo to snapshot {state.number}: takes back {amount(taken)}",
                  (*head.undone, *(each.number for each in taken)))  # fmt: skip


def redo(head: Snapshot, of: Lookup) -> Return:
    """Restore the snapshot that the last undo took back first."""
    if not head.undone:
        raise StoreError("Nothing to redo: redo follows an undo, and a later commit ends it.")
    state = of(head.undone[-1])
    return Return(state, f"redo to snapshot {state.number}: brings back {amount([state])}", head.undone[:-1])


def source(one: Snapshot, of: Lookup) -> Fingerprint | None:
    """The origin of a snapshot's rows: its own source, or that of the nearest ancestor with one."""
    while True:
        one = of(one.origin)
        if one.source is not None or one.parent is None:
            return one.source
        one = of(one.parent)


def amount(taken: Sequence[Snapshot]) -> str:
    """Snapshots, rows and minutes of work of some snapshots, as "snapshots 3, 4: 200 rows written, 7.0 minutes"."""
    numbers = sorted(each.number for each in taken)
    which = f"snapshot {numbers[0]}" if len(numbers) == 1 else f"snapshots {', '.join(map(str, numbers))}"
    rows, minutes = sum(each.written for each in taken), sum(each.seconds for each in taken) / 60
    return f"{which}: {rows:,} rows written, {minutes:.1f} minutes of work"
