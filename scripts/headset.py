"""An emulated Quest 3: IWER in a real Chromium, for the end-to-end tests and for the pictures.

The emulator is injected into the page before its own scripts run; it is no part of the client. It draws both eyes side
by side. It does not emulate reprojection, display timing, foveation or tracking noise.
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
    """Give every page of the context a headset."""
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


async def controller(
    page: Page, side: Side, at: Place, *, trigger: float | None = None, grip: float | None = None, frames: int = 2
) -> None:
    """Put a controller somewhere, perhaps with its trigger or grip pressed 0..1, and let frames pass."""
    await page.evaluate(
        """async ([side, at, trigger, grip, n]) => {
          const one = device.controllers[side];
          one.position.set(...at);
          if (trigger !== null) one.updateButtonValue('trigger', trigger);
          if (grip !== null) one.updateButtonValue('squeeze', grip);
          await frames(n);
        }""",
        [side, at, trigger, grip, frames],
    )


async def take(page: Page, mode: Literal["hand", "controller"]) -> None:
    """Go on with bare hands, or with controllers."""
    await page.evaluate("async (mode) => { device.primaryInputMode = mode; await frames(3); }", mode)


async def turn(page: Page, side: Side, quaternion: tuple[float, float, float, float]) -> None:
    """Turn a hand."""
    await page.evaluate("([side, q]) => device.hands[side].quaternion.set(...q)", [side, list(quaternion)])


async def aim(page: Page, side: Side, at: Place) -> None:
    """Turn a hand so that its ray points at a place of the room."""
    await page.evaluate(
        """async ([side, at]) => {
          const hand = device.hands[side];
          const way = [at[0] - hand.position.x, at[1] - hand.position.y, at[2] - hand.position.z];
          const length = Math.hypot(...way);
          const [x, y, z] = way.map((v) => v / length);
          // The shortest turn from -z to that way.
          const q = [y, -x, 0, 1 - z];
          const norm = Math.hypot(...q);
          hand.quaternion.set(...q.map((v) => v / norm));
          await frames(3);
        }""",
        [side, list(at)],
    )


async def button(page: Page, text: str) -> Place:
    """The centre of a button of the panel, in room coordinates (metres)."""
    found: list[float] = await page.evaluate(
        """(text) => {
          const {matrix: m, unit, parts} = lab.xr.panel;
          const part = parts.find((each) => each.kind === 'button' && each.text === text);
          const [width, height] = [Math.hypot(m[0], m[1], m[2]) / unit, Math.hypot(m[4], m[5], m[6]) / unit];
          const u = (part.x + part.width / 2) / width - 0.5;
          const v = 0.5 - (part.y + part.height / 2) / height;
          return [0, 1, 2].map((i) => m[i] * u + m[4 + i] * v + m[12 + i]);
        }""",
        text,
    )
    x, y, z = found
    return (x, y, z)


async def press(page: Page, text: str, side: Side = "right") -> None:
    """Point at a button of the panel and pinch."""
    await aim(page, side, await button(page, text))
    await page.evaluate(
        """async (side) => {
          device.hands[side].updatePinchValue(1);
          await frames(3);
          device.hands[side].updatePinchValue(0);
          await frames(8);
        }""",
        side,
    )
    await turn(page, side, (0, 0, 0, 1))


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
