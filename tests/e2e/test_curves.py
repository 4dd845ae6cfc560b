"""The table of the selected curves and the lists that other programs read: the same curves as Python's."""

import cypari
import numpy as np
import pytest
from playwright.async_api import Page, expect

import murmuration as mm
from scripts.chromium import lasso
from tests.e2e.rows import selected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SOME = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0)]
FEW = [(560.0, 250.0), (640.0, 250.0), (640.0, 300.0), (560.0, 300.0)]


async def labels(page: Page) -> list[str]:
    """The first column of the rows in view, from the top."""
    script = """() => [...document.querySelectorAll('#table .space [role=row]:not([hidden])')]
        .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map((row) => row.children[0].textContent)"""
    found: list[str] = await page.evaluate(script)
    return found


async def test_every_selected_curve_is_in_the_table_in_every_order(guest: Page, table: mm.CurveTable) -> None:
    await lasso(guest, SOME, "Shift")
    rows = np.array(sorted(await selected(guest)))
    names = np.array(table.columns["label"].to_pylist())[rows]
    body = guest.locator("#table .body")
    await expect(guest.locator("#table")).to_have_attribute("aria-rowcount", str(len(rows) + 1))
    await expect(body).to_contain_text(names[0])
    assert (await labels(guest))[:12] == names[:12].tolist()

    await body.evaluate("(body) => (body.scrollTop = 24 * 1000)")  # far from what was fetched first
    await expect(body).to_contain_text(names[1005])
    assert (await labels(guest))[:12] == names[1000:1012].tolist()

    for _ in range(2):
        await guest.get_by_role("columnheader", name="conductor").get_by_role("button").click()
    order = np.lexsort((rows, -table.conductor[rows].astype(int)))
    await expect(body).to_contain_text(names[order[0]])
    assert (await labels(guest))[:12] == names[order[:12]].tolist()
    await body.locator("[role=row][tabindex='0']").focus()
    await guest.keyboard.press("End")
    await expect(body).to_contain_text(names[order[-1]])


async def test_a_row_shows_its_card_and_its_point(guest: Page, table: mm.CurveTable) -> None:
    await lasso(guest, FEW, "Shift")
    row = min(await selected(guest))
    label = table.columns["label"][row].as_py()
    await guest.locator("#table .space [role=row]", has_text=label).first.click()
    await expect(guest.locator("#card")).to_contain_text(table.columns["ainvs"][row].as_py())
    ring = guest.locator("#overlay .ring[visibility=visible]").last
    place = [float(await ring.get_attribute(each) or "nan") for each in ("cx", "cy")]
    assert place == pytest.approx(await guest.evaluate(f"lab.screenOf({row})"), abs=0.1)


async def test_what_is_copied_is_read_by_pari_and_by_python(guest: Page, table: mm.CurveTable) -> None:
    await guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await lasso(guest, FEW, "Shift")
    rows = sorted(await selected(guest))
    names = table.take(np.array(rows))["label"].to_pylist()
    ainvs = [f"{each}" for each in table.take(np.array(rows))["ainvs"].to_pylist()]

    assert (await copied(guest, "labels")).split() == names
    for statement in (await copied(guest, "PARI")).split("\n")[1:]:  # behind the comment
        cypari.pari(statement.strip(";") or "0")
    curves = cypari.pari("Vec(curves)")
    assert [str(curve[0]).strip('"') for curve in curves] == names
    assert [str(curve[1]).replace(" ", "") for curve in curves] == ainvs
    space: dict[str, list[tuple[str, list[int]]]] = {}
    exec(await copied(guest, "Sage"), space)  # Sage's language is Python here
    assert [label for label, _ in space["curves"]] == names
    assert [str(each).replace(" ", "") for _, each in space["curves"]] == ainvs
    assert (await copied(guest, "Magma")).count('<"') == len(names)


async def copied(page: Page, name: str) -> str:
    """What is in the clipboard after a button of the line Copy was pressed."""
    await page.evaluate("navigator.clipboard.writeText('')")
    await page.locator("#copies").get_by_role("button", name=name).click()
    await expect(page.locator("#copies")).to_contain_text("Copied")
    text: str = await page.evaluate("navigator.clipboard.readText()")
    await expect(page.locator("#copies")).not_to_contain_text("Copied")
    return text
