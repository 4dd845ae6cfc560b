"""A Quest 3 that is not there: IWER in a real Chromium, for the end-to-end tests and for the pictures.

The emulator is injected into the page before its own scripts run; it is no part of the client. It draws both eyes side
by side. It does not emulate reprojection, the pace of a display, foveation or the noise of tracking.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.async_api import BrowserContext, Page

from scripts.chromium import settled

IWER = Path(__file__).parent.parent / "client_webxr" / "node_modules" / "iwer" / "build" / "iwer.min.js"

INSTALL = """
(() => {
  const device = new IWER.XRDevice(IWER.metaQuest3);
  device.installRuntime({forceInstall: true});
  device.stereoEnabled = true;
  device.primaryInputMode = 'hand';
  window.device = device;
  // A step of a test is a frame of the page: after it, what was set has been read.
  window.frames = async (n = 1) => {
    const until = lab.xr.frames + n;
    while (lab.xr.frames < until) await new Promise((done) => setTimeout(done, 4));
  };
})();
"""

Side = Literal["left", "right"]
Place = tuple[float, float, float]


async def put_on(context: BrowserContext) -> None:
    """Every page of the context has a headset."""
    await context.add_init_script(IWER.read_text() + INSTALL)


async def enter(page: Page, mode: Literal["VR", "AR"] = "VR") -> None:
    """Press the page's own button, and wait for pictures."""
    await settled(page)
    await page.get_by_role("button", name=f"Enter {mode}").click()
    await page.wait_for_function("() => lab.xr.mode !== null && lab.xr.frames > 3")


async def hand(page: Page, side: Side, at: Place, pinch: float | None = None, frames: int = 2) -> None:
    """Put a hand somewhere (metres, from the floor), perhaps pinching 0..1, and let frames pass."""
    await page.evaluate(
        """async ([side, at, pinch, n]) => {
          const hand = device.hands[side];
          hand.position.set(...at);
          if (pinch !== null) hand.updatePinchValue(pinch);
          await frames(n);
        }""",
        [side, at, pinch, frames],
    )


async def stroke(page: Page, path: Sequence[Place], side: Side = "right", *, release: bool = True) -> None:
    """Pinch, draw along a path, and let go."""
    await hand(page, side, path[0], 0.0)
    await hand(page, side, path[0], 1.0, 3)
    await page.evaluate(
        """async ([side, path]) => {
          for (const at of path) {
            device.hands[side].position.set(...at);
            await frames(1);
          }
        }""",
        [side, [list(at) for at in path]],
    )
    await page.evaluate("frames(2)")
    if not release:
        return
    await hand(page, side, path[-1], 0.0, 3)


def circle(middle: Place, radius: float, steps: int = 24) -> list[Place]:
    """A closed path across the gaze, as a hand draws it in the air."""
    x, y, z = middle
    turns = [math.tau * k / steps for k in range(steps + 1)]
    return [(x + radius * math.cos(t), y + radius * math.sin(t), z) for t in turns]


async def answered(page: Page) -> None:
    """Wait for the server's exact answer to the loop that was drawn."""
    await page.wait_for_function("() => lab.lastStroke && lab.settled && lab.selected.id === lab.lastStroke.id")
