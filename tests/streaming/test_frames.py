import io

import numpy as np
import polars
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murmuration.errors import MessageError
from server.scene.scene import CHUNK
from streaming import frames
from tests.golden import make

HEADER = frames.Header("points", 3, 2, "0", "pc1,pc2,pc3", {"chunk": "0"})


def some(n: int) -> pa.RecordBatch:
    rng = np.random.default_rng(n)
    return frames.points(rng.integers(0, 2**16, (n, 4), dtype=np.uint16), np.arange(n, dtype=np.uint32))


def test_points_survive_the_wire_at_twelve_bytes_each() -> None:
    batch = some(50_000)
    data = frames.encode(HEADER, batch)
    header, back = frames.decode(data)
    assert header == HEADER
    assert back.to_pydict() == batch.to_pydict()
    assert len(data) / 50_000 < 12.1


def test_any_arrow_reader_reads_a_frame() -> None:
    with pa.ipc.open_stream(frames.encode(HEADER, some(5))) as reader:
        assert reader.schema.metadata[b"kind"] == b"points"
        assert reader.read_all().num_rows == 5


@pytest.mark.parametrize("name", sorted(name for name in make.golden() if name.endswith(".arrows")))
def test_polars_reads_every_kind_of_frame(name: str) -> None:
    """As do pyarrow, above, and flechette, in the client's tests, from the same golden files."""
    data = (make.HERE / name).read_bytes()
    header, batch = frames.decode(data)
    table = polars.read_ipc_stream(io.BytesIO(data))
    assert table.to_dicts() == batch.to_pylist()
    assert header.kind in name or header.extra["axis"] in name
    assert header.extra.keys() == frames.KEYS[header.kind].keys()
    assert batch.schema.remove_metadata() in frames.SCHEMAS[header.kind]


def test_the_largest_frames_fit() -> None:
    assert len(frames.encode(HEADER, some(CHUNK))) <= frames.MAX_FRAME
    n = frames.PRIMES_A_FRAME
    trace = frames.trace(-1, np.arange(n), np.zeros(n), np.zeros(n), 5)
    assert len(frames.encode(HEADER, trace)) <= frames.MAX_FRAME


def test_a_frame_too_large_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="more than 1,048,576"):
        frames.encode(HEADER, some(90_000))


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_masks_have_one_bit_a_point_lowest_first(flags: list[bool]) -> None:
    bits = frames.mask(np.array(flags)).column(0).to_pylist()
    assert len(bits) == (len(flags) + 7) // 8
    assert [bool(bits[i // 8] >> (i % 8) & 1) for i in range(len(flags))] == flags


@settings(max_examples=300)
@given(st.data())
def test_a_mutated_frame_is_read_or_refused_and_never_crashes(data: st.DataObject) -> None:
    good = bytearray(frames.encode(HEADER, some(20)))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(good)))
    try:
        header, batch = frames.decode(bytes(good[:end]))
    except MessageError:
        return
    assert header.kind in ("points", "trace", "mask")
    assert batch.num_rows >= 0


def test_other_bytes_are_refused() -> None:
    for wrong in (b"", b"hello", bytes(100), bytes(frames.MAX_FRAME + 1)):
        with pytest.raises(MessageError, match="expected"):
            frames.decode(wrong)
    with pytest.raises(MessageError, match="got 'cake'"):
        frames.decode(frames.encode(frames.Header("cake", 1, 1, "0", "", {}), some(2)))  # type: ignore[arg-type]


def test_the_encoder_writes_the_golden_files() -> None:
    for name, data in make.golden().items():
        assert (make.HERE / name).read_bytes() == data, "run python -m tests.golden.make"
