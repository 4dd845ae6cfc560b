"""Make the pictures of the documentation, from the real program: `python -m scripts.pictures`.

A server is started on the embedded curves, a real Chromium opens it, a lasso is drawn with the mouse, and another one
with an emulated hand in an emulated headset.
"""

import asyncio
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from scripts import headset
from scripts.chromium import chromium, lasso, settled

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = {"width": 1440, "height": 860}
# A loop as a hand draws it, around the band of rank 1.
TURNS = [math.tau * k / 48 for k in range(48)]
LOOP = [(528 + 128 * math.cos(t) + 8 * math.sin(2 * t), 500 - 66 * math.sin(t) + 5 * math.cos(3 * t)) for t in TURNS]

# The same with a hand in the air, half way to the cloud.
AIR = headset.circle((-0.05, 1.56, -0.44), 0.05, 48)


async def photograph(address: str) -> None:
    """Every state that the documentation shows."""
    async with chromium() as browser:
        page = await browser.new_page(viewport=SIZE, color_scheme="dark")  # type: ignore[arg-type]
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
        await page.keyboard.press("w")
        await page.wait_for_function("() => lab.mode === 'wireframe' && lab.settled")
        await save(page, "wireframe-lasso")
        await page.keyboard.press("Delete")
        await page.wait_for_function("() => lab.settled && lab.selected.count === 0")
        await save(page, "wireframe")
        await page.keyboard.press("w")
        await page.wait_for_function("() => lab.mode === 'points' && lab.settled")
        await marks(page)
        await save(page, "named")
        await page.emulate_media(color_scheme="light")
        await page.locator("#table [role=row][tabindex='0']").click()
        await save(page, "light")
        await page.emulate_media(color_scheme="dark")
        await page.keyboard.press("Escape")
        await page.keyboard.press("d")
        frame = await (await page.locator("iframe").element_handle()).content_frame()
        assert frame is not None
        await frame.wait_for_function("() => window.lab && lab.drawn > 0 && lab.settled && lab.localRows(1).length > 0")
        await save(page, "two-views")
        await page.keyboard.press("d")
        await page.set_viewport_size({"width": 360, "height": 740})
        await save(page, "narrow")
        await page.close()
        await both_eyes(browser, address)


async def marks(page: Page) -> None:
    """Both sides kept under a name and shown in their colours."""
    for name, path in (("left", LOOP), ("right", [(900 - x, y) for x, y in LOOP])):
        await lasso(page, path, "Shift")
        await page.locator("#name-text").fill(name)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name=f"Show {name} in its colour").click()
    await page.wait_for_function("() => lab.localRows(1).length > 0 && lab.localRows(2).length > 0")


async def both_eyes(browser: Browser, address: str) -> None:
    """The headset, with a second member: a loop being drawn, its selection, the panel on the wrist, a card."""
    other = await worn(browser, address)
    await other.evaluate("device.position.set(-0.75, 1.55, -1.3); device.quaternion.set(0, -0.55, 0, 0.835)")
    await headset.hand(other, "right", (-0.45, 1.35, -1.2), 0)
    await headset.hand(other, "left", (-0.6, 1.3, -1.0), 0)
    page = await worn(browser, address)
    await headset.hand(page, "left", (-0.4, 0.8, -0.1), 0)
    await page.wait_for_function("() => lab.xr.others === 1")
    await headset.stroke(page, AIR[:-9], release=False)
    await save(page, "headset-drawing")
    await headset.stroke(page, AIR)
    await headset.answered(page)
    await headset.hand(page, "right", (0.25, 1.25, -0.4), 0)
    await page.evaluate("device.quaternion.set(0, 0.24, 0, 0.971)")
    await headset.hand(page, "left", (-0.18, 1.28, -0.42), 0, 30)
    await save(page, "headset-panel")
    await headset.hand(page, "left", (-0.4, 0.8, -0.1), 0)
    await page.evaluate("device.quaternion.set(0, 0, 0, 1)")
    await headset.hand(page, "right", (0.15, 1.4, -0.45), 0)
    row = await page.evaluate("lab.localRows().sort((a, b) => lab.xr.placeOf(b)[1] - lab.xr.placeOf(a)[1])[0]")
    await headset.aim(page, "right", await page.evaluate(f"lab.xr.placeOf({row})"))
    await page.wait_for_function("() => lab.xr.card !== null")
    await save(page, "headset-card")


async def worn(browser: Browser, address: str) -> Page:
    """A page in a headset, looking ahead."""
    context = await browser.new_context(viewport={"width": 1440, "height": 720}, color_scheme="dark")
    await headset.put_on(context)
    page = await context.new_page()
    await page.goto(address)
    await headset.enter(page)
    return page


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
    command = [
        sys.executable,
        "-m",
        "devshell.main",
        "vr",
        "up",
        "--conductor",
        "7500:10000",
        "--projection",
        "mn,m2,pc1",
        "--port",
        "0",
    ]
    with (
        tempfile.TemporaryDirectory() as state,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "XDG_STATE_HOME": state},
        ) as server,
    ):
        assert server.stdout is not None
        try:
            asyncio.run(photograph(server.stdout.readline().strip()))
        finally:
            server.send_signal(2)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "devshell.main", "run", "murmuration", "--conductor", "7500:10000",
                   "--output", folder]  # fmt: skip
        subprocess.run(command, check=True)
        shutil.copy(Path(folder) / "murmuration.png", PICTURES / "figure-1.png")


if __name__ == "__main__":
    main()
