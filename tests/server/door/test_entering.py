"""Codes, keys and tickets at a real server."""

import contextlib
import json
import socket

import pytest
import websockets

from server.door.codes import LONGEST
from streaming.messages import PROTOCOL
from tests.conftest import Server, start, stop
from tests.web import code, enter, get, key, post, ticket


@pytest.mark.parametrize("scope", ["editor", "viewer"])
def test_a_code_is_exchanged_for_a_key(server: Server, scope: str) -> None:
    typed = code(server, scope)  # type: ignore[arg-type]
    keys = set()
    for each in (typed, typed.lower(), f"{typed[:4]} {typed[4:]}"):
        status, text, headers = enter(server, each, Origin=server.base)
        said = json.loads(text)
        assert (status, said["protocol"], said["scope"]) == (200, PROTOCOL, scope)
        assert "set-cookie" not in headers  # a cookie would be sent to every port of the host
        assert headers["cache-control"] == "no-store"
        keys.add(said["key"])
        for shown in ({"Murmuration-Key": said["key"]}, {"Authorization": f"Bearer {said['key']}"}):
            status, text, _ = get(server, "/session", **shown)
            assert (status, json.loads(text)["scope"]) == (200, scope)
    assert len(keys) == 3


@pytest.mark.parametrize("body", ["", "code", "[]", "{}", '{"code": 7}', '{"code": null}', "[" * 5000, "\xff"])
def test_a_body_without_a_code_is_refused(server: Server, body: str) -> None:
    assert get(server, "/enter", "POST", body)[:2] == (400, 'expected {"code": "..."} as JSON\n')


def test_only_editors_make_codes(server: Server) -> None:
    wish = {"scope": "viewer", "seconds": 60}
    assert post(server, "/link", wish)[0] == 401
    status, text, _ = post(server, "/link", wish, **key(server, "viewer"))
    assert (status, text) == (403, "Read-only access: this needs the editor's token, or a code for editing\n")
    status, text, _ = post(server, "/link", wish, **key(server))
    made = json.loads(text)
    assert (status, made["scope"], made["seconds"]) == (200, "viewer", 60)
    assert made["address"] == f"{server.base}/#code={made['code']}"
    for wrong in ({}, {"scope": "owner", "seconds": 60}, {"scope": "viewer", "seconds": 0},
                  {"scope": "viewer", "seconds": LONGEST + 1}, {"scope": "viewer", "seconds": True},
                  {"scope": [], "seconds": 60}):  # fmt: skip
        assert post(server, "/link", wrong, **server.bearer)[0] == 400


async def test_a_ticket_opens_one_socket(server: Server) -> None:
    protocols = [websockets.Subprotocol(PROTOCOL)]
    own = ticket(server, "/ws", key(server, "viewer"))
    async with websockets.connect(f"{server.socket}?ticket={own}", subprotocols=protocols) as socket:
        welcome = json.loads(await socket.recv())
        assert (welcome["type"], welcome["scope"]) == ("welcome", "viewer")
    for wrong in (own, ticket(server, "/api", server.bearer), "x"):
        with pytest.raises(websockets.InvalidStatus, match="401"):
            await websockets.connect(f"{server.socket}?ticket={wrong}", subprotocols=protocols)


def test_a_ticket_is_for_one_download_and_its_ranges(server: Server) -> None:
    own = ticket(server, "/api/table.csv", key(server, "viewer"))
    path = f"/api/table.csv?limit=5&ticket={own}"
    status, text, headers = get(server, path)
    assert (status, len(text.splitlines())) == (200, 6)
    status, part, _ = get(server, path, Range="bytes=10-", If_Range=headers["etag"])
    assert (status, part) == (206, text[10:])
    for again in (path, f"/api/table.csv?limit=6&ticket={own}", f"/api/traces.csv?limit=5&ticket={own}"):
        assert get(server, again)[0] == 401
    assert get(server, f"/api/table.csv?limit=6&ticket={own}", Range="bytes=10-")[0] == 401
    assert post(server, "/ticket", {"path": "/state"}, **server.bearer)[0] == 400
    assert post(server, "/ticket", {"path": "/ws"})[0] == 401
    assert post(server, f"/state?ticket={ticket(server, '/api', server.bearer)}", {"compute": "busy"})[0] == 401


async def test_revoked_browsers_are_cut_off_and_tokens_are_not() -> None:
    server = start("--conductor", "7500:7600", "--primes", "50")
    browser, protocols = key(server), [websockets.Subprotocol(PROTOCOL)]
    spare = ticket(server, "/ws", browser)
    own = ticket(server, "/ws", browser)
    async with (
        websockets.connect(f"{server.socket}?ticket={own}", subprotocols=protocols) as cut,
        websockets.connect(server.socket, subprotocols=protocols, additional_headers=server.bearer) as script,
    ):
        assert json.loads(post(server, "/revoke", {}, **server.bearer)[1])["browsers"] == 1
        with contextlib.suppress(websockets.ConnectionClosedError):
            async for _ in cut:
                pass
        assert (cut.close_code, cut.close_reason) == (1008, "The access of this browser was revoked.")
        assert get(server, "/session", **browser)[0] == 401
        with pytest.raises(websockets.InvalidStatus, match="401"):
            await websockets.connect(f"{server.socket}?ticket={spare}", subprotocols=protocols)
        await script.send('{"type": "describe", "row": 0}')
        while '"card"' not in str(await script.recv()):
            pass
    assert stop(server) == 0


def test_an_abandoned_guess_beyond_the_rate_is_not_read() -> None:
    """Else a program could guess without waiting for answers; a code that is read counts a browser."""
    server = start("--conductor", "7500:7600", "--primes", "50")
    right = code(server)
    while enter(server, "WRONG")[0] == 401:
        pass
    body = json.dumps({"code": right})
    with socket.create_connection(("127.0.0.1", server.port)) as abandoned:
        abandoned.sendall(f"POST /enter HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n{body}".encode())  # fmt: skip
    assert enter(server, right)[0] == 200  # read after the abandoned one
    assert json.loads(post(server, "/revoke", {}, **server.bearer)[1])["browsers"] == 1
    assert stop(server) == 0
