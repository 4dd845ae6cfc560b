"""Stage: one picture, cut into the frames that show it.

A stage never changes. Another projection is another stage with a higher epoch; a changed selection is another Held.
What waits in an outbox refers to these, so a frame encoded late is never a mixture of old and new.
"""

from dataclasses import dataclass

import numpy as np

from gestures.selection import Selection
from murmuration.averages import Mean, RatioMean
from murmuration.types import Bools, Int64s
from server.compute import Picture
from streaming import frames


@dataclass(frozen=True)
class Held:
    """A selection as it stands on a stage: flags is bool (points,), in the order of the cloud."""

    version: int
    selection: Selection
    flags: Bools


@dataclass(frozen=True)
class Stage:
    """A picture with its epoch and its chunks: (level, indices into the cloud), coarsest level first."""

    epoch: int
    picture: Picture
    chunks: tuple[tuple[int, Int64s], ...]

    def hold(self, version: int, selection: Selection) -> Held:
        """Where the rows of a selection stand in this cloud."""
        cloud = self.picture.cloud
        selected = np.zeros(len(cloud.projection.table), dtype=np.bool_)
        selected[selection.array()] = True
        return Held(version, selection, selected[cloud.row])

    def counts(self, held: Held) -> list[int]:
        """How many points of each class are held."""
        cloud = self.picture.cloud
        return list(map(int, np.bincount(cloud.position[held.flags, 3], minlength=len(cloud.classes))))

    def points(self, chunk: int, seq: int) -> bytes:
        """One chunk of points as a frame."""
        level, indices = self.chunks[chunk]
        cloud = self.picture.cloud
        header = self._header("points", seq, chunk=chunk, level=level, last=int(chunk == len(self.chunks) - 1))
        return frames.encode(header, frames.points(cloud.position[indices], cloud.row[indices]))

    def mask(self, held: Held, chunk: int, seq: int, slot: int = 0) -> bytes:
        """Which points of a chunk are held."""
        indices = self.chunks[chunk][1]
        header = self._header("mask", seq, chunk=chunk, points=len(indices), slot=slot, version=held.version)
        return frames.encode(header, frames.mask(held.flags[indices]))

    def whole(self, index: int, seq: int) -> bytes:
        """The average trace of one class of the cloud, or (index -1) of all of it."""
        mean = self.picture.whole if index < 0 else self.picture.by_class[index]
        return frames.encode(self._header("trace", seq, of="cloud", axis="p", version=0), _trace(index, mean))

    def average(self, version: int, mean: Mean, seq: int) -> bytes:
        """The average trace of a selection."""
        return frames.encode(self._header("trace", seq, of="selection", axis="p", version=version), _trace(-1, mean))

    def ratio(self, of: str, index: int, version: int, found: RatioMean, seq: int) -> bytes:
        """An average trace against p/N: of the selection, or of one class of the cloud, -1 for all of it."""
        batch = frames.by_ratio(index, found.ratio, found.mean, found.stderr, found.count)
        return frames.encode(self._header("trace", seq, of=of, axis="ratio", version=version), batch)

    def _header(self, kind: frames.Kind, seq: int, **extra: object) -> frames.Header:
        text = {key: str(value) for key, value in extra.items()}
        return frames.Header(kind, seq, self.epoch, str(self.picture.snapshot), self.picture.view.projection, text)


def stage(epoch: int, picture: Picture) -> Stage:
    """A picture made ready to be sent."""
    size = frames.POINTS_A_FRAME
    chunks = tuple(
        (number, level.indices[start : start + size])
        for number, level in enumerate(picture.cloud.levels)
        for start in range(0, len(level.indices), size)
    )
    return Stage(epoch, picture, chunks)


def _trace(index: int, mean: Mean):  # type: ignore[no-untyped-def]  # pyarrow has no types
    return frames.trace(index, mean.prime, mean.mean, mean.stderr, mean.count)
