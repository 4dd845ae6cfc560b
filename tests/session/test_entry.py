"""Entries as log lines, their digests, and free text that is removed from a log."""

import json
from typing import Any, get_args

import pytest
from pyroaring import FrozenBitMap

from murmuration.errors import MessageError
from murmuration.selection.recipe import Basis
from session import checkpoint, replay
from session.entry import Origin, digest, entry, from_line, redacted, to_fields
from session.state import SessionState
from session.view import View
from streaming import messages
from streaming.samples import sample

KINDS = get_args(messages.EditingMessage)


def line(message: Any, rows: FrozenBitMap | None = None, seq: int = 1) -> dict[str, Any]:
    one = entry(message, 3, "Ada", 1, rows)
    own = {"seq": seq, "at": "2026-12-01T00:00:00.000Z", "who": 3, "name": "Ada", "do": "change"}
    found: dict[str, Any] = json.loads(json.dumps({**own, **to_fields(one)}))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_is_the_message_and_comes_back(kind: type[Any]) -> None:
    one = entry(sample(kind), 3, "Ada", 1, FrozenBitMap([1, 5]), Basis("ab", 50))  # type: ignore[arg-type]
    written = {**line(sample(kind)), **json.loads(json.dumps(to_fields(one)))}
    assert written["message"] == json.loads(messages.dumps(sample(kind)))
    assert written["origin"] == {"key": "", "seq": 0, "lamport": 0, "previous": "", "signature": ""}
    assert from_line(written) == one


def test_messages_that_change_nothing_are_no_entries() -> None:
    with pytest.raises(MessageError, match="expected a message that changes the session, got ack"):
        from_line({**line(messages.Clear(1)), "message": {"type": "ack", "seq": 1}})


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        ({"at": "2027"}, True),
        ({"pane": 2}, True),
        ({"rows": "OzAAAAE="}, True),
        ({"name": "Bo"}, True),
        ({"message": {"type": "name", "name": "b"}}, True),
        ({"origin": {**vars(Origin()), "previous": "ab"}}, True),
        ({"origin": {**vars(Origin()), "signature": "ab"}}, False),
        ({"seq": 7}, False),
        ({"who": 8}, False),
        ({"crc": "00000000"}, False),
    ],
)
def test_the_digest_covers_all_that_the_author_made(change: dict[str, Any], covered: bool) -> None:
    one = line(messages.Name("a"))
    assert (digest({**one, **change}) != digest(one)) is covered


def test_equal_texts_have_different_commitments() -> None:
    assert digest(line(messages.Name("a"))) != digest(line(messages.Name("a")))
    assert {len(salt) for salt in line(messages.Name("a"))["salts"].values()} == {44}  # 32 bytes in base64


def test_a_removed_text_leaves_the_digest_and_the_replay_as_they_were() -> None:
    view = View("pc1,pc2,pc3", "rank", (11, 9999))
    doing: list[Any] = [messages.Name("left band"), messages.Clear(1), messages.Recall(2, "left band", "add")]
    first = line(sample(messages.Stroke), FrozenBitMap([4, 7]), 2)
    log = [{"seq": 1, "do": "state", "shared": checkpoint.to_data(SessionState().looked(1, view))}, first]
    log += [line(message, seq=seq) for seq, message in enumerate(doing, 3)]
    removed = [log[0], *(redacted(redacted(each, "left band", "a"), "Ada", "author 1") for each in log[1:])]
    assert "left band" not in json.dumps(removed)
    assert "Ada" not in json.dumps(removed)
    assert [digest(each) for each in removed[1:]] == [digest(each) for each in log[1:]]
    assert set(removed[2]["commitments"]) == {"name", "message.name"}
    assert removed[2]["salts"] == {}
    state = replay.replay(removed)
    assert state.selection.rows == FrozenBitMap([4, 7])
    assert list(state.names.kept) == ["a"]
    assert from_line(removed[2]).commitments == removed[2]["commitments"]


def test_every_free_text_of_a_change_has_a_salt() -> None:
    texts = {kind.__name__: set(line(sample(kind))["salts"]) - {"name"} for kind in KINDS}
    named = {kind.__name__ for kind in KINDS if kind.__dataclass_fields__.keys() & {"name", "recipe"}}
    assert {kind for kind, places in texts.items() if places} == named == {"Name", "Recall", "Forget", "Mark", "Open"}
