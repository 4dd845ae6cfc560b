from pathlib import Path

import pytest

import murmuration as mm

GROUPS = (
    '[11, ["11a1", [0,-1,1,-10,-20], []], ["11a2",[0,-1,1,-7820,-263580],[]]]',
    '[37, ["37a1", [0,0,1,-1,0], [[0,0]]]]',
    '[389, ["389a1", [0,1,1,-2,0], [[-1,1],[0,-1/3]]]]',
)


@pytest.mark.parametrize("between", [",", ",\n", " ,\n  "])
def test_a_list_on_one_line_or_many(tmp_path: Path, between: str) -> None:
    (tmp_path / "ell0").write_text(f"[{between.join(GROUPS)}]\n")
    table = mm.read(tmp_path / "ell0").columns
    assert table["label"].to_pylist() == ["11a1", "11a2", "37a1", "389a1"]
    assert table["rank"].to_pylist() == [0, 0, 1, 2]
    assert table["conductor"].to_pylist() == [11, 11, 37, 389]
    assert table["torsion"].null_count == 4


def test_a_line_of_two_megabytes(tmp_path: Path) -> None:
    group = '[{n}, ["{n}a1", [0,-1,1,-10,-20], [' + ",".join(["[1,2]"] * 20) + "]]]"
    (tmp_path / "ell0").write_text(f"[{','.join(group.format(n=11 * 11 ** (k % 4)) for k in range(4))}]")
    assert len(mm.read(tmp_path / "ell0", skip=True)) == 4
    long = ",".join(f'[11, ["11a{k}", [0,-1,1,-10,-20], []]]' for k in range(1, 60_000))
    (tmp_path / "ell1").write_text(f"[{long}]")
    assert (tmp_path / "ell1").stat().st_size > 2**21
    assert len(mm.read(tmp_path / "ell1")) == 59_999


def test_paricurves_of_ecdata(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('["11a1", [0,-1,1,-10,-20], []]\n["389a1", [0,1,1,-2,0], [[-1,1],[0,-1/3]]]\n["37a1"\n')
    table = mm.read(tmp_path / "x", skip=True)
    assert (table.columns["rank"].to_pylist(), table.columns["conductor"].to_pylist()) == ([0, 2], [11, 389])
    assert "expected [label, model, generators], got '[\"37a1\"'" in table.note
