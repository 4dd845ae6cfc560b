"""Several at once: undo, named selections in colours, people, a second view, recordings; in two real pages."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from scripts.chromium import draw, lasso, settled
from tests.conftest import Server
from tests.e2e.conftest import visit
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LEFT = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0)]
RIGHT = [(500.0, 250.0), (520.0, 500.0), (640.0, 480.0), (570.0, 300.0)]


async def holds(page: Page, rows: set[int]) -> None:
    """Wait until as many are selected, then compare them."""
    await page.wait_for_function(f"() => lab.settled && lab.selected.count === {len(rows)}")
    assert await selected(page) == rows


async def test_steps_back_and_forth_by_keys_and_buttons(guest: Page, window: mm.Cloud) -> None:
    await lasso(guest, LEFT, "Shift")
    first = await resolved(guest, window)
    await lasso(guest, RIGHT, "Control")
    both = first | await resolved(guest, window)
    await holds(guest, both)
    undo, redo = guest.locator("#undo"), guest.locator("#redo")
    await expect(undo).to_have_attribute("title", re.compile("^Undo: lasso added, .* curves"))
    await guest.keyboard.press("Control+z")
    await holds(guest, first)
    await expect(redo).to_have_attribute("title", re.compile("^Redo: lasso added"))
    await redo.click()
    await holds(guest, both)
    await guest.keyboard.press("Control+z")
    await holds(guest, first)
    await guest.keyboard.press("Control+y")
    await holds(guest, both)


async def test_named_selections_are_shown_in_their_colours_and_combined(guest: Page, window: mm.Cloud) -> None:
    sets = []
    for name, path in (("left", LEFT), ("right", RIGHT)):
        await lasso(guest, path, "Shift")
        sets.append(await resolved(guest, window))
        await guest.locator("#name-text").fill(name)
        await guest.keyboard.press("Enter")
        await guest.get_by_role("button", name=f"Show {name} in its colour").click()
    left, right = sets
    for slot, rows in ((1, left), (2, right)):
        await guest.wait_for_function(f"() => lab.localRows({slot}).length === {len(rows)}")
        assert await selected(guest, slot) == rows
    await guest.get_by_role("button", name="Select left").click()
    await holds(guest, left)
    await guest.get_by_role("button", name="Add right to the selection").click()
    await holds(guest, left | right)
    await guest.get_by_role("button", name="Keep of the selection what is in left").click()
    await holds(guest, left)
    await guest.get_by_role("button", name="Subtract left from the selection").click()
    await holds(guest, set())
    await guest.get_by_role("button", name="Show right in its colour").click()
    await guest.wait_for_function("() => lab.localRows(2).length === 0")
    assert await selected(guest, 1) == left


async def test_two_people_see_each_other_and_the_recording(browser: Browser, common: Server, guest: Page) -> None:
    async with visit(browser, common) as other:
        await other.locator("#people").click()
        await other.locator("#own-name").fill("Ada Lovelace")
        await other.keyboard.press("Enter")
        await expect(guest.locator("#people")).to_have_attribute("title", re.compile("Ada Lovelace"))
        await other.locator("#picture").focus()
        await other.keyboard.press("ArrowLeft")
        await guest.keyboard.press("-")
        head = guest.locator("#overlay .heads text", has_text="Ada Lovelace")
        await expect(head).to_be_attached()
        await guest.locator("#record").click()
        await expect(other.locator("#record")).to_have_text("Recording")
        await other.locator("#record").click()
        await expect(guest.locator("#record")).to_have_text("Record")
    await expect(head).to_have_count(0)


async def test_the_second_view_has_its_own_projection_and_the_same_selection(
    guest: Page, table: mm.CurveTable, traces: mm.Traces
) -> None:
    await guest.keyboard.press("d")
    inner = await guest.locator("iframe").element_handle()
    frame = await inner.content_frame()
    assert frame is not None
    await frame.wait_for_function("() => window.lab && lab.drawn > 0 && lab.settled")
    assert await frame.evaluate("lab.epoch") != await guest.evaluate("lab.epoch")
    box = await guest.locator("#beside").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    path = [(middle - 60, 300.0), (middle - 60, 460.0), (middle + 30, 460.0), (middle + 30, 300.0)]
    await draw(guest, path, "Shift")
    await frame.wait_for_function("() => lab.settled && lab.lastStroke && lab.selected.id === lab.lastStroke.id")
    cloud = mm.cloud(mm.project(table, traces, "pc4,pc5,pc6", (7500, 10000)))
    rows = await resolved(frame, cloud)
    assert 0 < len(rows) < len(cloud)
    assert set(await frame.evaluate("lab.localRows()")) == rows
    await holds(guest, rows)
    await guest.locator("#split").click()
    await expect(guest.locator("iframe")).to_have_count(0)


async def test_a_link_restores_the_view_and_holds_no_secret(browser: Browser, page: Page, own_server: Server) -> None:
    await page.locator("#column").select_option("torsion")
    await page.wait_for_function("() => lab.epoch === 2 && lab.settled")
    await page.locator("#legend button").nth(1).click()
    for key in ("ArrowLeft", "ArrowLeft", "+", "b", "n"):
        await page.keyboard.press(key)
    await page.locator("#share").click()
    await page.wait_for_function("() => location.hash.includes('view=')")
    link, matrix = page.url, await page.evaluate("lab.matrix()")
    assert "code=" not in link
    assert await page.evaluate("localStorage['murmuration-key:/']") not in link
    await page.locator("#column").select_option("rank")
    await page.wait_for_function("() => lab.epoch === 3 && lab.settled")
    async with visit(browser, own_server) as other:
        await other.goto("about:blank")
        await other.goto(link)
        await settled(other)
        await expect(other.locator("#column")).to_have_value("torsion")
        await expect(other.locator("#legend button").nth(1)).to_have_attribute("aria-pressed", "false")
        await expect(other.get_by_role("button", name="Box")).to_have_attribute("aria-pressed", "true")
        await expect(other.locator("#axis-p")).to_have_attribute("aria-pressed", "true")
        assert await other.evaluate("lab.matrix()") == pytest.approx(matrix, rel=1e-3, abs=1e-6)
