"""Pane: one of several scenes of a session side by side, with the masks of the selection and the named selections.

All panes share the selection and its names. Each has its own view, scene and epoch. The first pane gets its scene when
the server starts, the others when a client first opens them.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.scene.scene import RowMask, Scene
from session.state import SessionState
from session.view import View

PANES = 4
"""Panes of a session, numbered from 0."""

_COMPONENT = re.compile(r"pc([0-9]+)")


@dataclass(eq=False)
class Pane:
    """``scene`` is None until a client opens the pane. ``looking`` is the lock under which its view changes."""

    number: int
    scene: Scene | None = None
    mask: RowMask | None = None
    marks: Mapping[int, RowMask] = field(default_factory=dict)
    naming: int = -1
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def show(self, scene: Scene) -> None:
        """Set another scene; its masks are not known yet."""
        self.scene, self.mask, self.marks, self.naming = scene, None, {}, -1

    def follow(self, state: SessionState) -> None:
        """Compute the masks of the selection and of the shown names that changed. It is slow for millions of curves."""
        scene = self.scene
        if scene is None:
            return
        if self.mask is None or self.mask.version != state.version:
            self.mask = scene.row_mask(state.version, state.selection)
        if self.naming != state.naming:
            self.marks = {slot: scene.row_mask(state.naming, one) for slot, one in state.names.marks().items()}
            self.naming = state.naming


def first_view(pane: int, state: SessionState, components: int) -> View:
    """The first view of a pane: that of the first pane, in three components that no pane before it shows.

    Beside other axes than components these are the first ones. ``components`` is their number; where there are no
    further ones it is the same view.
    """
    kept = state.panes.get(pane)
    if kept is not None:
        return kept.view
    view = state.panes[0].view
    shown = [_COMPONENT.fullmatch(axis) for axis in view.projection.split(",")]
    numbers = [int(axis[1]) for axis in shown if axis is not None]
    start = 3 * (pane - 1) + (max(numbers) if len(numbers) == len(shown) else 0)
    if start + 3 > components:
        return view
    return replace(view, projection=",".join(f"pc{start + k}" for k in (1, 2, 3)))
