"""The page below a path prefix, through a real proxy that strips it: picture, lasso, table, download, second view."""

import pytest
from playwright.async_api import Browser

from scripts.chromium import lasso, settled
from tests.conftest import free_port, start, stop
from tests.e2e.test_browser import LEFT
from tests.prefix import PREFIX, proxy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("keep_host", [True, False])
async def test_everything_works_below_a_path_prefix(browser: Browser, keep_host: bool) -> None:
    port = free_port()
    async with proxy(port, keep_host) as (address, asked):
        server = start("--conductor", "7500:10000", "--primes", "50", "--port", str(port), "--behind", address)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url) if PREFIX not in request.url else None)
        try:
            await page.goto(server.url)
            assert page.url.startswith(address)
            await settled(page)
            await lasso(page, LEFT, "Shift")
            assert await page.evaluate("lab.selected.count") > 0
            await page.locator("#table [role=row]").first.wait_for()
            async with page.expect_download() as waiting:
                await page.locator("#downloads").get_by_role("link", name="CSV").click()
            text = (await (await waiting.value).path()).read_text()
            assert len(text.splitlines()) == await page.evaluate("lab.selected.count") + 1
            await page.keyboard.press("d")
            frame = await (await page.locator("iframe").element_handle()).content_frame()
            assert frame is not None
            await frame.wait_for_function("() => window.lab && lab.drawn > 0 && lab.settled")
            assert [url for url in outside if url.startswith("http")] == []
            assert any(path.startswith(f"{PREFIX}/ws?") for path in asked)
            names = await page.evaluate("Object.keys(localStorage)")
            assert [name for name in names if "key" in name] == [f"murmuration-key:{PREFIX}/"]
        finally:
            await context.close()
            assert stop(server) == 0
