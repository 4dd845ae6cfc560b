"""SHA-256 and Merkle root of what a data set is read from, in one streamed pass.

The Merkle tree is that of RFC 6962 over blocks of 1 MiB: leaf = H(0 || block), node = H(1 || left || right), so that a
single block can be proved or blamed later without reading the rest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

BLOCK = 2**20


@dataclass(frozen=True)
class Digest:
    """sha256 and merkle in hexadecimal; stamps as :func:`stamps`, taken before the first byte was read."""

    sha256: str
    merkle: str
    stamps: tuple[tuple[int, int, int], ...]


def stamps(files: Iterable[Path]) -> tuple[tuple[int, int, int], ...]:
    """Inode, size and time of change of each file: whether they are still those that were hashed."""
    stats = [file.stat() for file in files]
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in stats)


def digest(files: Sequence[Path], name: str) -> Digest:
    """The digest of one file, of several (by their hashes, names and order), or of ``name`` where there is none."""
    before = stamps(files)
    if not files:
        return Digest(hashlib.sha256(name.encode()).hexdigest(), _root([_leaf(name.encode())]).hex(), before)
    pairs = [_file(file) for file in files]
    if len(files) == 1:
        return Digest(pairs[0][0].hex(), pairs[0][1].hex(), before)
    named = list(zip(pairs, (file.name for file in files), strict=True))
    listing = "".join(f"{sha.hex()}  {each}\n" for (sha, _), each in named)
    root = _root([_leaf(merkle + each.encode()) for (_, merkle), each in named])
    return Digest(hashlib.sha256(listing.encode()).hexdigest(), root.hex(), before)


def _file(path: Path) -> tuple[bytes, bytes]:
    whole, leaves = hashlib.sha256(), []
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            whole.update(block)
            leaves.append(_leaf(block))
    return whole.digest(), _root(leaves or [_leaf(b"")])


def _leaf(block: bytes) -> bytes:
    result = hashlib.sha256(b"\0")
    result.update(block)
    return result.digest()


def _root(nodes: list[bytes]) -> bytes:
    # RFC 6962 splits at the largest power of two: pairing level by level and carrying an odd last node up is the same.
    while len(nodes) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = pairs + nodes[len(pairs) * 2 :]
    return nodes[0]
