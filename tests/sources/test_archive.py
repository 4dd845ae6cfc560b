import gzip
import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.sources.pieces import pieces
from tests.sources.damaging import tar, text
from tests.sources.reading import whole

REAL = Path(__file__).parent.parent / "data" / "ecdata"
EVERY = Options(every=True)


def members() -> dict[str, bytes]:
    return {name: (REAL / name).read_bytes() for name in ("allbsd", "allcurves", "alllabels")}


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def build(*infos: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for info, content in infos:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zst])
@pytest.mark.parametrize("inner", [bytes, gzip.compress, zst])
def test_every_combination_says_the_same(tmp_path: Path, pack: object, inner: object) -> None:
    assert callable(pack)
    assert callable(inner)
    path = tmp_path / "curves.data"
    path.write_bytes(pack(tar({name: inner(data) for name, data in members().items()}).data))
    source = open_source(path, EVERY)
    assert whole(source) == whole(open_source(REAL, EVERY))
    assert sorted(tmp_path.iterdir()) == [path], "nothing is extracted"


@pytest.mark.parametrize("pack", [gzip.compress, zst, lambda data: zst(data[:99]) + zst(data[99:])])
def test_a_compressed_file(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    (tmp_path / "x").write_bytes(pack(members()["allcurves"]))
    assert whole(open_source(tmp_path / "x", EVERY)) == whole(open_source(REAL / "allcurves", EVERY))


def test_parquet_and_sqlite_inside(tmp_path: Path) -> None:
    embedded = Path(__file__).parent.parent.parent / "assets" / "cremona-10000.parquet"
    (tmp_path / "x").write_bytes(zst(tar({"p": embedded.read_bytes()}).data))
    assert whole(open_source(tmp_path / "x")) == whole(open_source(embedded))
    from murmuration.sources.cremona import MINI

    (tmp_path / "y").write_bytes(zst(tar({"d": MINI.read_bytes()}).data))
    source = open_source(tmp_path / "y")
    assert source.untrusted
    assert whole(source) == whole(open_source(MINI))


def test_names_that_lead_outside_and_links_are_left_out(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard = tarfile.TarInfo("hard")
    hard.type, hard.linkname = tarfile.LNKTYPE, "link"
    pipe = tarfile.TarInfo("pipe")
    pipe.type = tarfile.FIFOTYPE
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    good = tarfile.TarInfo("folder/allcurves")
    outside = [tarfile.TarInfo(name) for name in ("../allcurves", "/allcurves", "a/../../allcurves", "..\\allcurves")]
    data = members()["allcurves"]
    (tmp_path / "x").write_bytes(
        build(*((each, data) for each in outside), (link, b""), (hard, b""), (pipe, b""), (folder, b""), (good, data))
    )
    found = pieces(tmp_path / "x")
    assert [piece.name for piece in found.pieces] == ["folder/allcurves"]
    assert [note.partition(": ")[2] for note in found.notes] == [
        *["skipped, its name leads out of the archive"] * 4,
        *["skipped, a link"] * 2,
        "skipped, not a regular file",
    ]


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names(tmp_path: Path, kind: int) -> None:
    name = "/".join(["folder" * 10] * 5) + "/allcurves"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as archive:
        info = tarfile.TarInfo(name)
        info.size = 6
        archive.addfile(info, io.BytesIO(b"curve\n"))
    (tmp_path / "x").write_bytes(buffer.getvalue())
    assert [piece.name for piece in pieces(tmp_path / "x").pieces] == [name]


def header(name: bytes, size: bytes, kind: bytes = b"0") -> bytes:
    raw = bytearray(512)
    raw[: len(name)], raw[100:108], raw[124:136], raw[156:157] = name, b"0000644\0", size, kind
    raw[257:265], raw[148:156] = b"ustar\x0000", b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    return bytes(raw)


END = bytes(1024)


def entry(name: bytes) -> bytes:
    return header(name, b"%011o\0" % 5) + b"data\n" + bytes(507)


GOOD, NEXT = entry(b"good"), entry(b"next")


@pytest.mark.parametrize(
    ("data", "names", "told"),
    [
        (header(b"minus", b"\xff" * 12) + GOOD + END, ["good"], "minus: skipped, its size is negative"),
        (GOOD + header(b"huge", b"\x80" + b"\x7f" * 11) + GOOD + END, ["good"], "lost by name: huge"),
        (GOOD + header(b"long", b"77777777777\0") + GOOD, ["good"], "lost by name: long"),
        (GOOD + header(b"bad", b"12x456789ab\0") + NEXT + END, ["good", "next"], ""),
    ],
)
def test_sizes_that_cannot_be(tmp_path: Path, data: bytes, names: list[str], told: str) -> None:
    (tmp_path / "x").write_bytes(data)
    found = pieces(tmp_path / "x")
    assert [piece.name for piece in found.pieces] == names
    assert told in "; ".join([*found.notes, found.damage])


def test_pax_bombs_and_two_sizes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(header(b"pax", b"%011o\0" % 2**30, b"x") + bytes(2**16))
    with pytest.raises(DatasetError, match="expected tar headers of at most 65,536 bytes"):
        pieces(tmp_path / "x")
    record = b"13 size=1000\n"
    pax = header(b"pax", b"%011o\0" % len(record), b"x") + record + bytes(512 - len(record))
    (tmp_path / "x").write_bytes(pax + GOOD + NEXT + END)
    found = pieces(tmp_path / "x")
    assert [piece.name for piece in found.pieces] == ["next"]
    assert found.notes == ("good: skipped, two sizes are given for it",)


def test_a_million_empty_members(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(zst(header(b"empty", b"0" * 11 + b"\0") * 100_000 + END))
    with pytest.raises(DatasetError, match="expected at most 65,536 members"):
        open_source(tmp_path / "x")


def test_an_archive_in_an_archive_is_left_out(tmp_path: Path) -> None:
    inner = tar(members()).data
    content = {"a.tar": inner, "b.tgz": gzip.compress(inner), "c.gz": gzip.compress(gzip.compress(text(1, 99)))}
    (tmp_path / "x").write_bytes(zst(tar(content | {"allcurves": members()["allcurves"]}).data))
    source = open_source(tmp_path / "x", EVERY)
    assert whole(source).num_rows == 57
    assert source.note.count("an archive inside an archive") == 3


def test_a_nested_tar_gives_no_phantoms_when_its_header_is_lost(tmp_path: Path) -> None:
    """The header of the member that holds a tar is overwritten: what resyncing finds inside it is not a member."""
    inner = tar({"phantom": text(1, 2000)}).data
    data = bytearray(tar({"allcurves": text(2, 3000), "inner.tar": inner, "next": text(3, 3000)}).data)
    at = data.find(b"inner.tar")
    data[at : at + 512] = b"x" * 512
    (tmp_path / "x").write_bytes(data)
    assert {piece.name for piece in pieces(tmp_path / "x").pieces} <= {"allcurves", "next"}


def test_a_damaged_gzip_member_is_lost_and_named(tmp_path: Path) -> None:
    broken = bytearray(gzip.compress(members()["allcurves"]))
    broken[len(broken) // 2] ^= 1
    (tmp_path / "x").write_bytes(tar({"a.gz": bytes(broken), "b": members()["allcurves"]}).data)
    source = open_source(tmp_path / "x", EVERY)
    assert source.lost == ("a.gz",)
    assert whole(source).num_rows == 57
