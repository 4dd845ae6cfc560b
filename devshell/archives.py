"""`devshell repack`: rewrite an archive in the layout that loses least to damage."""

from pathlib import Path

from devshell.console import console
from murmuration.sources import repack as write_anew


def repack(source: Path, target: Path) -> None:
    """Write an archive, or a folder, as TARGET (.tar.zst) in frames of at most 128 KiB, each with its checksum."""
    members = write_anew(source, target)
    console.print(f"{members:,} members: damage to one frame now loses the lines of that frame only")
    print(target)
