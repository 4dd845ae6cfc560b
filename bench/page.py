"""Response times of the page to user input: `python -m bench.page`.

A real server with figure 1's window and a real Chromium, which draws in software where there is no GPU. Measurements:
the time from the end of a stroke to the selection's murmuration in the panel (limit 200 ms); frames a second of turning
points, against the same page with WebGL; the same for the wireframe (limit 30), against a bare canvas that strokes as
many lines of the same length in one colour; and the processor time of the headset's own code between frames of an
emulated Quest 3 (limit 2 ms). Peers run in the same run.
"""

import asyncio
import json
import statistics
import subprocess
import sys
from itertools import pairwise

from playwright.async_api import Browser, Page

from scripts.chromium import CARD, chromium, lasso, settled
from scripts.headset import circle, enter, put_on, stroke

STROKES = 12
MILLION = 1_000_000
LOOPS = [
    [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0), (430.0, 200.0)],
    [(500.0, 200.0), (500.0, 650.0), (700.0, 650.0), (700.0, 200.0)],
]

WATCH = """() => {
  window.took = [];
  let released = 0;
  addEventListener("pointerup", () => (released = performance.now()), true);
  new MutationObserver(() => {
    if (released === 0 || !document.querySelector("#plot .dots.selection")) return;
    const began = released;
    released = 0;
    requestAnimationFrame(() => window.took.push(performance.now() - began));
  }).observe(document.querySelector("#plot"), { childList: true });
}"""

TURN = """async (seconds) => {
  const end = performance.now() + 1000 * seconds, times = [];
  let last = null;
  while (performance.now() < end) {
    dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    const now = await new Promise(requestAnimationFrame);
    if (last !== null) times.push(now - last);
    last = now;
  }
  return times;
}"""

BARE = """async ([count, length, seconds]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [innerWidth, innerHeight];
  canvas.style.cssText = "position: fixed; inset: 0; z-index: 99";
  document.body.append(canvas);
  const pen = canvas.getContext("2d"), end = performance.now() + 1000 * seconds, times = [];
  pen.strokeStyle = "#56b4e9";
  pen.lineWidth = 1.2;
  let last = null, turn = 0;
  while (performance.now() < end) {
    turn += 0.05;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.beginPath();
    for (let i = 0; i < count; i++) {
      const x = 300 + ((i * 7919) % 500), y = 150 + ((i * 104729) % 500);
      pen.moveTo(x, y);
      pen.lineTo(x + length * Math.cos(turn + i), y + length * Math.sin(turn + i));
    }
    pen.stroke();
    const now = await new Promise(requestAnimationFrame);
    if (last !== null) times.push(now - last);
    last = now;
  }
  canvas.remove();
  return times;
}"""


async def strokes(page: Page) -> list[float]:
    """Milliseconds from the release of a loop to its murmuration on the screen."""
    await page.evaluate(WATCH)
    for turn in range(STROKES):
        await lasso(page, LOOPS[turn % 2], "Shift")
        await page.wait_for_function(f"() => window.took.length > {turn}")
    return list(await page.evaluate("window.took"))


async def points(browser: Browser, address: str) -> str:
    """Frames a second of turning points: painted by the page, as without a graphics card, and by WebGL."""
    rates = []
    for script in ("", CARD):
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        await context.add_init_script(script)
        page = await context.new_page()
        await page.goto(address)
        await settled(page)
        drawn = await page.evaluate("lab.drawn")
        rates.append(1000 / statistics.median(await page.evaluate(TURN, 4)))
        await context.close()
    return "{:,} points: the page {:.0f} pictures a second, by WebGL {:.1f}".format(drawn, *rates)


async def million(browser: Browser) -> str:
    """The same for the million points of bench.streaming, whose server waits for a first page."""
    command = [sys.executable, "-m", "bench.peers.murmuration_peer", "cloud", str(MILLION), "60", "", "ours"]
    peer = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert peer.stdout is not None
    try:
        address = json.loads(await peer.stdout.readline())["url"]
        first = await browser.new_page()
        await first.goto(address)
        await first.wait_for_function(f"() => window.lab?.rows === {MILLION} && lab.settled", timeout=60_000)
        await first.close()
        return await points(browser, address)
    finally:
        peer.terminate()
        await peer.wait()


async def wireframe(page: Page) -> tuple[int, list[float], list[float]]:
    """The number of lines, milliseconds between frames of the page, and of the bare canvas."""
    await page.keyboard.press("w")
    await page.wait_for_function(
        "() => lab.mode === 'wireframe' && lab.segments.cloud > 0 && lab.segments.selection > 0"
    )
    segments = await page.evaluate("lab.segments")
    count = segments["cloud"] + segments["selection"]
    ours = await page.evaluate(TURN, 4)
    bare = await page.evaluate(BARE, [count, 10, 4])
    await page.keyboard.press("w")
    return count, ours, bare


async def headset(browser: Browser, address: str) -> list[tuple[float, float]]:
    """Milliseconds of the client's own code in each frame from entering on, while loops are drawn in the air.

    Pairs of the page thread's processor time and of wall-clock time, which includes other threads. Both come from the
    marks that each frame leaves in the browser's profile.
    """
    context = await browser.new_context(viewport={"width": 480, "height": 270})
    await put_on(context)
    page = await context.new_page()
    await page.goto(address)
    await settled(page)
    await browser.start_tracing(page=page, categories=["devtools.timeline"])
    await enter(page)
    for side in (-0.05, 0.0, 0.05):
        await stroke(page, circle((side, 1.5, -0.4), 0.05))
    events = json.loads(await browser.stop_tracing())["traceEvents"]
    await context.close()
    marks = sorted((each for each in events if each["name"] == "TimeStamp"), key=lambda mark: mark["ts"])
    return [
        ((end["tts"] - begin["tts"]) / 1000, (end["ts"] - begin["ts"]) / 1000)
        for begin, end in pairwise(marks)
        if (begin["args"]["data"]["message"], end["args"]["data"]["message"]) == ("our frame begins", "our frame ends")
    ]


async def measure(address: str) -> None:
    """Run and print every measurement."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(address)
        await settled(page)
        took = await strokes(page)
        print(f"stroke to murmuration: median {statistics.median(took):.0f} ms, worst {max(took):.0f} of {STROKES}")
        print(await points(browser, address))
        print(await million(browser))
        count, ours, bare = await wireframe(page)
        rate, floor = 1000 / statistics.median(ours), 1000 / statistics.median(bare)
        print(f"wireframe of {count:,} lines: {rate:.0f} pictures a second; a bare canvas {floor:.0f}")
        frames = await headset(browser, address)
        for clock, work in zip(("processor", "wall"), zip(*frames, strict=True), strict=True):
            middle, most = statistics.median(work), statistics.quantiles(work, n=20)[-1]
            spread = f"median {middle:.2f} ms, 95% of {len(work)} frames below {most:.2f}"
            print(f"headset, {clock} time of our own code: {spread}")


def main() -> None:
    """Run the bench."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", "0", "--session", "none"]
    command += sys.argv[1:] or ["--conductor", "7500:10000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            asyncio.run(measure(server.stdout.readline().strip()))
        finally:
            server.send_signal(2)


if __name__ == "__main__":
    main()
