"""Latency and rate of displayed points, against viser: `python -m bench.streaming`.

Every peer serves a page to a plain Chromium (no automation protocol, which slows WebSockets down) and shows the same
points in it; the page itself reports finished pictures (bench/peers/probe.js). Measured from the call in Python: the
first picture of a million points, the whole million, bytes a point; then 100,000 moving points pushed as fast as the
peer accepts them: displayed updates a second, and the age of the displayed update. Last, 200 clients of one server: the
round trip of a request while all of them receive the cloud.

Without a graphics card our page paints its points itself, while the peers' pages use WebGL in software; "ours by WebGL"
is the same page with a reported graphics card.

viser 1.1.1 comes from PyPI by `uv run`, in an environment of its own, since its dependencies conflict with ours.
"""

import argparse
import asyncio
import contextlib
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.peers.clients import round_trips

HERE = Path(__file__).parent / "peers"
UV = Path(sys.executable).parent / "uv"
VISER = ["--no-project", "--quiet", "--python", sys.executable, "--with", "viser==1.1.1", "python"]
PEERS: dict[str, list[str]] = {
    "ours": [sys.executable, "-m", "bench.peers.murmuration_peer"],
    "ours by WebGL": [sys.executable, "-m", "bench.peers.murmuration_peer"],
    "bare page": [sys.executable, str(HERE / "bare_peer.py")],
    "viser float16": [str(UV), "run", *VISER, str(HERE / "viser_peer.py")],
    "viser float32": [str(UV), "run", *VISER, str(HERE / "viser_peer.py")],
}
CHROMIUM = ["--headless=new", "--no-sandbox", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--no-first-run", "--window-size=1280,800", "--enable-unsafe-swiftshader"]  # fmt: skip
MILLION, MOVING = 1_000_000, 100_000
PATIENCE = 60.0


@dataclass
class Seen:
    """The output of a peer, and the reports of its page: frames of {at, drawn, marker}."""

    said: dict[str, Any] = field(default_factory=dict)
    frames: list[dict[str, float]] = field(default_factory=list)


@contextlib.asynccontextmanager
async def collecting(seen: Seen) -> AsyncIterator[str]:
    """An HTTP endpoint for the reports of pages; its address."""

    async def take(request: web.Request) -> web.Response:
        seen.frames += json.loads(await request.text())
        return web.Response()

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def watch(name: str, what: str, points: int, seconds: float) -> Seen:
    """Run one peer with a page, from its start to its end."""
    seen = Seen()
    async with collecting(seen) as collector:
        command = [*PEERS[name], what, str(points), str(seconds), collector, name.rpartition(" ")[2]]
        peer = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=1 << 24)
        browser: asyncio.subprocess.Process | None = None
        assert peer.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE + seconds):
                async for line in peer.stdout:
                    if not line.startswith(b"{"):  # viser prints lines of its own
                        continue
                    said = json.loads(line)
                    seen.said.update(said)
                    seen.frames += said.get("frames", [])
                    if "url" in said:
                        browser = await browse(said["url"])
            await asyncio.sleep(0.5)
        finally:
            for process in (browser, peer):
                if process is not None and process.returncode is None:
                    process.terminate()
                    await process.wait()
    return seen


async def browse(url: str) -> asyncio.subprocess.Process:
    """A plain Chromium in a profile of its own."""
    path = shutil.which("chromium") or "chromium"
    profile = tempfile.mkdtemp(prefix="bench-")
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        path, *CHROMIUM, f"--user-data-dir={profile}", url, stdout=quiet, stderr=quiet
    )


@dataclass(frozen=True)
class Cloud:
    """Milliseconds from the call to the first picture and to that of all points, and bytes a point."""

    first: float
    whole: float
    bytes: float


async def cloud(name: str, points: int) -> Cloud:
    """Show a cloud once."""
    seen = await watch(name, "cloud", points, 8.0)
    began = seen.said["began"]
    first = min(frame["at"] for frame in seen.frames if frame["at"] > began and frame["drawn"] >= LEAST_PICTURE)
    whole = min(frame["at"] for frame in seen.frames if frame["at"] > began and frame["drawn"] >= points)
    return Cloud(first - began, whole - began, seen.said["bytes"] / points)


LEAST_PICTURE = 10_000
"""Points that make a picture of a million: a hundredth."""


@dataclass(frozen=True)
class Moving:
    """Different updates shown whole a second, and the median age in milliseconds of the shown update."""

    rate: float
    age: float


async def moving(name: str, points: int, seconds: float) -> Moving:
    """Push moving points for some seconds. The first second is warming up."""
    seen = await watch(name, "moving", points, seconds)
    pushed = seen.said["pushed"]
    start = pushed[0][1] + 1000
    end = pushed[-1][1]
    shown: dict[float, float] = {}
    for frame in seen.frames:
        if start <= frame["at"] <= end and frame["drawn"] >= points:
            # numbers repeat, so the push time identifies an update: no peer is a whole turn behind
            before = [at for number, at in pushed if number == frame["marker"] and at <= frame["at"]]
            if before:
                shown.setdefault(before[-1], frame["at"])
    if len(shown) < 2:
        raise SystemExit(f"{name}: expected updates to be shown, saw {len(shown)} of {len(pushed)} pushed")
    return Moving(1000 * len(shown) / (end - start), statistics.median(at - sent for sent, at in shown.items()))


async def bench(rounds: int, names: list[str], only: str) -> None:
    """Run and print every measurement, the peers in turn; medians over rounds."""
    if only in ("", "cloud"):
        clouds: dict[str, list[Cloud]] = {name: [] for name in names}
        for _ in range(rounds):
            for name in names:
                clouds[name].append(await cloud(name, MILLION))
        print(f"{MILLION:,} points, from the call in Python, median of {rounds}:")
        for name, each in clouds.items():
            first, whole = (statistics.median(getattr(one, what) for one in each) for what in ("first", "whole"))
            print(
                f"  {name:14} first picture {first:5.0f} ms, whole {whole:5.0f} ms, {each[0].bytes:.2f} bytes a point"
            )
    if only in ("", "moving"):
        print(f"{MOVING:,} moving points, pushed as fast as they are acknowledged, median of {rounds}:")
        for name in names:
            runs = [await moving(name, MOVING, 6.0) for _ in range(rounds)]
            rate, age = statistics.median(r.rate for r in runs), statistics.median(r.age for r in runs)
            print(f"  {name:14} {rate:5.1f} updates shown a second, {age:6.0f} ms old")
    if only in ("", "clients"):
        print(await round_trips(200))


def main() -> None:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--only", choices=["cloud", "moving", "clients"], default="")
    given = parser.parse_args()
    peers = given.peers.split(",")
    if other := [name for name in peers if name not in PEERS]:
        parser.error(f"expected --peers of {', '.join(PEERS)}; got {other[0]!r}")
    asyncio.run(bench(given.rounds, peers, given.only))


if __name__ == "__main__":
    main()
