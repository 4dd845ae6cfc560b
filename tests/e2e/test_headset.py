"""The headset, emulated, in a real Chromium: what hands and controllers do, and the rows that Python finds for it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

import murmuration as mm
from scripts import headset
from scripts.chromium import chromium, settled
from scripts.headset import answered, circle, enter, stroke
from tests.conftest import Server, start, stop

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# In the air before the cloud, which begins 1.2 m ahead of a head 1.6 m high.
LOOP = circle((0.0, 1.5, -0.4), 0.05)
SMALL = circle((0.02, 1.5, -0.4), 0.02)
REST = (0.35, 1.0, -0.25)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def window_server() -> Iterator[Server]:
    """One server of figure 1's window for all tests here; each begins with a loop of its own."""
    one = start("--conductor", "7500:10000")
    yield one
    stop(one)


async def wear(browser: Browser) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 960, "height": 540})
    await headset.put_on(context)
    return context


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, window_server: Server) -> AsyncIterator[Page]:
    context = await wear(browser)
    one = await context.new_page()
    problems: list[str] = []
    one.on("pageerror", lambda error: problems.append(str(error)))
    one.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await one.goto(window_server.url)
    await settled(one)
    yield one
    await context.close()
    assert [text for text in problems if "WebSocket" not in text and "Failed to load" not in text] == []


@pytest.fixture(scope="module")
def window(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))


async def resolved(page: Page, cloud: mm.Cloud) -> set[int]:
    """What Python finds for the stroke that the page sent last."""
    sent: dict[str, Any] = await page.evaluate("lab.lastStroke")
    return set(cloud.lasso(np.reshape(sent["matrix"], (4, 4)).T, sent["polygon"]).tolist())


async def selected(page: Page) -> set[int]:
    return set(await page.evaluate("lab.localRows()"))


async def test_a_pinched_loop_selects_the_rows_python_finds_and_the_socket_stays(page: Page, window: mm.Cloud) -> None:
    frames = await page.evaluate("lab.frames.points")
    await enter(page)
    await stroke(page, LOOP)
    await answered(page)
    rows = await resolved(page, window)
    assert 0 < len(rows) < len(window)
    assert await selected(page) == rows
    await page.evaluate("device.activeSession.end()")
    await page.wait_for_function("() => lab.xr.mode === null")
    assert await page.evaluate("[lab.state, lab.frames.points]") == ["live", frames]  # nothing was sent twice
    await expect(page.locator("#sentence")).to_contain_text(f"{len(rows):,} curve")
    await enter(page)  # and again
    assert await selected(page) == rows
