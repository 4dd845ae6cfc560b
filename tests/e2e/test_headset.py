"""The headset, emulated, in a real Chromium: what hands and controllers do, and the rows that Python finds for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from scripts import headset
from scripts.chromium import settled
from scripts.headset import answered, circle, enter, stroke
from tests.conftest import Server
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# In the air before the cloud, which begins 1.2 m ahead of a head 1.6 m high.
LOOP = circle((0.0, 1.5, -0.4), 0.05)
SMALL = circle((0.02, 1.5, -0.4), 0.02)
REST = (0.35, 1.0, -0.25)


@asynccontextmanager
async def wearing(browser: Browser, server: Server) -> AsyncIterator[Page]:
    """A page on a server, with a headset; what it reported as an error fails the test."""
    context = await browser.new_context(viewport={"width": 960, "height": 540}, color_scheme="dark")
    await headset.put_on(context)
    one = await context.new_page()
    problems: list[str] = []
    one.on("pageerror", lambda error: problems.append(str(error)))
    one.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await one.goto(server.url)
    await settled(one)
    yield one
    await context.close()
    assert [text for text in problems if "WebSocket" not in text and "Failed to load" not in text] == []


@pytest_asyncio.fixture(loop_scope="module")
async def worn(browser: Browser, common: Server) -> AsyncIterator[Page]:
    """On the module's server: each test begins with a loop of its own."""
    async with wearing(browser, common) as one:
        yield one


async def test_a_pinched_loop_selects_the_rows_python_finds_and_the_socket_stays(worn: Page, window: mm.Cloud) -> None:
    frames = await worn.evaluate("lab.frames.points")
    await enter(worn)
    await stroke(worn, LOOP)
    await answered(worn)
    rows = await resolved(worn, window)
    assert 0 < len(rows) < len(window)
    assert await selected(worn) == rows
    await worn.evaluate("device.activeSession.end()")
    await worn.wait_for_function("() => lab.xr.mode === null")
    assert await worn.evaluate("[lab.state, lab.frames.points]") == ["live", frames]  # nothing was sent twice
    await expect(worn.locator("#sentence")).to_contain_text(f"{len(rows):,} curve")
    await enter(worn)  # and again
    assert await selected(worn) == rows
