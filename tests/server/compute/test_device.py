"""The device's process: the same numbers, and what happens when it dies."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import murmuration as mm
from murmuration.projection import products
from murmuration.traces import backend
from server.compute.device import Device, DeviceLostError
from streaming.messages import State
from tests.conftest import Server, running
from tests.server.live.test_session import LEFT, held, lasso
from tests.wire import connect


@pytest.fixture
def with_child() -> Iterator[Server]:
    with running("--conductor", "7500:7900", "--device", "process") as one:
        yield one


def child(server: Server) -> int:
    """The process that computes for a server."""
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
            command = each.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent == server.process.pid and b"server.compute.device" in command:
            return int(each.parent.name)
    raise AssertionError("expected a child process that computes")


async def test_a_child_gives_the_very_same_numbers(traces: mm.Traces) -> None:
    device, told = Device("process"), list[State]()
    running = asyncio.create_task(device.run(told.append))
    while not told:
        await asyncio.sleep(0.05)
    rows = np.arange(5, 20_000, 3)
    total, gram = await asyncio.to_thread(device.products, traces, rows)
    expected = products(traces, rows)
    np.testing.assert_array_equal(total, expected[0])
    np.testing.assert_array_equal(gram, expected[1])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(DeviceLostError):
        device.products(traces, rows)


async def test_a_child_killed_in_mid_computation(with_child: Server, table: mm.CurveTable, traces: mm.Traces) -> None:
    """It is stopped first, so that it is certain to be in the middle when the kill comes."""
    async with connect(with_child) as wire, connect(with_child) as other:
        await wire.text("scene")
        if "in process" not in [text for text in wire.texts if text["type"] == "state"][-1]["text"]:
            await wire.text("state")
        first = child(with_child)
        os.kill(first, signal.SIGSTOP)
        await wire.send("view", projection="pc1,pc2,pc3", classes="rank", conductor=[7500, 10000])
        await wire.text("state", compute="busy")
        await other.text("state", compute="busy")
        began = time.monotonic()
        os.kill(first, signal.SIGKILL)
        for each in (wire, other):
            lost = await each.text("state", compute="cpu")
            assert "was lost. Computing on the CPU" in lost["text"]
        told = time.monotonic() - began
        scene = await wire.text("scene", epoch=2)
        print(f"told after {told:.3f} s, scene after {time.monotonic() - began:.3f} s")
        await wire.quiet()
        # Nothing of it is wrong: the cloud is that of a server that never had a child.
        cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
        batches = [batch for header, batch in wire.frames if header.kind == "points" and header.epoch == 2]
        rows = np.concatenate([batch["row"].to_numpy() for batch in batches])
        position = np.concatenate([batch["position"].flatten().to_numpy().reshape(-1, 4) for batch in batches])
        np.testing.assert_array_equal(position[np.argsort(rows)], cloud.position[np.argsort(cloud.row)])
        selected = await lasso(wire, scene, LEFT)
        await wire.quiet()
        assert held(wire, selected["version"]) == cloud.lasso(cloud.model, LEFT).tolist()
        states = [text["text"] for text in wire.texts if text["type"] == "state"]
        while "in process" not in states[-1]:
            states.append((await wire.text("state"))["text"])
        assert child(with_child) != first
        await wire.send("view", projection="pc1,pc2,pc3", classes="rank", conductor=[7500, 9000])
        await wire.text("scene", epoch=3)
    async with connect(with_child) as late:
        await late.text("scene")
        assert "in process" in next(text["text"] for text in late.texts if text["type"] == "state")


def test_the_child_goes_with_its_server(with_child: Server) -> None:
    first = None
    while first is None:
        try:
            first = child(with_child)
        except AssertionError:
            time.sleep(0.1)
    with_child.process.kill()
    with_child.process.wait()
    assert with_child.process.stdout is not None
    with_child.process.stdout.close()
    while Path(f"/proc/{first}").exists() and "Z" not in Path(f"/proc/{first}/stat").read_text().rpartition(")")[2]:
        time.sleep(0.05)


@pytest.mark.gpu
@pytest.mark.skipif(not backend.available(), reason="no GPU")
async def test_a_gpu_gives_the_very_same_numbers(traces: mm.Traces) -> None:
    device, told = Device("gpu"), list[State]()
    running = asyncio.create_task(device.run(told.append))
    while not told:
        await asyncio.sleep(0.05)
    assert told[0].compute == "gpu"
    rows = np.arange(len(traces.values))
    began = time.monotonic()
    total, gram = await asyncio.to_thread(device.products, traces, rows)
    print(f"{told[0].text} {time.monotonic() - began:.3f} s")
    expected = products(traces, rows)
    np.testing.assert_array_equal(total, expected[0])
    np.testing.assert_array_equal(gram, expected[1])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
