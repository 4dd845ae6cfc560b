from typing import get_args

import pytest

from streaming import generate, reference
from streaming.messages import ClientMessage, ServerMessage, dumps, loads
from streaming.samples import FROM_CLIENT, FROM_SERVER


def test_the_committed_types_are_current() -> None:
    assert generate.TARGET.read_text() == generate.generate(), "run python -m streaming.generate"


def test_the_document_s_reference_is_current() -> None:
    text = reference.DOCUMENT.read_text()
    assert text == reference.document(text), "run python -m streaming.generate"
    with pytest.raises(ValueError, match="expected both marks"):
        reference.document(text.replace(reference.END, ""))


def test_there_is_a_good_sample_of_every_message() -> None:
    assert tuple(map(type, FROM_CLIENT)) == get_args(ClientMessage)
    assert tuple(map(type, FROM_SERVER)) == get_args(ServerMessage)
    for each in FROM_CLIENT:
        assert loads(dumps(each)) == each


def test_every_kind_of_field_has_a_type() -> None:
    text = generate.generate()
    assert "  polygon: number[][];" in text
    assert "  explained: number | null;" in text
    assert "  axes: Axis[];" in text
    assert '  type: "stroke";' in text
    assert '  operation: "replace" | "add" | "subtract" | "intersect";' in text
