"""Seat: one connection's place in a session: who sits there, at which pane, and what they asked for."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal

from server.people.member import Member
from server.scene.pane import Pane
from streaming import messages

MOST_WAITING = 8
"""Changes that one client may have waiting before its messages are no longer read."""


@dataclass(frozen=True)
class Arrival:
    """What a connection asks for: the secret, epoch and seq to go on with ("" and 0 for none), a name, a pane."""

    secret: str = ""
    epoch: int = 0
    seq: int = 0
    name: str = ""
    pane: int = 0


@dataclass(eq=False)
class Subscriber:
    """A member at a pane.

    asked: what they want changed, done one after the other; None ends it.  shown: whether they have a scene; until then
    they are told of no change, since what they will be shown has it.  behind: whether their pane has another stage,
    which they are shown when the one on its way to them is whole.  moves: those of people that they were told of.
    """

    member: Member
    person: int
    pane: Pane
    shown: bool = False
    behind: bool = False
    asked: asyncio.Queue[messages.EditingMessage | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    against: Literal["p", "ratio"] = "p"
    averages: set[Hashable] = field(default_factory=set)
    moves: int = 0
    filmed: dict[str, float] = field(default_factory=dict)

    @property
    def current(self) -> bool:
        """Whether its member is shown what the pane shows now."""
        return self.shown and not self.behind
