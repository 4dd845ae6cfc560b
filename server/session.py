"""Session: what everybody connected sees, one stage and one selection, and how they change.

Changes are made one at a time, in the order in which they came, and only here; members are told through their outboxes.
Every other picture raises the epoch, every change of the selection the version.
"""

import asyncio
import logging
import time
from typing import Any

import numpy as np

from gestures.selection import Selection
from gestures.stroke import Operation, stroke
from murmuration.averages import Mean
from murmuration.errors import AccessError, MessageError, MurmurationError
from server import describe, metrics
from server.compute import Compute, Picture, View
from server.member import Member
from server.names import Names
from server.stage import Held, Stage, stage
from streaming import messages

log = logging.getLogger(__name__)


class Session:
    """The state that is shared, and the members who share it."""

    def __init__(self, compute: Compute, picture: Picture) -> None:
        self.compute = compute
        self.names = Names()
        self._stage: Stage = stage(1, picture)
        self._held: Held = self._stage.hold(0, Selection())
        self._mean: Mean | None = None
        self._members: set[Member] = set()
        self._changing = asyncio.Lock()
        self._announced: messages.State | None = None
        metrics.set_compute(self.state.compute)

    @property
    def selection(self) -> Selection:
        """What is selected now."""
        return self._held.selection

    @property
    def picture(self) -> Picture:
        """What is shown now."""
        return self._stage.picture

    def join(self, member: Member) -> None:
        """Begin to tell a member everything: the scene, the selection, then the points level by level."""
        self._members.add(member)
        member.send(self.state, key="state")
        member.send(self.names.message())
        self._show(member)

    @property
    def state(self) -> messages.State:
        """How the server computes, or what was announced instead."""
        return self._announced or describe.state()

    def announce(self, compute: messages.Compute | None) -> None:
        """Tell everybody, now and whoever joins, that the server computes like this; None: as it really does."""
        self._announced = describe.announced(compute) if compute else None
        metrics.set_compute(self.state.compute)
        for each in self._members:
            each.send(self.state, key="state")

    def leave(self, member: Member) -> None:
        """Tell a member nothing more."""
        self._members.discard(member)

    async def receive(self, member: Member, text: str) -> None:
        """Do what a member's message asks; what cannot be done is answered with Refused, and nothing else changes."""
        message: messages.ClientMessage | None = None
        try:
            message = messages.loads(text)
            if member.scope == "viewer" and isinstance(message, messages.EDITING):
                metrics.count_refusal("scope")
                raise AccessError("expected the editor's token: the address this was opened with is for looking only")
            await self._act(member, message)
        except MurmurationError as error:
            kind = type(message).__name__.lower() if message else "message"
            self.refuse(member, str(error), kind, getattr(message, "id", 0))
        except Exception:
            log.exception("a message of type %s", type(message).__name__)
            reason = "expected to do this, but the server made a mistake; its log says more"
            self.refuse(member, reason, id=getattr(message, "id", 0))

    def refuse(self, member: Member, reason: str, to: str = "message", id: int = 0) -> None:
        """Say in one line why something is not done."""
        member.send(messages.Refused(to, id, reason))

    async def _act(self, member: Member, message: messages.ClientMessage) -> None:
        match message:
            case messages.Ack(seq):
                member.outbox.ack(seq)
            case messages.Describe(row):
                member.send(describe.card(self.compute.table, row), key=("card", row))
            case messages.Stroke():
                await self._lasso(member, message)
            case messages.Clear(id):
                async with self._changing:
                    await self._select(member, id, Selection(), time.perf_counter())
            case messages.Recall(id, name, operation):
                await self._recall(member, id, name, operation)
            case messages.View(projection, classes, conductor):
                await self._look(projection, classes, conductor)
            case messages.Name(name):
                self.names.keep(name, self.selection)
                self._tell(self.names.message())
            case messages.Forget(name):
                self.names.forget(name)
                self._tell(self.names.message())

    async def _lasso(self, member: Member, message: messages.Stroke) -> None:
        began = time.perf_counter()
        if len(message.matrix) != 16:
            raise MessageError(f"stroke: expected a matrix of 16 numbers, column by column, got {len(message.matrix)}")
        if any(len(vertex) != 2 for vertex in message.polygon):
            raise MessageError("stroke: expected vertices of two numbers each, x and y")
        matrix = np.reshape(message.matrix, (4, 4)).T
        drawn = stroke(np.reshape(message.polygon, (-1, 2)), matrix, message.operation)
        async with self._changing:
            picture = self._stage.picture
            rows = await self.compute.lasso(drawn, picture.cloud)
            metrics.observe_lasso(time.perf_counter() - began)
            step = {"stroke": drawn.recipe(), **describe.view(picture.view)}
            await self._select(member, message.id, self.selection.combine(rows, message.operation, step), began)

    async def _recall(self, member: Member, id: int, name: str, operation: Operation) -> None:
        async with self._changing:
            named = self.names.find(name)
            step: dict[str, Any] = {"recall": name, "operation": operation, "recipe": list(named.recipe)}
            chosen = self.selection.combine(named.rows, operation, step)
            await self._select(member, id, chosen, time.perf_counter())

    async def _select(self, member: Member, id: int, selection: Selection, began: float) -> None:
        """Hold a selection: the exact count and the points at once, the average trace when it is there."""
        self._held, self._mean = self._stage.hold(self._held.version + 1, selection), None
        for each in self._members:
            own = id if each is member else 0
            each.send(self._selected(own, began), key=("selected", own))  # an answer is not replaced by news
            each.hold(self._stage, self._held)
        if len(selection):
            self._mean = await self.compute.mean(selection.array())
            for each in self._members:
                each.average(self._stage, self._held.version, self._mean)

    def _selected(self, id: int, began: float) -> messages.Selected:
        milliseconds = round(1000 * (time.perf_counter() - began), 2)
        counts = self._stage.counts(self._held)
        return messages.Selected(id, self._held.version, len(self.selection), counts, milliseconds, "", "")

    async def _look(self, projection: str, classes: str, conductor: list[int]) -> None:
        if len(conductor) != 2 or conductor[0] > conductor[1]:
            raise MessageError(f"view: expected the lowest and the highest conductor, got {conductor}")
        async with self._changing:
            self._change(await self.compute.picture(View(projection, classes, (conductor[0], conductor[1]))))

    async def show(self, picture: Picture) -> None:
        """Show another picture to everybody: what a program calls that has points of its own."""
        async with self._changing:
            self._change(picture)

    def _change(self, picture: Picture) -> None:
        self._stage = stage(self._stage.epoch + 1, picture)
        self._held = self._stage.hold(self._held.version, self.selection)
        for each in self._members:
            self._show(each)

    def _show(self, member: Member) -> None:
        member.send(describe.scene(self._stage.epoch, self._stage.picture), key="scene")
        member.send(self._selected(0, time.perf_counter()), key=("selected", 0))
        member.show(self._stage)
        member.hold(self._stage, self._held)
        if self._mean is not None:
            member.average(self._stage, self._held.version, self._mean)

    def _tell(self, message: messages.ServerMessage) -> None:
        for each in self._members:
            each.send(message)
