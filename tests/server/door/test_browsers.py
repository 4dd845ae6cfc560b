"""Browsers that stay known, by the hash of their key."""

import stat
from pathlib import Path

import pytest

from server.door import browsers
from server.door.browsers import MOST, Browsers
from server.door.tokens import Grant


def test_a_browser_stays_known_over_restarts_until_it_is_revoked(tmp_path: Path) -> None:
    first = browsers.load(tmp_path, 8765)
    edit, look = first.add("editor"), first.add("viewer")
    again = browsers.load(tmp_path, 8765)
    scopes = [grant.scope for key in (edit, look) if (grant := again.grant(key)) is not None]
    assert scopes == ["editor", "viewer"]
    assert browsers.load(tmp_path, 8766).grant(edit) is None
    assert again.revoke() == 2
    assert again.grant(edit) is None
    assert len(browsers.load(tmp_path, 8765)) == 0


def test_the_file_holds_no_key_and_is_its_owners(tmp_path: Path) -> None:
    known = browsers.load(tmp_path, 8765)
    key = known.add("editor")
    file = tmp_path / "browsers-8765.json"
    assert key not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    grant = known.grant(key)
    assert grant is not None
    assert known.grant(grant.browser) is None  # the hash opens nothing


def test_new_tokens_revoke_the_browsers(tmp_path: Path) -> None:
    key = browsers.load(tmp_path, 8765).add("editor")
    assert browsers.load(tmp_path, 8765, fresh=True).grant(key) is None
    assert browsers.load(tmp_path, 8765).grant(key) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", "[1]", '[{"key": "a"}]',
                                    '[{"key": "a", "scope": "owner", "since": ""}]',
                                    '[{"key": "a", "scope": [], "since": ""}]'])  # fmt: skip
def test_a_damaged_file_knows_nobody(tmp_path: Path, damage: str) -> None:
    (tmp_path / "browsers-8765.json").write_text(damage)
    known = browsers.load(tmp_path, 8765)
    assert len(known) == 0
    assert known.grant(known.add("viewer")) is not None


def test_the_oldest_browser_is_forgotten_for_a_new_one() -> None:
    known = Browsers()
    keys = [known.add("viewer") for _ in range(MOST + 1)]
    assert (known.grant(keys[0]), len(known)) == (None, MOST)
    assert known.grant(keys[-1]) is not None


def test_a_grant_of_a_token_always_holds_and_that_of_a_browser_until_it_is_revoked() -> None:
    known = Browsers()
    grant = known.grant(known.add("editor"))
    assert grant is not None
    assert (known.knows(grant), known.knows(Grant("editor"))) == (True, True)
    known.revoke()
    assert (known.knows(grant), known.knows(Grant("editor"))) == (False, True)
