"""Make the pictures of the documentation, from the real program: `python -m scripts.pictures`.

A server is started on the embedded curves, a real Chromium opens it, a lasso is drawn with the mouse.
"""

import asyncio
import math
import subprocess
import sys
from pathlib import Path

from playwright.async_api import Page

from scripts.chromium import chromium, lasso, settled

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = {"width": 1440, "height": 860}
# A loop as a hand draws it, around the side where rank 1 lies.
TURNS = [math.tau * k / 48 for k in range(48)]
LOOP = [(395 + 125 * math.cos(t) + 22 * math.sin(2 * t), 410 - 240 * math.sin(t) + 12 * math.cos(3 * t)) for t in TURNS]


async def photograph(address: str) -> None:
    """Every state that the documentation shows."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        await page.goto(address)
        await settled(page)
        await save(page, "cloud")
        await half_a_lasso(page)
        await save(page, "drawing")
        await page.mouse.up()
        await page.keyboard.up("Shift")
        await page.keyboard.press("Escape")
        await lasso(page, LOOP, "Shift")
        await save(page, "lasso")


async def half_a_lasso(page: Page) -> None:
    """The mouse still down, most of the way around."""
    await page.keyboard.down("Shift")
    await page.mouse.move(*LOOP[0])
    await page.mouse.down()
    for x, y in LOOP[1:-6]:
        await page.mouse.move(x, y, steps=2)


async def save(page: Page, name: str) -> None:
    """One picture, once everything has faded in."""
    await page.wait_for_timeout(700)
    await page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


def main() -> None:
    """Start the server, take the pictures, end the server; then figure 1 from the command line."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--conductor", "7500:10000", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            asyncio.run(photograph(server.stdout.readline().strip()))
        finally:
            server.send_signal(2)
    command = [sys.executable, "-m", "devshell.main", "run", "murmuration", "--conductor", "7500:10000",
               "--output", str(PICTURES)]  # fmt: skip
    subprocess.run(command, check=True)
    (PICTURES / "murmuration.png").rename(PICTURES / "figure-1.png")
    for name in ("murmuration.svg", "murmuration.csv"):
        (PICTURES / name).unlink()


if __name__ == "__main__":
    main()
