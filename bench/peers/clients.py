"""200 clients of one server: the round trip of a request while all of them receive the cloud.

One process runs all clients, another the server. The clients connect within five seconds, receive the whole cloud and
acknowledge each frame; each sends its pose ten times a second, which is relayed to all, and requests the card of a
random curve four times a second. The round trip is measured in the single thread of the clients' process, which
therefore counts frames and does not decode them.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time

import numpy as np
import websockets

from scripts.entering import enter
from streaming import frames
from streaming.messages import PROTOCOL

PAUSE = 0.25
STEP = 0.1
COMING = 5.0
SECONDS = 10.0


async def round_trips(clients: int) -> str:
    """Start a server with the embedded curves, connect the clients, and summarise their round trips."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", "0"]
    with tempfile.TemporaryDirectory() as state:
        server = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "XDG_STATE_HOME": state},
        )  # fmt: skip
        assert server.stdout is not None
        try:
            async for line in server.stdout:
                if b"#code=" in line:
                    break
            base, key = await asyncio.to_thread(enter, line.decode())
            times, received = await measure(clients, base.replace("http", "ws", 1) + "ws", key)
        finally:
            server.send_signal(2)
            await server.wait()
    p50, p99 = np.percentile(times, [50, 99])
    return (
        f"{clients} clients of one server, {len(times):,} questions in {SECONDS:.0f} s: p50 {p50:.1f} ms, "
        f"p99 {p99:.1f} ms; {received / 2**20:.0f} MiB of frames"
    )


async def measure(clients: int, address: str, key: str) -> tuple[list[float], int]:
    """Round trips in milliseconds, and bytes received by all."""
    times: list[float] = []
    received = await asyncio.gather(*(client(address, key, times) for _ in range(clients)))
    return times, sum(received)


async def client(address: str, key: str, times: list[float]) -> int:
    """Run one client until the end; the bytes of frames it received."""
    await asyncio.sleep(COMING * random.random())
    headers = {"Authorization": f"Bearer {key}"}
    seq, received, asked, end = 0, 0, 0.0, time.perf_counter() + SECONDS
    steps, pose = 0, {"type": "here", "kind": "script", "head": [0.5, 0, 0, 0, 0, 0, 1], "hands": []}
    async with websockets.connect(
        address, subprotocols=[websockets.Subprotocol(PROTOCOL)], additional_headers=headers,
        compression=None, max_size=2 * frames.MAX_FRAME,
    ) as socket:  # fmt: skip
        due = time.perf_counter() + random.random() * PAUSE
        step = time.perf_counter() + random.random() * STEP
        while (now := time.perf_counter()) < end:
            if asked == 0.0 and now >= due:
                asked = now
                await socket.send(json.dumps({"type": "describe", "row": random.randrange(38_042)}))
            if now >= step:
                steps, step = steps + 1, now + STEP
                await socket.send(json.dumps({"seq": steps, **pose}))
            until = min(step, due if asked == 0.0 else end)
            try:
                message = await asyncio.wait_for(socket.recv(), max(0.001, until - now))
            except TimeoutError:
                continue
            if isinstance(message, bytes):
                seq, received = seq + 1, received + len(message)
                await socket.send(json.dumps({"type": "ack", "seq": seq}))
            elif asked and message.startswith('{"type":"card"'):
                times.append(1000 * (time.perf_counter() - asked))
                asked, due = 0.0, time.perf_counter() + PAUSE
    return received
