"""Subscriber: one connection of a member to a pane, with its queue of changes."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from server.people.member import Member
from server.scene.pane import Pane
from streaming import messages

MOST_WAITING = 8
"""Queued changes of one client at which its messages are no longer read."""


@dataclass(frozen=True)
class Arrival:
    """The query of a connection: secret, epoch and seq to resume from ("" and 0 for none), a name, a pane."""

    secret: str = ""
    epoch: int = 0
    seq: int = 0
    name: str = ""
    pane: int = 0


@dataclass(eq=False)
class Subscriber:
    """A member at a pane.

    asked: the queue of changes, made one after the other; None ends it.  shown: whether the client has a scene; until
    then it is told of no change, since its first scene contains them.  behind: whether the pane has another scene,
    shown once the points of the current one are complete.  moves: :attr:`People.moves` at its last update.
    """

    member: Member
    person: int
    pane: Pane
    shown: bool = False
    behind: bool = False
    asked: asyncio.Queue[messages.EditingMessage | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    against: Literal["p", "ratio"] = "p"
    moves: int = 0
    filmed: dict[str, float] = field(default_factory=dict)

    @property
    def current(self) -> bool:
        """Whether the client is shown the current scene of its pane."""
        return self.shown and not self.behind
