"""Fingerprint: the identity of the data behind some rows: name, size, SHA-256, Merkle root.

It is computed in one streamed pass; the ingest and the store record it before they use the first row. The Merkle tree
is that of RFC 9162 over blocks of 1 MiB: leaf = H(0 || block), node = H(1 || left || right), so that a single block can
be verified later without reading the rest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from murmuration.errors import DatasetError

BLOCK = 2**20
"""Bytes under one leaf of the tree."""

Stamps: TypeAlias = tuple[tuple[int, int, int], ...]
"""Inode, size in bytes and modification time in nanoseconds of some files."""


@dataclass(frozen=True)
class Fingerprint:
    """The identity of some files, or of a generated family.

    name, size in bytes, sha256 and Merkle root in hexadecimal.
    untrusted: whether a third party may have written any of it; data derived from it are then untrusted, too.
    """

    name: str
    size: int
    sha256: str
    merkle: str
    untrusted: bool = True


def fingerprint(files: Sequence[Path], name: str, untrusted: bool = True) -> Fingerprint:
    """The fingerprint of one file, of several (by hashes, names and order), or of ``name`` if there is no file.

    Raises DatasetError for a file that cannot be read.
    """
    if not files:
        root = _root([_leaf(name.encode())])
        return Fingerprint(name, 0, hashlib.sha256(name.encode()).hexdigest(), root.hex(), untrusted)
    each = [_file(file) for file in files]
    size = sum(length for length, _, _ in each)
    if len(files) == 1:
        return Fingerprint(name, size, each[0][1].hex(), each[0][2].hex(), untrusted)
    named = list(zip(each, (file.name for file in files), strict=True))
    listing = "".join(f"{sha.hex()}  {own}\n" for (_, sha, _), own in named)
    root = _root([_leaf(merkle + own.encode()) for (_, _, merkle), own in named])
    return Fingerprint(name, size, hashlib.sha256(listing.encode()).hexdigest(), root.hex(), untrusted)


def stamps(files: Iterable[Path]) -> Stamps:
    """Stamps that change when a file is replaced or written to. Raises DatasetError for a missing file."""
    try:
        stats = [file.stat() for file in files]
    except OSError as error:
        raise DatasetError(f"{error.filename}: expected the file to stay, got {error.strerror}") from None
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in stats)


def _file(path: Path) -> tuple[int, bytes, bytes]:
    """Size, SHA-256 and Merkle root."""
    whole, leaves, size = hashlib.sha256(), [], 0
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                whole.update(block)
                leaves.append(_leaf(block))
                size += len(block)
    except OSError as error:
        raise DatasetError(f"{path}: expected a readable file, got {error.strerror}; check the path") from None
    return size, whole.digest(), _root(leaves or [_leaf(b"")])


def _leaf(block: bytes) -> bytes:
    result = hashlib.sha256(b"\0")
    result.update(block)
    return result.digest()


def _root(nodes: list[bytes]) -> bytes:
    # RFC 9162 splits at the largest power of two: pairing level by level and carrying an odd last node up is the same.
    while len(nodes) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(nodes[::2], nodes[1::2], strict=False)]
        nodes = pairs + nodes[len(pairs) * 2 :]
    return nodes[0]
