"""One fold for live editing, replay and undo; the type checker names the place that lacks a new message."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import FrozenBitMap

from murmuration.errors import MessageError, MurmurationError
from murmuration.selection.stroke import Operation
from session import checkpoint, replay
from session.apply import apply
from session.entry import Entry, entry, from_line, to_fields
from session.state import SessionState
from session.view import View
from streaming import messages
from streaming.samples import MATRIX
from tests.conftest import ROOT

VIEW = View("pc1,pc2,pc3", "rank", (11, 9999))
POLYGON = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]

RECIPE = json.dumps(
    [
        {
            "stroke": {"polygon": POLYGON, "matrix": np.eye(4).tolist(), "operation": "replace"},
            "projection": "pc1,pc2,pc3",
            "classes": "rank",
            "conductor": [11, 99],
            "basis": {"curves": "00", "primes": 5, "snapshot": 0},
        }
    ]
)

OPERATIONS: list[Operation] = ["replace", "add", "subtract", "intersect"]
operations = st.sampled_from(OPERATIONS)
names = st.sampled_from(["a", "b"])
rows = st.frozensets(st.integers(0, 200), max_size=20).map(FrozenBitMap)
changes = st.one_of(
    st.builds(messages.Stroke, st.just(1), st.just(POLYGON), st.just(MATRIX), operations),
    st.builds(messages.Recall, st.just(2), names, operations),
    st.builds(messages.Name, names),
    st.builds(messages.Forget, names),
    st.builds(messages.Mark, names, st.booleans()),
    st.sampled_from([messages.Clear(3), messages.Undo(4), messages.Redo(5)]),
    st.builds(messages.View, st.sampled_from(["pc1,pc2,pc3", "a2,a3,logN"]), st.just("rank"), st.just([11, 99])),
    st.builds(messages.Record, st.booleans()),
    st.just(messages.Open(6, RECIPE)),
)


def begin() -> SessionState:
    return SessionState().looked(0, VIEW)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(changes, rows, st.integers(0, 1)), max_size=20))
def test_replaying_the_lines_gives_the_live_state(
    doing: list[tuple[messages.EditingMessage, FrozenBitMap, int]],
) -> None:
    live = begin()
    lines = [{"seq": 1, "do": "state", "shared": checkpoint.to_data(live)}]
    for message, held, pane in doing:
        one = entry(message, 1, "Ada", pane, held if isinstance(message, (messages.Stroke, messages.Open)) else None)
        try:
            live = apply(live, one)
        except MurmurationError:
            continue  # refused: no line
        lines.append({"seq": len(lines) + 1, "do": "change", "who": 1, "name": "Ada", **to_fields(one)})
    assert replay.replay(lines) == live
    assert replay.replay([{"seq": 1, "do": "state", "shared": checkpoint.to_data(live)}]) == live


def test_a_change_gives_another_state_and_leaves_the_one_before() -> None:
    before = begin()
    drawn = Entry(messages.Stroke(1, POLYGON, MATRIX, "replace"), rows=FrozenBitMap([3]))
    after = apply(before, drawn)
    assert (len(before.selection), len(after.selection)) == (0, 1)
    assert after.selection.recipe[0]["projection"] == VIEW.projection
    assert apply(after, Entry(messages.Undo(2))).selection == before.selection


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (Entry(messages.Stroke(1, POLYGON, MATRIX, "add")), "stroke: expected the rows"),
        (Entry(messages.Stroke(1, POLYGON, MATRIX, "add"), pane=3, rows=FrozenBitMap()), "a pane with a view, got 3"),
        (Entry(messages.Stroke(1, [[1.0]], MATRIX, "add"), rows=FrozenBitMap()), "two numbers each"),
        (Entry(messages.Stroke(1, POLYGON, [1.0], "add"), rows=FrozenBitMap()), "a matrix of 16 numbers"),
        (Entry(messages.View("pc1,pc2,pc3", "rank", [9, 8])), "view: expected the lowest and the highest conductor"),
        (Entry(messages.Name("\n")), "expected a name of 1 to 60 printable characters"),
        (Entry(messages.Undo(1)), "."),
    ],
)
def test_changes_that_cannot_be_made_are_refused(one: Entry, said: str) -> None:
    with pytest.raises(MessageError, match=said):
        apply(begin(), one)


def test_an_entry_read_from_its_line_changes_the_same() -> None:
    one = entry(messages.Stroke(1, POLYGON, MATRIX, "replace"), 1, "Ada", 0, FrozenBitMap([1, 2]))
    assert apply(begin(), from_line({"who": 1, "name": "Ada", **to_fields(one)})) == apply(begin(), one)


def test_a_message_added_to_the_messages_alone_fails_the_type_check(tmp_path: Path) -> None:
    for room in ("murmuration", "streaming", "session"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    # Follows no import but those named here: a whole check takes a minute, and what it adds is no part of this.
    checked = ["session/apply.py", "session/entry.py", "streaming/messages.py"]
    options = ["--no-incremental", "--follow-imports=skip", "--cache-dir", str(tmp_path / "cache")]
    command = [sys.executable, "-m", "mypy", *options, *checked]

    def check() -> str:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert "assert_never" not in check()
    definition = tmp_path / "streaming" / "messages.py"
    text = definition.read_text()
    added = (
        '@dataclass(frozen=True)\nclass Annotate:\n    """A note."""\n\n    id: int\n\n\nEditingMessage = Annotate | '
    )
    definition.write_text(text.replace("EditingMessage = ", added, 1))
    assert "session/apply.py:" in (said := check())
    assert '"assert_never" has incompatible type "Annotate"' in said
