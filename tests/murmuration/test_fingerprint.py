"""Fingerprints against hashes computed otherwise."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murmuration.errors import DatasetError
from murmuration.fingerprint import BLOCK, _leaf, _root, fingerprint
from murmuration.sources import open_source

CSV = 'label,conductor,rank,torsion,ainvs\n37a1,37,1,1,"[0,0,1,-1,0]"\n'


def rfc(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash as RFC 9162, section 2.1.1, defines it."""
    if len(leaves) == 1:
        return _leaf(leaves[0])
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + rfc(leaves[:half]) + rfc(leaves[half:])).digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40))
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]) -> None:
    assert _root([_leaf(each) for each in leaves]) == rfc(leaves)


def test_of_a_file_and_of_a_folder(tmp_path: Path) -> None:
    body = (CSV + "x" * 100).encode()
    big = body + b"\n" + os.urandom(BLOCK).hex()[:BLOCK].encode()
    (tmp_path / "a.csv").write_bytes(big)
    source = open_source(tmp_path / "a.csv")
    assert source.fingerprint.sha256 == hashlib.sha256(big).hexdigest()
    assert source.fingerprint.merkle == rfc([big[:BLOCK], big[BLOCK:]]).hex()
    (tmp_path / "b.csv").write_text(CSV.replace("37a1", "37a9"))
    both = open_source(tmp_path)
    listing = "".join(f"{hashlib.sha256((tmp_path / n).read_bytes()).hexdigest()}  {n}\n" for n in ("a.csv", "b.csv"))
    assert both.fingerprint.sha256 == hashlib.sha256(listing.encode()).hexdigest()
    assert both.fingerprint.merkle not in (source.fingerprint.merkle, "")


def test_a_file_that_changes_while_it_is_read_is_not_taken_for_what_was_hashed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    chunks = open_source(path).chunks()
    with path.open("a") as file:
        file.write('43a1,43,1,1,"[0,1,1,0,0]"\n')
    with pytest.raises(DatasetError, match="got changed ones"):
        list(chunks)


def test_of_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a readable file, got No such file"):
        fingerprint([tmp_path / "none"], "none")


def test_a_file_that_changed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV)
    source = open_source(path)
    assert source.fingerprint.sha256 == hashlib.sha256(CSV.encode()).hexdigest()
    path.write_text(CSV.replace("37", "43"))
    with pytest.raises(DatasetError, match="got changed ones"):
        source.chunks()
