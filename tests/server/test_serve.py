"""Starting and ending a server, as a user does."""

import contextlib
import signal
import socket
import subprocess
import sys

import pytest

from streaming.messages import PROTOCOL
from tests.conftest import PATIENCE, ROOT, Server, start, stop
from tests.wire import connect


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_ends_cleanly_with_clients_connected(ending: signal.Signals) -> None:
    server = start("--conductor", "7500:7600", "--primes", "50")
    async with connect(server) as wire:
        await wire.quiet()
        server.process.send_signal(ending)
        with pytest.raises(Exception, match=r"1001 \(going away\) the server was stopped"):
            await wire.quiet(5)
    assert server.process.wait(timeout=PATIENCE) == 0
    assert server.process.stdout is not None
    server.process.stdout.close()


def test_a_client_that_pings_and_never_reads_cannot_hold_up_the_end() -> None:
    server = start("--conductor", "7500:7600", "--primes", "50")
    with socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.sendall((f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {server.token}\r\n"
                     "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                     f"Sec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n").encode())  # fmt: skip
        ping = bytes([0x89, 0x80 | 125, 0, 0, 0, 0]) + bytes(125)
        raw.settimeout(1)
        with contextlib.suppress(TimeoutError, ConnectionError):  # the server may close it in between
            for _ in range(60_000):
                raw.sendall(ping)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=PATIENCE) == 0
    assert server.process.stdout is not None
    server.process.stdout.close()


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "devshell.main", "vr", "up", "--conductor", "7500:7600", "--port",
                   str(taken.getsockname()[1])]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "to be free, got: Address already in use. Choose another with --port" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_it_listens_on_loopback_alone(server: Server) -> None:
    with open(f"/proc/{server.process.pid}/net/tcp") as file:
        local = [line.split()[1] for line in file.readlines()[1:] if line.split()[3] == "0A"]
    assert f"0100007F:{server.port:04X}" in local
    assert f"00000000:{server.port:04X}" not in local


def test_the_port_asked_for_is_used() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start("--conductor", "7500:7600", "--primes", "50", "--port", str(port))
    assert server.port == port
    assert stop(server) == 0
