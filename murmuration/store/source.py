"""Source: where data came from, fingerprinted before a byte of it is used.

The SHA-256 names the whole; the Merkle root (RFC 9162: leaves of 1 MiB, prefixes 0 and 1) lets a part be checked, or
the damaged part be found, without the rest.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from murmuration.errors import StoreError

LEAF = 2**20
"""Bytes under one leaf of the tree."""


@dataclass(frozen=True)
class Source:
    """A file, or a folder of files in the order of their names.

    name, size in bytes, sha256 and merkle root in hex; ``trusted`` only where we made the data ourselves.
    """

    name: str
    size: int
    sha256: str
    merkle: str
    trusted: bool = False


def fingerprint(path: str | Path) -> Source:
    """The source at a path, read once in pieces of 1 MiB. Raises StoreError where it cannot be read."""
    path = Path(path)
    whole, leaves, size = hashlib.sha256(), [], 0
    try:
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for each in files:
            with each.open("rb") as file:
                while piece := file.read(LEAF):
                    whole.update(piece)
                    leaves.append(hashlib.sha256(b"\0" + piece).digest())
                    size += len(piece)
    except OSError as error:
        raise StoreError(f"{path}: expected a readable file or folder, got {error.strerror}; check the path") from None
    return Source(path.name, size, whole.hexdigest(), merkle(leaves).hex())


def merkle(leaves: list[bytes]) -> bytes:
    """The root over hashed leaves; that of no leaves is the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:  # pairs from the left; an odd one goes up as it is, which is the RFC's tree
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(leaves[::2], leaves[1::2], strict=False)]
        leaves = pairs + leaves[2 * len(pairs) :]
    return leaves[0]
