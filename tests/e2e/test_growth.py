"""A page that is used for ten minutes holds no more than after the first one."""

import time

import pytest
from playwright.async_api import CDPSession, Page

from scripts.chromium import lasso, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

MINUTES = 10
MOST = 4 << 20
"""Bytes: what counts and histories may grow by; one forgotten copy of the cloud a stroke would be far more."""

LEFT = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0), (430.0, 200.0)]
RIGHT = [(500.0, 200.0), (500.0, 650.0), (700.0, 650.0), (700.0, 200.0)]


async def heap(devtools: CDPSession) -> int:
    """Bytes that the page holds on to, array buffers included."""
    await devtools.send("HeapProfiler.collectGarbage")
    used = await devtools.send("Runtime.getHeapUsage")
    return int(used["usedSize"] + used.get("backingStorageSize", 0))


async def use(page: Page) -> None:
    """Everything that a person does again and again: turn, point, draw, take back, hide, plot, change the view."""
    await page.mouse.move(460, 400)
    await page.mouse.down()
    await page.mouse.move(560, 430, steps=10)
    await page.mouse.up()
    await page.mouse.move(300, 300, steps=20)
    await lasso(page, LEFT, "Shift")
    await lasso(page, RIGHT, "Shift", "Control")
    for key in ("Control+z", "1", "1", "n", "n", "n", "w", "w", "t", "t"):
        await page.keyboard.press(key)
    epoch = await page.evaluate("lab.epoch")
    shown = await page.locator("#projection").input_value()
    await page.locator("#projection").fill("pc1,pc2,pc3" if "logN" in shown else "pc1,pc2,logN")
    await page.keyboard.press("Enter")
    await page.wait_for_function(f"() => lab.epoch > {epoch}")
    await settled(page)


async def test_what_the_page_holds_does_not_grow(page: Page) -> None:
    devtools = await page.context.new_cdp_session(page)
    began, first, rounds = time.monotonic(), 0, 0
    while time.monotonic() - began < 60 * MINUTES:
        await use(page)
        rounds += 1
        if first == 0 and time.monotonic() - began > 60:
            first = await heap(devtools)
    grown = await heap(devtools) - first
    print(f"{rounds} rounds, {first / 2**20:.1f} MiB after a minute, {grown / 2**20:+.2f} MiB since")
    assert grown < MOST
