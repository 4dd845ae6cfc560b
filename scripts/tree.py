"""The files of this checkout."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def files() -> list[str]:
    """The paths, from the root, of every file that is, or is about to be, in git; sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())
