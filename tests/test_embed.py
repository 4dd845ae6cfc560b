"""The embedded data set is what the script cuts from Cremona's tables, and the script refuses what is not that."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from murmuration.errors import DatasetError
from scripts import embed


@pytest.fixture(scope="module")
def database() -> Path:
    if not embed.DATABASE.exists():
        pytest.skip(f"Cremona's tables are not on this machine: apt-get install {embed.PACKAGE}")
    return embed.DATABASE


def test_the_cut_is_the_committed_file(database: Path, tmp_path: Path) -> None:
    outputs = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    for output in outputs:
        assert embed.main(["--database", str(database), "--output", str(output)]) == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert pq.read_table(outputs[0]).equals(pq.read_table(embed.OUTPUT), check_metadata=True)
    # Another release of pyarrow may encode the same rows differently; the same one may not.
    if pq.read_metadata(outputs[0]).created_by == pq.read_metadata(embed.OUTPUT).created_by:
        assert outputs[0].read_bytes() == embed.OUTPUT.read_bytes()


def test_one_curve_for_each_class_in_cremonas_order() -> None:
    table = pq.read_table(embed.OUTPUT)
    assert table.schema.equals(embed.SCHEMA)
    assert table.num_rows == embed.ROWS
    classes, labels = table["class"].to_pylist(), table["label"].to_pylist()
    assert len(set(classes)) == embed.ROWS
    assert labels == [name + "1" for name in classes]
    conductors = table["conductor"].to_pylist()
    letters = [name.removeprefix(str(conductor)) for name, conductor in zip(classes, conductors, strict=True)]
    assert all(each.isalpha() and each.islower() for each in letters)
    keys = [(conductor, len(each), each) for conductor, each in zip(conductors, letters, strict=True)]
    assert keys == sorted(keys)
    assert table.slice(0, 1).to_pylist() == [
        {"class": "11a", "label": "11a1", "conductor": 11, "rank": 0, "torsion": 5, "ainvs": "[0,-1,1,-10,-20]"}
    ]


def tables(path: Path, classes: list[tuple[int, str, int]]) -> Path:
    """A database of Cremona's shape that holds ``classes`` as (rank, class, conductor)."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t_class(rank INTEGER, class TEXT PRIMARY KEY, conductor INTEGER)")
        connection.execute("CREATE TABLE t_curve(curve TEXT PRIMARY KEY, class TEXT, tors INTEGER, eqn TEXT UNIQUE)")
        connection.executemany("INSERT INTO t_class VALUES (?, ?, ?)", classes)
        for _, name, _ in classes:
            for number in (1, 2):
                connection.execute(
                    "INSERT INTO t_curve VALUES (?, ?, 1, ?)", (f"{name}{number}", name, f"[{name},{number}]")
                )
    return path


def test_classes_past_z_follow_z(tmp_path: Path) -> None:
    database = tables(tmp_path / "small.db", [(0, "90ba", 90), (1, "90b", 90), (2, "88a", 88), (0, "91a", 91)])
    table = embed.cut(database, max_conductor=90)
    assert table["label"].to_pylist() == ["88a1", "90b1", "90ba1"]
    assert table["rank"].to_pylist() == [2, 1, 0]


def test_an_incomplete_database_is_refused(tmp_path: Path) -> None:
    database = tables(tmp_path / "small.db", [(0, "8000a", 8000)])
    with pytest.raises(DatasetError, match=r"expected 38042 classes.* got 1 and \{0: 1\}"):
        embed.cut(database)


def test_a_missing_database_names_the_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--database", str(tmp_path / "none.db"), "--output", str(tmp_path / "out.parquet")]
    assert embed.main(arguments) == 1
    error = capsys.readouterr().err
    assert f"apt-get install {embed.PACKAGE}" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.parquet").exists()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("label,conductor\n11a1,11\n" * 100)
    with pytest.raises(DatasetError, match="Cremona's SQLite tables"):
        embed.cut(path)
