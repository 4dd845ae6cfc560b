"""Scene: scene data with an epoch, cut into chunks, from which frames are made.

A scene never changes. Another projection is another scene with a higher epoch; a changed selection is another RowMask.
Frames are built when they leave, from one scene and one mask, so a frame never mixes old and new.
"""

from dataclasses import dataclass

import numpy as np

from murmuration.averages import Mean, RatioMean
from murmuration.cloud.slices import Slices
from murmuration.selection.selection import Selection
from murmuration.types import Bools, UInt8s, UInt16s
from server.compute.compute import SceneData
from server.scene.plan import Outline, sample
from streaming import frames

CHUNK = 32_768
"""Points of a chunk, at most: the first level with a rare class or two is one frame, and a chunk is small enough in
space that points outside the viewport are left out. 384 KB each, with 1 KB of Arrow metadata."""


@dataclass(frozen=True)
class RowMask:
    """A selection as a boolean mask: flags is bool (points,), in the order of the cloud."""

    version: int
    selection: Selection
    flags: Bools


@dataclass(frozen=True)
class Scene:
    """Scene data with an epoch and chunks: (level, points), coarsest level first.

    The points of a chunk are contiguous in (class, Morton code) of their level, so they lie close together.
    """

    epoch: int
    data: SceneData
    chunks: tuple[tuple[int, Slices], ...]
    outline: Outline

    def row_mask(self, version: int, selection: Selection) -> RowMask:
        """The selection as a boolean mask in the order of the cloud."""
        cloud = self.data.cloud
        selected = np.zeros(len(cloud.projection.table), dtype=np.bool_)
        selected[selection.array()] = True
        return RowMask(version, selection, selected[cloud.row])

    def counts(self, mask: RowMask) -> list[int]:
        """The number of selected points of each class."""
        cloud = self.data.cloud
        return list(map(int, np.bincount(cloud.position[mask.flags, 3], minlength=len(cloud.classes))))

    def points(self, chunk: int, last: bool, seq: int) -> bytes:
        """One chunk of points as a frame."""
        (level, points), cloud = self.chunks[chunk], self.data.cloud
        header = self._header("points", seq, chunk=chunk, level=level, last=int(last))
        return frames.encode(header, frames.points(points.of(cloud.position), points.of(cloud.row)))

    def mask(self, mask: RowMask, slot: int, chunk: int, seq: int) -> bytes:
        """The flags of the points of a chunk; slot 0 is the selection, others are named selections."""
        _, points = self.chunks[chunk]
        header = self._header("mask", seq, chunk=chunk, points=len(points), slot=slot, version=mask.version)
        return frames.encode(header, frames.mask(points.of(mask.flags)))

    def whole(self, index: int, seq: int) -> bytes:
        """The average trace of one class of the cloud, or (index -1) of all of it."""
        mean = self.data.whole if index < 0 else self.data.by_class[index]
        return frames.encode(self._header("trace", seq, of="cloud", axis="p", version=0), _trace(index, mean))

    def average(self, version: int, mean: Mean, seq: int) -> bytes:
        """The average trace of a selection."""
        return frames.encode(self._header("trace", seq, of="selection", axis="p", version=version), _trace(-1, mean))

    def ratio(self, of: str, index: int, version: int, found: RatioMean, seq: int) -> bytes:
        """An average trace against p/N: of the selection, or of one class of the cloud, -1 for all of it."""
        batch = frames.by_ratio(index, found.ratio, found.mean, found.stderr, found.count)
        return frames.encode(self._header("trace", seq, of=of, axis="ratio", version=version), batch)

    def wireframe(self, of: str, version: int, segment: UInt16s, role: UInt8s, seq: int) -> bytes:
        """The wireframe of the cloud or of the selection: segments and roles as :func:`frames.wireframe` takes them."""
        return frames.encode(self._header("wireframe", seq, of=of, version=version), frames.wireframe(segment, role))

    def progress(self, task: str, done: int, total: int, seq: int) -> bytes:
        """The progress of a task of the server."""
        return frames.encode(self._header("progress", seq), frames.progress(task, done, total))

    def _header(self, kind: frames.Kind, seq: int, **extra: object) -> frames.Header:
        text = {key: str(value) for key, value in extra.items()}
        return frames.Header(kind, seq, self.epoch, str(self.data.snapshot), self.data.view.projection, text)


def scene_of(epoch: int, data: SceneData) -> Scene:
    """The scene of some data, cut into chunks."""
    chunks = tuple(
        (number, points) for number, level in enumerate(data.cloud.levels) for points in level.points.split(CHUNK)
    )
    return Scene(epoch, data, chunks, _outline(data, chunks))


def _outline(data: SceneData, chunks: tuple[tuple[int, Slices], ...]) -> Outline:
    at = data.cloud.position[np.stack([sample(points.indices) for _, points in chunks])].astype(np.float64)
    at[..., 3] = 1.0
    levels, sizes = [level for level, _ in chunks], [len(points) for _, points in chunks]
    return Outline(np.array(sizes), np.array(levels), at)


def _trace(index: int, mean: Mean):  # type: ignore[no-untyped-def]  # pyarrow has no types
    return frames.trace(index, mean.prime, mean.mean, mean.stderr, mean.count)
