"""Session: what everybody connected sees, and how it changes.

Changes are made one at a time, in the order in which they came, and only here: each is written to the log, then made,
then told through the members' outboxes. Every other picture raises the epoch, every change of the selection the
version. What looks and does not change is answered at once, beside changes that take long.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar, assert_never

from pyroaring import FrozenBitMap

from murmuration.errors import AccessError, MessageError, MurmurationError
from murmuration.selection import recipe as recipes
from murmuration.selection.recipe import Basis
from murmuration.selection.selection import Selection
from server import metrics
from server.compute.compute import Compute, SceneData
from server.compute.jobs import Jobs
from server.compute.progress import telling
from server.compute.status import ComputeStatus
from server.door.health import Health
from server.door.tokens import Scope
from server.live import datawatch
from server.live.averages import Averages
from server.live.journal import Journal
from server.live.tasks import Tasks
from server.live.wires import Wires
from server.people.connection import Connection
from server.people.members import Members
from server.people.presence import Presence
from server.people.subscriber import Arrival, Subscriber
from server.scene import to_wire
from server.scene.pane import PANES, Pane, first_view
from server.scene.scene import stage
from session import replay
from session.apply import apply, lasso
from session.entry import entry
from session.names import Names
from session.restored import NEW, Restored
from session.state import SessionState
from session.view import View, from_message, to_message
from streaming import messages
from streaming.matrix import matrix

log = logging.getLogger(__name__)

Said = TypeVar("Said", bound=messages.ClientMessage)

LOOKING = "expected the editor's token: the address this was opened with is for looking only"
"""What somebody is told who may look and change nothing."""


class Session:
    """The state that is shared, and those who share it."""

    def __init__(self, compute: Compute, picture: SceneData, well: Health, restored: Restored = NEW) -> None:
        """``picture`` is what its first pane shows. Raises SessionError when the log cannot be written."""
        self.compute = compute
        self._basis = Basis.of(compute.table, compute.traces, compute.snapshot)
        self._shared = restored.shared.looked(0, picture.view)
        self._panes = [Pane(number) for number in range(PANES)]
        self._panes[0].show(stage(self._shared.epoch, picture))
        self._panes[0].follow(self._shared)
        self._seats: set[Subscriber] = set()
        self._gathering = Presence(restored.people, self._seats)
        self._members = Members()
        self._work = Tasks()
        self._changing = asyncio.Lock()
        self._condition = ComputeStatus(lambda state: self._gathering.tell(state, "state"))
        self._averages = Jobs(Averages(compute, self._seats, lambda: self._shared).wants)
        self._wires = Jobs(Wires(compute, self._seats).wants)
        self._about = restored.about
        self._well = well
        self._journal = Journal(restored.log, well, self._state, self._shared.recording is not None)

    @property
    def selection(self) -> Selection:
        """What is selected now."""
        return self._shared.selection

    @property
    def names(self) -> Names:
        """The named selections."""
        return self._shared.names

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the session runs: who is silent is noticed, and averages and wireframes are made."""
        watching = self.compute.watch(self._condition.computes)
        for part in (self._gathering.run(), self._averages.run(), self._wires.run(), watching):
            self._work.start(part)
        if self.compute.check is not None:
            self._work.start(datawatch.watch(self.compute.check, self._data))
        try:
            yield
        finally:
            await self._work.end()
            self._journal.close()

    def _data(self, reason: str | None) -> None:
        """The data set is missing, for a reason, or there again: readiness follows, and every client is told."""
        if reason is None:
            self._well.ready("data")
            self._averages.retry()
        else:
            self._well.fail(reason, "data")
        self._condition.fails(reason)

    def picture(self, pane: int) -> SceneData:
        """What a pane shows now. Raises MessageError for one at which nobody has looked yet."""
        shown = self._panes[pane].stage
        if shown is None:
            raise MessageError(f"expected a pane that somebody has looked at, got {pane}")
        return shown.picture

    @property
    def state(self) -> messages.State:
        """How the server computes, or what was announced instead."""
        return self._condition.state

    def announce(self, compute: messages.Compute | None) -> None:
        """Tell everybody, now and whoever joins, that the server computes like this; None: as it really does."""
        self._condition.announce(compute)

    # ---- coming and going ------------------------------------------------------------------------------------------

    async def join(self, connection: Connection, scope: Scope, asked: Arrival) -> Subscriber:
        """Begin to tell a member everything: who is here, the scene, the selection, then points, the most useful first.

        Whoever comes back and was not away for long goes on where they were; whoever is here already goes on in this
        connection, and the other one is closed.
        """
        known = asked.secret if self._members.may(asked.secret, scope) else ""
        person, secret = self._gathering.arrive(known, asked.name)
        member, pane = self._members.enter(person.id, secret, scope), self._panes[asked.pane]
        self._seats -= {seat for seat in self._seats if seat.member is member}
        if (closing := member.attach(connection)) is not None:
            self._work.start(closing)
        resumed = member.resume(0 if pane.stage is None else pane.stage.epoch, asked.epoch, asked.seq)
        seat = Subscriber(member, person.id, pane)
        self._seats.add(seat)
        member.send(messages.Welcome(person.id, secret, person.name, person.colour, scope, resumed))
        member.send(self._condition.state, key="state")
        member.send(self._recording(), key="recording")
        self._gathering.greet(seat)
        connection.begin(member.outbox)
        self._note(seat, "join", pane=pane.number, colour=person.colour, kind=person.kind)
        self._work.start(self._serve(seat))
        try:
            await self._open(pane)
        except MurmurationError as error:  # pane 0 may have moved to what the others cannot follow
            self.refuse(seat, str(error), "view")
        async with self._changing:
            if seat in self._seats and pane.stage is not None and not seat.shown:
                await self.compute.call(lambda: pane.follow(self._shared))
                self._show(seat)
        return seat

    def leave(self, seat: Subscriber) -> None:
        """Tell a member nothing more. What they asked for before is still done."""
        self._seats.discard(seat)
        self._gathering.leave(seat.person)
        self._note(seat, "leave")
        self._work.start(seat.asked.put(None))
        if not any(each.member is seat.member for each in self._seats):  # else they go on in another connection
            seat.member.leave()
            self._members.leave(seat.member)

    @property
    def waiting(self) -> int:
        """Frames that wait to be sent, over everybody connected."""
        return sum(len(seat.member.outbox) for seat in self._seats)

    def alive(self, seat: Subscriber) -> None:
        """A sign of life came from a connection."""
        self._gathering.heard(seat.person)

    # ---- what members say ------------------------------------------------------------------------------------------

    async def receive(self, seat: Subscriber, text: str) -> None:
        """Do what a member's message asks; what cannot be done is answered with Refused, and nothing else changes.

        Returns when one more message may be read.
        """
        try:
            message = messages.loads(text)
        except MurmurationError as error:
            return self.refuse(seat, str(error))
        if not isinstance(message, messages.EditingMessage):
            return await self._guarded(seat, message, self._answer)
        if seat.member.scope == "viewer":
            metrics.count_refusal("scope")
            return self._refused(seat, message, AccessError(LOOKING))
        return await seat.asked.put(message)

    def refuse(self, seat: Subscriber, reason: str, to: str = "message", id: int = 0) -> None:
        """Say in one line why something is not done."""
        seat.member.send(messages.Refused(to, id, reason))

    async def _serve(self, seat: Subscriber) -> None:
        """Make the changes that one member asks for, one after the other, beside what else they say."""
        while (message := await seat.asked.get()) is not None:
            await self._guarded(seat, message, self._edit)

    async def _guarded(
        self,
        seat: Subscriber,
        message: Said,
        act: Callable[[Subscriber, Said], Awaitable[None]],
    ) -> None:
        try:
            await act(seat, message)
        except MurmurationError as error:
            self._refused(seat, message, error)
        except Exception:
            log.exception("a message of type %s", type(message).__name__)
            reason = "expected to do this, but the server made a mistake; its log says more"
            self.refuse(seat, reason, id=getattr(message, "id", 0))

    def _refused(self, seat: Subscriber, message: messages.ClientMessage, error: MurmurationError) -> None:
        self.refuse(seat, str(error), type(message).__name__.lower(), getattr(message, "id", 0))

    async def _answer(self, seat: Subscriber, message: messages.LookingMessage) -> None:
        """Answer a message that changes nothing on which others must agree."""
        match message:
            case messages.Ack(seq):
                seat.member.outbox.ack(seq)
                if seat.behind and not seat.member.finishing:
                    self._show(seat)
            case messages.Describe(row):
                seat.member.send(to_wire.card(self.compute.table, row), key=("card", row))
            case messages.Here():
                if (place := self._gathering.here(seat.person, message)) is not None:
                    self._film(seat, "here", head=place.head, hands=place.hands)
            case messages.Introduce(name):
                self._gathering.introduce(seat.person, name)
                self._note(seat, "introduce")
            case messages.Viewpoint(numbers, budget):
                seat.member.look(matrix("viewpoint", numbers), budget)
                self._film(seat, "viewpoint", matrix=numbers)
                self._wires.wake()
            case messages.Against(axis):
                seat.against = axis
                seat.averages.clear()
                seat.member.plot_anew()
                self._averages.wake()
            case _:
                assert_never(message)

    async def _edit(self, seat: Subscriber, message: messages.EditingMessage) -> None:
        """Make a change. Strokes, views and recordings need more than their message; every other one is its entry."""
        match message:
            case messages.Stroke():
                await self._lasso(seat, message)
            case messages.Open():
                await self._replay(seat, message)
            case messages.View():
                async with seat.pane.looking:
                    await self._project(seat, seat.pane, from_message(message))
            case messages.Record():
                await self._record(seat, message)
            case _:
                await self._change(seat, message)

    # ---- changes ---------------------------------------------------------------------------------------------------

    async def _lasso(self, seat: Subscriber, message: messages.Stroke) -> None:
        began = time.perf_counter()
        drawn = lasso(message)
        shown = seat.pane.stage
        if shown is None:
            raise MessageError("stroke: expected a scene to draw on, but this pane has none yet")
        # Before the lock: a stroke that takes seconds holds up its author's next changes, and nobody else's.
        rows = await self.compute.lasso(drawn, shown.picture.cloud)
        metrics.observe_lasso(time.perf_counter() - began)
        async with self._changing:
            if seat.pane.stage is None or seat.pane.stage.picture.view != shown.picture.view:
                raise MessageError("The view changed before the lasso was computed. Draw it again.")
            await self._edited(seat, message, began, rows)

    async def _replay(self, seat: Subscriber, message: messages.Open) -> None:
        """Select the rows of a recipe; they are computed beside other changes, since views are made anew for it."""
        began = time.perf_counter()
        recipe = recipes.parse_recipe(message.recipe.encode())
        compute = self.compute
        opened = await compute.call(lambda: recipes.replay(recipe, compute.table, compute.traces))
        async with self._changing:
            await self._edited(seat, message, began, opened.rows)

    async def _change(self, seat: Subscriber, message: messages.EditingMessage) -> None:
        began = time.perf_counter()
        async with self._changing:
            await self._edited(seat, message, began)

    async def _edited(
        self, seat: Subscriber, message: messages.EditingMessage, began: float, rows: FrozenBitMap | None = None
    ) -> None:
        before = self._shared
        await self._commit(seat, seat.pane, message, rows)
        await self._follow(seat, getattr(message, "id", 0), before, began)

    async def _open(self, pane: Pane) -> None:
        """Make what a pane shows, when nobody has looked at it since the server started."""
        async with pane.looking:
            if pane.stage is None:
                await self._project(None, pane, first_view(pane.number, self._shared, len(self.compute.traces.primes)))

    async def _project(self, seat: Subscriber | None, pane: Pane, view: View) -> None:
        """Show another view in a pane, with its lock held; the picture is made beside other changes."""
        task = f"Computing {view.projection}."
        tell = partial(self._progress, pane, task)
        async with self._condition.working(task), telling(tell) as progress:
            picture = await self.compute.picture(view, progress)
        await self.show(picture, pane, seat)

    def _progress(self, pane: Pane, task: str, done: int, total: int) -> None:
        for each in self._seats:
            if each.pane is pane:
                each.member.progress(task, done, total)

    async def show(self, picture: SceneData, pane: Pane | None = None, seat: Subscriber | None = None) -> None:
        """Show another picture in a pane, the first unless told: a program may have points of its own."""
        view, pane = picture.view, pane or self._panes[0]
        async with self._changing:
            await self._commit(seat, pane, to_message(view))
            epoch = self._shared.epoch
            pane.show(await self.compute.call(lambda: stage(epoch, picture)))
            await self.compute.call(lambda: pane.follow(self._shared))
            for each in self._seats:
                if each.pane is pane:
                    each.behind = each.shown and each.member.finishing
                    if not each.behind:
                        self._show(each)

    async def _record(self, seat: Subscriber, message: messages.Record) -> None:
        if not self._journal.kept:
            raise MessageError("record: expected a session that keeps a log: start the server without --session none")
        async with self._changing:
            if message.on == (self._shared.recording is not None):
                return seat.member.send(self._recording(), key="recording")
            by = self._gathering.people.find(seat.person).name
            if message.on:
                self._journal.begin(recording=True)  # a film begins with the whole state
            await self._commit(seat, seat.pane, message)
            if not message.on:
                self._journal.begin(recording=False)
            return self._gathering.tell(messages.Recording(message.on, by), "recording")

    def _recording(self) -> messages.Recording:
        by = self._shared.recording
        return messages.Recording(by is not None, by or "")

    # ---- the log ---------------------------------------------------------------------------------------------------

    async def _commit(
        self, seat: Subscriber | None, pane: Pane, message: messages.EditingMessage, rows: FrozenBitMap | None = None
    ) -> None:
        """Make a change, once its entry is on the disk. Raises MurmurationError when it cannot be made or written."""
        change = entry(message, *self._author(seat), pane.number, rows, None if rows is None else self._basis)
        after = apply(self._shared, change)
        await self._journal.keep(change)
        self._shared = after
        self._journal.made()

    def _state(self) -> dict[str, Any]:
        """All that is shared now, for the log."""
        people = {"next": self._gathering.people.next, "people": asdict(self._gathering.people.message())["items"]}
        return {"shared": replay.state(self._shared), **self._about, **people}

    def _note(self, seat: Subscriber, do: str, **fields: Any) -> None:
        self._journal.note(do, self._author(seat), **fields)

    def _film(self, seat: Subscriber, do: str, **fields: Any) -> None:
        self._journal.film(seat.filmed, do, self._author(seat), pane=seat.pane.number, **fields)

    def _author(self, seat: Subscriber | None) -> tuple[int, str]:
        return (0, "") if seat is None else (seat.person, self._gathering.people.find(seat.person).name)

    # ---- telling ---------------------------------------------------------------------------------------------------

    async def _follow(self, seat: Subscriber, id: int, before: SessionState, began: float) -> None:
        """Tell everybody what a change did to the selection and the names."""
        shared = self._shared
        seats = [each for each in self._seats if each.shown]
        for pane in {each.pane for each in seats}:
            await self.compute.call(partial(pane.follow, shared))
        for each in seats:
            own = id if each is seat else 0
            if own or shared.history is not before.history:
                selected = self._selected(each.pane, own, began)
                each.member.send(selected, key=("selected", own))  # news replaces no answer
            if shared.naming != before.naming:
                each.member.send(shared.names.message(shared.naming), key="selections")
            if each.current:
                self._hold(each)
        self._averages.wake()
        self._wires.wake()

    def _selected(self, pane: Pane, id: int, began: float) -> messages.Selected:
        shared, held = self._shared, pane.held
        milliseconds = round(1000 * (time.perf_counter() - began), 2)
        counts = [] if pane.stage is None or held is None else pane.stage.counts(held)
        words = shared.history.undo, shared.history.redo
        return messages.Selected(id, shared.version, len(shared.selection), counts, milliseconds, *words)

    def _show(self, seat: Subscriber) -> None:
        """Show a seat its pane, from the restored or where it was."""
        assert seat.pane.stage is not None
        if not seat.shown:  # before any mask of theirs
            seat.member.send(self._shared.names.message(self._shared.naming), key="selections")
        seat.shown, seat.behind = True, False
        if not seat.member.knows(seat.pane.stage):
            scene = to_wire.scene(seat.pane.stage.epoch, seat.pane.number, seat.pane.stage.picture)
            seat.member.send(scene, key="scene")
        seat.member.send(self._selected(seat.pane, 0, time.perf_counter()), key=("selected", 0))
        seat.member.show(seat.pane.stage)
        self._hold(seat)
        seat.averages.clear()
        self._averages.wake()
        self._wires.wake()

    def _hold(self, seat: Subscriber) -> None:
        if seat.pane.stage is not None and seat.pane.held is not None:
            seat.member.hold(seat.pane.held)
            seat.member.marks(seat.pane.marks)
