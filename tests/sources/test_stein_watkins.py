from pathlib import Path

import murmuration as mm

TEXT = """11 [11] 0 0.253842 25 1
[0,-1,1,0,0] (1) 1 5
[0,-1,1,-10,-20] (5) 1 5
37 [37] 1 X X +*2
[0,0,1,-1,0] [1] X X
37 [37] 0 0.725681 9 2
[0,1,1,-23,-50] [3] 1 3
30 [2,3,5] 0 0.558881 12 2
[1,0,1,-19,26] [2,6,2] 1 6x
"""


def test_classes_curves_and_unknown_values(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(TEXT)
    table = mm.read(tmp_path / "x").columns
    assert table["label"].to_pylist() == ["sw.11.1.1", "sw.11.1.2", "sw.37.1.1", "sw.37.2.1", "sw.30.1.1"]
    assert table["torsion"].to_pylist() == [5, 5, None, 3, 12]
    assert table["rank"].to_pylist() == [0, 0, 1, 0, 0]
    assert table["special_value"].to_pylist() == [0.253842, 0.253842, None, 0.725681, 0.558881]
    assert table["modular_degree"].to_pylist() == [1, 1, 2, 2, 2]


def test_curves_below_a_broken_class_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(TEXT.replace("37 [37] 1 X", "37 [37 1 X"))
    table = mm.read(tmp_path / "x", skip=True)
    assert table.columns["class"].to_pylist() == ["sw.11.1", "sw.11.1", "sw.37.1", "sw.30.1"]
    assert "2 of 6 rows left out" in table.note
