"""The rooms of the house: their imports run one way, without a circle, and no file speaks of one machine."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from scripts.tree import ROOT, files

ROOMS = {
    "murmuration": set[str](),
    "streaming": {"murmuration"},
    "gestures": {"murmuration"},
    "session": {"murmuration", "streaming", "gestures"},
    "server": {"murmuration", "streaming", "gestures", "session"},
    "client_desktop": {"streaming", "gestures"},
    "devshell": {"murmuration", "streaming", "gestures", "session", "server", "client_desktop"},
}
"""Each room, and the rooms it may import."""

SUBROOMS = {
    "murmuration.traces": set[str](),
    "murmuration.evidence": set[str](),
    "murmuration.expression": set[str](),
    "murmuration.projection": {"murmuration.traces", "murmuration.evidence", "murmuration.expression"},
    "murmuration.cloud": {"murmuration.projection"},
    "murmuration.selection": {"murmuration.traces", "murmuration.projection", "murmuration.cloud"},
    "murmuration.sources": set[str](),
    "murmuration.ingest": {"murmuration.sources"},
    "murmuration.store": {"murmuration.traces"},
    "murmuration.computation": {
        "murmuration.traces", "murmuration.projection", "murmuration.cloud", "murmuration.selection",
        "murmuration.ingest", "murmuration.store",
    },
    "server.metrics": set[str](),
    "server.runner": set[str](),
    "server.door": {"server.metrics", "server.runner"},
    "server.compute": {"server.metrics"},
    "server.scene": {"server.compute"},
    "server.people": {"server.metrics", "server.door", "server.scene"},
    "server.live": {"server.metrics", "server.door", "server.compute", "server.scene", "server.people"},
    "server.data": {"server.metrics", "server.door", "server.scene", "server.live"},
    "server.app": {
        "server.metrics", "server.door", "server.compute", "server.scene", "server.people", "server.live",
        "server.data",
    },
    "server.serve": {"server.app", "server.runner", "server.door", "server.compute"},
}  # fmt: skip
"""Each sub-room, and those of its room that it may import. Every package of these rooms stands here; a module beside
them that does not may be imported by all, as long as that closes no circle."""

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


def imported(name: str, source: str) -> Iterator[str]:
    """Every import of a module, wherever it stands, in dots; of `from a import b` both a and a.b."""
    package = name.split("/")[:-1]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=module, level=level, names=names):
                above = package[: len(package) - level + 1] if level else []
                origin = ".".join([*above, *([module] if module else [])])
                yield from (origin, *(f"{origin}.{each.name}" for each in names))
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield module


def subroom(module: str) -> str:
    """The room and the sub-room, or the module beside the sub-rooms, that a dotted name begins with."""
    return ".".join(module.split(".")[:2])


def trespasses(name: str, source: str) -> list[str]:
    """The imports of a file that its room or sub-room does not allow, each once."""
    room = name.partition("/")[0]
    allowed = ROOMS[room] | {room} if room in ROOMS else ROOMS.keys() | OUTSIDE
    forbidden = (ROOMS.keys() | OUTSIDE) - allowed
    if name != BACKEND:
        forbidden |= {"cupy", "cupyx"}
    if room in ROOMS.keys() - {"server", "devshell"}:
        forbidden |= {"aiohttp"}
    own = subroom(".".join(Path(name).with_suffix("").parts))
    forbidden |= SUBROOMS.keys() - SUBROOMS[own] - {own} if own in SUBROOMS else set()
    found = {each for module in imported(name, source) for each in (module.partition(".")[0], subroom(module))}
    mine = {each for each in found & forbidden if "." not in each or each.startswith(room + ".")}
    return [f"{name} imports {each}" for each in sorted(mine)]


def imports(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """The modules of the rooms that each module of the rooms imports, both in dots; a package is its __init__."""
    dotted = {
        name: ".".join(Path(name).with_suffix("").parts).removesuffix(".__init__")
        for name in sources
        if name.partition("/")[0] in ROOMS
    }
    known = set(dotted.values())
    graph = {}
    for name, module in dotted.items():
        found = set(imported(name, sources[name]))
        # `from a import b` where a.b is a module does not need anything of a itself.
        packages = {each.rpartition(".")[0] for each in found if each in known}
        graph[module] = (found & known) - packages - {module}
    return graph


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """A circle of a graph, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def between(graph: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """The same graph between sub-rooms."""
    out: dict[str, set[str]] = {}
    for module, wanted in graph.items():
        own = subroom(module)
        out.setdefault(own, set()).update(subroom(each) for each in wanted if subroom(each) != own)
    return out


def elsewhere(name: str) -> list[str]:
    """Every line of a text file that names a path or host of one machine."""
    data = (ROOT / name).read_bytes()
    if b"\0" in data:
        return []
    lines = enumerate(data.decode().splitlines(), 1)
    return [f"{name}:{number}: {line.strip()[:120]}" for number, line in lines if ELSEWHERE.search(line)]


def sources() -> dict[str, str]:
    """Every Python file."""
    return {name: (ROOT / name).read_text() for name in files() if name.endswith(".py")}


def test_imports_run_one_way() -> None:
    modules = sources()
    rooms = {name.partition("/")[0] for name in modules} & ROOMS.keys()
    assert rooms >= {"murmuration", "streaming", "gestures", "session", "server", "devshell"}
    assert [each for name, source in modules.items() for each in trespasses(name, source)] == []


def test_no_circle_between_modules_or_sub_rooms() -> None:
    graph = imports(sources())
    assert "murmuration.selection.stroke" in graph["server.compute.compute"]
    assert circle(graph) == []
    assert circle(between(graph)) == []


def test_every_package_of_a_divided_room_has_its_row() -> None:
    packages = {".".join(Path(name).parts[:-1]) for name in files() if name.endswith("/__init__.py")}
    divided = {each.partition(".")[0] for each in SUBROOMS}
    assert {each for each in packages if "." in each and each.partition(".")[0] in divided} <= SUBROOMS.keys()


def test_a_circle_is_found() -> None:
    tree = {
        "session/a.py": "from session import b",
        "session/b.py": "def f():\n    from session.c import x",
        "session/c.py": "import session.a",
        "session/__init__.py": "from session.a import y",
    }
    assert sorted(set(circle(imports(tree)))) == ["session.a", "session.b", "session.c"]
    assert circle(imports({name: source for name, source in tree.items() if "c.py" not in name})) == []
    assert circle(between({"server.a.x": {"server.b.x"}, "server.b.y": {"server.a.y"}})) != []


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
        ("session/x.py", "from aiohttp import web", ["session/x.py imports aiohttp"]),
        ("session/x.py", "from server.door import health", ["session/x.py imports server"]),
        ("server/scene/x.py", "from server import live", ["server/scene/x.py imports server.live"]),
        ("server/door/x.py", "from ..live import session", ["server/door/x.py imports server.live"]),
        ("murmuration/cloud/x.py", "import murmuration.store", ["murmuration/cloud/x.py imports murmuration.store"]),
        ("server/scene/x.py", "from server.compute import jobs\nfrom murmuration.store import open", []),
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
