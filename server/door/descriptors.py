"""The number of files and sockets that the process may have open."""

import contextlib
import resource

WANTED = 65_536
"""Enough for every connection that one process can serve."""


def raise_limit() -> int:
    """Raise the soft limit of descriptors to the hard limit, at most to WANTED; the limit that holds afterwards.

    The usual soft limit of 1,024 is a relic of ``select``. A limit that is higher already stays.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    with contextlib.suppress(OSError, ValueError):  # some systems refuse what they announce
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
