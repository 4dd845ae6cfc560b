"""Browsers that exchanged a code: each keeps a key in the storage of its origin, the server keeps the key's hash.

The storage of an origin, unlike a cookie, belongs to one scheme, host *and port*: a page that another program serves on
another port of the same host never receives the key. The hashes are kept per port in the state folder, so browsers stay
known over restarts until they are revoked. A hash opens nothing, so a copy of the file gives no access.
"""

import contextlib
import datetime
import hashlib
import json
import secrets
from pathlib import Path
from typing import get_args

from server.door.statefolder import keep
from server.door.tokens import Grant, Scope

MOST = 1000
"""Browsers known at once; the oldest is forgotten for a new one."""


class Browsers:
    """The known browsers of one server: for each the SHA-256 of its key, its scope, and since when it is known."""

    def __init__(self, file: Path | None = None) -> None:
        """Those kept in ``file``, or none; without a file they do not outlive the process."""
        self._file = file
        self._known: dict[str, tuple[Scope, str]] = {} if file is None else _read(file)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, scope: Scope) -> str:
        """The key of a new browser, of 144 random bits. Raises AccessError when the file cannot be written."""
        key = secrets.token_urlsafe(18)
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        self._known = dict([*self._known.items()][1 - MOST :]) | {_hash(key): (scope, today)}
        self._keep()
        return key

    def grant(self, key: str) -> Grant | None:
        """The grant of a key; None for an unknown one. The look-up is by hash, so its time reveals nothing."""
        own = _hash(key)
        return Grant(self._known[own][0], own) if own in self._known else None

    def knows(self, grant: Grant) -> bool:
        """Whether a grant still holds: it is a token's, or its browser has not been revoked."""
        return grant.browser in self._known if grant.browser else True

    def revoke(self) -> int:
        """Forget every browser; how many. Raises AccessError when the file cannot be written."""
        count, self._known = len(self._known), {}
        self._keep()
        return count

    def _keep(self) -> None:
        if self._file is not None:
            known = [{"key": key, "scope": scope, "since": since} for key, (scope, since) in self._known.items()]
            keep(self._file, json.dumps(known).encode())


def load(folder: Path, port: int, fresh: bool = False) -> Browsers:
    """The browsers known to the server of a port; none when ``fresh``. Raises AccessError for an unwritable folder."""
    browsers = Browsers(folder / f"browsers-{port}.json")
    if fresh and len(browsers):
        browsers.revoke()
    return browsers


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()


def _read(file: Path) -> dict[str, tuple[Scope, str]]:
    """The browsers in a file; none for a file that cannot be read: they have to enter again."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = {str(each["key"]): (each["scope"], str(each["since"])) for each in json.loads(file.read_bytes())}
        if all(scope in get_args(Scope) for scope, _ in known.values()):
            return known
    return {}
