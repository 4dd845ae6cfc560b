"""Undo and redo: which snapshot comes back, and what that takes back, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from murmuration.errors import StoreError
from murmuration.fingerprint import Fingerprint
from murmuration.store.snapshot import Snapshot


@dataclass(frozen=True)
class Change:
    """What an operation promises: how many rows there are afterwards, and which it writes."""

    rows: int
    first: int
    written: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Return:
    """An old snapshot that is to be the newest again: which, what to say of it, and what redo has left after it."""

    to: Snapshot
    what: str
    undone: tuple[int, ...]


def undo(snapshots: Sequence[Snapshot], steps: int) -> Return:
    """``steps`` back along what each state was made from; undos among them count as the states they returned to."""
    by = {each.number: each for each in snapshots}
    head = snapshots[-1]
    state, taken = by[head.origin], []
    for _ in range(steps):
        if state.parent is None:
            break
        taken.append(state)
        state = by[by[state.parent].origin]
    if steps < 1 or len(taken) < steps:
        raise StoreError(f"expected between 1 and {len(taken)} steps to undo, got {steps}; "
                         f"snapshot {state.number} is the first")  # fmt: skip
    return Return(state, f"undo to snapshot {state.number}: takes back {amount(taken)}",
                  (*head.undone, *(each.number for each in taken)))  # fmt: skip


def redo(snapshots: Sequence[Snapshot]) -> Return:
    """The snapshot that the last undo took back first."""
    undone = snapshots[-1].undone
    if not undone:
        raise StoreError("expected an undo to redo, found none; anything committed after an undo ends what redo can do")
    state = next(each for each in snapshots if each.number == undone[-1])
    return Return(state, f"redo to snapshot {state.number}: brings back {amount([state])}", undone[:-1])


def source(snapshots: Sequence[Snapshot], one: Snapshot) -> Fingerprint | None:
    """What the rows of a snapshot were first made from: its own source, or that of the nearest it was made from."""
    by = {each.number: each for each in snapshots}
    while True:
        one = by[one.origin]
        if one.source is not None or one.parent is None:
            return one.source
        one = by[one.parent]


def amount(taken: Sequence[Snapshot]) -> str:
    """Snapshots, rows and minutes of work of some snapshots, as "snapshots 3 to 5: 8,192 rows, 1.5 minutes of work"."""
    numbers = sorted(each.number for each in taken)
    which = f"snapshot {numbers[0]}" if len(numbers) == 1 else f"snapshots {', '.join(map(str, numbers))}"
    rows, minutes = sum(each.written for each in taken), sum(each.seconds for each in taken) / 60
    return f"{which}: {rows:,} rows written, {minutes:.1f} minutes of work"
