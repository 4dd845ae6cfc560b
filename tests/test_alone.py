"""The mark `outside`: set for every way in which tests leave their process, and missed by none unnoticed."""

import asyncio
import contextlib
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from functools import wraps
from types import FunctionType

import pytest
from aiohttp import web

from tests import alone

pytest_plugins = ["pytester"]


@contextlib.contextmanager
def child() -> Iterator[None]:
    subprocess.run([sys.executable, "-c", ""], check=True)
    yield


def importing() -> object:
    from distributed import LocalCluster

    return LocalCluster


class Peer:
    def begin(self) -> None:
        with child():
            pass


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (lambda: subprocess.run, True),
        (child, True),
        (lambda: Peer().begin(), True),
        (lambda: web.TCPSite, True),
        (lambda: asyncio.create_subprocess_exec("true"), True),
        (wraps(child)(lambda: 0), True),
        (lambda: [lambda: subprocess], True),
        (importing, True),
        (lambda: web.Response, False),
        (lambda: asyncio.sleep(0), False),
        (lambda: sys.executable, False),
    ],
)
def test_a_function_that_leaves_the_process_is_found(function: FunctionType, found: bool) -> None:
    assert alone.outside(function) is found


@pytest.mark.parametrize(
    ("event", "arguments", "started"),
    [
        ("subprocess.Popen", ("/usr/bin/python3", [], None, None), "python3"),
        ("subprocess.Popen", ("git", ["git", "log"], None, None), None),
        ("os.fork", (), "a process"),
        ("socket.bind", (None, ("127.0.0.1", 0)), "a server"),
        ("import", ("cypari", None, [], [], []), "PARI"),
        ("import", ("json", None, [], [], []), None),
        ("open", ("x", "r", 0), None),
    ],
)
def test_audit_events_tell_starts(event: str, arguments: tuple[object, ...], started: str | None) -> None:
    assert alone.starts(event, arguments) == started


def test_every_starter_exists() -> None:
    assert [name for name in sorted(alone.STARTERS) if importlib.util.find_spec(name) is None] == []


@pytest.mark.outside
def test_an_unmarked_start_fails_with_the_remedy(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["tests.alone"]')
    pytester.makeini("[pytest]\nmarkers = outside")
    pytester.makepyfile(
        """
        import os
        import pytest

        def test_hidden():
            assert getattr(os, "fo" + "rk")() or os._exit(0) is None

        @pytest.mark.outside
        def test_marked():
            assert getattr(os, "fo" + "rk")() or os._exit(0) is None

        @pytest.fixture(scope="session")
        def shared():
            assert getattr(os, "fo" + "rk")() or os._exit(0) is None

        def test_first(shared):
            assert True

        def test_alone(shared):
            assert True
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["*this test starts a process and is not marked `outside`*"])
