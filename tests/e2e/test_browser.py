"""The whole, in a real Chromium with a real mouse: what a person does, and the rows that Python finds for it."""

import io
import re
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from devshell import ask
from scripts.chromium import CARD, draw, lasso, settled
from server.door import browsers, statefolder
from server.door.config import Config
from server.door.waiting import waiting
from server.serve import bind
from tests.conftest import Server, start, stop
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# Left of the middle; a figure of eight that crosses itself; a loop that leaves the window on the left.
LEFT = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0), (430.0, 200.0), (300.0, 180.0)]
EIGHT = [(300.0, 250.0), (620.0, 560.0), (620.0, 250.0), (300.0, 560.0)]
OUTSIDE = [(400.0, 150.0), (5.0, 160.0), (3.0, 700.0), (400.0, 640.0)]


@pytest.fixture(scope="module")
def card() -> bool:
    return True  # WebGL draws here; test_canvas.py does without


async def test_the_page_opens_on_the_cloud(guest: Page) -> None:
    assert await guest.evaluate("lab.firstPictureMs") > 0  # how long it takes is measured in bench/first_picture.py
    assert await guest.evaluate("[lab.state, lab.drawn, lab.rows, lab.webgl]") == ["live", 10293, 10293, True]
    assert "code" not in guest.url
    await expect(guest.locator("#legend")).to_contain_text("5,194")


async def test_the_cloud_is_still_there_when_nobody_does_anything(guest: Page) -> None:
    """Shaders are warmed up a moment after the first picture, and nothing of it may be seen."""
    await guest.wait_for_timeout(1500)
    shot = imageio.imread(io.BytesIO(await guest.screenshot(clip={"x": 260, "y": 200, "width": 400, "height": 400})))
    colourful = np.ptp(shot[..., :3].astype(int), axis=-1) > 40
    assert colourful.mean() > 0.2


WATCH_ACKS = """() => {
  window.acks = [];
  window.most = 0; // points of the largest picture drawn so far
  const { drawArrays } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.drawArrays = function (mode, first, count) {
    if (mode === this.POINTS) window.most = Math.max(window.most, count);
    return drawArrays.call(this, mode, first, count);
  };
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...image) {
    window.most = Math.max(window.most, window.lab.drawn);
    return putImageData.call(this, ...image);
  };
  const { setTimeout } = window; // on a busy machine patience may end before the first picture is drawn
  window.setTimeout = (act, after, ...more) => (after === 500 ? 0 : setTimeout(act, after, ...more));
  const { postMessage } = Worker.prototype; // the socket lives in a worker
  Worker.prototype.postMessage = function (what, ...more) {
    if (what.do === "send" && JSON.parse(what.text).type === "ack") window.acks.push([window.lab.drawn, window.most]);
    return postMessage.call(this, what, ...more);
  };
}"""


@pytest.mark.parametrize("by", ["webgl", "canvas"])
async def test_a_whole_picture_is_acknowledged_once_it_is_drawn(browser: Browser, common: Server, by: str) -> None:
    """Acknowledged sooner, the next update of points that move would wait for the picture of the one before it."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    if by == "webgl":
        await context.add_init_script(CARD)
    page = await context.new_page()
    await page.add_init_script(f"({WATCH_ACKS})()")
    await page.goto(common.url)
    await settled(page)
    acks = await page.evaluate("window.acks")
    await context.close()
    assert len(acks) > 0
    assert [most for here, most in acks if here == 10293 and most < here] == []
    assert any(here == most == 10293 for here, most in acks)


@pytest.mark.parametrize("path", [LEFT, EIGHT, OUTSIDE], ids=["left", "eight", "outside"])
async def test_a_drawn_lasso_is_the_lasso_python_resolves(
    guest: Page, window: mm.Cloud, path: list[tuple[float, float]]
) -> None:
    await guest.mouse.move(460, 400)  # look from somewhere else first
    await guest.mouse.down()
    await guest.mouse.move(520, 430, steps=4)
    await guest.mouse.up()
    await guest.mouse.wheel(0, -120)
    await guest.wait_for_timeout(300)
    await lasso(guest, path, "Shift")
    rows = await resolved(guest, window)
    assert 0 < len(rows) < len(window)
    assert await selected(guest) == rows
    await expect(guest.locator("#sentence")).to_have_text(re.compile(rf"^{len(rows):,} curves? selected"))


async def test_one_side_of_the_split_leans_and_has_the_curve_of_the_paper(
    guest: Page, window: mm.Cloud, table: mm.CurveTable, traces: mm.Traces
) -> None:
    """Rank 1 lies on one side of pc1, rank 0 on the other, and the average trace of a side is figure 1's."""
    averages = mm.average(table, traces, "rank", (7500, 10000))
    ranks = table.category("rank")
    right = [(x + 2 * (470 - x) + 60, y) for x, y in LEFT]
    leaning = []
    for path in (LEFT, right):
        await lasso(guest, path, "Shift")
        rows = np.array(sorted(await selected(guest)))
        leaning.append(rank := int(np.bincount(ranks[rows]).argmax()))
        assert (ranks[rows] == rank).mean() > 0.8
        curves = [averages.filter(pyarrow.compute.equal(averages["value"], r))["mean"].to_numpy() for r in (0, 1)]
        own, other = (np.corrcoef(traces.values[rows].mean(axis=0), curves[r])[0, 1] for r in (rank, 1 - rank))
        assert own > 0.75
        assert other < -0.5
    assert sorted(leaning) == [0, 1]


async def test_strokes_add_and_subtract_and_clear(guest: Page, window: mm.Cloud) -> None:
    await lasso(guest, LEFT, "Shift")
    first = await resolved(guest, window)
    await lasso(guest, EIGHT, "Control")
    second = await resolved(guest, window)
    assert await selected(guest) == first | second
    await lasso(guest, LEFT, "Alt")
    third = await resolved(guest, window)
    assert await selected(guest) == (first | second) - third
    await guest.mouse.dblclick(60, 300)
    await guest.wait_for_function("() => lab.settled && lab.selected.count === 0")
    await expect(guest.locator("#sentence")).to_have_text("Nothing selected.")


async def test_the_panel_shows_the_average_trace_at_once(guest: Page) -> None:
    await lasso(guest, LEFT, "Shift")
    await guest.wait_for_function("() => lab.frames.trace >= 5")
    await expect(guest.locator("#panel")).to_contain_text(re.compile(r"selection, \d,\d{3}"))
    await expect(guest.locator("#panel")).to_contain_text("bands: ± 2 standard errors")
    assert await guest.locator("#plot svg").count() == 1


async def test_hover_names_a_curve_and_a_click_pins_it(guest: Page, window: mm.Cloud, table: mm.CurveTable) -> None:
    # The right-most point of rank 0 stands clear of the others.
    row = int(window.row[np.argmax(np.where(window.position[:, 3] == 0, window.position[:, 0].astype(int), -1))])
    x, y = await guest.evaluate(f"lab.screenOf({row})")
    label = table.columns["label"][row].as_py()
    await guest.mouse.move(x, y)
    await expect(guest.locator("#tag")).to_contain_text(label)
    await guest.mouse.click(x, y)
    card = guest.locator("#card")
    for words in (label, "y²", table.columns["ainvs"][row].as_py(), f"{table.conductor[row]:,}"):
        await expect(card).to_contain_text(words)
    link = card.locator("a")
    assert await link.get_attribute("href") == f"https://www.lmfdb.org/EllipticCurve/Q/{label}"
    assert "noopener" in (await link.get_attribute("rel") or "")


async def test_a_hidden_class_is_still_selected_and_the_panel_says_so(guest: Page, window: mm.Cloud) -> None:
    await guest.locator("#legend button").first.click()
    await lasso(guest, LEFT, "Shift")
    assert await selected(guest) == await resolved(guest, window)
    await expect(guest.locator("#note")).to_contain_text("hidden")


async def test_named_selections_and_downloads(page: Page, window: mm.Cloud, table: mm.CurveTable) -> None:
    await lasso(page, LEFT, "Shift")
    rows = sorted(await resolved(page, window))
    await page.locator("#name-text").fill("left side")
    await page.locator("#name button").click()
    await expect(page.locator("#names")).to_contain_text("left side")
    labels = table.take(np.array(rows))["label"].to_pylist()
    for kind, read in (("CSV", pyarrow.csv.read_csv), ("Parquet", pyarrow.parquet.read_table)):
        async with page.expect_download() as waiting:
            await page.locator("#downloads").get_by_role("link", name=kind).click()
        path = await (await waiting.value).path()
        assert read(io.BytesIO(path.read_bytes()))["label"].to_pylist() == labels


async def test_another_projection_window_and_column(page: Page, table: mm.CurveTable, traces: mm.Traces) -> None:
    await page.locator("#projection").fill("pc1,pc2,logN")
    await page.locator("#projection").press("Enter")
    await page.wait_for_function("() => lab.epoch === 2 && lab.settled")
    await page.locator("#conductor").fill("11 to 9999")
    await page.locator("#conductor").press("Enter")
    await page.wait_for_function("() => lab.epoch === 3 && lab.settled && lab.rows === 38042")
    await lasso(page, LEFT, "Shift")
    cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,logN", (11, 9999)))
    assert await selected(page) == await resolved(page, cloud)


async def test_usual_projections_are_one_choice_away_and_a_plane_faces_the_viewer(page: Page) -> None:
    await page.locator("#usual-axes").select_option("mn,m2")
    await page.wait_for_function("() => lab.epoch === 2 && lab.settled")
    await expect(page.locator("#projection")).to_have_value("mn · m2")
    matrix = np.array(await page.evaluate("lab.matrix()")).reshape(4, 4).T
    corners = np.array([[x, y, 0, 1] for x in (0, 65535) for y in (0, 65535)]) @ matrix.T
    x, y = (corners[:, :2] / corners[:, 3:]).T
    np.testing.assert_allclose([x[0], y[0]], [x[1], y[2]], atol=1e-6)  # the sides of the plane are upright and level
    await page.locator("#usual-axes").select_option("pc1,pc2,pc3")
    await page.wait_for_function("() => lab.epoch === 3 && lab.settled")
    turned = np.array(await page.evaluate("lab.matrix()")).reshape(4, 4).T @ [0, 65535, 0, 1]
    assert abs(turned[0] / turned[3] - x[0]) > 0.01


async def test_an_unknown_projection_is_one_line_and_changes_nothing(guest: Page) -> None:
    before = await guest.locator("#projection").input_value()
    await guest.locator("#projection").fill("pc1,pc2,beauty")
    await guest.locator("#projection").press("Enter")
    await expect(guest.locator("#notice")).to_contain_text("one to three different axes such as pc1,pc2,pc3")
    await expect(guest.locator("#projection")).to_have_value(before)
    assert await guest.evaluate("[lab.epoch, lab.state]") == [1, "live"]


async def test_a_server_that_goes_is_lost_and_one_that_comes_back_with_new_tokens_asks_for_a_code(
    page: Page, own_server: Server
) -> None:
    assert stop(own_server) == 0
    await expect(page.locator("#connection")).to_contain_text(re.compile("lost|again", re.IGNORECASE))
    assert await page.evaluate("lab.drawn") == 10293  # the picture stays
    another = start("--conductor", "7500:10000", "--port", str(own_server.port), "--new-token")
    try:
        await page.wait_for_function("() => lab.state === 'error'", timeout=15_000)
        await expect(page.locator("#message")).to_contain_text("enter the code that devshell printed")
        code = another.link("editor")[-8:]
        await page.get_by_label("Code").fill(f"{code[:4]} {code[4:]}".lower())
        await page.keyboard.press("Enter")
        await settled(page)
    finally:
        stop(another)


async def test_a_wrong_code_is_refused_with_words_and_one_can_be_typed(browser: Browser, quick_server: Server) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    for address in (f"{quick_server.base}/#code=WRONG", quick_server.base):
        await page.goto(address)
        await expect(page.locator("#message")).to_contain_text("enter the code that devshell printed")
        assert await page.evaluate("[lab.state, lab.rows, location.hash]") == ["error", 0, ""]
    await page.get_by_label("Code").fill("also wrong")
    await page.get_by_role("button", name="Enter", exact=True).click()
    await expect(page.locator("#message [role=status]")).to_contain_text("No access yet")
    await page.goto(quick_server.url)  # the same page with another fragment: nothing is loaded by itself
    await settled(page)
    assert await page.evaluate("location.hash") == ""
    await context.close()


async def test_a_browser_stays_known_by_a_key_that_no_cookie_holds(page: Page, own_server: Server) -> None:
    assert await page.context.cookies() == []
    names = await page.evaluate("Object.keys(localStorage)")
    assert [name for name in names if "key" in name] == ["murmuration-key:/"]
    await page.goto(own_server.base)
    await settled(page)
    assert stop(own_server) == 0
    again = start("--conductor", "7500:10000", "--port", str(own_server.port))
    try:
        await page.goto(again.base)
        await settled(page)
        ask.post(again.port, "revoke", {})
        await page.wait_for_function("() => lab.state === 'error'", timeout=15_000)
        await expect(page.locator("#message")).to_contain_text("enter the code that devshell printed")
    finally:
        stop(again)


async def test_another_port_of_the_host_is_sent_no_secret(browser: Browser, quick_server: Server) -> None:
    """A page of our own on another port of the same host: its server logs all that the same browser sends to it."""
    sent: list[str] = []

    async def record(request: web.Request) -> web.Response:
        sent.extend(f"{name}: {value}" for name, value in request.headers.items())
        return web.Response(text="<!doctype html><title>another</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", record)
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(quick_server.url)
    await settled(page)
    key = await page.evaluate("localStorage['murmuration-key:/']")
    async with TestServer(app, host="127.0.0.1") as other:
        await page.goto(str(other.make_url("/")))
        assert await page.evaluate("Object.keys(localStorage)") == []
    await context.close()
    assert sent
    assert not [line for line in sent if key in line or line.startswith("Cookie")]


async def test_a_page_makes_codes_for_others(browser: Browser, page: Page, own_server: Server) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("vr link --look")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("lets browsers in to look, for 10 minutes")
    address = re.search(r"http\S+", await page.locator("#notice p").inner_text())
    assert address
    context = await browser.new_context()
    other = await context.new_page()
    await other.goto(address[0])
    await settled(other)
    assert await other.evaluate("document.body.classList.contains('viewer')")
    await context.close()


async def test_who_may_only_look_is_told_so_and_changes_nothing(page: Page, own_server: Server) -> None:
    context = await page.context.browser.new_context()  # type: ignore[union-attr]
    viewer = await context.new_page()
    await viewer.goto(own_server.link("viewer"))
    await settled(viewer)
    await draw(viewer, LEFT, "Shift")
    await expect(viewer.locator("#notice")).to_contain_text("for looking only")
    await viewer.wait_for_function("() => lab.settled")
    assert await selected(viewer) == set()
    assert await page.evaluate("lab.selected.version") == 0
    await context.close()


async def test_nothing_is_asked_of_anybody_else(browser: Browser, quick_server: Server) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(quick_server.url)
    await settled(page)
    assert all(url.startswith((quick_server.base, "data:", "blob:")) for url in asked), asked
    await context.close()


async def test_a_narrow_window_keeps_everything_reachable(browser: Browser, quick_server: Server) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await page.goto(quick_server.url)
    await settled(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await expect(page.locator("#legend")).to_be_visible()
    await expect(page.locator("#sentence")).to_be_attached()
    await context.close()


async def test_a_page_that_is_early_waits_for_the_data(browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    with bind("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        config = Config(port=port, browsers=browsers.load(statefolder.folder(), port))
        with waiting(config, listening):
            await page.goto(config.address(config.codes.new("editor")))
            await expect(page.locator("#message")).to_contain_text("still being read")
    server = start("--conductor", "7500:7600", "--primes", "50", "--port", str(config.port))
    await settled(page)
    await expect(page.locator("#message")).to_be_hidden()
    await context.close()
    assert stop(server) == 0


async def test_over_tls_the_page_is_secure_and_plain_http_says_what_to_type(browser: Browser, state: Path) -> None:
    server = start("--host", "0.0.0.0", "--conductor", "7500:7600", "--primes", "50")
    context = await browser.new_context(ignore_https_errors=True)  # as a user who compared the fingerprint
    page = await context.new_page()
    await page.goto(f"http://localhost:{server.port}/")
    await expect(page.get_by_role("heading")).to_have_text("Type https:// in front")
    link = page.get_by_role("link", name=f"https://localhost:{server.port}/")
    await link.click()
    await expect(page.locator("#message")).to_contain_text("enter the code that devshell printed")
    await page.goto(f"https://localhost:{server.port}/{server.url.rpartition('/')[2]}")
    await settled(page)
    assert await page.evaluate("[isSecureContext, location.protocol, location.hash]") == [True, "https:", ""]
    assert await context.cookies() == []
    await context.close()
    assert stop(server) == 0
