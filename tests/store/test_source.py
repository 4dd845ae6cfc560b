"""Fingerprints against hashes computed otherwise."""

import hashlib
from pathlib import Path

import pytest

from murmuration.errors import StoreError
from murmuration.store import fingerprint
from murmuration.store.source import LEAF, merkle


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + tree(leaves[:k]) + tree(leaves[k:])).digest()


@pytest.mark.parametrize("count", [*range(1, 18), 100])
def test_the_tree_is_the_rfcs(count: int) -> None:
    leaves = [hashlib.sha256(bytes([0, k])).digest() for k in range(count)]
    assert merkle(leaves) == tree(leaves)


def test_a_file_and_a_folder(tmp_path: Path) -> None:
    whole = bytes(range(256)) * (LEAF // 100)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one").write_bytes(whole)
    one = fingerprint(tmp_path / "b" / "one")
    leaves = [hashlib.sha256(b"\0" + whole[k : k + LEAF]).digest() for k in range(0, len(whole), LEAF)]
    assert (one.name, one.size, one.trusted) == ("one", len(whole), False)
    assert one.sha256 == hashlib.sha256(whole).hexdigest()
    assert one.merkle == tree(leaves).hex()
    (tmp_path / "b" / "two").write_bytes(b"x")
    both = fingerprint(tmp_path / "b")
    assert both.size == len(whole) + 1
    assert both.merkle != one.merkle


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="expected a readable file"):
        fingerprint(tmp_path / "none")
