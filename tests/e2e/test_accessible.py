"""The page for everybody: axe-core finds nothing serious in any state, and nothing moves for who wants less motion."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from scripts.chromium import lasso
from tests.conftest import ROOT, Server
from tests.e2e.conftest import visit

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = Path(ROOT / "client_webxr" / "node_modules" / "axe-core" / "axe.min.js").read_text()
SOME = [(150.0, 250.0), (160.0, 500.0), (280.0, 560.0), (300.0, 300.0)]
WIDE, NARROW = (1280, 800), (360, 740)


async def violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical, one line each."""
    await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:120]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


async def nothing(page: Page) -> None:
    """As it opens."""


async def selected(page: Page) -> None:
    """A selection with its table, a named one, a card."""
    await lasso(page, SOME, "Shift")
    if not await page.locator("#panel").is_visible():
        await page.locator("#fold").click()
    await page.locator("#name-text").fill("some")
    await page.keyboard.press("Enter")
    row = page.locator("#table .space [role=row]").first
    await row.click()
    await expect(page.locator("#card h2")).to_be_attached()


async def keys(page: Page) -> None:
    """The sheet of keys."""
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()


async def finder(page: Page) -> None:
    """The commands."""
    await page.keyboard.press("Control+k")
    await page.keyboard.type("las")


async def people(page: Page) -> None:
    """The people, and a tool that is up."""
    await page.keyboard.press("r")
    await page.locator("#people").click()


STATES: tuple[Callable[[Page], Awaitable[None]], ...] = (nothing, selected, keys, finder, people)


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        ("dark", WIDE),
        ("light", NARROW),
        pytest.param("dark", NARROW, marks=pytest.mark.slow),
        pytest.param("light", WIDE, marks=pytest.mark.slow),
    ],
)
async def test_axe_finds_nothing_serious(browser: Browser, common: Server, theme: str, size: tuple[int, int]) -> None:
    for state in STATES:
        async with visit(browser, common, *size) as page:
            await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            await state(page)
            assert await violations(page) == [], state.__doc__


async def test_what_is_selected_is_announced_and_motion_is_left_out(guest: Page) -> None:
    await guest.emulate_media(reduced_motion="reduce")
    assert await guest.locator("#sentence").get_attribute("aria-live") == "polite"
    moving = """[...document.querySelectorAll('*')].map((each) => getComputedStyle(each))
        .filter((style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none').length"""
    assert await guest.evaluate(moving) == 0


async def test_every_control_is_reached_by_tab_and_shows_it(guest: Page) -> None:
    await lasso(guest, SOME, "Shift")
    reached: set[str] = set()
    for _ in range(90):
        await guest.keyboard.press("Tab")
        found = await guest.evaluate(
            """() => { const own = document.activeElement, style = getComputedStyle(own);
            return [own.id || own.closest('[id]')?.id || 'page', own === document.body || style.outlineStyle !== 'none'
                || style.boxShadow !== 'none' || own.matches('.chip, #picture')]; }"""
        )
        assert found[1], f"the focus is not seen on {found[0]}"
        reached.add(found[0])
    assert {"picture", "projection", "tools", "undo", "split", "record", "fold", "table", "copies", "name"} <= reached
