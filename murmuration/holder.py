"""Holder: a note of the process that holds a lock, for those that wait for it."""

import json
import os
import socket
from datetime import UTC, datetime


def note() -> str:
    """The note of this process, one line of JSON."""
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat()})


def told(text: str) -> str:
    """A note in words, "process 12 on host (since 2026-12-01T03:04:05 UTC)"; "another process" if it is unreadable."""
    try:
        held = json.loads(text)
        return f"process {int(held['pid'])} on {held['host']} (since {held['since'][:19]} UTC)"
    except (ValueError, KeyError, TypeError):
        return "another process"
