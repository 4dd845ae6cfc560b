"""Count relative pronouns in prose: `python -m scripts.prose`.

The words of COUNTED usually begin a clause where a noun of the program or of the field belongs. They are counted per
1,000 words of docstrings and comments (Python, TypeScript, GLSL; tests apart), of the changelog and of the other
documents, and in the subjects of the newest commits. `--list` prints each place, `--check` (in `make lint`) fails where
a figure is above its budget in `scripts/prose.json`, and `--lower` lowers the budgets to the figures. No option raises
a budget.
"""

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scripts.tree import ROOT, files

BUDGET = Path(__file__).with_suffix(".json")
COMMITS = 40

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
COUNTED = re.compile(r"\b(?:what|who|whoever|whatever|whom)(?:['\u2019][a-z]+)?\b", re.IGNORECASE)

# One step of a scan of TypeScript or GLSL. Strings and regular expressions are matched so that a "//" inside one does
# not count as a comment.
TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`
    | (?P<slash>/) | [^/"'`]+ | .""",
    re.DOTALL | re.VERBOSE,
)
REGEX = re.compile(r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/")
BEFORE_REGEX = "(,=:[!&|?{};>"


class Prose(NamedTuple):
    """A piece of prose and its place: `file:line`, or the hash of a commit."""

    place: str
    text: str


class Figure(NamedTuple):
    """A count of words, of the counted ones among them, and their places."""

    words: int
    found: list[Prose]

    @property
    def rate(self) -> float:
        """Counted words per 1,000, rounded up to a tenth."""
        return -(-10_000 * len(self.found) // max(self.words, 1)) / 10


def python(name: str, source: str) -> Iterator[Prose]:
    """Docstrings, strings that stand alone (the docstrings of attributes) and comments."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text)), lineno=line):
                yield Prose(f"{name}:{line}", text)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Prose(f"{name}:{token.start[0]}", token.string)


def typescript(name: str, source: str) -> Iterator[Prose]:
    """Comments of TypeScript and GLSL."""
    at, line, last = 0, 1, "("
    while at < len(source):
        step = TOKEN.match(source, at)
        assert step is not None  # the last alternative matches any character
        if step["slash"] and last in BEFORE_REGEX:
            step = REGEX.match(source, at) or step
        text = step[0]
        if step.re is TOKEN and step["comment"]:
            yield Prose(f"{name}:{line}", text)
        elif text.strip():
            last = text.rstrip()[-1]
        at, line = step.end(), line + text.count("\n")


def document(name: str, source: str) -> Iterator[Prose]:
    """The lines of a document, without its code blocks."""
    fenced = False
    for number, line in enumerate(source.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield Prose(f"{name}:{number}", line)


def commits() -> Iterator[Prose]:
    """The subjects of the newest commits; none outside of git."""
    command = ["git", "log", f"-{COMMITS}", "--format=%h %s"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        yield Prose(*line.split(" ", 1))


def kinds(names: list[str]) -> dict[str, list[Prose]]:
    """The prose of the files named, by the budget it counts against."""
    found: dict[str, list[Prose]] = {"code": [], "changelog": [], "documents": []}
    for name in names:
        path = Path(name)
        if {"tests", "test"} & set(path.parts):
            continue
        match path.suffix:
            case ".py":
                found["code"] += python(name, (ROOT / name).read_text())
            case ".ts" | ".glsl" | ".vert" | ".frag":
                found["code"] += typescript(name, (ROOT / name).read_text())
            case ".md":
                kind = "changelog" if path.name == "CHANGELOG.md" else "documents"
                found[kind] += document(name, (ROOT / name).read_text())
    return found


def figure(prose: list[Prose]) -> Figure:
    """Words and counted words; each counted word is found with the line that holds it."""
    words, found = 0, []
    for place, text in prose:
        words += len(WORD.findall(text))
        name, _, first = place.partition(":")
        for number, line in enumerate(text.splitlines()):
            where = f"{name}:{int(first) + number}" if first else place
            found += [Prose(where, line.strip()) for _ in COUNTED.finditer(line)]
    return Figure(words, found)


def measure() -> dict[str, Figure]:
    """The figures of this checkout and of its newest commits."""
    figures = {kind: figure(prose) for kind, prose in kinds(files()).items()}
    return {**figures, "commits": figure(list(commits()))}


def value(kind: str, one: Figure) -> float:
    """The number that a budget limits: for commits the number of subjects, else the rate."""
    return len({each.place for each in one.found}) if kind == "commits" else one.rate


def lowered(budget: dict[str, float], figures: dict[str, Figure]) -> dict[str, float]:
    """The budget with every number lowered to its figure; none is raised."""
    return {kind: min(limit, value(kind, figures[kind])) for kind, limit in budget.items()}


def main(arguments: list[str]) -> int:
    """The command line; 1 when `--check` finds a figure above its budget."""
    budget, figures = json.loads(BUDGET.read_text()), measure()
    if "--list" in arguments:
        for one in figures.values():
            print(*(f"{place}: {text}" for place, text in one.found), sep="\n")
    if "--lower" in arguments:
        budget = lowered(budget, figures)
        BUDGET.write_text(json.dumps(budget, indent=2) + "\n")
    over = {kind for kind, one in figures.items() if value(kind, one) > budget[kind]}
    if "--check" not in arguments or over:
        for kind, one in figures.items():
            unit = f"of the last {COMMITS} subjects" if kind == "commits" else f"in 1,000 of {one.words:,} words"
            print(f"{kind}: {value(kind, one):g} {unit}, budget {budget[kind]:g}")
    if "--check" in arguments and over:
        print(
            f"prose: over budget: {', '.join(sorted(over))}. `python -m scripts.prose --list` shows the places: "
            "begin with a noun of the program or of the field.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
