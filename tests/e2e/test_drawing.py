"""Drawing by box, brush and keys: each sends one polygon, and Python finds the same rows for it."""

import itertools

import pytest
from playwright.async_api import Page, expect

import murmuration as mm
from scripts.chromium import Point, drag
from tests.e2e.rows import resolved, selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# A ring that crosses itself at its end; a zigzag that goes over the same place again and again.
RING = [(330.0, 300.0), (560.0, 310.0), (570.0, 520.0), (330.0, 530.0), (320.0, 290.0), (420.0, 260.0)]
ZIGZAG = [(300.0 + 25 * (k % 7), 300.0 + 200 * (k % 2)) for k in range(20)]


async def answered(page: Page) -> None:
    """Wait for the server's word on the last stroke."""
    await page.wait_for_function("() => lab.settled && lab.lastStroke && lab.selected.id === lab.lastStroke.id")


async def test_a_box_is_four_corners_and_its_rows_are_python_s(guest: Page, window: mm.Cloud) -> None:
    await guest.keyboard.press("b")
    await drag(guest, [(280.0, 250.0), (470.0, 600.0)])
    await answered(guest)
    assert len((await guest.evaluate("lab.lastStroke"))["polygon"]) == 4
    rows = await resolved(guest, window)
    assert 0 < len(rows) < len(window)
    assert await selected(guest) == rows


@pytest.mark.parametrize("path", [RING, ZIGZAG], ids=["ring", "zigzag"])
async def test_what_a_brush_painted_is_selected_and_nothing_else(
    guest: Page, window: mm.Cloud, path: list[Point]
) -> None:
    await guest.keyboard.press("r")
    await guest.keyboard.press("[")
    await drag(guest, path)
    await answered(guest)
    rows = await resolved(guest, window)
    assert await selected(guest) == rows
    # Independently of any polygon: rows are in when their place on the screen is within the brush of the path.
    places = await guest.evaluate("(rows) => rows.map((row) => lab.screenOf(row))", window.row.tolist())
    radius = int((await guest.locator("#brush-size").inner_text()).split()[0]) / 2
    for row, place in zip(window.row.tolist(), places, strict=True):
        off = distance(place, path) - radius
        if abs(off) > 1.5:  # a pixel's diagonal, beyond which there is no doubt
            assert (off < 0) == (row in rows), (row, place, off)


async def test_the_brush_adds_and_takes_away(guest: Page, window: mm.Cloud) -> None:
    await guest.keyboard.press("r")
    await drag(guest, RING)
    await answered(guest)
    first = await resolved(guest, window)
    await guest.get_by_role("button", name="Subtract", exact=True).click()
    await drag(guest, ZIGZAG[:6])
    await answered(guest)
    assert await selected(guest) == first - await resolved(guest, window)


async def test_a_box_and_a_line_can_be_drawn_with_keys_alone(guest: Page, window: mm.Cloud) -> None:
    for _ in range(40):  # the picture is reached by Tab
        await guest.keyboard.press("Tab")
        if await guest.evaluate("document.activeElement.id") == "picture":
            break
    await guest.keyboard.press("b")
    await guest.keyboard.press("ArrowUp")  # brings the crosshair
    for key in ["ArrowUp"] * 3 + ["ArrowLeft"]:
        await guest.keyboard.press(f"Shift+{key}")
    await guest.keyboard.press("Enter")
    for key in ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"]:
        await guest.keyboard.press(f"Shift+{key}")
    await guest.keyboard.press("Enter")
    await answered(guest)
    box = await resolved(guest, window)
    assert 0 < len(box) < len(window)
    assert await selected(guest) == box
    await expect(guest.locator("#sentence")).to_contain_text(f"{len(box):,} curves selected")
    await guest.keyboard.press("l")
    await guest.keyboard.press("Control+Enter")
    for key in ["ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"]:
        await guest.keyboard.press(f"Shift+{key}")
    await guest.keyboard.press("Enter")
    await answered(guest)
    assert (await guest.evaluate("lab.lastStroke"))["operation"] == "add"
    assert await selected(guest) == box | await resolved(guest, window)


async def test_the_eye_moves_by_keys(guest: Page) -> None:
    matrices = [await guest.evaluate("lab.matrix()")]
    for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "+", "-", "-"):
        await guest.keyboard.press(key)
        matrices.append(await guest.evaluate("lab.matrix()"))
    assert all(one != other for one, other in itertools.pairwise(matrices))
    await guest.keyboard.press("0")
    assert await guest.evaluate("lab.matrix()") == pytest.approx(matrices[0])


async def test_commands_are_found_by_a_few_letters(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("colour by tors")
    await page.keyboard.press("Enter")
    await page.wait_for_function("() => lab.epoch === 2 && lab.settled")
    await expect(page.locator("#column")).to_have_value("torsion")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("projection pc1,pc2,logN")
    await page.keyboard.press("Enter")
    await page.wait_for_function("() => lab.epoch === 3 && lab.settled")
    await expect(page.locator("#projection")).to_have_value("pc1 · pc2 · logN")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_contain_text("Ctrl-Shift-Z")
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()


async def test_the_theme_is_the_system_s_until_one_is_chosen(guest: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    await guest.emulate_media(color_scheme="dark")
    assert await guest.evaluate(ground) == "rgb(11, 14, 20)"
    await guest.emulate_media(color_scheme="light")
    assert await guest.evaluate(ground) == "rgb(251, 251, 249)"
    await guest.keyboard.press("t")
    assert await guest.evaluate(ground) == "rgb(11, 14, 20)"
    await guest.reload()
    await guest.wait_for_function("() => window.lab && lab.settled")
    assert await guest.evaluate(ground) == "rgb(11, 14, 20)"


def distance(point: Point, path: list[Point]) -> float:
    """How far a point is from a line through points."""
    return min(_from_segment(point, a, b) for a, b in itertools.pairwise(path))


def _from_segment(point: Point, a: Point, b: Point) -> float:
    start, end, here = complex(*a), complex(*b), complex(*point)
    along = ((here - start) * (end - start).conjugate()).real / max(abs(end - start) ** 2, 1e-12)
    return abs(here - start - min(1.0, max(0.0, along)) * (end - start))
