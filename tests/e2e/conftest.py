"""A real Chromium for a module, a page on a server of a test's own, and the cloud that the page shows."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

import murmuration as mm
from scripts.chromium import CARD, chromium, settled
from scripts.headset import put_on
from tests.conftest import Server, start, stop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def card() -> bool:
    """Whether pages believe that there is a graphics card; a module may say so."""
    return False


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, own_server: Server, card: bool) -> AsyncIterator[Page]:
    """A page on a server of the test's own."""
    async with visit(browser, own_server, card=card) as one:
        yield one


@pytest.fixture(scope="session")
def common() -> Iterator[Server]:
    """A server for all tests that leave its view and its named selections as they found them."""
    one = start("--conductor", "7500:10000")
    yield one
    stop(one)


@pytest_asyncio.fixture(loop_scope="module")
async def guest(browser: Browser, common: Server, card: bool) -> AsyncIterator[Page]:
    """A page on that server, with nothing selected."""
    async with visit(browser, common, card=card) as one:
        if await one.evaluate("lab.selected.count > 0"):
            await one.keyboard.press("Delete")
            await one.wait_for_function("() => lab.settled && lab.selected.count === 0")
        yield one


@asynccontextmanager
async def visit(
    browser: Browser, server: Server, width: int = 1280, height: int = 800, headset: bool = False, card: bool = False
) -> AsyncIterator[Page]:
    """A page on a server, closed in the end; what it reported as an error fails the test."""
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark")
    if card:
        await context.add_init_script(CARD)
    if headset:
        await put_on(context)
    one = await context.new_page()
    problems: list[str] = []
    one.on("pageerror", lambda error: problems.append(str(error)))
    one.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await one.goto(server.url)
    await settled(one)
    yield one
    await context.close()
    assert [text for text in problems if "WebSocket" not in text and "Failed to load" not in text] == []


@pytest.fixture(scope="module")
def window(table: mm.CurveTable, traces: mm.Traces) -> mm.Cloud:
    return mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", (7500, 10000)))
