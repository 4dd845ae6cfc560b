"""`devshell repack`: an archive anew, in the layout that loses least to damage."""

from pathlib import Path

from devshell.load import console
from murmuration.sources import repack as write_anew


def repack(source: Path, target: Path) -> None:
    """Write an archive, or a folder, as TARGET (.tar.zst) in frames of at most 128 KiB, each with its checksum."""
    members = write_anew(source, target)
    console.print(f"{members:,} members: a damaged frame now costs its own lines and no others")
    print(target)
