"""The rooms of the house: who imports whom, and that nothing speaks of one machine."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ROOMS = {
    "murmuration": set[str](),
    "streaming": {"murmuration"},
    "gestures": {"murmuration"},
    "server": {"murmuration", "streaming", "gestures"},
    "client_desktop": {"streaming", "gestures"},
    "devshell": {"murmuration", "streaming", "gestures", "server", "client_desktop"},
}
"""Each room, and the rooms it may import."""

OUTSIDE = {"bench", "docs", "examples", "scripts", "tests"}
"""Folders that may import every room, and that no room imports."""

BACKEND = "murmuration/traces/backend.py"
"""The one module that imports CuPy."""

# In brackets, so that this file does not find itself.
ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:wor[k]|roo[t]|home/\w+)/"
    r"|(?:pyp[i]|pythonhoste[d]|npmj[s]|deb\.debia[n]|security\.debia[n])\.(?:org|com)"
)
"""Paths of one machine, and hosts of package registries: which registry serves a machine is its own affair."""


def files() -> list[str]:
    """What is, or is about to be, in git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def imported(source: str) -> Iterator[str]:
    """The top-level name of every import in a module, wherever it stands; relative ones stay in their room."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (each.name.partition(".")[0] for each in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module.partition(".")[0]


def trespasses(name: str, source: str) -> list[str]:
    """What a file imports that its room may not."""
    room = name.partition("/")[0]
    allowed = ROOMS[room] | {room} if room in ROOMS else ROOMS.keys() | OUTSIDE
    forbidden = (ROOMS.keys() | OUTSIDE) - allowed
    if name != BACKEND:
        forbidden |= {"cupy", "cupyx"}
    return [f"{name} imports {each}" for each in imported(source) if each in forbidden]


def elsewhere(name: str) -> list[str]:
    """Every line of a text file that names a path or host of one machine."""
    data = (ROOT / name).read_bytes()
    if b"\0" in data:
        return []
    lines = enumerate(data.decode().splitlines(), 1)
    return [f"{name}:{number}: {line.strip()[:120]}" for number, line in lines if ELSEWHERE.search(line)]


def test_imports_run_one_way() -> None:
    modules = [name for name in files() if name.endswith(".py")]
    assert {name.partition("/")[0] for name in modules} & ROOMS.keys() >= {"murmuration", "streaming", "server"}
    assert [each for name in modules for each in trespasses(name, (ROOT / name).read_text())] == []


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("murmuration/x.py", "from streaming.frames import encode", ["murmuration/x.py imports streaming"]),
        ("murmuration/x.py", "def f():\n    import server.app as s", ["murmuration/x.py imports server"]),
        ("gestures/x.py", "if True:\n    import numpy, streaming", ["gestures/x.py imports streaming"]),
        ("client_desktop/x.py", "import murmuration as mm", ["client_desktop/x.py imports murmuration"]),
        ("server/x.py", "import importlib\nimportlib.import_module('devshell.main')", ["server/x.py imports devshell"]),
        ("devshell/x.py", "from scripts import embed", ["devshell/x.py imports scripts"]),
        ("server/x.py", "try:\n    import cupy\nexcept ImportError: ...", ["server/x.py imports cupy"]),
        ("tests/x.py", "from cupy import cuda", ["tests/x.py imports cupy"]),
        ("murmuration/traces/backend.py", "import cupy", []),
        ("streaming/x.py", "from . import frames\nfrom murmuration.errors import MessageError", []),
        ("tests/x.py", "import murmuration, server, scripts.embed", []),
    ],
)
def test_a_wrong_import_is_found(name: str, source: str, found: list[str]) -> None:
    assert trespasses(name, source) == found


def test_nothing_names_a_machine_or_a_registry() -> None:
    assert [line for name in files() for line in elsewhere(name)] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("cd /wor" + "k/main", True),
        ("see /roo" + "t/.cache", True),
        ("open('/home/" + "ann/x')", True),
        ("https://pyp" + "i.org/simple", True),
        ("https://registry.npmj" + "s.org/three", True),
        ("the frame/wor" + "k/flow of src/wor" + "k/x", False),
        ("a PyPI wheel, an npm package", False),
    ],
)
def test_a_machine_or_a_registry_is_found(line: str, found: bool) -> None:
    assert bool(ELSEWHERE.search(line)) is found


def test_the_lock_pins_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    names = {re.split(r"[^\w.-]", each, maxsplit=1)[0].lower() for each in wanted}
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert names - pinned == set(), "run `make lock`"
