"""Session: the live session: it applies the changes of its members to the shared state and tells every client.

Changes are made one at a time, in the order of arrival, and only here: each is written to the log, then applied, then
sent through the members' outboxes. Another scene raises the epoch, a change of the selection the version. Messages that
change nothing are answered at once, beside slow changes.
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
from server.live.averages import Averages, on_demand
from server.live.journal import Journal
from server.live.tasks import Tasks
from server.live.wireframes import Wireframes
from server.people.connection import Connection
from server.people.member import PROGRESS_DUE, Product
from server.people.members import Members
from server.people.presence import Presence
from server.people.subscriber import Arrival, Subscriber
from server.scene import to_wire
from server.scene.pane import PANES, Pane, first_view
from server.scene.scene import Scene, scene_of
from session import checkpoint
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

LOOKING = "This address is for looking only: open the editor's address to make changes."
"""The answer to a change that a viewer asks for."""


class Session:
    """The shared state, its panes, and the connected members."""

    def __init__(self, compute: Compute, scene_data: SceneData, well: Health, restored: Restored = NEW) -> None:
        """``scene_data`` is shown in the first pane. Raises SessionError when the log cannot be written."""
        self.compute = compute
        self._basis = Basis.of(compute.table, compute.traces, compute.snapshot)
        self._state = restored.state.looked(0, scene_data.view)
        self._panes = [Pane(number) for number in range(PANES)]
        self._panes[0].show(scene_of(self._state.epoch, scene_data))
        self._panes[0].follow(self._state)
        self._subscribers: set[Subscriber] = set()
        self._presence = Presence(restored.people, self._subscribers)
        self._members = Members()
        self._tasks = Tasks()
        self._changing = asyncio.Lock()
        self._status = ComputeStatus(lambda state: self._presence.tell(state, "state"))
        self._averages = Jobs(Averages(compute, self._subscribers, lambda: self._state).wants)
        self._wireframes = Jobs(Wireframes(compute, self._subscribers).wants)
        self._about = restored.about
        self._well = well
        self._journal = Journal(restored.log, well, self._whole, self._state.recording is not None)

    @property
    def selection(self) -> Selection:
        """The current selection."""
        return self._state.selection

    @property
    def names(self) -> Names:
        """The named selections."""
        return self._state.names

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """A context in which the session runs: heartbeats time out, averages and wireframes are computed."""
        watching = self.compute.watch(self._status.computes)
        for part in (self._presence.run(), self._averages.run(), self._wireframes.run(), watching):
            self._tasks.start(part)
        if self.compute.check is not None:
            self._tasks.start(datawatch.watch(self.compute.check, self._data))
        try:
            yield
        finally:
            await self._tasks.end()
            self._journal.close()

    def _data(self, reason: str | None) -> None:
        """The data set is missing, for a reason, or there again: readiness follows, and every client is told."""
        if reason is None:
            self._well.ready("data")
            self._averages.retry()
        else:
            self._well.fail(reason, "data")
        self._status.fails(reason)

    def scene_data(self, pane: int) -> SceneData:
        """The scene data of a pane. Raises MessageError for a pane that no client has opened yet."""
        shown = self._panes[pane].scene
        if shown is None:
            raise MessageError(f"Pane {pane} has no projection yet: open it in a browser first.")
        return shown.data

    @property
    def status(self) -> messages.State:
        """The device that computes, or the state that was announced in its place."""
        return self._status.state

    def announce(self, compute: messages.Compute | None) -> None:
        """Show every client a compute state that was set by hand; None returns to the measured one."""
        self._status.announce(compute)

    # ---- joining and leaving ----------------------------------------------------------------------------------------

    async def join(self, connection: Connection, scope: Scope, asked: Arrival) -> Subscriber:
        """Start a client's stream: people, scene, selection, then points, largest gain first.

        A client that reconnects in time resumes. One that is still connected continues in this connection, and the
        other one is closed.
        """
        known = asked.secret if self._members.may(asked.secret, scope) else ""
        person, secret = self._presence.arrive(known, asked.name)
        member, pane = self._members.enter(person.id, secret, scope), self._panes[asked.pane]
        self._subscribers -= {subscriber for subscriber in self._subscribers if subscriber.member is member}
        if (closing := member.attach(connection)) is not None:
            self._tasks.start(closing)
        resumed = member.resume(0 if pane.scene is None else pane.scene.epoch, asked.epoch, asked.seq)
        subscriber = Subscriber(member, person.id, pane)
        self._subscribers.add(subscriber)
        member.send(messages.Welcome(person.id, secret, person.name, person.colour, scope, resumed))
        member.send(self._status.state, key="state")
        member.send(self._recording(), key="recording")
        self._presence.greet(subscriber)
        connection.begin(member.outbox)
        self._note(subscriber, "join", pane=pane.number, colour=person.colour, kind=person.kind)
        self._tasks.start(self._serve(subscriber))
        try:
            await self._open(pane)
        except MurmurationError as error:  # the view of pane 0 may have no counterpart further on
            self.refuse(subscriber, str(error), "view")
        async with self._changing:
            if subscriber in self._subscribers and pane.scene is not None and not subscriber.shown:
                await self.compute.call(lambda: pane.follow(self._state))
                self._show(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """A client disconnected. Its queued changes are still made."""
        self._subscribers.discard(subscriber)
        self._presence.leave(subscriber.person)
        self._note(subscriber, "leave")
        self._tasks.start(subscriber.asked.put(None))
        if not any(
            each.member is subscriber.member for each in self._subscribers
        ):  # else they go on in another connection
            subscriber.member.leave()
            self._members.leave(subscriber.member)

    @property
    def waiting(self) -> int:
        """Queued frames, over all clients."""
        return sum(len(subscriber.member.outbox) for subscriber in self._subscribers)

    def alive(self, subscriber: Subscriber) -> None:
        """A heartbeat came from a connection."""
        self._presence.heard(subscriber.person)

    # ---- messages of members ---------------------------------------------------------------------------------------

    async def receive(self, subscriber: Subscriber, text: str) -> None:
        """Process a client's message; one that cannot be carried out is answered with Refused and changes nothing.

        Returns when one more message may be read.
        """
        try:
            message = messages.loads(text)
        except MurmurationError as error:
            return self.refuse(subscriber, str(error))
        if not isinstance(message, messages.EditingMessage):
            return await self._guarded(subscriber, message, self._answer)
        if subscriber.member.scope == "viewer":
            metrics.count_refusal("scope")
            return self._refused(subscriber, message, AccessError(LOOKING))
        return await subscriber.asked.put(message)

    def refuse(self, subscriber: Subscriber, reason: str, to: str = "message", id: int = 0) -> None:
        """Send the reason of a refusal, in one line."""
        subscriber.member.send(messages.Refused(to, id, reason))

    async def _serve(self, subscriber: Subscriber) -> None:
        """Make the changes of one client, one after the other, beside its other messages."""
        while (message := await subscriber.asked.get()) is not None:
            await self._guarded(subscriber, message, self._edit)

    async def _guarded(
        self,
        subscriber: Subscriber,
        message: Said,
        act: Callable[[Subscriber, Said], Awaitable[None]],
    ) -> None:
        try:
            await act(subscriber, message)
        except MurmurationError as error:
            self._refused(subscriber, message, error)
        except Exception:
            log.exception("a message of type %s", type(message).__name__)
            reason = "Internal server error; nothing was changed. See the server's log."
            self.refuse(subscriber, reason, id=getattr(message, "id", 0))

    def _refused(self, subscriber: Subscriber, message: messages.ClientMessage, error: MurmurationError) -> None:
        self.refuse(subscriber, str(error), type(message).__name__.lower(), getattr(message, "id", 0))

    async def _answer(self, subscriber: Subscriber, message: messages.LookingMessage) -> None:
        """Answer a message that changes nothing on which others must agree."""
        match message:
            case messages.Ack(seq):
                subscriber.member.outbox.ack(seq)
                if subscriber.behind and not subscriber.member.finishing:
                    self._show(subscriber)
            case messages.Describe(row):
                subscriber.member.send(to_wire.card(self.compute.table, row), key=("card", row))
            case messages.Here():
                if (place := self._presence.here(subscriber.person, message)) is not None:
                    self._film(subscriber, "here", head=place.head, hands=place.hands)
            case messages.Introduce(name):
                self._presence.introduce(subscriber.person, name)
                self._note(subscriber, "introduce")
            case messages.Viewpoint(numbers, budget):
                subscriber.member.look(matrix("viewpoint", numbers), budget)
                self._film(subscriber, "viewpoint", matrix=numbers)
                self._wireframes.wake()
            case messages.Against(axis):
                subscriber.against = axis
                subscriber.member.withdraw(on_demand)
                self._averages.wake()
            case _:
                assert_never(message)

    async def _edit(self, subscriber: Subscriber, message: messages.EditingMessage) -> None:
        """Make a change. Strokes, views and recordings need more than their message; every other one is its entry."""
        match message:
            case messages.Stroke():
                await self._lasso(subscriber, message)
            case messages.Open():
                await self._replay(subscriber, message)
            case messages.View():
                async with subscriber.pane.looking:
                    await self._project(subscriber, subscriber.pane, from_message(message))
            case messages.Record():
                await self._record(subscriber, message)
            case _:
                await self._change(subscriber, message)

    # ---- changes ---------------------------------------------------------------------------------------------------

    async def _lasso(self, subscriber: Subscriber, message: messages.Stroke) -> None:
        began = time.perf_counter()
        drawn = lasso(message)
        shown = subscriber.pane.scene
        if shown is None:
            raise MessageError("This pane has no scene yet: wait for its points, then draw again.")
        # Before the lock: a stroke that takes seconds holds up its author's next changes, and nobody else's.
        rows = await self.compute.lasso(drawn, shown.data.cloud)
        metrics.observe_lasso(time.perf_counter() - began)
        async with self._changing:
            if subscriber.pane.scene is None or subscriber.pane.scene.data.view != shown.data.view:
                raise MessageError("The view changed before the lasso was computed. Draw it again.")
            await self._edited(subscriber, message, began, rows)

    async def _replay(self, subscriber: Subscriber, message: messages.Open) -> None:
        """Select the rows of a recipe; they are computed beside other changes, since views are made anew for it."""
        began = time.perf_counter()
        recipe = recipes.parse_recipe(message.recipe.encode())
        compute = self.compute
        opened = await compute.call(lambda: recipes.replay(recipe, compute.table, compute.traces))
        async with self._changing:
            await self._edited(subscriber, message, began, opened.rows)

    async def _change(self, subscriber: Subscriber, message: messages.EditingMessage) -> None:
        began = time.perf_counter()
        async with self._changing:
            await self._edited(subscriber, message, began)

    async def _edited(
        self, subscriber: Subscriber, message: messages.EditingMessage, began: float, rows: FrozenBitMap | None = None
    ) -> None:
        before = self._state
        await self._commit(subscriber, subscriber.pane, message, rows)
        await self._follow(subscriber, getattr(message, "id", 0), before, began)

    async def _open(self, pane: Pane) -> None:
        """Make the first scene of a pane."""
        async with pane.looking:
            if pane.scene is None:
                await self._project(None, pane, first_view(pane.number, self._state, len(self.compute.traces.primes)))

    async def _project(self, subscriber: Subscriber | None, pane: Pane, view: View) -> None:
        """Show another view in a pane, under its lock; the scene data are computed beside other changes."""
        task = f"Computing {view.projection}."
        tell = partial(self._progress, pane, task)
        async with self._status.working(task), telling(tell) as progress:
            scene_data = await self.compute.scene_data(view, progress)
        await self.show(scene_data, pane, subscriber)

    def _progress(self, pane: Pane, task: str, done: int, total: int) -> None:
        def frame(scene: Scene, seq: int) -> bytes:
            return scene.progress(task, done, total, seq)

        for each in self._subscribers:
            if each.pane is pane and each.shown:
                each.member.offer(Product("progress"), (task, done, total), frame, PROGRESS_DUE)

    async def show(self, scene_data: SceneData, pane: Pane | None = None, subscriber: Subscriber | None = None) -> None:
        """Show other scene data in a pane, by default the first: a program may show points of its own."""
        view, pane = scene_data.view, pane or self._panes[0]
        async with self._changing:
            await self._commit(subscriber, pane, to_message(view))
            epoch = self._state.epoch
            pane.show(await self.compute.call(lambda: scene_of(epoch, scene_data)))
            await self.compute.call(lambda: pane.follow(self._state))
            for each in self._subscribers:
                if each.pane is pane:
                    each.behind = each.shown and each.member.finishing
                    if not each.behind:
                        self._show(each)

    async def _record(self, subscriber: Subscriber, message: messages.Record) -> None:
        if not self._journal.kept:
            raise MessageError("This session keeps no log: start the server without --session none to record it.")
        async with self._changing:
            if message.on == (self._state.recording is not None):
                return subscriber.member.send(self._recording(), key="recording")
            by = self._presence.people.find(subscriber.person).name
            if message.on:
                self._journal.begin(recording=True)  # a film begins with the whole state
            await self._commit(subscriber, subscriber.pane, message)
            if not message.on:
                self._journal.begin(recording=False)
            return self._presence.tell(messages.Recording(message.on, by), "recording")

    def _recording(self) -> messages.Recording:
        by = self._state.recording
        return messages.Recording(by is not None, by or "")

    # ---- the log ---------------------------------------------------------------------------------------------------

    async def _commit(
        self,
        subscriber: Subscriber | None,
        pane: Pane,
        message: messages.EditingMessage,
        rows: FrozenBitMap | None = None,
    ) -> None:
        """Make a change, once its entry is on the disk. Raises MurmurationError when it cannot be made or written."""
        change = entry(message, *self._author(subscriber), pane.number, rows, None if rows is None else self._basis)
        after = apply(self._state, change)
        await self._journal.keep(change)
        self._state = after
        self._journal.made()

    def _whole(self) -> dict[str, Any]:
        """The checkpoint for the first line of a file of the log."""
        people = {"next": self._presence.people.next, "people": asdict(self._presence.people.message())["items"]}
        return {"shared": checkpoint.to_data(self._state), **self._about, **people}

    def _note(self, subscriber: Subscriber, do: str, **fields: Any) -> None:
        self._journal.note(do, self._author(subscriber), **fields)

    def _film(self, subscriber: Subscriber, do: str, **fields: Any) -> None:
        self._journal.film(subscriber.filmed, do, self._author(subscriber), pane=subscriber.pane.number, **fields)

    def _author(self, subscriber: Subscriber | None) -> tuple[int, str]:
        return (
            (0, "") if subscriber is None else (subscriber.person, self._presence.people.find(subscriber.person).name)
        )

    # ---- sending ---------------------------------------------------------------------------------------------------

    async def _follow(self, subscriber: Subscriber, id: int, before: SessionState, began: float) -> None:
        """Send a change of the selection and the names to every client."""
        state = self._state
        subscribers = [each for each in self._subscribers if each.shown]
        for pane in {each.pane for each in subscribers}:
            await self.compute.call(partial(pane.follow, state))
        for each in subscribers:
            own = id if each is subscriber else 0
            if own or state.history is not before.history:
                selected = self._selected(each.pane, own, began)
                each.member.send(selected, key=("selected", own))  # a broadcast replaces no answer
            if state.naming != before.naming:
                each.member.send(state.names.message(state.naming), key="selections")
            if each.current:
                self._hold(each)
        self._averages.wake()
        self._wireframes.wake()

    def _selected(self, pane: Pane, id: int, began: float) -> messages.Selected:
        state, mask = self._state, pane.mask
        milliseconds = round(1000 * (time.perf_counter() - began), 2)
        counts = [] if pane.scene is None or mask is None else pane.scene.counts(mask)
        words = state.history.undo, state.history.redo
        return messages.Selected(id, state.version, len(state.selection), counts, milliseconds, *words)

    def _show(self, subscriber: Subscriber) -> None:
        """Send a client the scene of its pane, from the beginning or from where it resumes."""
        assert subscriber.pane.scene is not None
        if not subscriber.shown:  # before any mask of theirs
            subscriber.member.send(self._state.names.message(self._state.naming), key="selections")
        subscriber.shown, subscriber.behind = True, False
        if not subscriber.member.knows(subscriber.pane.scene):
            scene = to_wire.scene(subscriber.pane.scene.epoch, subscriber.pane.number, subscriber.pane.scene.data)
            subscriber.member.send(scene, key="scene")
        subscriber.member.send(self._selected(subscriber.pane, 0, time.perf_counter()), key=("selected", 0))
        subscriber.member.show(subscriber.pane.scene)
        self._hold(subscriber)
        self._averages.wake()
        self._wireframes.wake()

    def _hold(self, subscriber: Subscriber) -> None:
        if subscriber.pane.scene is not None and subscriber.pane.mask is not None:
            subscriber.member.mask(subscriber.pane.mask)
            subscriber.member.marks(subscriber.pane.marks)
