"""Host, Origin and a secret are checked before anything else, on every route, on a real server."""

import socket

import pytest
import websockets

from streaming.messages import PROTOCOL
from tests.conftest import Server, start, stop
from tests.web import code, enter, get, key, sample
from tests.wire import connect

ROUTES = ["/session", "/ws", "/metrics", "/api/selection.csv", "/api/table.arrow", "/nowhere",
          "/../etc/passwd", "/ticket", "/link", "/revoke"]  # fmt: skip
PAGE = ["/", "/index.html"]
UNKNOWN = "No access yet: enter the code that devshell printed, or a new one of `devshell vr link`\n"


@pytest.mark.parametrize("path", ROUTES)
def test_without_the_token_every_route_refuses(server: Server, path: str) -> None:
    cookie = f"murmuration-{server.port}={server.token}"
    for headers in ({}, {"Authorization": server.token}, {"Authorization": "Bearer"}, {"Cookie": cookie},
                    {"Cookie": f"Murmuration-Key={key(server)['Murmuration-Key']}"}):  # fmt: skip
        for query in ("", f"?token={server.token}", f"?ticket={server.token}", "?ticket=a&ticket=b"):
            status, text, answer = get(server, path + query, **headers)
            assert (status, text) == (401, UNKNOWN)
            assert answer["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", [*ROUTES, *PAGE])
def test_a_foreign_origin_is_refused_before_the_token_is_asked(server: Server, path: str) -> None:
    for origin in (
        "http://evil.example",
        f"{server.base}.evil.example",
        "null",
        "https://127.0.0.1",
        f"{server.base}/",
        f"{server.base[:-1]}",
        "",
    ):
        for headers in ({}, server.bearer):
            status, text, _ = get(server, path, Origin=origin, **headers)
            assert (status, text.count("\n")) == (403, 1)
            assert origin in text


@pytest.mark.parametrize("path", ["/session", "/"])
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "localhost:{port}.evil.example", "",
     "localhost:{port}, evil.example", "evil.example@localhost:{port}", "127.0.0.1.:{port}", "2130706433:{port}",
     "0.0.0.0:{port}"],
)  # fmt: skip
def test_a_rebound_host_is_refused(server: Server, path: str, host: str) -> None:
    status, text, _ = get(server, path, Host=host.format(port=server.port), **server.bearer)
    assert (status, text.count("\n")) == (403, 1)


def raw(server: Server, text: str) -> str:
    """What is answered to a request as it is."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode("latin-1")


@pytest.mark.parametrize(
    ("line", "status"),
    [("/session", 200), ("http://127.0.0.1:{port}/session", 200), ("http://evil.example/session", 403),
     ("http://evil.example", 403), ("http://[/session", 400), ("//evil.example/session", 404),
     ("/session?http://evil.example/", 200)],
)  # fmt: skip
def test_the_host_of_the_request_line_counts(server: Server, line: str, status: int) -> None:
    line = line.format(port=server.port)
    answer = raw(server, f"GET {line} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
                         f"Authorization: Bearer {server.token}\r\n\r\n")  # fmt: skip
    assert int(answer.split()[1]) == status


def test_localhost_is_ours_too(server: Server) -> None:
    for name in (f"localhost:{server.port}", f"LOCALHOST:{server.port}"):
        assert get(server, "/session", Host=name, Origin=f"http://{name.lower()}", **server.bearer)[0] == 200


def test_the_page_is_open_and_holds_no_secret(server: Server) -> None:
    status, text, headers = get(server, "/")
    assert status == 200
    assert "<!doctype html>" in text.lower()
    assert server.token not in text
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "python" not in headers["server"].lower()
    assert "set-cookie" not in headers


def test_static_files_come_from_a_map_of_names(server: Server) -> None:
    for path in ("/../pyproject.toml", "/%2e%2e/pyproject.toml", "/assets", "/assets/../index.html/..", "/index.html/"):
        assert get(server, path, **server.bearer)[0] == 404


def test_other_methods_are_refused(server: Server) -> None:
    assert get(server, "/session", method="POST", **server.bearer)[0] == 405
    assert get(server, "/enter", **server.bearer)[0] == 405


async def test_the_socket_asks_the_same(server: Server) -> None:
    protocols = [websockets.Subprotocol(PROTOCOL)]
    for url, headers, status in (
        (server.socket, {}, 401),
        (f"{server.socket}?token={server.token}", {}, 401),
        (server.socket, {**server.bearer, "Origin": "http://evil.example"}, 403),
        (server.socket, {**server.bearer, "Origin": f"http://127.0.0.1:{server.port}0"}, 403),
    ):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url, subprotocols=protocols, additional_headers=headers)
        assert refused.value.response.status_code == status


async def test_another_protocol_is_refused_with_words(server: Server) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(
            server.socket, subprotocols=[websockets.Subprotocol("murmuration.v0")], additional_headers=server.bearer
        )
    assert refused.value.response.status_code == 400
    assert b"expected the WebSocket subprotocol murmuration.v3, got 'murmuration.v0'" in refused.value.response.body


async def test_a_viewer_changes_nothing_and_is_told_so(quick_server: Server) -> None:
    async with connect(quick_server) as editor, connect(quick_server, viewer=True) as viewer:
        scene = await viewer.text("scene")
        await editor.quiet()
        stroke = {"polygon": [[-2, -2], [0, -2], [0, 2], [-2, 2]], "matrix": scene["model"], "operation": "replace"}
        view = {"projection": "pc1,pc2,a2", "classes": "rank", "conductor": [11, 9999]}
        heard = len(editor.texts)
        for type, fields in (("stroke", {"id": 1, **stroke}), ("clear", {"id": 2}), ("name", {"name": "mine"}),
                             ("recall", {"id": 3, "name": "x", "operation": "add"}), ("forget", {"name": "x"}),
                             ("view", view)):  # fmt: skip
            await viewer.send(type, **fields)
            refused = await viewer.text("refused", to=type)
            assert "for looking only" in refused["message"]
            assert refused["id"] == fields.get("id", 0)
        await viewer.send("describe", row=0)
        assert (await viewer.text("card"))["label"] == "11a1"
        await editor.quiet()
        assert len(editor.texts) == heard
        await editor.send("stroke", id=1, **stroke)
        selected = await viewer.text("selected", id=0)
        assert selected["count"] > 0
        bearer = {"Authorization": f"Bearer {quick_server.viewer}"}
        _, text, _ = get(quick_server, "/api/selection.csv", **bearer)
        assert len(text.splitlines()) == selected["count"] + 1
        _, text, _ = get(quick_server, "/metrics", **bearer)
        assert sample(text, "murmuration_refusals_total", reason="scope") == 6
        assert sample(text, "murmuration_clients", scope="viewer") == 1


def test_wrong_secrets_are_refused_and_slowed_down_and_right_ones_are_not(server: Server) -> None:
    own = start("--conductor", "7500:7600", "--primes", "50")
    try:
        assert len({server.token, server.viewer, own.token, own.viewer}) == 4
        right = code(own)
        wrong = [server.bearer, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {own.token[:-1]}"},
                 {"Authorization": f"Bearer {own.token}x"}, {"Authorization": "Bearer \xff"},
                 key(server)]  # fmt: skip
        for headers in wrong:
            assert get(own, "/session", **headers)[:2] == (401, UNKNOWN)
        answers = [enter(own, f"WRONG{n:03}") for n in range(6)]
        assert [status for status, _, _ in answers] == [401] * 4 + [429] * 2
        _, text, headers = answers[-1]
        assert 1 <= int(headers["retry-after"]) <= 6
        assert "a code that `devshell vr link` prints" in text
        assert get(own, "/session")[0] == 401  # a request without a secret is no guess
        assert get(own, "/session", **own.bearer)[0] == 200
        assert enter(own, right)[0] == 200
        assert get(own, "/")[0] == 200
    finally:
        assert stop(own) == 0
