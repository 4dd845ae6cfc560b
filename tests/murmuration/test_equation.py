import pytest

from murmuration.equation import equation


@pytest.mark.parametrize(
    ("ainvs", "text"),
    [
        ([0, -1, 1, -10, -20], "y² + y = x³ − x² − 10x − 20"),
        ([1, 0, 1, 4, -6], "y² + xy + y = x³ + 4x − 6"),
        ([0, 0, 0, 0, 1], "y² = x³ + 1"),
        ([0, 0, 0, -1, 0], "y² = x³ − x"),
        ([-1, 1, 0, 0, -1], "y² − xy = x³ + x² − 1"),
    ],
)
def test_as_people_write_it(ainvs: list[int], text: str) -> None:
    assert equation(ainvs) == text
