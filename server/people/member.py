"""Member: per-client state on the server: its outbox, and a record of the frames that it was sent of its scene.

A member outlives its connection. While the client is disconnected, a member keeps keys and numbers alone (no frame, no
scene), and the next connection resumes from them. The session may repeat each call (show, mask, marks, offer): a member
queues a version once.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from typing import NamedTuple

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


class Points(NamedTuple):
    """The frame of one chunk of points."""

    chunk: int


class Mask(NamedTuple):
    """The frame that flags the points of a chunk; slot 0 is the selection."""

    slot: int
    chunk: int


class Product(NamedTuple):
    """A frame of computed data beside the points: its kind, "cloud" or "selection", and which of several it is."""

    kind: Kind
    of: str = ""
    part: Hashable = None


Key = Points | Mask | Product

Build = Callable[[Scene, int], bytes]
"""Makes the frame of a product when it leaves, given the scene that the client is shown and the frame's number."""

MASK_DUE, MARK_DUE, PRODUCT_DUE, PROGRESS_DUE = 0.1, 0.15, 0.2, 0.1
"""Seconds after a user's action in which its response should be on its way."""

POINTS_DUE, POINTS_APART = 0.1, 0.025
"""Seconds in which the first chunk should be on its way, and between two chunks: a good Wi-Fi takes 10 MB a second."""

BYTES_A_POINT = 12

PLAN_APART = 0.1
"""Seconds between two plans: a client may report its viewpoint with every frame that it draws."""


class Member:
    """Per-client state on the server. ``connection`` is None while the client is disconnected."""

    def __init__(self, id: int, secret: str, scope: Scope) -> None:
        """``secret`` identifies the client when it reconnects."""
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
        self._builds: dict[Product, Build] = {}
        self._clear()

    def _clear(self) -> None:
        """Forget the scene and the frames of it, sent or queued; the progress of a task stays, since it has none."""
        self.outbox.forget(lambda key: not _progress(key))
        self._builds = {key: build for key, build in self._builds.items() if _progress(key)}
        self._versions: dict[Product, Hashable] = {}
        self._owed: list[Key] = []  # queued, or on their way, when a connection broke
        self._scene: Scene | None = None
        self._epoch = 0
        self._sent: set[int] = set()
        self._points, self._granted, self._promised = 0, 0, 0
        self._spare: list[int] = []
        self._dropped: set[int] = set()  # ever; some may have been sent again
        self._masks: dict[int, RowMask] = {}
        self._slots: dict[int, int] = {}  # the version of each slot's masks

    # ---- connecting ------------------------------------------------------------------------------------------------

    def attach(self, connection: Connection) -> Coroutine[None, None, None] | None:
        """Continue in a connection; returns a coroutine that closes the one in use so far, or None."""
        before = self.connection
        if before is not None:
            before.stop()  # at once: one more frame there would be lost
            self.leave()
        self.connection = connection
        return None if before is None else before.replace()

    def leave(self) -> None:
        """The client is disconnected: keep keys and numbers alone, so that its member holds no scene in memory."""
        self.connection = None
        self._owed += self.outbox.waits(lambda key: True)
        self.outbox.forget()
        self.outbox.silence()
        self._scene = None
        self._masks, self._builds = {}, {}
        if self._planning is not None:
            self._planning.cancel()
            self._planning = None

    def resume(self, current: int, epoch: int, seq: int) -> bool:
        """Whether the client, which last saw ``epoch`` and received frame ``seq`` of it, continues at ``seq`` + 1.

        Otherwise the member begins anew. ``current`` is the epoch that is shown now; :meth:`show` comes next.
        """
        lost = self.outbox.credit.rewind(seq) if epoch and self._epoch == epoch == current else None
        if lost is None:
            self.outbox.credit.restart()
            self._clear()
            return False
        self._owed += lost
        return True

    def knows(self, scene: Scene) -> bool:
        """Whether this is the scene that the client saw last."""
        return self._epoch == scene.epoch

    # ---- calls of the session --------------------------------------------------------------------------------------

    def send(self, message: messages.ServerMessage, key: Hashable = None) -> None:
        """Queue a message; with a key it replaces a queued message of that key."""
        self.say(messages.dumps(message), key)

    def say(self, text: str | Callable[[], str], key: Hashable = None) -> None:
        """Queue a message as text, which several members may share, or a function that writes it when it leaves."""
        self._answers += 1
        self.outbox.text(key or self._answers, text)

    def show(self, scene: Scene) -> None:
        """Queue the points and average traces of a scene, in place of all frames that are queued."""
        if scene is self._scene:
            return
        if self.knows(scene):
            self._resend(scene)
        else:
            self._clear()
            self._scene, self._epoch = scene, scene.epoch
            self._replan()
        level0 = sum(1 for level, _ in scene.chunks if level == 0)
        # After the first level, before the points refine; from the time of the plan, as the deadlines of the points.
        due = self._planned + POINTS_DUE + (level0 - 0.5) * POINTS_APART - _now()
        for index in range(-1, len(scene.data.by_class)):
            self._offer_whole(index, due)

    def _offer_whole(self, index: int, due: float) -> None:
        key = Product("trace", "cloud", ("p", index))
        self.offer(key, 0, lambda scene, seq: scene.whole(index, seq), due, answer=False)

    def _resend(self, scene: Scene) -> None:
        """Queue again the frames that were lost with a connection."""
        self._scene, owed = scene, self._owed
        self._owed = []
        for key in owed:
            if isinstance(key, Points) and key.chunk in self._sent:
                self._unsend(key.chunk)
        for key in owed:
            match key:
                case Mask(_, chunk) if chunk in self._sent:  # the others follow their points
                    self.outbox.frame(key, _now() + MASK_DUE, answer=True)
                case Product():
                    self._versions.pop(key, None)  # the session offers it again
        if gone := self._dropped - self._sent:
            self.send(messages.Drop(sorted(gone)))  # perhaps the client never received it
        self._replan()

    def mask(self, mask: RowMask) -> None:
        """Queue the flags of the selected points, for each chunk sent; a chunk sent later is followed by its own."""
        self.outbox.forget(lambda key: self._stale(key, mask.version))
        self._mask(0, mask if len(mask.selection) else None, mask.version, MASK_DUE)

    def marks(self, masks: Mapping[int, RowMask]) -> None:
        """Queue the flags of the named selections that are shown, by slot, 1 and up; all other slots are hidden."""
        for slot in self._slots.keys() - masks.keys() - {0}:
            self._mask(slot, None, -1, MARK_DUE)
        for slot, each in masks.items():
            self._mask(slot, each, each.version, MARK_DUE)

    def offer(self, key: Product, version: Hashable, build: Build, due: float, answer: bool = True) -> None:
        """Queue a product within ``due`` seconds, unless this version of it is queued or was sent.

        ``build`` makes the frame when it leaves. An ``answer`` to a user's action leaves before frames that refine. A
        product of the selection has the selection's version: it is dropped from the queue when the selection changes.
        """
        self._builds[key] = build
        if self._versions.get(key) != version:
            self._versions[key] = version
            self.outbox.frame(key, _now() + due, answer)

    def withdraw(self, which: Callable[[Product], bool]) -> None:
        """Drop the queued products of this kind; those sent are queued again when they are offered again."""
        gone = set(filter(which, self._versions))
        self.outbox.forget(gone.__contains__)
        self._versions = {key: version for key, version in self._versions.items() if key not in gone}

    def look(self, matrix: Floats, budget: int) -> None:
        """The client's viewpoint and its budget of points changed: the queued points get another order.

        The plan is made at once, or a little later when the last one is recent: the newest viewpoint counts.
        """
        self._matrix, self._budget = matrix, budget
        if self._planning is None:
            loop = asyncio.get_running_loop()
            self._planning = loop.call_later(max(0.0, self._planned + PLAN_APART - _now()), self._look)

    @property
    def wants_points(self) -> bool:
        """Whether the client draws points; otherwise the wireframe is enough for it."""
        return self._budget > 0

    def _look(self) -> None:
        self._planning = None
        self._replan()
        if self._scene is not None:
            self.send(messages.Granted(self._granted, self._promised), key="granted")

    @property
    def finishing(self) -> bool:
        """Whether the remaining points of the scene fit the client's window, so that they are worth waiting for.

        Moving points come as one scene after the other. If each scene replaced the one before at once, no client would
        ever hold a whole one.
        """
        scene, credit = self._scene, self.outbox.credit
        if scene is None or not self._sent or self.connection is None:
            return False
        waiting = sum(len(scene.chunks[chunk][1]) for chunk in self._waiting())
        return 0 < waiting * BYTES_A_POINT + credit.bytes <= credit.window

    # ---- the queue -------------------------------------------------------------------------------------------------

    def _stale(self, key: Key, version: int) -> bool:
        return isinstance(key, Product) and key.of == "selection" and self._versions.get(key) != version

    def _mask(self, slot: int, mask: RowMask | None, version: int, due: float) -> None:
        known = self._slots.get(slot) == version
        self._slots[slot] = version
        if mask is None:
            self._masks.pop(slot, None)
            self.outbox.forget(lambda key: isinstance(key, Mask) and key.slot == slot)
            return
        self._masks[slot] = mask
        if not known:
            self._queue_masks((slot,), self._sent, due)

    def _queue_masks(self, slots: Iterable[int], chunks: Iterable[int], due: float) -> None:
        for chunk in chunks:
            for slot in slots:
                self.outbox.frame(Mask(slot, chunk), _now() + due, answer=True)

    def _waiting(self) -> list[int]:
        """The queued chunks of points, in the order in which they will leave."""
        return [key.chunk for key in self.outbox.waits(_points) if isinstance(key, Points)]

    def _replan(self) -> None:
        """Put the queued points into the order of a new plan."""
        if self._scene is None:
            return
        now = self._planned = _now()
        drawn = plan(self._scene.outline, self._matrix, self._budget, frozenset(self._sent))
        self._granted, self._spare, self._promised = drawn.granted, list(drawn.spare), drawn.points
        self.outbox.forget(_points)
        waiting = [chunk for chunk in drawn.wanted if chunk not in self._sent]
        for rank, chunk in enumerate(waiting):
            self.outbox.frame(Points(chunk), now + POINTS_DUE + rank * POINTS_APART)
        self._make_room(waiting[:1])

    def _make_room(self, coming: list[int]) -> None:
        """Drop the chunks that add least until the next one fits; no sooner, so that no gap lasts."""
        assert self._scene is not None
        room = sum(len(self._scene.chunks[chunk][1]) for chunk in coming)
        gone = []
        while self._spare and self._points + room > self._granted:
            gone.append(chunk := self._spare.pop())
            self._unsend(chunk)
        if gone:
            self._dropped.update(gone)
            self.outbox.forget(lambda key: isinstance(key, Mask) and key.chunk in gone)
            self.send(messages.Drop(sorted(gone)))

    def _unsend(self, chunk: int) -> None:
        assert self._scene is not None
        self._sent.remove(chunk)
        self._points -= len(self._scene.chunks[chunk][1])

    # ---- frames that leave -----------------------------------------------------------------------------------------

    def _build(self, key: Key, seq: int) -> bytes:
        """The frame of a key, from the state at this moment."""
        scene = self._scene
        assert scene is not None
        match key:
            case Points(chunk):
                return self._leave(scene, chunk, seq)
            case Mask(slot, chunk):
                return scene.mask(self._masks[slot], slot, chunk, seq)
            case Product():
                return self._builds[key](scene, seq)

    def _leave(self, scene: Scene, chunk: int, seq: int) -> bytes:
        self._sent.add(chunk)
        self._points += len(scene.chunks[chunk][1])
        self._queue_masks(self._masks, (chunk,), 0.0)
        waiting = self._waiting()
        self._make_room(waiting[:1])
        return scene.points(chunk, not waiting, seq)


_now = time.monotonic


def _points(key: Key) -> bool:
    return isinstance(key, Points)


def _progress(key: Key) -> bool:
    return isinstance(key, Product) and key.kind == "progress"


def _sent(key: Key, size: int, late: float) -> None:
    kind = key.kind if isinstance(key, Product) else "points" if isinstance(key, Points) else "mask"
    metrics.count_frame(kind, size)
    metrics.observe_lateness(late)
