"""Where a server is reached, as a user says it on the command line."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devshell import adb
from devshell.address import Address
from devshell.announce import announce
from devshell.state import state
from murmuration.errors import AccessError
from server.door import addresses, tls
from server.door.codes import spaced
from server.door.config import Config
from server.serve import bind
from tests.conftest import ROOT, Server, start, stop
from tests.devshell.test_commands import devshell
from tests.web import get, key, sample
from tests.wire import connect

SCRIPT = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  devices) printf 'List of devices attached\\n{devices}\\n' ;;
  *) {then} ;;
esac
"""


def play(folder: Path, devices: str, then: str = "true") -> Path:
    """An `adb` that says what it is told to and keeps what it was asked."""
    script = folder / "adb"
    script.write_text(SCRIPT.format(log=folder / "log", devices=devices, then=then))
    script.chmod(0o755)
    return folder / "log"


def test_adb_lets_every_device_open_localhost(tmp_path: Path) -> None:
    log = play(tmp_path, "1WMHH\\tdevice\\n2XYZ\\tunauthorized\\n")
    server = start(
        "--adb", "--conductor", "7500:7600", "--primes", "50", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    )
    try:
        assert server.base == f"http://localhost:{server.port}"
        reverse = f"reverse tcp:{server.port} tcp:{server.port}"
        assert log.read_text().splitlines() == ["devices", f"-s 1WMHH {reverse}"]
        assert get(server, "/session", Host=f"localhost:{server.port}", **server.bearer)[0] == 200
    finally:
        assert stop(server) == 0


@pytest.mark.parametrize(
    ("devices", "then", "said"),
    [
        ("", "true", "No device is attached. Attach the headset, allow USB debugging in it, and type: adb reverse "
                     "tcp:8765 tcp:8765"),
        ("1WMHH\\tunauthorized", "true", "1WMHH is unauthorized: put the headset on, allow USB debugging, and type: "
                                         "adb -s 1WMHH reverse tcp:8765 tcp:8765"),
        ("1WMHH\\tdevice", "echo more than one >&2; exit 1", "1WMHH: adb -s 1WMHH reverse tcp:8765 tcp:8765 failed: "
                                                            "more than one"),
        ("1WMHH\\tdevice", "true", "1WMHH reaches this server as localhost."),
    ],
)  # fmt: skip
def test_what_is_missing_for_adb_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: str, then: str, said: str
) -> None:
    play(tmp_path, devices, then)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert adb.reverse(8765) == [said]


def test_without_adb_the_command_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert adb.reverse(8765) == ["adb is not installed here. Where it is, with the headset attached, type: "
                                 "adb reverse tcp:8765 tcp:8765"]  # fmt: skip
    (tmp_path / "adb").write_text("no program")
    (tmp_path / "adb").chmod(0o755)
    (line,) = adb.reverse(8765)
    assert line.startswith("adb devices failed: Exec format error. When it works")


def test_the_same_secrets_after_a_restart_and_others_when_asked_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    tokens, known = [], []
    browser: dict[str, str] = {}
    for options in ((), (), ("--new-token",)):
        server = start("--conductor", "7500:7600", "--primes", "50", "--port", port, *options)
        tokens.append({server.token, server.viewer})
        browser = browser or key(server)
        known.append(get(server, "/session", **browser)[0])
        assert stop(server) == 0
    assert tokens[0] == tokens[1]
    assert tokens[2].isdisjoint(tokens[1])
    assert known == [200, 200, 401]
    with pytest.raises(AccessError, match=f"expected a server at http://127.0.0.1:{port}/, got"):
        state("auto", int(port))


def test_a_token_of_the_environment_works_and_nothing_is_printed_that_lets_in() -> None:
    token = "a-token-of-my-own-0123456789"  # the output is read by start(): one address without a code
    server = start("--conductor", "7500:7600", "--primes", "50", MURMURATION_TOKEN=token)
    try:
        assert server.token == token
        assert get(server, "/session", Authorization=f"Bearer {token}")[0] == 200
        command = Path(f"/proc/{server.process.pid}/cmdline").read_text()
        assert token not in command
    finally:
        assert stop(server) == 0


async def test_a_state_is_announced_to_everybody(quick_server: Server) -> None:
    async with connect(quick_server) as wire:
        await wire.text("state", compute="cpu")
        done = await asyncio.to_thread(devshell, "vr", "state", "wireframe", "--port", str(quick_server.port))
        assert (done.returncode, done.stderr.strip()) == (
            0, "Set to wireframe by hand; `devshell vr state auto` takes it back.")  # fmt: skip
        await wire.text("state", compute="wireframe")
        async with connect(quick_server, viewer=True) as late:
            await late.text("state", compute="wireframe")
        text = get(quick_server, "/metrics", **quick_server.bearer)[1]
        assert sample(text, "murmuration_compute_state", state="wireframe") == 1
        assert '"compute": "wireframe"' in get(quick_server, "/readyz", **quick_server.bearer)[1]
        await asyncio.to_thread(state, "auto", quick_server.port)
        await wire.text("state", compute="cpu")
    viewer = {"Authorization": f"Bearer {quick_server.viewer}"}
    status, text, _ = get(quick_server, "/state", "POST", '{"compute": "busy"}', **viewer)
    assert (status, text) == (
        403, "Read-only access: this needs the editor's token, or a code for editing\n")  # fmt: skip
    assert get(quick_server, "/state", "POST", '{"compute": "busy"}')[0] == 401
    for body in ("", "[]", '{"compute": "magic"}', '{"compute": []}', '{"compute": {}}'):
        status, text, _ = get(quick_server, "/state", "POST", body, **quick_server.bearer)
        assert (status, text) == (400, 'expected {"compute": one of cpu, gpu, wireframe, busy, auto} as JSON\n')
    with pytest.raises(AccessError, match="one of cpu, gpu, wireframe, busy, auto"):
        await asyncio.to_thread(state, "magic", quick_server.port)


@pytest.mark.outside
@pytest.mark.parametrize(
    ("act", "line"),
    [
        (lambda: bind("198.51.100.77", 0), "expected --host to be one of "),
        (lambda: bind("no such name", 0), "expected --host to be an address or name of this machine"),
        (lambda: Address("0.0.0.0", 0, (), True, False), "expected --adb without --host, since it uses localhost"),
        (lambda: Config(allowed=("*.example.org",)), "expected --allow-host NAME or NAME:PORT"),
        (lambda: Config(allowed=("https://lab.example.org",)), "expected --allow-host NAME or NAME:PORT"),
        (lambda: Config(allowed=("",)), "expected --allow-host NAME or NAME:PORT"),
        (lambda: state("wireframe", 1), "No server was started on port 1"),
    ],
)
def test_impossible_commands_give_one_line(act: Callable[[], object], line: str) -> None:
    with pytest.raises(AccessError) as refused:
        act()
    assert str(refused.value).startswith(line)
    assert "\n" not in str(refused.value)


def test_a_guessable_token_ends_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devshell.main", "vr", "up", "--port", "0"]
    environ = {**os.environ, "MURMURATION_TOKEN": "hunter2"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60, env=environ)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("devshell: MURMURATION_TOKEN: expected 22 to 128")
    assert "hunter2" not in done.stderr


def test_what_is_said_beyond_loopback(tmp_path: Path, capsys: Any) -> None:
    own = tls.certificate(tmp_path, ["localhost"])
    config = Config("::", 8765, certificate=own)
    announce(config, qr=True)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    codes = [line.removeprefix(f"{config.base}#code=") for line in lines]
    assert [config.codes.scope(code) for code in codes] == ["editor", "viewer"]
    assert config.tokens.editor not in said.out + said.err
    assert all(spaced(code) in said.err for code in codes)
    words = said.err.replace("\n", "")
    assert own.fingerprint in words
    assert "none was there" in words
    assert "▀" in words  # the code
    for each in addresses.lan()[1:]:
        assert addresses.authority(each, 8765) in words
