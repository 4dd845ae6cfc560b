"""Where the browser would draw WebGL in software the page paints the points itself: the same picture, the same rows."""

import io
import re
from collections.abc import AsyncIterator

import imageio.v3 as imageio
import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from scripts.chromium import lasso, settled
from tests.conftest import Server
from tests.e2e.conftest import visit
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LEFT = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0), (430.0, 200.0), (300.0, 180.0)]
CLOUD = {"x": 130, "y": 130, "width": 640, "height": 520}
"""Where points are and no words, in CSS pixels."""


async def seen(page: Page) -> npt.NDArray[np.int_]:
    """The picture where the points are, (height, width, 3), once nothing fades any more."""
    await page.mouse.move(700, 70)
    await page.wait_for_timeout(300)
    shot = imageio.imread(io.BytesIO(await page.screenshot(clip=CLOUD)))  # type: ignore[arg-type]
    return shot[..., :3].astype(int)


async def test_a_drawn_lasso_is_the_lasso_python_resolves(guest: Page, window: mm.Cloud) -> None:
    assert await guest.evaluate("[lab.webgl, lab.mode, lab.drawn]") == [False, "points", 10293]
    await lasso(guest, LEFT, "Shift")
    rows = await resolved(guest, window)
    assert 0 < len(rows) < len(window)
    assert await selected(guest) == rows


async def test_a_lost_context_that_draws_nothing_changes_nothing(guest: Page) -> None:
    await guest.evaluate(
        "document.querySelector('#points').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    await guest.wait_for_timeout(3500)  # a page that needs it waits 3 s for its return
    assert await guest.evaluate("lab.mode") == "points"
    await expect(guest.locator("#mode")).to_be_hidden()


SLOW = """() => {
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...image) {
    const end = performance.now() + 260;
    while (performance.now() < end);
    return putImageData.call(this, ...image);
  };
}"""


async def test_where_even_that_is_too_slow_the_wireframe_comes_and_can_be_overruled(guest: Page) -> None:
    await guest.evaluate(SLOW)
    for _ in range(30):
        await guest.keyboard.press("ArrowLeft")
        await guest.evaluate("() => new Promise(requestAnimationFrame)")
        if await guest.evaluate("lab.mode") == "wireframe":
            break
    await guest.wait_for_function("() => lab.mode === 'wireframe' && lab.settled")
    await expect(guest.locator("#reason")).to_have_text(
        re.compile(r"^Wireframe: without a graphics card, points took 2\d\d ms")
    )
    await guest.get_by_role("button", name="Show points").click()
    for _ in range(13):
        await guest.keyboard.press("ArrowLeft")
        await guest.evaluate("() => new Promise(requestAnimationFrame)")
    assert await guest.evaluate("[lab.mode, lab.webgl]") == ["points", False]


@pytest_asyncio.fixture(loop_scope="module", params=["figure 1", "all curves"])
async def both(
    browser: Browser, common: Server, server: Server, request: pytest.FixtureRequest
) -> AsyncIterator[list[Page]]:
    """The same cloud painted by the page and drawn by WebGL: with rims, and so many points that each is two pixels."""
    one = common if request.param == "figure 1" else server
    async with visit(browser, one) as canvas, visit(browser, one, card=True) as webgl:
        assert [await page.evaluate("lab.webgl") for page in (canvas, webgl)] == [False, True]
        yield [canvas, webgl]
        await canvas.keyboard.press("Delete")
        await canvas.wait_for_function("() => lab.settled && lab.selected.count === 0")


async def test_it_is_the_picture_that_webgl_draws(both: list[Page]) -> None:
    """Far and near, with a selection, with a class hidden, dark and light; edges of points may fall by a pixel."""

    async def compare(what: str) -> None:
        canvas, webgl = [await seen(page) for page in both]
        lit = np.ptp(webgl, axis=-1) > 24
        off = np.abs(canvas - webgl).max(axis=-1) > 32
        assert lit.mean() > 0.02, what
        assert off[lit].mean() < 0.02, f"{what}: {off[lit].mean():.1%} of the coloured pixels are others"
        assert np.abs(canvas - webgl).mean() < 0.5, what

    await compare("far")
    await lasso(both[0], LEFT, "Shift")
    await settled(both[1])
    await both[1].wait_for_function("() => lab.selected.drawn > 0 && lab.settled")
    await compare("with a selection")
    for page in both:
        await page.locator("#legend button").first.click()
    await compare("with a class hidden")
    for page in both:
        await page.locator("#theme").click()
    await compare("light")
    for page in both:
        await page.mouse.move(450, 400)
        await page.mouse.wheel(0, -900)
    await compare("near")
