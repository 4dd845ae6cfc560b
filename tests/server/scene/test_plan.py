"""Which chunks come first, on a cloud made for it and on the embedded one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmuration as mm
from murmuration.types import Floats
from server.compute.compute import SceneData
from server.scene.plan import DECAY, SAMPLE, Outline, grant, plan, shares
from server.scene.scene import CHUNK, Scene, scene_of
from session.view import View
from streaming.messages import LEAST_BUDGET, MOST_BUDGET

NOTHING: frozenset[int] = frozenset()


def grid(side: int, levels: int = 3, size: int = 10_000) -> Outline:
    """At each level side x side chunks beside each other in x and y, each a square of points at z = 0."""
    random = np.random.default_rng(7)
    corner = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1).reshape(-1, 1, 2)
    xy = (corner + random.random((side * side, SAMPLE, 2))) * 65535 / side
    at = np.concatenate([xy, np.zeros_like(xy[..., :1]), np.ones_like(xy[..., :1])], axis=-1)
    n = side * side
    return Outline(np.full(levels * n, size), np.repeat(np.arange(levels), n), np.tile(at, (levels, 1, 1)))


def look(x: float, y: float, width: float) -> Floats:
    """A matrix that shows the square of this width about (x, y), in drawn integers, and nothing else."""
    matrix = np.diag([2 / width, 2 / width, 1 / 65535, 1])
    matrix[:2, 3] = -2 * x / width, -2 * y / width
    return matrix


def test_without_a_viewpoint_the_coarsest_level_comes_first() -> None:
    outline = grid(4)
    found = plan(outline, None, MOST_BUDGET, NOTHING)
    assert found.wanted == tuple(range(48))
    assert found.spare == ()
    assert found.granted == MOST_BUDGET


def test_chunks_in_the_viewport_come_first_and_others_last() -> None:
    outline = grid(4)
    found = plan(outline, look(8000, 8000, 9000), MOST_BUDGET, NOTHING)
    assert set(found.wanted[:16]) == set(range(16))  # the first level, always
    assert found.wanted[0] == 0
    assert found.wanted[16:18] == (16, 32)  # both deeper chunks of that corner, the coarser first
    assert sorted(found.wanted) == list(range(48))


def test_points_behind_the_viewer_are_not_seen() -> None:
    behind = look(32768, 32768, 1e6)
    assert shares(grid(2), behind).tolist() == [1.0] * 12
    behind[3, 3] = -1
    assert shares(grid(2), behind).tolist() == [0.0] * 12


@settings(max_examples=60)
@given(
    st.integers(0, 700_000),
    st.sets(st.integers(0, 47), max_size=48),
    st.tuples(st.floats(0, 65535), st.floats(0, 65535), st.floats(3000, 200_000)) | st.none(),
)
def test_the_budget_holds_and_every_chunk_sent_is_wanted_or_spare(
    budget: int, sent: set[int], at: tuple[float, float, float] | None
) -> None:
    outline = grid(4)
    found = plan(outline, None if at is None else look(*at), budget, frozenset(sent))
    assert sum(outline.size[list(found.wanted)]) <= found.granted
    assert found.granted == grant(outline, budget)
    assert set(found.spare) == sent - set(found.wanted)
    assert (set(found.wanted) >= set(range(16))) == (budget > 0)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_a_plan_is_within_one_chunk_of_the_best_by_brute_force(seed: int) -> None:
    """The best of all subsets that fit, by gain times points; chunks of unequal size, the first level always in."""
    random = np.random.default_rng(seed)
    level = np.sort(random.integers(0, 4, 10))
    outline = Outline(random.integers(2000, 20_000, 10), level, grid(4).sample[random.integers(0, 16, 10)])
    matrix = look(random.uniform(0, 65535), random.uniform(0, 65535), random.uniform(20_000, 90_000))
    found = plan(outline, matrix, int(random.integers(20_000, 100_000)), NOTHING)
    worth = shares(outline, matrix) * DECAY**level * outline.size
    subsets = (np.arange(2**10)[:, None] >> np.arange(10)) & 1
    fit = (subsets @ outline.size <= found.granted) & (subsets[:, level == 0] == 1).all(axis=1)
    best = (subsets[fit] @ worth).max()
    assert worth[list(found.wanted)].sum() >= best - worth[level > 0].max(initial=0)


def test_a_small_chunk_fills_the_room_that_a_large_one_leaves() -> None:
    outline = Outline(np.array([10_000, 30_000, 5000]), np.array([0, 1, 2]), grid(1).sample)
    assert plan(outline, None, 20_000, NOTHING).wanted == (0, 2)


def test_a_close_view_gets_fine_chunks_rather_than_coarse_ones_out_of_sight() -> None:
    """Level k has 2^k chunks beside each other in x: each doubles the points, and a chunk has one size."""
    random = np.random.default_rng(8)
    number = np.concatenate([np.arange(2**k) for k in range(8)])
    level = np.repeat(np.arange(8), 2 ** np.arange(8))
    at = np.zeros((len(level), SAMPLE, 4))
    at[..., 0] = (number[:, None] + random.random((len(level), SAMPLE))) * 65536 / 2 ** level[:, None]
    at[..., 3] = 1
    outline = Outline(np.full(len(level), 10_000), level, at)
    close = look(1024, 0, 2048)  # as wide as one chunk of level 5
    found = plan(outline, close, 80_000, NOTHING).wanted
    assert found[0] == 0
    assert len(found) == 8
    assert shares(outline, close)[list(found[1:])].sum() > 5  # the most is 7; half as much for each level gives 4


def test_budgets_are_bounded_and_the_first_level_always_fits() -> None:
    outline = grid(1)
    asked = (0, 1, LEAST_BUDGET - 1, 30_000, 10**9)
    assert [grant(outline, each) for each in asked] == [0, LEAST_BUDGET, LEAST_BUDGET, 30_000, MOST_BUDGET]
    assert grant(grid(4), 1) == 160_000


def test_a_small_move_takes_nothing_away_and_a_large_one_does() -> None:
    outline = grid(4)
    budget = 200_000  # the first level and four chunks more
    first = plan(outline, look(16384, 16384, 32768), budget, NOTHING)
    here = frozenset(first.wanted)
    for step in (1000, -1000, 2500, -2500):
        moved = plan(outline, look(16384 + step, 16384, 32768), budget, here)
        assert set(moved.wanted) == here, step
        assert moved.spare == ()
    far = plan(outline, look(49152, 49152, 32768), budget, here)
    assert set(far.spare) == here - set(range(16))
    assert not set(far.wanted[16:]) & here


@pytest.fixture(scope="module")
def whole(cloud: mm.Cloud) -> Scene:
    """The embedded cloud as a stage; its averages are of no interest here."""
    return scene_of(1, SceneData(View("pc1,pc2,pc3", "rank", (11, 9999)), cloud, None, []))  # type: ignore[arg-type]


def test_chunks_hold_every_point_once_and_no_more_than_a_frame(whole: Scene, cloud: mm.Cloud) -> None:
    together = np.concatenate([points.indices for _, points in whole.chunks])
    assert sorted(together.tolist()) == list(range(len(cloud)))
    assert max(len(points) for _, points in whole.chunks) <= CHUNK
    for level, points in whole.chunks:
        assert (np.diff(points.indices) > 0).all()
        assert np.isin(points.indices, cloud.levels[level].points.indices).all()
