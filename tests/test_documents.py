"""The documents: their links lead somewhere, the files they name exist, and the index of decisions is complete."""

import re
from itertools import chain

from scripts.tree import ROOT, files

DOCUMENTS = [name for name in files() if name.endswith(".md") and name.startswith(("docs/", "README", "CONTRIBUTING"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
NAMED = re.compile(r"`((?:[\w-]+/)*[\w.-]+\.(?:py|ts|md|json|glsl|vert|frag))`")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_links_lead_to_files() -> None:
    missing = []
    for name in DOCUMENTS:
        text = FENCED.sub("", (ROOT / name).read_text())
        missing += [(name, link) for link in LINK.findall(text) if not ((ROOT / name).parent / link).exists()]
    assert missing == []


def test_files_that_are_named_exist() -> None:
    """By their path, or by the end of it: `picture/picture.ts`."""
    known = files()
    missing = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text()
        written = set(re.findall(r"^```\w+ (\S+)", text, re.MULTILINE))  # files that a how-to adds
        for path in NAMED.findall(FENCED.sub("", text)):
            if not any(each == path or each.endswith("/" + path) for each in chain(known, written)):
                missing.append((name, path))
    assert missing == []


def test_every_decision_is_in_the_index() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text()
    numbers = [int(each) for each in re.findall(r"^(\d+)\. \*\*", text, re.MULTILINE)]
    rows = re.findall(r"^\| .* \| ([\d, ]+) \|$", text, re.MULTILINE)
    indexed = {int(each) for row in rows for each in row.split(",")}
    assert numbers == list(range(1, len(numbers) + 1))
    assert indexed == set(numbers)
