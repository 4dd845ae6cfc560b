"""A flood of half-open connections, for tests: bounded in number, on loopback, and closed at the end."""

import contextlib
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

HALF = b"GET / HTTP/1.1\r\nHost: local"


@contextmanager
def flood(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Connections that each sent half a request head; every fourth sent nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 1024)), hard))
    with contextlib.ExitStack() as opened:
        many = []
        for n in range(count):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            with contextlib.suppress(ConnectionError):  # it was closed to make room for the next
                one.sendall(HALF if n % 4 else b"")
            many.append(one)
        yield many


def still_open(many: list[socket.socket]) -> int:
    """How many of them the server has not closed."""
    count = 0
    for each in many:
        each.setblocking(False)
        try:
            each.recv(1)
        except BlockingIOError:
            count += 1
        except ConnectionError:
            pass
    return count
