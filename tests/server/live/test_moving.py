"""Points that move: one scene after the other, faster than a client takes them."""

import asyncio

import murmuration as mm
from tests.server.many import Follower, Many, scene_data, serving

POINTS = 60_000
UPDATES = 40


async def test_a_client_gets_complete_scenes_and_finally_the_newest(table: mm.CurveTable, traces: mm.Traces) -> None:
    async with serving(table, traces, POINTS) as many, many.connect(acknowledge=False) as wire:
        follower, whole = Follower(), []
        await follower.follow(wire)
        assert follower.size == POINTS
        pushing = asyncio.create_task(push(many))
        while not (pushing.done() and follower.done and follower.epoch == many.scene.epoch):
            before = follower.epoch, follower.size
            await follower.follow(wire, 1)
            if follower.epoch != before[0]:
                whole.append(before[1] == POINTS)
        assert 1 < len(whole) <= UPDATES
        assert all(whole)


async def test_a_client_that_lags_is_still_answered(table: mm.CurveTable, traces: mm.Traces) -> None:
    async with serving(table, traces, POINTS) as many, many.connect(acknowledge=False) as wire:
        follower = Follower()
        await follower.follow(wire)
        pushing = asyncio.create_task(push(many))
        await wire.send(
            "stroke", id=5, polygon=[[-9, -9], [9, -9], [9, 9], [-9, 9]], matrix=IDENTITY, operation="replace"
        )
        selected = None
        while selected is None or not pushing.done() or not follower.done:
            message = await wire.next()
            if isinstance(message, dict):
                follower.text(message)
                if message["type"] == "selected" and message["id"] == 5:
                    selected = message
            else:
                follower.frame(*message)
                await wire.send("ack", seq=follower.seq)
        assert selected["count"] == 0  # the drawn integers are far outside of this square, but it was answered


IDENTITY = [float(i % 5 == 0) for i in range(16)]


async def push(many: Many) -> None:
    """Show one picture after another."""
    shown = [scene_data(many.session.compute.table, POINTS), many.scene_data]
    for k in range(UPDATES):
        await many.session.show(shown[k % 2])
