"""The rows that the page shows, and those that Python finds for the same stroke."""

from typing import Any

import numpy as np
from playwright.async_api import Frame, Page

import murmuration as mm


async def resolved(page: Page | Frame, cloud: mm.Cloud) -> set[int]:
    """What Python finds for the stroke that the page sent last."""
    stroke: dict[str, Any] = await page.evaluate("lab.lastStroke")
    return set(cloud.lasso(np.reshape(stroke["matrix"], (4, 4)).T, stroke["polygon"]).tolist())


async def selected(page: Page, slot: int = 0) -> set[int]:
    """What is drawn as selected, or in the colour of a named selection's slot."""
    return set(await page.evaluate(f"lab.localRows({slot})"))
