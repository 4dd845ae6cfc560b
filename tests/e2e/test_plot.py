"""The average trace against n, p and p/N: what the crosshair reads is what Python averages."""

import re
import socket

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from scripts.chromium import lasso, written
from tests.conftest import start, stop
from tests.e2e.conftest import visit
from tests.e2e.rows import selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SOME = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0)]


async def reading(page: Page, share: float) -> dict[str, float]:
    """What the line below the plot says with the pointer at this share of the axis."""
    await written(page)
    box = await page.locator("#plot svg").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 34 + share * (box["width"] - 48), box["y"] + 100)
    await expect(page.locator("#readout")).to_contain_text("=")
    text = (await page.locator("#readout").inner_text()).replace("−", "-").replace(",", "")
    found = re.findall(r"(p/N|p|n) = ([\d.]+)|(selection|all) ([+-][\d.]+)", text)
    return {name or kind: float(number or value) for name, number, kind, value in found}


async def test_the_crosshair_reads_the_mean_against_each_axis(
    guest: Page, table: mm.CurveTable, traces: mm.Traces
) -> None:
    await lasso(guest, SOME, "Shift")
    rows = np.array(sorted(await selected(guest)))
    own = traces.values[rows].mean(axis=0)
    await guest.locator("#readout", has_text="selection").wait_for()
    for axis in ("n", "p"):
        await guest.locator(f"#axis-{axis}").click()
        read = await reading(guest, 0.4)
        at = int(read["n"]) - 1
        assert traces.primes[at] == read["p"]
        assert read["selection"] == pytest.approx(own[at], abs=0.006)

    await guest.locator("#axis-ratio").click()
    await written(guest)  # till then the words are of the axis before
    await guest.locator("#readout", has_text="selection").wait_for()
    read = await reading(guest, 0.4)
    whole = mm.average_by_ratio(table, traces, "rank", (7500, 10000))
    ratios = whole["ratio"].to_numpy()
    at_ratio = np.isclose(ratios, ratios[np.abs(ratios - read["p/N"]).argmin()])
    mean, count = whole["mean"].to_numpy()[at_ratio], whole["count"].to_numpy()[at_ratio]
    assert read["all"] == pytest.approx((mean * count).sum() / count.sum(), abs=0.006)


async def test_after_a_restart_the_page_asks_again_for_what_it_plots(browser: Browser) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        options = ("--conductor", "7500:10000", "--port", str(free.getsockname()[1]))
    server = start(*options)
    try:
        async with visit(browser, server) as page:
            await page.locator("#axis-ratio").click()
            await expect(page.locator("#readout")).to_contain_text("band")
            assert stop(server) == 0
            await page.wait_for_function("() => lab.state === 'lost'")
            server = start(*options)
            await page.wait_for_function("() => lab.state === 'live' && lab.settled", timeout=30_000)
            await expect(page.locator("#readout")).to_contain_text("band", timeout=30_000)
    finally:
        if server.process.poll() is None:
            stop(server)
