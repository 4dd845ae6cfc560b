"""Host, Origin and token are asked before anything else, on every route, on a real server."""

import http.client

import pytest
import websockets

from streaming.messages import PROTOCOL
from tests.conftest import Server, start, stop


def get(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    response = connection.getresponse()
    text = response.read().decode(errors="replace")
    connection.close()
    return response.status, text, {key.lower(): value for key, value in response.getheaders()}


ROUTES = ["/", "/session", "/ws", "/selection.csv", "/selection.parquet", "/index.html", "/nowhere", "/../etc/passwd"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("token", [None, "", "wrong", "\u00e4\u00f6"])
def test_without_the_token_every_route_refuses(server: Server, path: str, token: str | None) -> None:
    query = "" if token is None else "?token=" + "".join(f"%{byte:02x}" for byte in token.encode())
    status, text, _ = get(server, path + query)
    assert status == 401
    assert text == "expected the token of this server: open the full address that devshell printed\n"


@pytest.mark.parametrize("path", ROUTES)
def test_a_foreign_origin_is_refused_before_the_token_is_asked(server: Server, path: str) -> None:
    for origin in (
        "http://evil.example",
        f"{server.base}.evil.example",
        "null",
        "https://127.0.0.1",
        f"{server.base}/",
    ):
        for query in ("", f"?token={server.token}"):
            status, text, _ = get(server, path + query, Origin=origin)
            assert (status, text.count("\n")) == (403, 1)
            assert origin in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_rebound_host_is_refused(server: Server, host: str) -> None:
    status, text, _ = get(server, f"/session?token={server.token}", Host=host.format(port=server.port))
    assert (status, text.count("\n")) == (403, 1)


def test_localhost_is_ours_too(server: Server) -> None:
    name = f"localhost:{server.port}"
    assert get(server, f"/session?token={server.token}", Host=name, Origin=f"http://{name}")[0] == 200


def test_the_first_page_turns_the_token_into_a_cookie(server: Server) -> None:
    status, _, headers = get(server, f"/?token={server.token}")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"murmuration-{server.port}=")  # cookies know no ports
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    status, text, headers = get(server, "/", Cookie=cookie.partition(";")[0])
    assert status == 200
    assert "<!doctype html>" in text.lower()
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert server.token not in text


def test_strange_bytes_are_no_token(server: Server) -> None:
    for headers in ({"Authorization": "Bearer \xff"}, {"Cookie": f"murmuration-{server.port}=\xff"},
                    {"Authorization": server.token}):  # fmt: skip
        assert get(server, "/session", **headers)[0] == 401


def test_scripts_may_send_a_bearer(server: Server) -> None:
    status, text, _ = get(server, "/session", Authorization=f"Bearer {server.token}")
    assert status == 200
    assert PROTOCOL in text


def test_static_files_come_from_a_map_of_names(server: Server) -> None:
    for path in ("/../pyproject.toml", "/%2e%2e/pyproject.toml", "/assets", "/assets/../index.html/..", "/index.html/"):
        assert get(server, f"{path}?token={server.token}")[0] == 404


def test_other_methods_are_refused(server: Server) -> None:
    assert get(server, f"/session?token={server.token}", method="POST")[0] == 405


async def test_the_socket_asks_the_same(server: Server) -> None:
    plain = server.socket.partition("?")[0]
    protocols = [websockets.Subprotocol(PROTOCOL)]
    for url, headers, status in (
        (plain, {}, 401),
        (f"{plain}?token=wrong", {}, 401),
        (server.socket, {"Origin": "http://evil.example"}, 403),
    ):
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(url, subprotocols=protocols, additional_headers=headers)
        assert refused.value.response.status_code == status


async def test_another_protocol_is_refused_with_words(server: Server) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(server.socket, subprotocols=[websockets.Subprotocol("murmuration.v0")])
    assert refused.value.response.status_code == 400
    assert b"expected the WebSocket subprotocol murmuration.v2, got 'murmuration.v0'" in refused.value.response.body


def test_two_servers_have_two_tokens(server: Server) -> None:
    other = start("--conductor", "7500:7600")
    try:
        assert other.token != server.token
        assert get(other, f"/session?token={server.token}")[0] == 401
    finally:
        assert stop(other) == 0
