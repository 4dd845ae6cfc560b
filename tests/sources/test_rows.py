from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.sources.cremona import MINI
from murmuration.sources.rows import Seen

CLASSES = 38_042


@settings(deadline=None, max_examples=20)
@given(st.integers(100, 4800), st.integers(0, 40), st.booleans())
def test_restarting_yields_the_same_chunks(rows: int, start: int, window: bool) -> None:
    options = Options(rows=rows, limit=10_000, conductor=(100, 5000) if window else None)
    source = open_source(MINI, options)
    every = list(source.chunks())
    assert all(chunk.table.num_rows == rows for chunk in every[:-1])
    assert sum(chunk.table.num_rows for chunk in every) == 10_000 == source.total
    again = list(source.chunks(start))
    assert [(a.offset, a.where, a.table) for a in again] == [(a.offset, a.where, a.table) for a in every[start:]]


@given(st.lists(st.lists(st.integers(-5, 5), max_size=12), max_size=8))
def test_seen_is_a_set(batches: list[list[int]]) -> None:
    seen, model = Seen(), set[int]()
    for batch in batches:
        fresh = seen.new(np.array(batch, dtype=np.int64))
        for key, new in zip(batch, fresh.tolist(), strict=True):
            assert new == (key not in model)
            model.add(key)


def test_where_names_the_rows() -> None:
    parquet = Path(__file__).parent.parent.parent / "assets" / "cremona-10000.parquet"
    chunks = list(open_source(parquet).chunks())
    assert [chunk.offset for chunk in chunks] == list(range(0, CLASSES, 4800))
    assert chunks[0].where == "cremona-10000.parquet, rows 1 to 16,384"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rows": 0}, "chunks of 1 to 4,800"),
        ({"rows": 4801}, "chunks of 1 to 4,800"),
        ({"limit": 0}, "at least one row"),
        ({"conductor": (5, 4)}, "low to high"),
    ],
)
def test_options_are_checked(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        Options(**wrong)  # type: ignore[arg-type]
