"""The frames that one client is sent, and their order, on a real server with a cloud of many chunks."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import numpy as np
import pytest
import pytest_asyncio
import websockets
from pyroaring import FrozenBitMap

import murmuration as mm
from murmuration.selection.selection import Selection
from server.live.averages import on_demand
from server.people.member import PRODUCT_DUE, PROGRESS_DUE, Product
from server.scene.scene import Scene
from streaming import credit
from streaming.messages import LEAST_BUDGET, MOST_BUDGET
from tests.server.many import Follower, Many, eye, serving

POINTS = 400_000
CORNER = (1.0, 1.0, 0.0)
LEFT = [[-9, -9], [0, -9], [0, 9], [-9, 9]]


@pytest_asyncio.fixture
async def many(table: mm.CurveTable, traces: mm.Traces) -> AsyncIterator[Many]:
    async with serving(table, traces, POINTS) as one:
        yield one


def share(shown: Many, follower: Follower, chunk: str, matrix: list[float]) -> float:
    """The share of a chunk's points in the picture, over all of them."""
    m = np.reshape(matrix, (4, 4)).T
    chunks = shown.scene.chunks
    at = chunks[int(chunk)][1].of(shown.scene_data.cloud.position).astype(float)
    at[:, 3] = 1
    x, y, _, w = (at @ m.T).T
    return float(((abs(x) <= w) & (abs(y) <= w)).mean())


async def test_without_a_viewpoint_every_point_comes_once_coarsest_first(many: Many) -> None:
    follower = Follower()
    async with many.connect() as wire:
        await follower.follow(wire)
    levels = [level for _, level in follower.order]
    assert levels == sorted(levels)
    assert follower.size == POINTS
    assert follower.traces == [("cloud", index) for index in range(-1, 4)]


async def test_points_in_the_viewport_come_first(many: Many) -> None:
    matrix = eye(many.scene_data, CORNER, 0.25)
    follower = Follower()
    async with many.connect(acknowledge=False) as wire:
        while follower.seq < 2:  # what the first window held; no more comes without a word of ours
            message = await wire.next()
            follower.text(message) if isinstance(message, dict) else follower.frame(*message)
        before = len(follower.order)
        await follower.look(wire, matrix, MOST_BUDGET)
    seen = [share(many, follower, chunk, matrix) * 0.5**level for chunk, level in follower.order[before:] if level]
    half = len(seen) // 2
    assert min(seen[: half // 2]) > max(seen[half:])
    assert follower.size == POINTS


@pytest.mark.parametrize(("asked", "given"), [(150_000, 150_000), (1, None), (10**9, MOST_BUDGET)])
async def test_the_budget_is_kept(many: Many, asked: int, given: int | None) -> None:
    first = len(many.scene_data.cloud.levels[0].points)
    follower = Follower()
    async with many.connect(acknowledge=False) as wire:
        await follower.look(wire, eye(many.scene_data, CORNER, 0.25), asked)
    assert follower.granted == (given or max(LEAST_BUDGET, first))
    assert follower.size <= follower.granted
    assert first <= follower.size


async def test_a_turned_viewpoint_gets_other_chunks_after_room_is_made(many: Many) -> None:
    here, there = eye(many.scene_data, CORNER, 0.25), eye(many.scene_data, (-1.0, -1.0, 0.0), 0.25)
    follower = Follower()
    async with many.connect(acknowledge=False) as wire:
        await follower.look(wire, here, 160_000)
        kept = {chunk for chunk in follower.chunks if share(many, follower, chunk, here) > 0.2}
        follower.most = 0
        await follower.look(wire, there, 160_000)
        assert follower.most <= 160_000  # at no moment more
        gone = kept - follower.chunks.keys()
        assert gone
        before = len(follower.order)
        await follower.look(wire, here, 160_000)
        assert gone & {chunk for chunk, _ in follower.order[before:]}  # what was dropped is sent again
        before = len(follower.order)
        nudged = list(here)
        nudged[12] += 0.02
        await follower.look(wire, nudged, 160_000)
        assert len(follower.order) == before  # a small move moves nothing


async def test_a_budget_of_nothing_gets_no_points_and_gives_up_those_it_had(many: Many) -> None:
    follower = Follower()
    matrix = eye(many.scene_data, CORNER, 2.0)
    async with many.connect(acknowledge=False) as wire:
        await follower.look(wire, matrix, 100_000)
        assert follower.size > 0
        await follower.look(wire, matrix, 0)
        assert (follower.granted, follower.size) == (0, 0)
        await follower.look(wire, matrix, MOST_BUDGET)
        assert follower.size == POINTS


async def test_the_mask_of_a_selection_overtakes_points_and_each_chunk_brings_its_own(many: Many) -> None:
    follower = Follower()
    async with many.connect(acknowledge=False) as wire:
        scene = await wire.text("scene")
        follower.text(wire.texts[0])
        follower.text(scene)
        await wire.send("stroke", id=1, polygon=LEFT, matrix=scene["model"], operation="replace")
        rows = many.scene_data.cloud.lasso(many.scene_data.cloud.model, LEFT)
        follower.text(await wire.text("selected", id=1))
        had = [header.extra["chunk"] for header, _ in wire.frames if header.kind == "points"]
        for message in wire.frames:
            follower.frame(*message)
        await wire.send("ack", seq=follower.seq)
        await follower.follow(wire)
        kinds = [(h.kind, h.extra["chunk"]) for h, _ in wire.frames if h.kind in ("points", "mask")]
    assert kinds[len(had) : 2 * len(had)] == [("mask", chunk) for chunk in had]
    rest = kinds[2 * len(had) :]
    assert [chunk for _, chunk in rest[::2]] == [chunk for _, chunk in rest[1::2]]
    assert {kind for kind, _ in rest[1::2]} == {"mask"}
    assert follower.selected() == set(rows.tolist())


async def test_named_selections_have_masks_of_their_slots(many: Many) -> None:
    follower = Follower()
    async with many.connect() as wire:
        await follower.follow(wire)
        (member,), scene = many.members, many.scene
        first, second = (Selection().combine(np.arange(k, 30_000, 3, dtype=np.uint32), "replace", {}) for k in (0, 1))
        member.marks({1: scene.row_mask(5, first), 2: scene.row_mask(5, second)})
        while len(follower.masks) < 2 * len(follower.chunks):
            await follower.follow(wire, 1)
        for slot, chosen in (("1", first), ("2", second)):
            rows = {int(r) for chunk in follower.chunks for r in follower.chunks[chunk][follower.masks[slot, chunk][1]]}
            assert rows == set(chosen.array().tolist())
        before = follower.seq
        member.marks({2: scene.row_mask(5, second)})  # one is shown no more, the other is known
        assert len(member.outbox) == 0
        member.marks({2: scene.row_mask(6, first)})
        await follower.follow(wire, len(follower.chunks))
        assert follower.seq == before + len(follower.chunks)
    assert {version for (slot, _), (version, _) in follower.masks.items() if slot == "2"} == {6}


async def test_progress_is_the_newest(many: Many) -> None:
    async with many.connect() as wire:
        await wire.quiet()
        (member,) = many.members
        for done in (1, 2, 3):
            frame = partial(progress, "components", done, 10)
            member.offer(Product("progress"), done, frame, PROGRESS_DUE)
        _, batch = await wire.frame("progress")
        await wire.quiet()
    assert batch.to_pylist() == [{"task": "components", "done": 3, "total": 10}]
    assert sum(h.kind == "progress" for h, _ in wire.frames) == 1


async def test_a_withdrawn_product_is_dropped_from_the_queue_and_may_be_offered_again(many: Many) -> None:
    average, whole = Product("trace", "selection", ("p", -1)), many.scene_data.whole

    def frame(scene: Scene, seq: int) -> bytes:
        return scene.average(7, whole, seq)

    async with many.connect() as wire:
        await wire.quiet()
        (member,) = many.members
        member.offer(average, 7, frame, PRODUCT_DUE)
        member.withdraw(on_demand)
        await wire.quiet()
        assert [h.extra["of"] for h, _ in wire.frames if h.kind == "trace" and h.extra["of"] == "selection"] == []
        for _ in range(2):
            member.offer(average, 7, frame, PRODUCT_DUE)
        await wire.frame("trace", of="selection")
        member.offer(average, 7, frame, PRODUCT_DUE)
        await wire.quiet()
    sent = [h.extra["version"] for h, _ in wire.frames if h.kind == "trace" and h.extra["of"] == "selection"]
    assert sent == ["7"], "a version is sent once"


async def test_a_product_of_an_older_selection_leaves_the_queue(many: Many) -> None:
    async with many.connect() as wire:
        await wire.quiet()
        (member,), scene = many.members, many.scene
        selection = Selection(FrozenBitMap(range(10)))
        for version in (5, 6):
            member.offer(Product("trace", "selection", ("p", -1)), version, partial(average, version), PRODUCT_DUE)
            member.mask(scene.row_mask(6, selection))
        await wire.quiet()
    sent = [h.extra["version"] for h, _ in wire.frames if h.kind == "trace" and h.extra["of"] == "selection"]
    assert sent == ["6"]


def progress(task: str, done: int, total: int, scene: Scene, seq: int) -> bytes:
    return scene.progress(task, done, total, seq)


def average(version: int, scene: Scene, seq: int) -> bytes:
    return scene.average(version, scene.data.whole, seq)


async def test_viewpoints_that_rain_are_planned_a_few_times_and_the_last_one_counts(many: Many) -> None:
    async with many.connect() as wire:
        await wire.quiet()
        for k in range(60):
            await wire.send("viewpoint", matrix=eye(many.scene_data, CORNER, 1.0), budget=100_000 + k)
            await asyncio.sleep(0.005)
        await wire.text("granted", budget=100_059)
        answers = [text for text in wire.texts if text["type"] == "granted"]
    assert len(answers) <= 20


async def test_without_acknowledgement_no_more_than_the_limit_is_sent(many: Many) -> None:
    async with many.connect(acknowledge=False) as wire:
        await wire.quiet(0.5)
        assert 0 < sum(batch.nbytes for _, batch in wire.frames) <= credit.LIMIT


@pytest.mark.parametrize("matrix", [[1.0] * 15, []])
async def test_a_viewpoint_without_a_matrix_is_refused(many: Many, matrix: list[float]) -> None:
    async with many.connect() as wire:
        await wire.send("viewpoint", matrix=matrix, budget=30_000)
        assert "16 numbers" in (await wire.text("refused", to="viewpoint"))["message"]


async def test_a_second_connection_takes_over_and_the_first_is_told(many: Many) -> None:
    async with many.connect() as wire:
        secret = (await wire.text("welcome"))["member"]
        await wire.quiet()
        async with many.connect(member=secret, epoch=1, seq=wire.frames[-1][0].seq) as second:
            welcome = await second.text("welcome")
            assert welcome["resumed"]
            assert welcome["member"] == secret
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await wire.quiet(5)
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
                4001, "this member went on in another connection")  # fmt: skip
            await second.send("describe", row=3)
            assert (await second.text("card"))["row"] == 3
            assert len(many.members) == 1
