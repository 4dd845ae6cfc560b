"""The state folder: files that a server keeps between runs, for its owner alone.

It holds secrets (tokens, the key of the certificate), so the folder is 0700, every file in it 0600 from its first byte,
and a folder or file that other users could have written is refused.
"""

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from murmuration.errors import AccessError


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """``$XDG_STATE_HOME/murmuration``, or ``~/.local/state/murmuration``; made when it is not there.

    Raises AccessError when it cannot be made, or belongs to somebody else.
    """
    top = environ.get("XDG_STATE_HOME", "")
    # The specification says to ignore a relative path.
    path = (Path(top) if os.path.isabs(top) else Path.home() / ".local" / "state") / "murmuration"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_uid != os.geteuid():
            raise AccessError(f"expected {path} to be yours, since it holds secrets: set XDG_STATE_HOME to a folder "
                              "of yours")  # fmt: skip
        if stat.S_IMODE(path.stat().st_mode) != 0o700:
            path.chmod(0o700)
    except OSError as error:
        raise _unwritable(path, error) from None
    return path


def keep(file: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all. Raises AccessError when that fails."""
    try:
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
        try:
            with os.fdopen(descriptor, "wb") as sink:
                sink.write(data)
                sink.flush()
                os.fsync(sink.fileno())
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise _unwritable(file, error) from None


def _unwritable(path: Path, error: OSError) -> AccessError:
    return AccessError(f"{path}: expected to write state there, got: {error.strerror}. Free "
                       "it, or set XDG_STATE_HOME to another folder")  # fmt: skip
