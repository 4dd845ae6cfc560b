"""Tests that run in this process alone: `pytest -m "not slow and not outside"`, which is the part of `make check`.

A test is marked `outside` when it uses something of STARTERS: itself, through a function of the tests, or through a
fixture. The list cannot become wrong unnoticed: Python's audit events show when a process starts, a socket is bound or
PARI is imported, and a test that causes one of them without the mark fails with the remedy.
"""

import dis
import os
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

STARTERS = {
    "aiohttp.test_utils",
    "aiohttp.web_runner",
    "asyncio.subprocess",
    "cypari",
    "devshell.adb",
    "devshell.address",
    "distributed",
    "multiprocessing",
    "murmuration.build",
    "murmuration.ingest",
    "murmuration.show",
    "murmuration.sources.pari",
    "playwright",
    "server.compute.device",
    "server.serve",
    "socket",
    "subprocess",
    "typer.testing",
}
"""Modules, also as packages, with objects that start a server, a worker or a browser, or call PARI."""

TOOLS = {"git", "ldconfig", "uname"}
"""Programs that any test, and any package while it is imported, may start."""

_events: list[str] = []


def starts(event: str, arguments: tuple[object, ...]) -> str | None:
    """What an audit event starts; None for one that starts nothing."""
    match event, arguments:
        case "subprocess.Popen", (str() | bytes() | os.PathLike() as program, *_):
            name = Path(os.fsdecode(program)).name
            return None if name in TOOLS else name
        case (("os.fork" | "os.forkpty" | "os.posix_spawn"), _):
            return "a process"
        case "socket.bind", _:
            return "a server"
        case "import", ("cypari", *_):
            return "PARI"
    return None


@cache
def outside(function: FunctionType) -> bool:
    """Whether a function uses an object of STARTERS, itself or through functions of the tests."""
    seen: set[FunctionType] = set()
    waiting = [function]
    while waiting:
        one = _inner(waiting.pop())
        if one in seen:
            continue
        seen.add(one)
        if any(_within(name) & STARTERS for name in _imports(one.__code__)):
            return True
        for each in _used(one):
            if _origin(each) & STARTERS:
                return True
            if isinstance(each, FunctionType | type) and each.__module__.startswith("tests"):
                waiting += [each] if isinstance(each, FunctionType) else _methods(each)
    return False


def _used(function: FunctionType) -> Iterator[object]:
    """The globals that a function names, and the members that it may name of the modules among them."""
    names = _names(function.__code__)
    for each in (function.__globals__.get(name) for name in names):
        yield each
        if isinstance(each, ModuleType):
            yield from (vars(each).get(name) for name in names)


def _imports(code: CodeType) -> Iterator[str]:
    """The modules that a function imports while it runs."""
    yield from (each.argval for each in dis.get_instructions(code) if each.opname == "IMPORT_NAME")
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _imports(each)


def _names(code: CodeType) -> set[str]:
    """The global names and attributes in a code object and in those nested in it."""
    nested = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, nested))


def _methods(one: type) -> list[FunctionType]:
    return [each for each in vars(one).values() if isinstance(each, FunctionType)]


def _origin(one: object) -> set[str]:
    """The module of an object and the packages around it."""
    name = one.__name__ if isinstance(one, ModuleType) else getattr(one, "__module__", None) or type(one).__module__
    return _within(str(name))


def _within(module: str) -> set[str]:
    """A module and the packages around it."""
    parts = module.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts) + 1)}


def pytest_configure() -> None:
    """Watch audit events; a hook cannot be removed, and this one only takes notes."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if threading.current_thread() is threading.main_thread() and (started := starts(event, arguments)):
        _events.append(started)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that leave this process, before pytest selects by `-m`."""
    for item in items:
        fixtures: dict[str, Any] = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009 a private attribute
        functions = [each[-1].func for each in fixtures.values()] + [getattr(item, "function", None)]
        if any(isinstance(each, FunctionType) and outside(each) for each in functions):
            item.add_marker("outside")


def _inner(function: FunctionType) -> FunctionType:
    """The function below decorators such as `contextmanager` and hypothesis's `given`."""
    inner = getattr(getattr(function, "hypothesis", None), "inner_test", function)
    return _inner(inner.__wrapped__) if hasattr(inner, "__wrapped__") else inner


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Count events from before the first fixture is set up."""
    _events.clear()


@pytest.fixture(autouse=True)
def alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves this process without the mark, itself or in a fixture that it is the first to use."""
    yield
    if _events and request.node.get_closest_marker("outside") is None:
        pytest.fail(
            f"this test starts {', '.join(sorted(set(_events)))} and is not marked `outside`: name the module that "
            "does so in STARTERS of tests/alone.py, or mark the test"
        )
