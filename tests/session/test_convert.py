"""A log of format 1, written by the last commit that knew no other, opens as what it was.

tests/golden/session holds every file of one session in which every kind of line was written, and beside each file the
whole state after its last line, as the code of that commit gave it.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import murmuration as mm
from murmuration.errors import SessionError
from session import checkpoint, replay
from session.convert import converted
from session.log import lines
from session.restored import restore
from session.view import View

GOLDEN = Path(__file__).parent.parent / "golden" / "session"

CHANGES = {"stroke", "clear", "undo", "redo", "view", "name", "recall", "forget", "mark", "record"}
OTHERS = {"state", "join", "leave", "introduce", "here", "viewpoint"}


def raw(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_golden_log_has_every_kind_of_line() -> None:
    files = sorted(GOLDEN.glob("*.jsonl"))
    assert [path.name for path in files] == ["000002-recording.jsonl", "000003.jsonl"]
    assert {line["do"] for path in files for line in raw(path)} == CHANGES | OTHERS


@pytest.mark.parametrize("name", ["000002-recording", "000003"])
def test_a_log_of_format_1_opens_as_it_was(name: str) -> None:
    read = list(lines(GOLDEN / f"{name}.jsonl"))
    assert {line["do"] for line in read} <= OTHERS | {"change"}
    state = checkpoint.to_data(replay.replay(read))
    assert state == json.loads((GOLDEN / f"{name}.json").read_text())
    assert len(state["selections"]) > 2


def test_a_session_of_format_1_goes_on_in_todays_format(tmp_path: Path, table: mm.CurveTable) -> None:
    shutil.copytree(GOLDEN, tmp_path, dirs_exist_ok=True)
    restored, view = restore(tmp_path, table, lambda view: view, View("pc1,pc2,pc3", "rank", (9900, 10_000)))
    assert view == View("a2,a3,logN", "torsion", (9900, 9990))
    assert restored.people == 4
    assert restored.log is not None
    restored.log.begin(shared=checkpoint.to_data(restored.state))
    assert replay.replay(restored.log.read()) == restored.state
    restored.log.close()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"do": "annotate", "of": "a"}, "seq 9: expected a line of format 1, got the unknown kind 'annotate'"),
        ({"do": "recall", "of": "a"}, "seq 9: expected a recall of format 1, got one without 'operation'"),
        ({"do": "stroke", "step": {}}, "seq 9: expected a stroke of format 1, got one without 'stroke'"),
    ],
)
def test_other_lines_are_refused(line: dict[str, Any], said: str) -> None:
    with pytest.raises(SessionError, match=said):
        converted({"seq": 9, "at": "", "who": 1, "name": "Ada", **line}, 1)
