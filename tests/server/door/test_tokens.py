"""Tokens that outlive the server, for their owner alone."""

import json
import stat
from pathlib import Path

import pytest

from murmuration.errors import AccessError
from server.door import statefolder, tokens
from server.door.tokens import Grant

GOOD, OTHER = "a" * 22, "b" * 32


def load(folder: Path, port: int = 8765, fresh: bool = False, **environ: str) -> tokens.Tokens:
    return tokens.load(folder, port, fresh, environ)


def test_they_are_kept_per_port(tmp_path: Path) -> None:
    first = load(tmp_path)
    assert load(tmp_path) == first
    assert load(tmp_path, 8766) != first
    assert stat.S_IMODE((tmp_path / "tokens-8765.json").stat().st_mode) == 0o600
    other = load(tmp_path, fresh=True)
    assert {first.editor, first.viewer}.isdisjoint({other.editor, other.viewer})
    assert load(tmp_path) == other
    assert first.editor not in repr(first)


def test_each_token_has_its_scope(tmp_path: Path) -> None:
    both = load(tmp_path)
    assert (both.grant(both.editor), both.grant(both.viewer)) == (Grant("editor"), Grant("viewer"))
    for wrong in ("", both.editor[:-1], both.editor + "x", both.editor.swapcase(), "\xff", "\udcff"):
        assert both.grant(wrong) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"editor": 1, "viewer": 2}', '{"editor": "", "viewer": ""}',
                                    json.dumps({"editor": GOOD, "viewer": GOOD})])  # fmt: skip
def test_a_damaged_file_is_replaced(tmp_path: Path, damage: str) -> None:
    (tmp_path / "tokens-8765.json").write_text(damage)
    both = load(tmp_path)
    assert both.editor != both.viewer
    assert load(tmp_path) == both


def test_the_environment_comes_first(tmp_path: Path) -> None:
    both = load(tmp_path, MURMURATION_TOKEN=GOOD)
    assert (both.editor, both.given) == (GOOD, True)
    assert GOOD not in (tmp_path / "tokens-8765.json").read_text()
    both = load(tmp_path, fresh=True, MURMURATION_TOKEN=GOOD, MURMURATION_TOKEN_VIEWER=OTHER)
    assert (both.editor, both.viewer) == (GOOD, OTHER)


@pytest.mark.parametrize("bad", ["hunter2", "a" * 21, "a" * 129, "with space and so on and on", "#" * 30])
def test_a_token_that_could_be_guessed_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(AccessError, match="MURMURATION_TOKEN_VIEWER: expected 22 to 128 letters") as refused:
        load(tmp_path, MURMURATION_TOKEN_VIEWER=bad)
    assert bad not in str(refused.value)


def test_one_token_for_both_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="two different tokens"):
        load(tmp_path, MURMURATION_TOKEN=GOOD, MURMURATION_TOKEN_VIEWER=GOOD)


def test_the_folder_is_private(tmp_path: Path) -> None:
    folder = statefolder.folder({"XDG_STATE_HOME": str(tmp_path / "new")})
    assert folder == tmp_path / "new" / "murmuration"
    folder.chmod(0o755)
    statefolder.folder({"XDG_STATE_HOME": str(tmp_path / "new")})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_relative_state_home_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert statefolder.folder({"XDG_STATE_HOME": "here"}) == tmp_path / ".local" / "state" / "murmuration"


def test_tokens_that_cannot_be_written_give_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AccessError, match="set XDG_STATE_HOME"):
        statefolder.folder({"XDG_STATE_HOME": str(tmp_path / "file")})
    with pytest.raises(AccessError, match="No such file"):
        statefolder.keep(tmp_path / "gone" / "x", b"")
