"""A real Chromium, for the end-to-end tests and for the pictures of the documentation."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

from playwright.async_api import Browser, Page, async_playwright

from murmuration.errors import MurmurationError

Point: TypeAlias = tuple[float, float]

# Rendering in software where there is no GPU; no network traffic of the browser's own.
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--enable-unsafe-swiftshader"]  # fmt: skip


CARD = """(() => {
  const { getParameter } = WebGL2RenderingContext.prototype;
  const UNMASKED_RENDERER = 0x9246;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === UNMASKED_RENDERER ? "a graphics card" : getParameter.call(this, name);
  };
})()"""
"""Reports a graphics card, so that the page draws points with WebGL as on a machine that has one."""


@asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """The system's Chromium, without a screen. Raises MurmurationError where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise MurmurationError("expected Chromium, found none: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        yield browser
        await browser.close()


async def settled(page: Page) -> None:
    """Wait until every point is drawn and shows the server's answer."""
    await page.wait_for_function("() => window.lab && lab.drawn > 0 && lab.settled", timeout=30_000)
    await written(page)


async def written(page: Page) -> None:
    """Wait until the page's texts and plots are up to date: they are written once a frame."""
    await page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")


async def drag(page: Page, path: list[Point]) -> None:
    """Drag through points of the window (CSS pixels)."""
    await page.mouse.move(*path[0])
    await page.mouse.down()
    for x, y in path[1:]:
        await page.mouse.move(x, y, steps=6)
    await page.mouse.up()


async def draw(page: Page, corners: list[Point], *keys: str) -> None:
    """Drag a loop through points of the window (CSS pixels) with keys held."""
    for key in keys:
        await page.keyboard.down(key)
    await drag(page, corners)
    for key in keys:
        await page.keyboard.up(key)


async def lasso(page: Page, corners: list[Point], *keys: str) -> None:
    """Draw a loop with keys held, and wait for the exact answer."""
    await draw(page, corners, *keys)
    await page.wait_for_function(
        "() => lab.settled && lab.lastStroke && lab.selected.id === lab.lastStroke.id", timeout=30_000
    )
    await written(page)
