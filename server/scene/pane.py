"""Pane: one of the pictures of a session that stand side by side, with what is selected and marked on it.

All panes share one selection and its names. Each has a view, a stage and an epoch of its own; the first is made when
the server starts, the others when somebody first looks at them.
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
    """What one pane shows. ``stage`` is None until somebody looks; ``looking`` is held while another view is made."""

    number: int
    stage: Scene | None = None
    held: RowMask | None = None
    marks: Mapping[int, RowMask] = field(default_factory=dict)
    naming: int = -1
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def show(self, stage: Scene) -> None:
        """Another stage; what is held on it is not known yet."""
        self.stage, self.held, self.marks, self.naming = stage, None, {}, -1

    def follow(self, shared: SessionState) -> None:
        """Hold what is selected and marked now, as far as that changed. It takes a while with millions of curves."""
        stage = self.stage
        if stage is None:
            return
        if self.held is None or self.held.version != shared.version:
            self.held = stage.hold(shared.version, shared.selection)
        if self.naming != shared.naming:
            self.marks = {slot: stage.hold(shared.naming, one) for slot, one in shared.names.marks().items()}
            self.naming = shared.naming


def first_view(pane: int, shared: SessionState, components: int) -> View:
    """What a pane shows when nobody looked at it before: the first one's view, three components further on.

    ``components`` is how many there are. Where there are none further on, or the first pane shows other axes than
    components, it is the same view.
    """
    kept = shared.panes.get(pane)
    if kept is not None:
        return kept.view
    view = shared.panes[0].view
    shown = [_COMPONENT.fullmatch(axis) for axis in view.projection.split(",")]
    numbers = [int(axis[1]) for axis in shown if axis is not None]
    start = max(numbers, default=0) + 3 * (pane - 1)
    if len(numbers) != len(shown) or start + 3 > components:
        return view
    return replace(view, projection=",".join(f"pc{start + k}" for k in (1, 2, 3)))
