"""Time from opening the page to its first picture: `python -m bench.first_picture`.

A real server with all embedded classes, a real Chromium, five openings in fresh profiles; the page itself says when the
first frame with points was drawn. The peer is a blank page of the same browser in the same run, so the ratio is the
cost of the cloud over that of opening any page.
"""

import asyncio
import statistics
import subprocess
import sys

from scripts.chromium import chromium, settled

ROUNDS = 5


async def measure(address: str) -> tuple[list[float], list[float]]:
    """Milliseconds to the first picture, and to the load event of the server's plain /session."""
    pictures, blanks = [], []
    async with chromium() as browser:
        for _ in range(ROUNDS):
            context = await browser.new_context(viewport={"width": 1280, "height": 800})
            page = await context.new_page()
            await page.goto(address)
            await settled(page)
            pictures.append(float(await page.evaluate("lab.firstPictureMs")))
            await page.goto(address.partition("#")[0] + "session")
            blanks.append(
                float(await page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart"))
            )
            await context.close()
    return pictures, blanks


def main() -> None:
    """Print medians and the worst."""
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            pictures, blanks = asyncio.run(measure(server.stdout.readline().strip()))
        finally:
            server.send_signal(2)
    first, blank = statistics.median(pictures), statistics.median(blanks)
    print(f"first picture of 38,042 curves: median {first:.0f} ms, worst {max(pictures):.0f} ms of {ROUNDS}")
    print(f"a blank page: median {blank:.0f} ms; ratio {first / max(blank, 1):.1f}")


if __name__ == "__main__":
    main()
