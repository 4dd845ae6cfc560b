"""Codes for others, tokens for scripts, and the end of all access, from the command line."""

import json

import pytest

from devshell import ask
from devshell.link import link, seconds, words
from murmuration.errors import AccessError
from tests.conftest import Server, start, stop
from tests.devshell.test_commands import devshell
from tests.web import enter, get, key


@pytest.mark.parametrize(("options", "scope"), [((), "editor"), (("--look", "--for", "8h"), "viewer")])
def test_a_link_lets_a_browser_in(server: Server, options: tuple[str, ...], scope: str) -> None:
    done = devshell("vr", "link", "--port", str(server.port), *options)
    assert done.returncode == 0, done.stderr
    base, code = done.stdout.strip().split("/#code=")
    assert base == server.base
    assert f"{code[:4]} {code[4:]}" in done.stderr
    assert ("8 hours" if options else "10 minutes") in done.stderr
    assert json.loads(enter(server, code)[1])["scope"] == scope


def test_scripts_get_the_token(server: Server) -> None:
    for options, token in (((), server.token), (("--look",), server.viewer)):
        assert devshell("vr", "token", "--port", str(server.port), *options).stdout.strip() == token


def test_all_browsers_are_revoked_while_the_server_runs_and_afterwards() -> None:
    server = start("--conductor", "7500:7600", "--primes", "50")
    port = str(server.port)
    browser = key(server)
    done = devshell("vr", "link", "--revoke", "--port", port)
    assert (done.returncode, done.stderr.split()[0]) == (0, "1")
    assert get(server, "/session", **browser)[0] == 401
    browser = key(server)
    assert stop(server) == 0
    done = devshell("vr", "link", "--revoke", "--port", port)
    assert (done.returncode, done.stderr.split()[0]) == (0, "1")
    server = start("--conductor", "7500:7600", "--primes", "50", "--port", port)
    try:
        assert get(server, "/session", **browser)[0] == 401
    finally:
        assert stop(server) == 0


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [(None, 600, "10 minutes"), ("90s", 90, "90 seconds"), ("1h", 3600, "1 hour"), ("24h", 86_400, "24 hours")],
)
def test_durations_are_read_and_said(text: str | None, found: int, said: str) -> None:
    assert seconds(text) == found
    assert words(found) == said


@pytest.mark.parametrize("text", ["", "8", "8d", "0s", "25h", "-1m", "8 h", "1.5h", "999999h", "١h"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(AccessError, match="expected --for TIME such as 90s, 10m or 8h, up to 24h, got"):
        seconds(text)


def test_commands_without_a_server_are_one_line() -> None:
    for act in (lambda: link(port=1), lambda: ask.post(1, "state", {})):
        with pytest.raises(AccessError, match="No server was started on port 1"):
            act()
    with pytest.raises(AccessError, match="expected --revoke alone"):
        link(look=True, revoke=True)
