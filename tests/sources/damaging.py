"""Archives to damage: a tar of members like ecdata's, zstd layouts of it, and four kinds of damage."""

import io
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass

import zstandard

MEMBERS, SIZE = 48, 480_000
"""As in the experiment whose figures these tests are held to: its 907 members had 478 KB on average."""

HITS = 1
"""20 hits on 433 MB there: 1 on a twentieth of that."""


def text(seed: int, size: int) -> bytes:
    """Lines of the shape of ``allcurves``; their numbers mean nothing."""
    rng = random.Random(seed)
    out = bytearray()
    while len(out) < size:
        n = rng.randrange(10**5, 5 * 10**5)
        a4, a6 = rng.randrange(-(10**9), 10**9), rng.randrange(-(10**12), 10**12)
        out += b"%d %c 1 [1,0,1,%d,%d] %d %d\n" % (
            n,
            rng.randrange(97, 123),
            a4,
            a6,
            rng.randrange(3),
            rng.randrange(1, 9),
        )
    return bytes(out)


@dataclass(frozen=True)
class Tar:
    """A tar and what is in it."""

    data: bytes
    members: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of the members' content."""
        return sum(map(len, self.members.values()))


def tar(members: dict[str, bytes]) -> Tar:
    """A tar archive of these members, in memory."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return Tar(buffer.getvalue(), members)


def example() -> Tar:
    """The archive that is damaged: members of very different sizes, as files have."""
    rng = random.Random(0)
    base = text(0, 2 * SIZE)
    members = {}
    for number in range(MEMBERS):
        size = int(SIZE * rng.uniform(0.2, 1.8))
        start = base.find(b"\n", rng.randrange(len(base) // 8)) + 1
        body = (base[start:] + base)[:size]
        # Different everywhere, or the window of a single frame would make the whole archive one copy of a member.
        table = bytes.maketrans(b"123456789", bytes(rng.sample(b"123456789", 9)))
        members[f"allcurves.{number:05}"] = body.translate(table).rpartition(b"\n")[0] + b"\n"
    return tar(members)


def frames(data: bytes, size: int | None, checksum: bool = True) -> bytes:
    """zstd in frames of ``size`` bytes of content; one frame for None, which is what ``tar --zstd`` writes."""
    compressor = zstandard.ZstdCompressor(level=1, write_checksum=checksum, write_content_size=True)
    size = size or len(data)
    return b"".join(compressor.compress(data[at : at + size]) for at in range(0, len(data), size))


def damaged(data: bytes, kind: str, seed: int, hits: int = HITS) -> bytes:
    """The data after damage at random places."""
    rng = random.Random(seed)
    out = bytearray(data)
    for _ in range(hits if kind in ("flips", "zeroed") else 1):
        at = rng.randrange(len(out))
        if kind == "flips":
            out[at] ^= 1 << rng.randrange(8)
        elif kind == "zeroed":
            end = min(len(out), at + 2**16)
            out[at:end] = bytes(end - at)
        elif kind == "truncated":
            del out[int(len(out) * rng.uniform(0.5, 0.95)) :]
        else:
            del out[at : at + rng.randrange(1, 2**16)]
    return bytes(out)


def lines(members: dict[str, bytes]) -> Iterator[bytes]:
    """All lines of all members."""
    for content in members.values():
        yield from content.splitlines()
