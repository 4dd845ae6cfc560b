import json
from dataclasses import asdict
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import MessageError
from streaming import messages
from streaming.strict import MAX_TEXT

numbers = st.floats(allow_nan=False, allow_infinity=False)
strokes = st.builds(
    messages.Stroke,
    id=st.integers(0, 2**40),
    polygon=st.lists(st.lists(numbers, min_size=2, max_size=2), max_size=5),
    matrix=st.lists(numbers, max_size=16),
    operation=st.sampled_from(["replace", "add", "subtract", "intersect"]),
)


@given(strokes | st.builds(messages.Ack, seq=st.integers(0, 2**52)) | st.builds(messages.Name, name=st.text()))
def test_messages_survive_the_wire(message: messages.ClientMessage) -> None:
    assert messages.loads(messages.dumps(message)) == message


STROKE = {"type": "stroke", "id": 1, "polygon": [[0, 0], [1, 0], [0, 1]], "matrix": [0] * 16, "operation": "add"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello", "text that is no JSON"),
        ("[" * 100_000, "text that is no JSON"),
        ("[1]", "expected one JSON object a message, got a list"),
        ("null", "got null"),
        ("{}", "expected a message of type ack, viewpoint.*got null"),
        ('{"type":["ack"]}', "expected a message of type"),
        ('{"type":"launch"}', 'got "launch"'),
        ('{"type":"ack"}', r"ack: expected the fields seq; got \[\]"),
        ('{"type":"ack","seq":1,"more":2}', "ack: expected the fields seq"),
        ('{"type":"ack","seq":"1"}', 'ack: expected seq to be a whole number, got "1"'),
        ('{"type":"ack","seq":true}', "ack: expected seq to be a whole number"),
        ('{"type":"ack","seq":1e400}', "ack: expected seq to be a whole number"),
        (json.dumps({**STROKE, "operation": "xor"}), "operation to be one of replace, add, subtract, intersect"),
        (json.dumps({**STROKE, "polygon": [[0, float("nan")]]}), "polygon to be a list, each item a list.*finite"),
        (json.dumps({**STROKE, "polygon": [[0, True]]}), "polygon"),
        (json.dumps({**STROKE, "matrix": "identity"}), "matrix to be a list, each item a finite number"),
        (json.dumps({**STROKE, "matrix": [10**400]}), "matrix"),
        (" " * (MAX_TEXT + 1), "at most 1,048,576 characters"),
    ],
)
def test_malformed_messages_are_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(MessageError, match=message) as refused:
        messages.loads(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


KEYS = st.sampled_from(["type", "id", "seq", "polygon", "matrix", "operation", "row", "name"])
leaves = st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.sampled_from(["ack", "clear", "describe"])


@given(st.recursive(leaves, lambda x: st.lists(x) | st.dictionaries(KEYS, x)))
def test_any_json_is_taken_or_refused(data: object) -> None:
    try:
        message = messages.loads(json.dumps(data))
    except MessageError:
        return
    assert isinstance(data, dict)
    assert asdict(message) == {key: value for key, value in data.items() if key != "type"}


def test_every_message_is_for_editors_or_for_all() -> None:
    """A new message stands here or in EDITING: nobody decides by forgetting what a viewer may do."""
    harmless = {
        messages.Ack,
        messages.Viewpoint,
        messages.Here,
        messages.Introduce,
        messages.Describe,
        messages.Against,
    }
    assert harmless.isdisjoint(messages.EDITING)
    assert harmless | set(messages.EDITING) == set(get_args(messages.ClientMessage))
