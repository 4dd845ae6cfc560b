from streaming import generate


def test_the_committed_types_are_current() -> None:
    assert generate.TARGET.read_text() == generate.generate(), "run python -m streaming.generate"


def test_every_kind_of_field_has_a_type() -> None:
    text = generate.generate()
    assert "  polygon: number[][];" in text
    assert "  explained: number | null;" in text
    assert "  axes: Axis[];" in text
    assert '  type: "stroke";' in text
    assert '  operation: "replace" | "add" | "subtract" | "intersect";' in text
