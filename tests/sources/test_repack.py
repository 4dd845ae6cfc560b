import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source, repack
from murmuration.sources.damage import scan
from murmuration.sources.frames import Bytes
from tests.sources.damaging import frames, tar, text
from tests.sources.reading import whole

REAL = Path(__file__).parent.parent / "data" / "ecdata"
CSV = "label,conductor,rank,torsion,ainvs\n"


def test_any_tar_reads_it_and_the_frames_are_small(tmp_path: Path) -> None:
    content = {"a/allcurves.0": text(1, 500_000), "noise": bytes(range(256)) * 3000, "empty": b""}
    (tmp_path / "x.tar").write_bytes(tar(content).data)
    assert repack(tmp_path / "x.tar", tmp_path / "y.tar.zst") == 3
    raw = (tmp_path / "y.tar.zst").read_bytes()
    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw), read_across_frames=True).read()
    joined: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        for member in archive:
            extracted = archive.extractfile(member)
            assert extracted is not None
            name = member.name if member.name[-5:-4] != "." else member.name[:-5]
            joined[name] = joined.get(name, b"") + extracted.read()
    assert joined == content
    result = scan(Bytes(tmp_path / "y.tar.zst"))
    assert result.whole
    assert result.verified
    assert max(each.length for each in result.frames) <= 2**17
    assert all(each.frame.checksum and each.frame.size == each.length for each in result.frames)


def test_the_seek_table_is_that_of_the_format(tmp_path: Path) -> None:
    """Entries of compressed size, content size and checksum; their sums are those of the file."""
    (tmp_path / "x.tar").write_bytes(tar({"allcurves": text(1, 400_000)}).data)
    repack(tmp_path / "x.tar", tmp_path / "y")
    raw = (tmp_path / "y").read_bytes()
    assert raw[-4:] == (0x8F92EAB1).to_bytes(4, "little")
    count = int.from_bytes(raw[-9:-5], "little")
    table = raw[-9 - 12 * count : -9]
    assert raw[-9 - 12 * count - 8 :][:4] == (0x184D2A5E).to_bytes(4, "little")
    at = 0
    for entry in (table[12 * k : 12 * k + 12] for k in range(count)):
        packed, size = int.from_bytes(entry[:4], "little"), int.from_bytes(entry[4:8], "little")
        one = (
            zstandard.ZstdDecompressor()
            .stream_reader(io.BytesIO(raw[at : at + packed]), read_across_frames=True)
            .read()
        )
        assert (len(one), raw[at + packed - 4 : at + packed]) == (size, entry[8:])
        at += packed
    assert at == len(raw) - 9 - 12 * count - 8


def test_the_curves_are_the_same(tmp_path: Path) -> None:
    repack(REAL, tmp_path / "y")
    options = Options(every=True)
    assert whole(open_source(tmp_path / "y", options)) == whole(open_source(REAL, options))


def test_a_table_with_a_header_is_split_so_that_each_part_has_it(tmp_path: Path) -> None:
    lines = [f'{k}a1,{k},1,1,"[0,0,1,-1,0]"\n' for k in range(11, 9000)]
    (tmp_path / "x.tar").write_bytes(tar({"curves.csv": (CSV + "".join(lines)).encode()}).data)
    repack(tmp_path / "x.tar", tmp_path / "y")
    assert len(whole(open_source(tmp_path / "x.tar"))) == len(lines)
    assert whole(open_source(tmp_path / "y")) == whole(open_source(tmp_path / "x.tar"))


def test_a_damaged_archive_and_an_existing_target_are_refused(tmp_path: Path) -> None:
    data = bytearray(frames(tar({f"allcurves{k}": text(k, 9000) for k in range(4)}).data, 4096))
    data[len(data) // 2] ^= 1
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(DatasetError, match="expected a whole archive to repack"):
        repack(tmp_path / "x", tmp_path / "y")
    (tmp_path / "y").write_text("mine")
    with pytest.raises(DatasetError, match="expected a new file"):
        repack(REAL, tmp_path / "y")
    assert (tmp_path / "y").read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x", "y"]
