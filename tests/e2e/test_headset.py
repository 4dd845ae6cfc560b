"""The headset, emulated, in a real Chromium: what hands and controllers do, and the rows that Python finds for it."""

import math
import re
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

import murmuration as mm
from scripts.chromium import settled
from scripts.headset import aim, answered, button, circle, controller, enter, hand, press, stroke, take, turn
from tests.conftest import Server, start, stop
from tests.e2e.conftest import visit
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# In the air before the cloud, which begins 1.2 m ahead of a head 1.6 m high.
LOOP = circle((0.0, 1.5, -0.4), 0.05)
SMALL = circle((0.0, 1.5, -0.4), 0.02)
LOW = (-0.4, 0.8, -0.1)
"""A hand that hangs down."""
FINGER = (-0.034, 0.064, -0.034)
"""From the emulated hand's own place to the tip of its index finger."""
UP = (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
"""The turn of a hand whose fingers point up."""


def wearing(browser: Browser, server: Server) -> AbstractAsyncContextManager[Page]:
    """A small page on a server, with a headset."""
    return visit(browser, server, 480, 270, headset=True)


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


async def words(page: Page) -> str:
    """Everything that stands on the panel."""
    said: str = await page.evaluate("lab.xr.panel.parts.map((part) => part.text ?? '').join(' | ')")
    return said


async def test_controllers_draw_too_and_hands_take_over_in_mid_session(worn: Page, window: mm.Cloud) -> None:
    await enter(worn)
    await take(worn, "controller")
    path = circle((0.0, 1.5, -0.35), 0.05)
    await controller(worn, "right", path[0])
    await controller(worn, "right", path[0], trigger=1)
    for place in path:
        await controller(worn, "right", place, frames=1)
    await controller(worn, "right", path[-1], trigger=0)
    await answered(worn)
    rows = await resolved(worn, window)
    assert 0 < len(rows) < len(window)
    assert await selected(worn) == rows
    # Controllers are laid down in the middle of a loop: it is void, and hands go on.
    await controller(worn, "right", path[0], trigger=1)
    await controller(worn, "right", path[8])
    assert await worn.evaluate("lab.xr.drawing") > 0.05
    await take(worn, "hand")
    assert await worn.evaluate("[lab.xr.drawing, lab.lastStroke.id]") == [0, await worn.evaluate("lab.selected.id")]
    await controller(worn, "right", path[8], trigger=0)
    await stroke(worn, LOOP)
    await answered(worn)
    assert await selected(worn) == await resolved(worn, window)


async def test_grips_carry_turn_and_scale(worn: Page, window: mm.Cloud) -> None:
    await enter(worn)
    await take(worn, "controller")
    before = await worn.evaluate("lab.xr.anchor")
    await controller(worn, "right", (0.2, 1.3, -0.4))
    await controller(worn, "right", (0.2, 1.3, -0.4), grip=1, frames=4)
    await controller(worn, "right", (0.3, 1.4, -0.5), frames=25)  # the filter comes to rest
    after = await worn.evaluate("lab.xr.anchor")
    moved = [b - a for a, b in zip(before["matrix"][12:15], after["matrix"][12:15], strict=True)]
    assert moved == pytest.approx([0.1, 0.1, -0.1], abs=0.005)
    assert after["matrix"][:11] == pytest.approx(before["matrix"][:11])
    await controller(worn, "left", (-0.3, 1.4, -0.5))
    await controller(worn, "left", (-0.3, 1.4, -0.5), grip=1, frames=4)
    assert await worn.evaluate("lab.xr.holding") == 2
    await controller(worn, "left", (-0.6, 1.4, -0.5), frames=25)  # 0.6 m between the hands become 0.9
    assert (await worn.evaluate("lab.xr.anchor"))["half"] == pytest.approx(0.6, abs=0.01)
    await controller(worn, "left", (-0.6, 1.4, -0.5), grip=0)
    await controller(worn, "right", (0.3, 1.4, -0.5), grip=0)
    await take(worn, "hand")
    await stroke(worn, LOOP)  # where the cloud is now
    await answered(worn)
    rows = await resolved(worn, window)
    assert 0 < len(rows) < len(window)
    assert await selected(worn) == rows


async def test_both_hands_pinching_turn_the_cloud_and_draw_nothing(worn: Page) -> None:
    await enter(worn)
    await hand(worn, "left", (-0.15, 1.35, -0.4), 0)
    await hand(worn, "right", (0.15, 1.35, -0.4), 0)
    drawn = await worn.evaluate("lab.lastStroke")
    await hand(worn, "right", (0.15, 1.35, -0.4), 1, 3)
    await hand(worn, "left", (-0.15, 1.35, -0.4), 1, 3)
    assert await worn.evaluate("[lab.xr.holding, lab.xr.drawing]") == [2, 0]
    before = await worn.evaluate("lab.xr.anchor")
    await hand(worn, "left", (-0.15, 1.35, -0.55), None, 1)
    await hand(worn, "right", (0.15, 1.35, -0.25), None, 25)
    after = await worn.evaluate("lab.xr.anchor")
    # What holds is between the tips of thumb and index, which close inward of the hands by a centimetre or two.
    assert after["half"] == pytest.approx(0.4 * math.hypot(0.28, 0.3) / 0.28, rel=0.06)
    before_x, after_x = before["matrix"][0:3], after["matrix"][0:3]
    turned = sum(a * b for a, b in zip(before_x, after_x, strict=True)) / math.hypot(*before_x) / math.hypot(*after_x)
    assert turned == pytest.approx(math.cos(math.pi / 4), abs=0.03)
    await hand(worn, "left", (-0.15, 1.35, -0.55), 0)
    await hand(worn, "right", (0.15, 1.35, -0.25), 0)
    assert await worn.evaluate("lab.xr.holding") == 0
    assert await worn.evaluate("lab.lastStroke") == drawn


async def test_a_hand_that_is_lost_takes_its_loop_with_it(worn: Page) -> None:
    await enter(worn)
    sent = await worn.evaluate("lab.lastStroke")
    await stroke(worn, LOOP[:16], release=False)
    assert await worn.evaluate("lab.xr.drawing") > 0.1
    # A device gives no poses of a hand it does not see; the emulator always does.
    await worn.evaluate(
        """() => {
          const { prototype } = XRFrame;
          prototype.seen = prototype.fillPoses;
          prototype.fillPoses = function (spaces, ...rest) { return spaces.length < 3 && this.seen(spaces, ...rest) };
        }"""
    )
    await worn.evaluate("frames(2)")
    assert await worn.evaluate("lab.xr.drawing") == 0
    await worn.evaluate("() => { XRFrame.prototype.fillPoses = XRFrame.prototype.seen }")
    await hand(worn, "right", LOOP[0], 0, 3)
    # The same when the whole input source goes: no selectend comes then.
    await stroke(worn, LOOP[:16], release=False)
    await worn.evaluate("async () => { device.hands.right.connected = false; await frames(3) }")
    assert await worn.evaluate("lab.xr.drawing") == 0
    assert await worn.evaluate("lab.lastStroke") == sent


async def test_an_open_hand_subtracts_and_the_panel_says_so_and_undoes(worn: Page, window: mm.Cloud) -> None:
    await enter(worn)
    await hand(worn, "left", LOW, 0)
    await stroke(worn, LOOP)
    await answered(worn)
    first = await resolved(worn, window)
    await hand(worn, "left", (-0.25, 1.4, -0.4), 0)
    await turn(worn, "left", UP)
    await worn.evaluate("frames(8)")
    assert "The next loop subtracts." in await words(worn)
    await stroke(worn, SMALL)
    await answered(worn)
    inner = await resolved(worn, window)
    assert 0 < len(inner) < len(first)
    assert await selected(worn) == first - inner
    await turn(worn, "left", (0, 0, 0, 1))
    await hand(worn, "left", LOW)
    await worn.wait_for_function(
        f"() => lab.xr.panel.parts.some((part) => part.text === '{len(first - inner):,} curves selected')"
    )
    version = await worn.evaluate("lab.selected.version")
    await press(worn, "Undo")
    await worn.wait_for_function(f"() => lab.settled && lab.selected.version > {version}")
    assert await selected(worn) == first


async def test_a_finger_presses_the_panel_on_the_wrist(worn: Page) -> None:
    await enter(worn)
    await hand(worn, "right", (0.3, 1.2, -0.2), 0)
    await hand(worn, "left", (-0.15, 1.3, -0.45), 0, 25)
    assert await worn.evaluate("lab.xr.panel.worn")
    x, y, z = await button(worn, "Named")
    for depth in (0.04, 0.02, -0.01):
        await hand(worn, "right", (x - FINGER[0], y - FINGER[1], z - FINGER[2] + depth))
    await worn.wait_for_function("() => lab.xr.panel.parts.some((part) => /name/.test(part.text ?? ''))")


async def test_pointing_at_a_point_shows_its_card(worn: Page, window: mm.Cloud, table: mm.CurveTable) -> None:
    await enter(worn)
    await hand(worn, "left", LOW, 0)
    await hand(worn, "right", (0.1, 1.3, -0.35), 0)
    # The highest point of the cloud stands clear of the others.
    row = int(window.row[window.position[:, 1].astype(int).argmax()])
    x, y, z = await worn.evaluate(f"lab.xr.placeOf({row})")
    await aim(worn, "right", (x, y, z))
    await worn.wait_for_function(f"() => lab.xr.card === '{table.columns['label'][row].as_py()}'")
    await turn(worn, "right", (0, 0, 0, 1))
    await hand(worn, "right", LOW)
    await worn.wait_for_function("() => lab.xr.card === null")


async def test_passthrough_room_size_and_leaving_by_the_panel(worn: Page, window: mm.Cloud) -> None:
    await enter(worn, "AR")
    assert await worn.evaluate("device.activeSession.environmentBlendMode") == "alpha-blend"
    await hand(worn, "left", LOW, 0)
    await hand(worn, "right", (0.2, 1.3, -0.3), 0)
    await press(worn, "View")
    await press(worn, "Room size")
    assert await worn.evaluate("lab.xr.anchor.half") == 1.25
    await stroke(worn, LOOP)
    await answered(worn)
    assert await selected(worn) == await resolved(worn, window)
    await press_last(worn, "Leave")
    await worn.wait_for_function("() => lab.xr.mode === null")
    await expect(worn.get_by_role("button", name="Enter AR")).to_be_visible()


async def press_last(page: Page, text: str) -> None:
    """Press what ends the session: no frame follows."""
    await aim(page, "right", await button(page, text))
    await page.evaluate("device.hands.right.updatePinchValue(1)")


async def test_a_server_that_goes_and_comes_back_is_found_again_inside_the_session(
    browser: Browser, window: mm.Cloud
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ("--conductor", "7500:10000", "--port", str(port))
    server = start(*options)
    try:
        async with wearing(browser, server) as page:
            await enter(page)
            await stroke(page, LOOP)
            await answered(page)
            assert stop(server) == 0
            await page.wait_for_function("() => lab.state === 'lost'")
            await page.wait_for_function(
                "() => lab.xr.panel.parts.some((part) => /not connected/.test(part.text ?? ''))"
            )
            assert await page.evaluate("[lab.xr.mode, lab.drawn]") == ["immersive-vr", 10293]
            server = start(*options)
            await page.wait_for_function("() => lab.state === 'live' && lab.settled", timeout=20_000)
            assert await page.evaluate("lab.xr.mode") == "immersive-vr"
            await stroke(page, LOOP)
            await answered(page)
            assert await selected(page) == await resolved(page, window)
    finally:
        if server.process.poll() is None:
            stop(server)


async def test_two_people_see_each_other(browser: Browser, common: Server) -> None:
    async with wearing(browser, common) as one, wearing(browser, common) as other:
        await enter(one)
        await enter(other)
        for page in (one, other):
            await page.wait_for_function("() => lab.xr.others === 1")
        await stroke(one, LOOP)
        await answered(one)
        rows = await selected(one)
        version = await one.evaluate("lab.selected.version")
        await other.wait_for_function(f"() => lab.settled && lab.selected.version >= {version}")
        assert await selected(other) == rows


async def test_a_page_without_a_headset_says_what_is_missing(browser: Browser, common: Server) -> None:
    context = await browser.new_context(viewport={"width": 960, "height": 540})
    page = await context.new_page()
    await page.goto(common.url)
    await settled(page)
    await page.get_by_role("button", name="VR", exact=True).click()
    sheet = page.locator("#entry")
    await expect(sheet).to_contain_text(re.compile("Headset.*(finds no headset|Known once)", re.DOTALL))
    await expect(sheet).not_to_contain_text("not supported")
    await context.close()
