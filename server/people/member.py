"""Member: one who takes part, their outbox, and what they have been sent of the stage.

A member outlives a connection: when it breaks, what is known of them is kept for a while as numbers alone (no frame, no
stage), and the next connection goes on where it was. Whatever the session says here (show, hold, mark, average) may be
said again: only what is new to this member is queued.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from typing import NamedTuple

from murmuration.averages import Mean
from murmuration.types import Floats
from server import metrics
from server.door.tokens import Scope
from server.people.connection import Connection
from server.scene.plan import plan
from server.scene.scene import RowMask, Scene
from streaming import messages
from streaming.frames import Kind
from streaming.messages import MOST_BUDGET
from streaming.outbox import Outbox


class Key(NamedTuple):
    """What a frame shows.

    Points or a mask have the chunk as ``number``, a mask also its ``slot``; a trace has what it is ``of``, the class as
    ``number`` and its ``axis``; a wireframe has what it is ``of``; progress is alone.
    """

    kind: Kind
    of: str = ""
    slot: int = 0
    number: int = 0
    axis: str = ""


AVERAGE = Key("trace", "selection", number=-1, axis="p")

MASK_DUE, MARK_DUE, AVERAGE_DUE, PROGRESS_DUE = 0.1, 0.15, 0.2, 0.1
"""Seconds in which the answer to an act should be on its way."""

POINTS_DUE, POINTS_APART = 0.1, 0.025
"""Seconds in which the first chunk should be on its way, and between two chunks: a good Wi-Fi takes 10 MB a second."""

BYTES_A_POINT = 12

PLAN_APART = 0.1
"""Seconds between two plans: a client may say at every picture where it looks from."""


class Member:
    """One who takes part. ``connection`` is None while they are away."""

    def __init__(self, id: int, secret: str, scope: Scope) -> None:
        """``secret`` is what they come back with."""
        self.id = id
        self.secret = secret
        self.scope = scope
        self.connection: Connection | None = None
        self.outbox: Outbox[Key] = Outbox(self._build, _sent)
        self._answers = 0
        self._planning: asyncio.TimerHandle | None = None
        self._planned = float("-inf")
        self._matrix: Floats | None = None
        self._budget = MOST_BUDGET
        self._clear()

    def _clear(self) -> None:
        """Forget what was sent of a stage and what waits: another one begins."""
        self.outbox.forget(lambda key: key.kind != "progress")
        self._owed: list[Key] = []  # what waited, or was on its way, when a connection broke
        self._scene: Scene | None = None
        self._epoch = 0
        self._sent: set[int] = set()
        self._points, self._granted, self._promised = 0, 0, 0
        self._spare: list[int] = []
        self._dropped: set[int] = set()  # ever; some may have been sent again
        self._masks: dict[int, RowMask] = {}
        self._mean: Mean | None = None
        self._builds: dict[Key, Callable[[int], bytes]] = {}
        self._slots: dict[int, int] = {}  # the version of each slot's masks
        self._versions: dict[Key, int] = {}  # of the average and of the wireframes
        self._progress: tuple[str, int, int] = ("", 0, 0)

    # ---- coming and going ------------------------------------------------------------------------------------------

    def attach(self, connection: Connection) -> Coroutine[None, None, None] | None:
        """Go on in a connection; what closes the one in use till now, with words, or None."""
        before = self.connection
        if before is not None:
            before.stop()  # at once: one more frame there would be lost
            self.leave()
        self.connection = connection
        return None if before is None else before.replace()

    def leave(self) -> None:
        """Nobody is there for now: keep keys and numbers alone, so that whoever is away holds no stage in memory."""
        self.connection = None
        self._owed += self.outbox.waits(lambda key: True)
        self.outbox.forget()
        self.outbox.silence()
        self._scene, self._mean = None, None
        self._masks, self._builds = {}, {}
        if self._planning is not None:
            self._planning.cancel()
            self._planning = None

    def resume(self, current: int, epoch: int, seq: int) -> bool:
        """Whether this member, who last saw ``epoch`` and took in frame ``seq`` of it, goes on at ``seq`` + 1.

        Else the member begins anew. ``current`` is the epoch of what is to be shown now; :meth:`show` comes next.
        """
        lost = self.outbox.credit.rewind(seq) if epoch and self._epoch == epoch == current else None
        if lost is None:
            self.outbox.credit.restart()
            self._clear()
            return False
        self._owed += lost
        return True

    def knows(self, scene: Scene) -> bool:
        """Whether this is the stage that this member saw last."""
        return self._epoch == scene.epoch

    # ---- what the session says -------------------------------------------------------------------------------------

    def send(self, message: messages.ServerMessage, key: Hashable = None) -> None:
        """Queue a message; with a key it replaces the one of that key that still waits."""
        self.say(messages.dumps(message), key)

    def say(self, text: str | Callable[[], str], key: Hashable = None) -> None:
        """Queue a message for many that is text already, or what makes it when it leaves."""
        self._answers += 1
        self.outbox.text(key or self._answers, text)

    def show(self, scene: Scene) -> None:
        """Queue the points and traces of a stage, in place of whatever frames still wait."""
        if scene is self._scene:
            return
        if self.knows(scene):
            self._go_on(scene)
            return
        self._clear()
        self._scene, self._epoch = scene, scene.epoch
        self._replan()
        level0 = sum(1 for level, _ in scene.chunks if level == 0)
        for index in range(-1, len(scene.data.by_class)):  # after the first points, before they refine
            self.outbox.frame(
                Key("trace", "cloud", number=index, axis="p"), _now() + POINTS_DUE + (level0 - 0.5) * POINTS_APART
            )

    def _go_on(self, scene: Scene) -> None:
        """Queue again what was lost with a connection."""
        self._scene, owed = scene, self._owed
        self._owed = []
        for key in owed:
            if key.kind == "points" and key.number in self._sent:
                self._unsend(key.number)
        for key in owed:
            if key.kind == "mask" and key.number in self._sent:  # the others follow their points
                self.outbox.frame(key, _now() + MASK_DUE, answer=True)
            elif key.kind == "trace" and key.of == "cloud" and key.axis == "p":
                self.outbox.frame(key, _now() + POINTS_DUE)
            elif key.kind in ("trace", "wireframe"):
                self._versions.pop(key, None)  # the session says it again
        if gone := self._dropped - self._sent:
            self.send(messages.Drop(sorted(gone)))  # perhaps they never heard of it
        self._replan()

    def mask(self, mask: RowMask) -> None:
        """Queue which of the points already sent are selected; chunks sent later are followed by their own mask."""
        self.outbox.forget(lambda key: key.of == "selection" and self._versions.get(key) != mask.version)
        self._mask(0, mask if len(mask.selection) else None, mask.version, MASK_DUE)

    def marks(self, mask: Mapping[int, RowMask]) -> None:
        """Queue the masks of the named selections that are shown, by slot, 1 and up; all others are shown no more."""
        for slot in self._slots.keys() - mask.keys() - {0}:
            self._mask(slot, None, -1, MARK_DUE)
        for slot, each in mask.items():
            self._mask(slot, each, each.version, MARK_DUE)

    def average(self, version: int, mean: Mean) -> None:
        """Queue the average trace of the selection."""
        self._mean = mean
        self._queue(AVERAGE, version, AVERAGE_DUE)

    def ratio(self, of: str, index: int, version: int, build: Callable[[int], bytes]) -> None:
        """Queue an average trace against p/N; ``build`` makes its frame, given the number."""
        self._builds[key := Key("trace", of, number=index, axis="ratio")] = build
        self._queue(key, version, AVERAGE_DUE)

    def plot_anew(self) -> None:
        """Averages are plotted against something else: those that wait are dropped, those sent may be wanted again."""
        stale = {key for key in self._versions if key.kind == "trace"}
        self.outbox.forget(stale.__contains__)
        self._versions = {key: version for key, version in self._versions.items() if key not in stale}

    def wireframe(self, of: str, version: int, build: Callable[[int], bytes]) -> None:
        """Queue the wireframe "of" the cloud or the selection; ``build`` makes its frame, given the number."""
        self._builds[key := Key("wireframe", of)] = build
        self._queue(key, version, AVERAGE_DUE)

    def progress(self, task: str, done: int, total: int) -> None:
        """Say how far a task is; only the newest is sent."""
        self._progress = task, done, total
        if self._scene is not None:
            self.outbox.frame(Key("progress"), _now() + PROGRESS_DUE, answer=True)

    def look(self, matrix: Floats, budget: int) -> None:
        """This member looks through a matrix and draws ``budget`` points: what waits is put in another order.

        Planned at once, or a little later when the last plan was just now: the newest viewpoint counts.
        """
        self._matrix, self._budget = matrix, budget
        if self._planning is None:
            loop = asyncio.get_running_loop()
            self._planning = loop.call_later(max(0.0, self._planned + PLAN_APART - _now()), self._look)

    @property
    def wants_points(self) -> bool:
        """Whether this member asked for any points; else the wireframe is enough for them."""
        return self._budget > 0

    def _look(self) -> None:
        self._planning = None
        self._replan()
        if self._scene is not None:  # else they look at nothing yet
            self.send(messages.Granted(self._granted, self._promised), key="granted")

    @property
    def finishing(self) -> bool:
        """Whether the rest of this stage's points is with the client in a moment, and so worth waiting for.

        Points that move come as one stage after the other: if each took the place of the one before at once, no client
        would ever have a whole one.
        """
        scene, credit = self._scene, self.outbox.credit
        if scene is None or not self._sent or self.connection is None:
            return False
        waiting = sum(len(scene.chunks[key.number][1]) for key in self.outbox.waits(_points))
        return 0 < waiting * BYTES_A_POINT + credit.bytes <= credit.window

    # ---- what is queued --------------------------------------------------------------------------------------------

    def _queue(self, key: Key, version: int, due: float) -> None:
        """Queue the answer of a version, unless it was queued already."""
        if self._versions.get(key) != version:
            self._versions[key] = version
            self.outbox.frame(key, _now() + due, answer=True)

    def _mask(self, slot: int, mask: RowMask | None, version: int, due: float) -> None:
        known = self._slots.get(slot) == version
        self._slots[slot] = version
        if mask is None:
            self._masks.pop(slot, None)
            self.outbox.forget(lambda key: key.kind == "mask" and key.slot == slot)
            return
        self._masks[slot] = mask
        if not known:
            self._queue_masks((slot,), self._sent, due)

    def _queue_masks(self, slots: Iterable[int], chunks: Iterable[int], due: float) -> None:
        for chunk in chunks:
            for slot in slots:
                self.outbox.frame(Key("mask", slot=slot, number=chunk), _now() + due, answer=True)

    def _replan(self) -> None:
        """Put the points that wait into the order of a new plan."""
        if self._scene is None:
            return
        now = self._planned = _now()
        drawn = plan(self._scene.outline, self._matrix, self._budget, frozenset(self._sent))
        self._granted, self._spare, self._promised = drawn.granted, list(drawn.spare), drawn.points
        self.outbox.forget(_points)
        waiting = [chunk for chunk in drawn.wanted if chunk not in self._sent]
        for rank, chunk in enumerate(waiting):
            self.outbox.frame(Key("points", number=chunk), now + POINTS_DUE + rank * POINTS_APART)
        self._make_room(waiting[:1])

    def _make_room(self, coming: list[int]) -> None:
        """Drop what adds least until the chunk that comes next fits: no sooner, so that nothing is missing for long."""
        assert self._scene is not None
        room = sum(len(self._scene.chunks[chunk][1]) for chunk in coming)
        gone = []
        while self._spare and self._points + room > self._granted:
            gone.append(chunk := self._spare.pop())
            self._unsend(chunk)
        if gone:
            self._dropped.update(gone)
            self.outbox.forget(lambda key: key.kind == "mask" and key.number in gone)
            self.send(messages.Drop(sorted(gone)))

    def _unsend(self, chunk: int) -> None:
        assert self._scene is not None
        self._sent.remove(chunk)
        self._points -= len(self._scene.chunks[chunk][1])

    # ---- what leaves -----------------------------------------------------------------------------------------------

    def _build(self, key: Key, seq: int) -> bytes:
        """The frame of a key as things stand now."""
        scene = self._scene
        assert scene is not None
        match key:
            case Key("points"):
                return self._leave(scene, key.number, seq)
            case Key("mask"):
                return scene.mask(self._masks[key.slot], key.slot, key.number, seq)
            case Key("trace", "cloud", axis="p"):
                return scene.whole(key.number, seq)
            case Key("trace", axis="p"):
                assert self._mean is not None
                return scene.average(self._versions[key], self._mean, seq)
            case Key("trace" | "wireframe"):
                return self._builds[key](seq)
            case _:
                return scene.progress(*self._progress, seq)

    def _leave(self, scene: Scene, chunk: int, seq: int) -> bytes:
        self._sent.add(chunk)
        self._points += len(scene.chunks[chunk][1])
        self._queue_masks(self._masks, (chunk,), 0.0)
        waiting = self.outbox.waits(_points)
        self._make_room([key.number for key in waiting[:1]])
        return scene.points(chunk, not waiting, seq)


_now = time.monotonic


def _points(key: Key) -> bool:
    return key.kind == "points"


def _sent(key: Key, size: int, late: float) -> None:
    metrics.count_frame(key.kind, size)
    metrics.observe_lateness(late)
