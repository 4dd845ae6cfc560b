"""A downloaded selection opened again in the page: the same rows, and one sentence for any other file."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from scripts.chromium import lasso

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SOME = [(250.0, 250.0), (300.0, 600.0), (420.0, 660.0), (470.0, 400.0)]


@pytest.mark.parametrize("kind", ["Parquet", "Arrow"])
async def test_a_downloaded_selection_is_selected_again(guest: Page, tmp_path: Path, kind: str) -> None:
    await lasso(guest, SOME, "Shift")
    count = await guest.evaluate("() => lab.selected.count")
    assert count > 0
    async with guest.expect_download() as waiting:
        await guest.locator("#downloads a", has_text=kind).click()
    file = tmp_path / f"selection.{kind.lower()}"
    await (await waiting.value).save_as(file)
    await guest.keyboard.press("Delete")
    await guest.wait_for_function("() => lab.settled && lab.selected.count === 0")
    await guest.locator("input[type=file][accept*=parquet]").set_input_files(file)
    await guest.wait_for_function("(count) => lab.settled && lab.selected.count === count", arg=count)


async def test_another_file_is_answered_with_a_sentence(guest: Page, tmp_path: Path) -> None:
    (tmp_path / "curves.csv").write_text("label\n11a1\n")
    await guest.locator("input[type=file][accept*=parquet]").set_input_files(tmp_path / "curves.csv")
    notice = guest.locator("#notice", has_text="curves.csv: Expected a selection downloaded as Parquet or Arrow")
    await notice.wait_for()
