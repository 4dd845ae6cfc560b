"""Tokens: the two long secrets of a server, for scripts: one to edit, one to look.

A script sends one as ``Authorization: Bearer``. Browsers never hold a token: they exchange a code for a key of their
own (:mod:`server.door.codes`). Tokens are kept per port in the state folder, readable by their owner alone, so that a
script works again after a restart, and a viewer of one data set gains no access to another. The environment may set
them (``MURMURATION_TOKEN``, ``MURMURATION_TOKEN_VIEWER``); the command line may not, because every user of a machine
can read all processes' arguments.
"""

import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from murmuration.errors import AccessError
from server.door.statefolder import keep

Scope = Literal["editor", "viewer"]
"""A viewer looks, queries and downloads; an editor also changes what all members see."""


@dataclass(frozen=True)
class Grant:
    """The scope of an admitted request, and the hash of its browser's key; empty for a token."""

    scope: Scope
    browser: str = ""


VARIABLES = {"editor": "MURMURATION_TOKEN", "viewer": "MURMURATION_TOKEN_VIEWER"}
"""The environment variables that set the tokens."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]{22,128}")  # 22 characters of this alphabet can hold 128 bits


@dataclass(frozen=True)
class Tokens:
    """Both tokens; ``given``: the environment set the editor's."""

    editor: str = field(repr=False)
    viewer: str = field(repr=False)
    given: bool = False

    def grant(self, shown: str) -> Grant | None:
        """The grant of a token; None for a wrong one, after the same time for every wrong one."""
        said = shown.encode(errors="surrogateescape")
        editor, viewer = (hmac.compare_digest(said, each.encode()) for each in (self.editor, self.viewer))
        return Grant("editor") if editor else Grant("viewer") if viewer else None


def new() -> Tokens:
    """Two fresh tokens of 144 random bits each."""
    return Tokens(secrets.token_urlsafe(18), secrets.token_urlsafe(18))


def load(folder: Path, port: int, fresh: bool = False, environ: Mapping[str, str] = os.environ) -> Tokens:
    """The tokens of the server on a port: the environment's, else those kept, else (or when ``fresh``) new ones.

    Tokens that are not from the environment are kept in ``folder``; a file that cannot be read is replaced. Raises
    AccessError for a token in the environment that could be guessed, and for a folder that cannot be written.
    """
    given = {scope: environ[name] for scope, name in VARIABLES.items() if environ.get(name)}
    for scope, token in given.items():
        if not _SHAPE.fullmatch(token):
            raise AccessError(f"{VARIABLES[scope]}: expected 22 to 128 letters, digits, - and _, got {len(token)} "
                              "characters: `openssl rand -hex 16` makes a good one")  # fmt: skip
    if len(set(given.values())) < len(given):
        raise AccessError(f"expected two different tokens, got the same in {' and '.join(VARIABLES.values())}")
    kept = None if fresh else _read(_file(folder, port))
    if kept is None:
        kept = new()
        if len(given) < len(VARIABLES):
            keep(_file(folder, port), json.dumps({"editor": kept.editor, "viewer": kept.viewer}).encode())
    return Tokens(given.get("editor", kept.editor), given.get("viewer", kept.viewer), "editor" in given)


def _file(folder: Path, port: int) -> Path:
    return folder / f"tokens-{port}.json"


def _read(file: Path) -> Tokens | None:
    try:
        kept = json.loads(file.read_bytes())
        found = Tokens(kept["editor"], kept["viewer"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    good = all(isinstance(each, str) and _SHAPE.fullmatch(each) for each in (found.editor, found.viewer))
    return found if good and found.editor != found.viewer else None
