"""What is saved: the plot for print and the view, as SVG and as PNG; read again by others' programs."""

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.async_api import Page

from scripts.chromium import lasso

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SVG = "{http://www.w3.org/2000/svg}"
SOME = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0)]


async def saved(page: Page, command: str) -> Path:
    """The file that a command saves."""
    async with page.expect_download() as waiting:
        await page.keyboard.press("Control+k")
        await page.keyboard.type(command)
        await page.keyboard.press("Enter")
    return await (await waiting.value).path()


async def test_the_plot_is_printed_on_a_light_ground_with_letters_of_eight_points(guest: Page) -> None:
    await lasso(guest, SOME, "Shift")
    await guest.locator("#readout", has_text="selection").wait_for()
    root = ElementTree.parse(await saved(guest, "save plot svg")).getroot()
    assert root.get("width", "").endswith("pt")
    ground = next(root.iter(f"{SVG}rect"))
    assert ground.get("fill") == "#ffffff"
    texts = list(root.iter(f"{SVG}text"))
    assert {each.get("font-size") for each in texts} == {"8"}
    words = " ".join("".join(each.itertext()) for each in texts)
    assert "mean of ap" in words
    assert "selection, " in words
    assert "cremona-10000, snapshot" in words
    assert not [each for each in root.iter() if "style" in each.attrib or each.tag == f"{SVG}style"]

    width, height = size(await saved(guest, "save plot png"))
    assert (width, height) == (1500, round(float(root.get("height", "")[:-2]) * 300 / 72))


async def test_the_view_is_saved_with_axes_and_legend(guest: Page) -> None:
    root = ElementTree.parse(await saved(guest, "save view svg")).getroot()
    image = next(root.iter(f"{SVG}image"))
    assert image.get("href", "").startswith("data:image/png;base64,")
    assert len(image.get("href", "")) > 20_000  # points are in it
    words = {"".join(each.itertext()) for each in root.iter(f"{SVG}text")}
    assert {"cremona-10000", "rank 0", "5,194"} <= words
    assert any(word.startswith("pc1") for word in words)
    assert len(list(root.iter(f"{SVG}line"))) > 12
    assert size(await saved(guest, "save view png")) == (float(root.get("width", "")), float(root.get("height", "")))


def size(file: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its header."""
    data = file.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height
