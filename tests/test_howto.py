"""Every how-to of docs/howto/, followed to the letter on a copy of the tree.

A fenced block with a path is a step: ```python PATH and ```ts PATH write a new file; ```diff PATH replaces the lines
that begin with a blank or "-" by the lines that begin with a blank or "+". A ```sh block holds commands, which must
succeed.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.tree import ROOT, files

FOLDER = ROOT / "docs" / "howto"
BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<path>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(text: str, tree: Path) -> None:
    """Take every step of a how-to in a tree. Raises AssertionError for one that cannot be taken."""
    for step in BLOCK.finditer(text):
        match step["kind"], step["path"]:
            case "sh", None:
                run(step["body"], tree)
            case "diff", str(path):
                edit(tree / path, step["body"])
            case _, str(path):
                assert not (tree / path).exists(), f"expected {path} to be new"
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).write_text(step["body"])


def edit(path: Path, diff: str) -> None:
    """Replace some lines of a file, which stand there exactly once."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] or "\n" for line in lines if line[:1] != "+")
    after = "".join(line[1:] or "\n" for line in lines if line[:1] != "-")
    text = path.read_text()
    assert text.count(before) == 1, f"expected these lines once in {path.name}, found {text.count(before)}:\n{before}"
    path.write_text(text.replace(before, after))


def run(commands: str, tree: Path) -> None:
    """Run commands at the top of a tree, with this environment's Python."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(tree),
    }
    done = subprocess.run(
        ["bash", "-euc", commands], cwd=tree, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree, with the client's installed packages."""
    copy = tmp_path / "tree"
    for name in files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    (copy / "client_webxr" / "node_modules").symlink_to(ROOT / "client_webxr" / "node_modules")
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_the_steps_lead_to_what_the_how_to_promises(name: str, tree: Path) -> None:
    follow((FOLDER / f"{name}.md").read_text(), tree)


def test_a_step_replaces_lines_that_stand_there_once(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a\n\nb\nc\n")
    follow("text\n```diff x\n a\n\n-b\n+B\n```\n```py y/z\nnew\n```\n```sh\ntest $(wc -l < x) = 4\n```\n", tmp_path)
    assert (tmp_path / "x").read_text() == "a\n\nB\nc\n"
    assert (tmp_path / "y" / "z").read_text() == "new\n"


@pytest.mark.parametrize(
    "text",
    ["```diff x\n-d\n+e\n```\n", "```diff x\n-a\n+e\n```\n", "```py x\nnew\n```\n", "```sh\nfalse\ntrue\n```\n"],
    ids=["lines that are missing", "lines that stand twice", "a file that is not new", "a command that fails"],
)
def test_a_step_that_cannot_be_taken_fails(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a\na\nb\n")
    with pytest.raises(AssertionError):
        follow(text, tmp_path)
