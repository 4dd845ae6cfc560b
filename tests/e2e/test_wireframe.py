"""The wireframe in a real Chromium: how it is entered and left, and that a stroke selects the same rows in it."""

import csv
import io
import json
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page, expect

import murmuration as mm
from scripts.chromium import chromium, lasso
from tests.conftest import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LEFT = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0), (430.0, 200.0), (300.0, 180.0)]
Announce = Callable[[str], None]


@pytest.fixture(scope="module")
def card() -> bool:
    return True  # there is a graphics context to lose


SIZE: Any = {"width": 1280, "height": 800}


async def shows(page: Page, mode: str) -> None:
    await page.wait_for_function(f"() => window.lab && lab.mode === '{mode}' && lab.settled", timeout=60_000)


async def labels(page: Page) -> list[str]:
    """The labels of the curves that the server holds as selected."""
    text: str = await page.evaluate(
        "() => fetch('/api/selection.csv', { headers: { 'Murmuration-Key': localStorage['murmuration-key:/'] } })"
        ".then((answer) => answer.text())"
    )
    return [row["label"] for row in csv.DictReader(io.StringIO(text))]


async def resolved(page: Page, cloud: mm.Cloud) -> list[str]:
    """The labels that Python finds for the last stroke of the page."""
    stroke: dict[str, Any] = await page.evaluate("lab.lastStroke")
    rows = cloud.lasso(np.reshape(stroke["matrix"], (4, 4)).T, stroke["polygon"])
    found: list[str] = cloud.projection.table.take(rows)["label"].to_pylist()
    return found


def say(server: Server, compute: str) -> None:
    """Announce a compute state, as `devshell vr state` does."""
    body = json.dumps({"compute": compute}).encode()
    headers = {"Content-Type": "application/json", **server.bearer}
    with urllib.request.urlopen(urllib.request.Request(f"{server.base}/state", body, headers), timeout=10) as answer:
        assert answer.status == 200


@pytest.fixture
def announce(common: Server) -> Iterator[Announce]:
    """A function that has the server announce a state; it is taken back in the end."""
    yield partial(say, common)
    say(common, "auto")


async def lit(page: Page) -> int:
    """Pixels of the wireframe's canvas that something was drawn on."""
    count: int = await page.evaluate(
        "() => { const c = document.querySelector('#wires'), d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
        " for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n }"
    )
    return count


async def test_the_same_stroke_selects_the_same_rows_in_points_in_wireframe_and_in_python(
    guest: Page, window: mm.Cloud
) -> None:
    await lasso(guest, LEFT, "Shift")
    matrix = await guest.evaluate("lab.lastStroke.matrix")
    in_points = await labels(guest)
    await guest.mouse.dblclick(60, 300)
    await guest.wait_for_function("() => lab.settled && lab.selected.count === 0")
    await guest.keyboard.press("w")
    await shows(guest, "wireframe")
    await lasso(guest, LEFT, "Shift")
    assert await guest.evaluate("lab.lastStroke.matrix") == matrix
    in_wireframe = await labels(guest)
    assert len(in_points) > 100
    assert in_wireframe == in_points == await resolved(guest, window)
    await expect(guest.locator("#sentence")).to_have_text(f"{len(in_points):,} curves selected.")
    await guest.keyboard.press("w")
    await shows(guest, "points")
    rows = await guest.evaluate("lab.localRows()")
    assert window.projection.table.take(np.array(rows))["label"].to_pylist() == in_points


async def test_by_choice_and_back(guest: Page) -> None:
    await guest.locator("#wireframe").click()
    await shows(guest, "wireframe")
    assert await guest.evaluate("lab.segments.cloud") > 3000
    assert await guest.evaluate("lab.drawn") == 0  # the server takes its points back
    await guest.mouse.move(400, 400)
    assert await lit(guest) > 10_000
    await expect(guest.locator("#tag")).to_be_hidden()  # without points no curve is named under the pointer
    await guest.get_by_role("button", name="Show points").click()
    await shows(guest, "points")
    assert await guest.evaluate("lab.drawn") == 10293
    await expect(guest.locator("#mode")).to_be_hidden()


async def test_camera_classes_and_selection_work_as_with_points(guest: Page) -> None:
    await guest.keyboard.press("w")
    await shows(guest, "wireframe")
    all_classes = await lit(guest)
    await guest.locator("#legend button").first.click()
    await guest.wait_for_function("() => document.querySelector('#legend button').ariaPressed === 'false'")
    await guest.wait_for_timeout(100)
    assert await lit(guest) < 0.9 * all_classes
    before = await guest.evaluate("lab.matrix()")
    await guest.mouse.move(460, 400)
    await guest.mouse.down()
    await guest.mouse.move(560, 430, steps=4)
    await guest.mouse.up()
    assert await guest.evaluate("lab.matrix()") != before
    await lasso(guest, LEFT, "Shift")
    first = await guest.evaluate("lab.segments.selection")
    await lasso(guest, [(x + 150, y) for x, y in LEFT], "Control")
    assert 0 < await guest.evaluate("lab.segments.selection") != first
    await expect(guest.locator("#panel")).to_contain_text("bands: ± 2 standard errors")


async def test_the_server_asks_for_it_and_takes_it_back(guest: Page, announce: Announce) -> None:
    announce("wireframe")
    await shows(guest, "wireframe")
    await expect(guest.locator("#reason")).to_contain_text("Wireframe: set to wireframe by hand")
    announce("auto")
    await shows(guest, "points")
    announce("wireframe")
    await shows(guest, "wireframe")
    await guest.get_by_role("button", name="Show points").click()  # and is overruled until it asks anew
    await shows(guest, "points")
    announce("auto")
    announce("wireframe")
    await shows(guest, "wireframe")


async def test_what_was_chosen_stays_when_the_server_takes_its_state_back(guest: Page, announce: Announce) -> None:
    await guest.keyboard.press("w")
    await shows(guest, "wireframe")
    announce("wireframe")
    await expect(guest.locator("#reason")).to_contain_text("by hand")
    announce("auto")
    await expect(guest.locator("#reason")).to_have_text("Wireframe.")
    assert await guest.evaluate("lab.mode") == "wireframe"


async def test_a_lost_context_gives_the_wireframe_and_its_return_the_points(page: Page, window: mm.Cloud) -> None:
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if "INVALID" in said.text else None)
    await page.evaluate(
        "() => { window.context = document.querySelector('#points').getContext('webgl2')"
        ".getExtension('WEBGL_lose_context'); context.loseContext() }"
    )
    await shows(page, "wireframe")
    await expect(page.locator("#reason")).to_contain_text("the graphics context was lost")
    assert await lit(page) > 10_000
    await page.evaluate("context.restoreContext()")
    await shows(page, "points")
    await lasso(page, LEFT, "Shift")
    found = await resolved(page, window)
    assert 0 < len(found) < len(window)
    assert await labels(page) == found
    await page.locator("#projection").fill("pc1,pc2,logN")  # what the lost context held is not touched again
    await page.locator("#projection").press("Enter")
    await page.wait_for_function("() => lab.epoch === 2 && lab.settled")
    assert warnings == []


async def test_a_context_that_never_returns_is_had_again_by_reloading(guest: Page) -> None:
    await guest.evaluate(
        "document.querySelector('#points').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    await shows(guest, "wireframe")
    await guest.get_by_role("button", name="Reload to try again").click()
    await guest.wait_for_load_state()
    await shows(guest, "points")
    assert await guest.evaluate("lab.drawn") == 10293


async def test_without_webgl_everything_but_names_under_the_pointer_works(common: Server, window: mm.Cloud) -> None:
    async with chromium("--disable-3d-apis") as bare:
        page = await bare.new_page(viewport=SIZE)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        await page.goto(common.url)
        await shows(page, "wireframe")
        await expect(page.locator("#reason")).to_have_text("Wireframe: this browser has no WebGL 2.")
        await lasso(page, LEFT, "Shift")
        assert await labels(page) == await resolved(page, window)
        in_wireframe = await labels(page)
        await page.get_by_role("button", name="Show points").click()
        await shows(page, "points")
        assert await page.evaluate("[lab.webgl, lab.drawn, lab.xr]") == [False, 10293, None]
        rows = await page.evaluate("lab.localRows()")
        assert window.projection.table.take(np.array(rows))["label"].to_pylist() == in_wireframe
        await page.keyboard.press("w")
        await shows(page, "wireframe")
        await expect(page.locator("#reason")).to_have_text("Wireframe.")
        assert problems == []
