import numpy as np
import pytest

from murmuration.cloud.slices import Slices

SOME = Slices((range(3, 4), range(10, 30, 4), range(40, 41)))


def test_they_stand_for_their_indices() -> None:
    array = np.arange(100) * 7
    assert SOME.indices.tolist() == [3, 10, 14, 18, 22, 26, 40]
    assert len(SOME) == 7
    assert SOME.of(array).tolist() == array[SOME.indices].tolist()
    assert SOME.of(np.stack([array, array], axis=1)).shape == (7, 2)


@pytest.mark.parametrize("most", [1, 2, 3, 4, 6, 7, 8])
def test_pieces_are_all_of_one_size_and_together_the_whole(most: int) -> None:
    pieces = SOME.split(most)
    sizes = [len(piece) for piece in pieces]
    assert max(sizes) <= most
    assert max(sizes) - min(sizes) <= 1
    assert np.concatenate([piece.indices for piece in pieces]).tolist() == SOME.indices.tolist()
