"""The session's log as a file: torn, damaged, full, in use; and the state restored from it."""

import asyncio
import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from pyroaring import FrozenBitMap

from murmuration.errors import SessionError
from murmuration.selection.stroke import Operation
from session import checkpoint, replay
from session import log as logs
from session.entry import entry, to_fields
from session.log import Log, lines
from session.state import SessionState
from session.view import View
from streaming import messages
from streaming.samples import MATRIX

VIEW = View("pc1,pc2,pc3", "rank", (11, 9999))


def begun(folder: Path) -> Log:
    log = Log(folder)
    log.read()
    log.begin(shared=checkpoint.to_data(SessionState().looked(0, VIEW)))
    return log


def file(folder: Path) -> Path:
    (one,) = folder.glob("*.jsonl")
    return one


def write(log: Log, message: messages.EditingMessage, rows: Iterable[int] | None = None, pane: int = 0) -> None:
    one = entry(message, 1, "Ada", pane, None if rows is None else FrozenBitMap(rows))
    log.append("change", one.who, one.name, **to_fields(one))


def stroke(log: Log, *rows: int, operation: Operation = "replace") -> None:
    write(log, messages.Stroke(1, [[0, 0], [1, 0], [0, 1]], MATRIX, operation), rows)


def test_lines_are_plain_json_in_order(tmp_path: Path) -> None:
    log = begun(tmp_path / "s")
    log.append("join", 3, "Ada", pane=0)
    log.append("here", 3, "Ada", head=[0.5])
    asyncio.run(log.settle())
    log.close()
    first, *rest = map(json.loads, file(tmp_path / "s").read_text().splitlines())
    assert (first["seq"], first["do"]) == (1, "state")
    assert [(each["seq"], each["who"], each["name"], each["do"]) for each in rest] == [
        (2, 3, "Ada", "join"), (3, 3, "Ada", "here")]  # fmt: skip
    assert rest[1]["head"] == [0.5]
    assert rest[0]["at"].endswith("Z")


def test_everything_comes_back(tmp_path: Path) -> None:
    log, state = begun(tmp_path), SessionState().looked(0, VIEW)
    doing: list[messages.EditingMessage] = [
        messages.Name("a"), messages.Mark("a", True), messages.Recall(1, "a", "subtract"), messages.Undo(2),
        messages.Redo(3), messages.Clear(4), messages.Undo(5), messages.Forget("a"), messages.Undo(6),
        messages.View("a2,a3,a5", "torsion", [1, 5]), messages.Record(True),
    ]  # fmt: skip
    stroke(log, 5, 6, 7)
    stroke(log, 7, 8, operation="add")
    for message in doing:
        write(log, message, pane=2)
    log.close()
    again = Log(tmp_path)
    read = again.read()
    state = replay.replay(read)
    assert state.selection.array().tolist() == []
    assert state.history.undo == "recall a taken away, 0 curves"
    assert state.undone().selection.array().tolist() == [5, 6, 7, 8]
    assert {name: (one.slot, len(one.selection)) for name, one in state.names.kept.items()} == {"a": (1, 4)}
    assert state.panes[2].view == View("a2,a3,a5", "torsion", (1, 5))
    assert (state.epoch, state.panes[2].epoch, state.recording) == (2, 2, "Ada")
    again.begin(shared=checkpoint.to_data(state))  # and through the state as well, each selection written once
    assert replay.replay(again.read()) == state
    assert len(json.loads(file(tmp_path).read_text().splitlines()[0])["shared"]["selections"]) == 4
    again.close()


@pytest.mark.parametrize("cut", [1, 2, 20, 120])
def test_a_torn_last_line_is_dropped(tmp_path: Path, cut: int) -> None:
    log = begun(tmp_path)
    stroke(log, 1, 2)
    stroke(log, 3)
    log.close()
    path = file(tmp_path)
    os.truncate(path, path.stat().st_size - cut)
    again = Log(tmp_path)
    assert replay.replay(again.read()).selection.array().tolist() == [1, 2]
    again.begin(shared=checkpoint.to_data(SessionState()))
    stroke(again, 4)
    assert [line["seq"] for line in again.read()] == [3, 4]
    again.close()


def test_blocks_of_a_torn_line_that_came_out_of_order(tmp_path: Path) -> None:
    log = begun(tmp_path)
    stroke(log, 1, 2)
    stroke(log, *range(0, 50_000, 3))
    log.close()
    path = file(tmp_path)
    data = bytearray(path.read_bytes())
    data[-6000:-2000] = bytes(4000)
    path.write_bytes(data)
    assert [line["do"] for line in lines(path)] == ["state", "change"]


def test_damage_before_the_end_is_refused_and_named(tmp_path: Path) -> None:
    log = begun(tmp_path)
    stroke(log, 1, 2)
    stroke(log, 3)
    log.close()
    path = file(tmp_path)
    whole = path.read_bytes()
    rows = whole.split(b"\n")
    damaged = [
        (1, b"\n".join([rows[0][:-30] + b"x" + rows[0][-29:], *rows[1:]])),
        (2, b"\n".join([rows[0], rows[1].replace(b"Ada", b"Bda"), *rows[2:]])),
        (2, b"\n".join([rows[0], rows[2], b""])),  # one is missing
        (2, b"\n".join([rows[0], b"", *rows[1:]])),
        (1, b"\n".join(rows[1:])),
    ]
    for line, data in damaged:
        path.write_bytes(data)
        with pytest.raises(SessionError, match=f"line {line}: expected a line as it was written") as error:
            list(lines(path))
        assert "\n" not in str(error.value)
    path.write_bytes(b"")
    with pytest.raises(SessionError, match="in the first line, got none"):
        list(lines(path))
    path.write_bytes(whole[: len(rows[0]) - 5])  # a first line is never torn: it was whole before it had its name
    with pytest.raises(SessionError, match="in the first line, got none"):
        list(lines(path))


def test_lines_that_do_not_follow_are_refused(tmp_path: Path) -> None:
    log = begun(tmp_path)
    write(log, messages.Forget("nobody"))
    log.close()
    with pytest.raises(SessionError, match="seq 2: expected a forget that follows"):
        replay.replay(lines(file(tmp_path)))


def test_unknown_lines_are_refused_by_name(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.append("merge", 1, "Ada", of="x")
    with pytest.raises(SessionError, match="seq 2: expected a line of this version, got the unknown kind 'merge'"):
        replay.replay(lines(file(tmp_path)))
    unknown = {**to_fields(entry(messages.Clear(1), 1, "Ada", 0)), "message": {"type": "annotate", "text": "here"}}
    log.begin(shared=checkpoint.to_data(SessionState()))
    log.append("change", 1, "Ada", **unknown)
    log.close()
    with pytest.raises(SessionError, match=r"seq 4: .* the unknown kind 'annotate': open the session with the version"):
        replay.replay(lines(file(tmp_path)))


def test_a_file_of_a_later_format_is_refused(tmp_path: Path) -> None:
    log = begun(tmp_path)
    log.begin(shared=checkpoint.to_data(SessionState()), format=3)
    log.close()
    with pytest.raises(SessionError, match="seq 2: expected format 1 or 2, got 3"):
        list(lines(file(tmp_path)))


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = begun(tmp_path)
    stroke(log, 1)
    before = file(tmp_path).read_bytes()
    real, left = os.write, [10]

    def write(file: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(28, "No space left on device")
        size = real(file, bytes(data[: left[0]]))
        left[0] -= size
        return size

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(SessionError, match="got: No space left on device"):
        stroke(log, 2)
    left[0] = 10
    with pytest.raises(SessionError, match="No space left"):
        log.begin(shared=checkpoint.to_data(SessionState()))
    monkeypatch.undo()
    assert file(tmp_path).read_bytes() == before
    stroke(log, 3)
    assert [line["seq"] for line in log.read()] == [1, 2, 3]
    log.close()


def test_files_follow_each_other_and_recordings_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST", 1000)
    log = begun(tmp_path)
    stroke(log, 1)
    assert not log.full
    stroke(log, *np.arange(0, 60_000, 3).tolist())
    assert log.full
    log.begin(True, shared=checkpoint.to_data(SessionState()))
    log.begin(shared=checkpoint.to_data(SessionState()))
    log.begin(shared=checkpoint.to_data(SessionState()))
    assert sorted(path.name for path in tmp_path.glob("*.jsonl")) == ["000002-recording.jsonl", "000004.jsonl"]
    assert [line["seq"] for line in log.read()] == [6]
    log.close()


def test_a_folder_has_one_writer(tmp_path: Path) -> None:
    log = begun(tmp_path)
    with pytest.raises(SessionError, match="another server has this session open"):
        Log(tmp_path)
    log.close()
    Log(tmp_path).close()
    with pytest.raises(SessionError, match="expected to write"):
        Log(Path("/proc/nowhere"))
