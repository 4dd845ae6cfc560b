"""Beyond loopback: TLS on a real port, and an explanation for clients without it."""

import contextlib
import hashlib
import http.client
import json
import socket
import ssl
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets

from devshell import state as state_command
from server import runner
from server.door import addresses, listen, tls
from server.door.config import Config
from server.door.waiting import waiting
from server.serve import bind
from streaming.messages import PROTOCOL
from tests.conftest import PATIENCE, Server, start, stop


@pytest.fixture(scope="module")
def beyond() -> Iterator[Server]:
    """A server on all addresses, known under one further name."""
    one = start("--host", "0.0.0.0", "--allow-host", "Lab.Example.org", "--conductor", "7500:7600", "--primes", "50")
    yield one
    assert stop(one) == 0


@pytest.fixture
def trust(state: Path) -> ssl.SSLContext:
    return tls.trusting(state / "murmuration" / tls.FILE)


def ask(
    server: Server, trust: ssl.SSLContext, path: str, host: str = "127.0.0.1", method: str = "GET",
    body: str | None = None, **headers: str,
) -> tuple[int, str, http.client.HTTPMessage]:  # fmt: skip
    connection = http.client.HTTPSConnection(host, server.port, timeout=PATIENCE, context=trust)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer.headers


def plain(server: Server, request: str) -> str:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as raw:
        raw.sendall(request.encode())
        return b"".join(iter(lambda: raw.recv(4096), b"")).decode()


def test_the_address_is_one_that_others_can_open(beyond: Server) -> None:
    host = beyond.base.removeprefix("https://").rpartition(":")[0]
    assert host == addresses.authority([*addresses.lan(), *addresses.names(), *addresses.LOCAL][0])


def test_every_address_is_served_and_trusted(beyond: Server, trust: ssl.SSLContext) -> None:
    for host in ("127.0.0.1", "localhost", *(each for each in addresses.lan() if "." in each)):
        status, text, _ = ask(beyond, trust, "/session", host, **beyond.bearer, Origin=f"https://{host}:{beyond.port}")
        assert (status, json.loads(text)["scope"]) == (200, "editor")


def test_a_code_is_exchanged_over_tls(beyond: Server, trust: ssl.SSLContext) -> None:
    code = beyond.link("viewer").rpartition("=")[2]
    status, text, headers = ask(beyond, trust, "/enter", method="POST", body=json.dumps({"code": code}))
    assert (status, json.loads(text)["scope"]) == (200, "viewer")
    assert headers["Strict-Transport-Security"] is None


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "https://127.0.0.1:{port}", 200),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 403),
        ("127.0.0.1:{port}", "https://127.0.0.1:{port}.evil.example", 403),
        ("lab.example.org", "https://lab.example.org", 200),
        ("LAB.example.org:{port}", "http://lab.example.org:{port}", 200),
        ("lab.example.org.", None, 403),
        ("lab.example.org:1", None, 403),
        ("lab.example.org", "https://xlab.example.org", 403),
        ("xlab.example.org", None, 403),
        ("lab.example.org.evil.example", None, 403),
        ("0.0.0.0:{port}", None, 403),
    ],
)
def test_names_are_whole(beyond: Server, trust: ssl.SSLContext, host: str, origin: str | None, status: int) -> None:
    headers = {"Host": host.format(port=beyond.port), **beyond.bearer}
    if origin is not None:
        headers["Origin"] = origin.format(port=beyond.port)
    got, text, _ = ask(beyond, trust, "/session", **headers)
    assert got == status
    assert not any(each in text for each in addresses.lan() if each not in host)


async def test_the_socket_over_tls(beyond: Server, trust: ssl.SSLContext) -> None:
    url, protocols = f"wss://localhost:{beyond.port}/ws", [websockets.Subprotocol(PROTOCOL)]
    async with websockets.connect(url, ssl=trust, subprotocols=protocols, additional_headers=beyond.bearer) as wire:
        assert json.loads(await wire.recv())["type"]
    with pytest.raises(websockets.InvalidStatus, match="401"):
        await websockets.connect(url, ssl=trust, subprotocols=protocols)


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("localhost:{port}", "https://localhost:{port}/"),
        ("evil.example", "{base}/"),
        ("<script>:{port}", "{base}/"),
        (None, "{base}/"),
    ],
)
def test_without_tls_the_page_gives_the_address(
    beyond: Server, trust: ssl.SSLContext, host: str | None, said: str
) -> None:
    lines = "" if host is None else f"Host: {host.format(port=beyond.port)}\r\n"
    head, _, body = plain(beyond, f"GET /?token=x HTTP/1.1\r\n{lines}\r\n").partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
    assert "default-src 'self'" in head
    address = said.format(port=beyond.port, base=beyond.base)
    assert f'Open <a href="{address}">{address}</a>' in body
    assert "evil" not in body
    assert "<script" not in body
    with socket.create_connection(("127.0.0.1", beyond.port)) as raw, trust.wrap_socket(
        raw, server_hostname="localhost"
    ) as side:  # fmt: skip
        der = side.getpeercert(binary_form=True)
    assert der is not None
    assert hashlib.sha256(der).digest().hex(":").upper() in body.replace("<wbr>", "")


def test_a_plain_head_request_gets_no_body(beyond: Server) -> None:
    assert plain(beyond, "HEAD / HTTP/1.1\r\n\r\n").endswith("\r\n\r\n")


def test_idle_connections_delay_no_client(beyond: Server, trust: ssl.SSLContext) -> None:
    silent = [socket.create_connection(("127.0.0.1", beyond.port)) for _ in range(30)]
    for each in silent[:10]:
        each.sendall(b"\x16")  # half a handshake
    for each in silent[10:20]:
        each.sendall(b"GET / HT")
    with socket.create_connection(("127.0.0.1", beyond.port)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with (
        socket.create_connection(("127.0.0.1", beyond.port)) as doubting,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(doubting, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", beyond.port)) as noise:
        noise.sendall(b"\x16" + b"\x00" * 100)
        noise.settimeout(PATIENCE)
        with contextlib.suppress(ConnectionError):  # a server that closes with unread bytes resets
            while noise.recv(100):
                pass
    assert ask(beyond, trust, "/healthz")[0] == 200
    for each in silent:
        each.close()
    assert ask(beyond, trust, "/healthz")[0] == 200


@pytest.fixture
def short_head(monkeypatch: pytest.MonkeyPatch) -> float:
    """The time for a request head, shortened for a server of this process."""
    for module in (listen, runner):
        monkeypatch.setattr(module, "HEAD", 0.3)
    return 0.3


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", b"GET /healthz HTTP/1.1\r\nHost: {own}\r\n\r\nGET /"])
def test_a_request_head_has_a_time_limit(short_head: float, sent: bytes) -> None:
    """Also that of a second request on the same connection."""
    with bind("127.0.0.1", 0) as listening:
        config = Config(port=listening.getsockname()[1])
        with waiting(config, listening), socket.create_connection(("127.0.0.1", config.port), timeout=PATIENCE) as slow:
            slow.sendall(sent.replace(b"{own}", f"localhost:{config.port}".encode()))
            received = b"".join(iter(lambda: slow.recv(4096), b""))  # ends when the server closes
    assert received.count(b"HTTP/1.1 200") == sent.count(b"healthz")


def test_a_handshake_that_never_ends_leaves_the_server_listening(short_head: float, tmp_path: Path) -> None:
    own = tls.certificate(tmp_path, ["localhost"])
    with bind("127.0.0.1", 0) as listening:
        config = Config("0.0.0.0", listening.getsockname()[1], certificate=own)
        with waiting(config, listening):
            for sent in (b"\x16", b"", b"GET /"):
                with socket.create_connection(("127.0.0.1", config.port), timeout=PATIENCE) as slow:
                    slow.sendall(sent)
                    while slow.recv(4096):
                        pass
            connection = http.client.HTTPSConnection(
                "localhost", config.port, timeout=PATIENCE, context=tls.trusting(own.file)
            )
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            connection.close()


def test_a_state_is_announced_over_tls(beyond: Server, trust: ssl.SSLContext) -> None:
    for compute, shown in (("busy", "busy"), ("auto", "cpu")):
        state_command.state(compute, beyond.port)
        assert f'"compute": "{shown}"' in ask(beyond, trust, "/readyz", **beyond.bearer)[1]


def test_ipv6_loopback_needs_no_tls() -> None:
    server = start("--host", "::1", "--conductor", "7500:7600", "--primes", "50")
    try:
        assert server.base == f"http://[::1]:{server.port}"
        connection = http.client.HTTPConnection("::1", server.port, timeout=PATIENCE)
        connection.request("GET", "/session", headers=server.bearer)
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        assert stop(server) == 0
