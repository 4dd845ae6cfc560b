import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from murmuration.errors import DatasetError
from murmuration.sources import Options, open_source
from murmuration.sources.cremona import FULL, MINI
from murmuration.table import make
from tests.sources.reading import whole

EXPECTED = {
    # classes, curves, ranks of classes: of the packages' databases
    FULL: (2_164_260, 3_064_705, {0: 790_258, 1: 1_086_046, 2: 279_056, 3: 8_899, 4: 1}),
    MINI: (38_042, 64_687, {0: 16_450, 1: 19_622, 2: 1_969, 3: 1}),
}


def test_all_classes_once_in_cremonas_order() -> None:
    source = open_source(MINI)
    table = whole(source)
    assert (source.kind, source.total, table.num_rows, source.untrusted) == ("cremona", 38_042, 38_042, False)
    keys = [
        (n, len(group), group)
        for n, group in zip(table["conductor"].to_pylist(), table["class"].to_pylist(), strict=True)
    ]
    assert keys == sorted(set(keys))
    assert make(table, "mini").columns["label"].to_pylist()[:3] == ["11a1", "14a1", "15a1"]


def test_it_agrees_with_the_embedded_curves() -> None:
    embedded = whole(open_source(Path(__file__).parent.parent.parent / "assets" / "cremona-10000.parquet"))
    columns = ["class", "label", "conductor", "rank", "torsion", "ainvs"]
    assert whole(open_source(MINI)).select(columns) == embedded.select(columns).cast(embedded.select(columns).schema)


def test_window_ranks_every_and_limit() -> None:
    source = open_source(MINI, Options(conductor=(7500, 9999), ranks=frozenset({0, 2})))
    ranks = whole(source)["rank"].to_pylist()
    assert (len(ranks), source.total, ranks.count(0), ranks.count(2)) == (4328 + 771, 4328 + 771, 4328, 771)
    assert open_source(MINI, Options(every=True)).total == 64_687
    few = open_source(MINI, Options(every=True, limit=10, rows=4))
    assert (few.total, [chunk.table.num_rows for chunk in few.chunks()]) == (10, [4, 4, 2])
    assert whole(few)["label"].to_pylist()[:4] == ["11a1", "11a2", "11a3", "14a1"]


def test_the_name_finds_the_installed_database() -> None:
    """The full database where it is installed, the mini one elsewhere; their counts, and their hashes taken whole."""
    source = open_source("cremona", Options(conductor=(1, 1000)))
    assert whole(source).num_rows == source.total == 2_463 if source.files[0] == FULL else True
    assert source.files[0] == (FULL if FULL.is_file() else MINI)
    assert open_source("cremona").total == EXPECTED[source.files[0]][0]


def test_extras_of_the_full_database(tmp_path: Path) -> None:
    """11a as the full package has it: sha has no type there, and is an integer in one row and a float in another."""
    path = tmp_path / "x.bin"
    with sqlite3.connect(path) as database:
        database.executescript("""
            CREATE TABLE t_class(conductor INTEGER, class TEXT PRIMARY KEY, rank INTEGER, L REAL, deg INTEGER);
            CREATE TABLE t_curve(class TEXT, curve TEXT PRIMARY KEY, eqn TEXT UNIQUE, gens TEXT, tors INTEGER,
                                 cp INTEGER, om REAL, reg REAL, sha);
            INSERT INTO t_class VALUES (11, '11a', 0, 0.253841860855911, 1), (37, '37a', 1, 0.306, NULL);
            INSERT INTO t_curve VALUES ('11a', '11a1', '[0,-1,1,-10,-20]', '[]', 5, 5, 1.26920930427955, 1.0, 1),
                                       ('37a', '37a1', '[0,0,1,-1,0]', '[[0,0,1]]', 1, 1, 5.98, 0.051, 1.0);
        """)
    database.close()
    source = open_source(path)
    table = whole(source)
    assert table["sha"].to_pylist() == [1.0, 1.0]
    assert table["modular_degree"].to_pylist() == [1, None]
    assert (source.provenance["regulator"], source.provenance["sha"]) == ("numerical", "conditional")
    assert source.untrusted


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("CREATE TABLE x(y)", "is missing"),
        ("CREATE TABLE t_class(conductor, class, rank); CREATE TABLE t_curve(curve, class)", "eqn, tors is missing"),
        (
            "CREATE TABLE t_class(conductor, class, rank); CREATE TABLE t_curve(curve, class, tors, eqn)",
            "expected the keys",
        ),
        ("CREATE VIEW t_class AS SELECT 1 AS conductor, 'a' AS class, 1 AS rank", "is missing"),
    ],
)
def test_another_database_is_refused(tmp_path: Path, script: str, message: str) -> None:
    path = tmp_path / "x.db"
    database = sqlite3.connect(path)
    database.executescript(script)
    database.close()
    with pytest.raises(DatasetError, match=message):
        open_source(path)


def test_a_wrong_type_costs_its_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(MINI.read_bytes())
    database = sqlite3.connect(path)
    database.execute("UPDATE t_curve SET eqn = x'00ff' WHERE curve = '14a1'")
    database.commit()
    database.close()
    table = whole(open_source(path, Options(limit=5)))
    assert table["ainvs"].is_null().to_pylist() == [False, True, False, False, False]
    with pytest.raises(DatasetError, match="14a1: expected ainvs"):
        make(table, "x")
    good = table.filter(pa.array([True, False, True, True, True]))
    assert len(make(good, "x")) == 4


def test_values_of_any_type_and_conductors_far_apart(tmp_path: Path) -> None:
    """SQLite takes anything in any column: nothing may hang or fail, and validation has the last word."""
    path = tmp_path / "x.db"
    database = sqlite3.connect(path)
    database.executescript("""
        CREATE TABLE t_class(conductor INTEGER, class TEXT PRIMARY KEY, rank INTEGER);
        CREATE TABLE t_curve(class TEXT, curve TEXT PRIMARY KEY, eqn TEXT, tors INTEGER);
        INSERT INTO t_class VALUES (11, '11a', 0), (4000000000000000000, 'far', 'x'), ('text', 't', 0), (12, x'ff', 0);
        INSERT INTO t_class VALUES (NULL, 'n', 0), (12.5, 'half', 0);
        INSERT INTO t_curve SELECT class, class || '1', '[0,-1,1,-10,-20]', 5 FROM t_class;
    """)
    database.close()
    table = whole(open_source(path))
    assert [row["label"] for row in table.to_pylist() if row["conductor"] == 11] == ["11a1"]
    assert "far1" in table["label"].to_pylist()
    with pytest.raises(DatasetError):
        make(table, "x")


def test_a_cut_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(MINI.read_bytes()[: MINI.stat().st_size // 2])
    with pytest.raises(DatasetError) as refused:
        whole(open_source(path))
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_the_whole_installed_database() -> None:
    classes, curves, ranks = EXPECTED[open_source("cremona").files[0]]
    counts: dict[int, int] = {}
    for chunk in open_source("cremona").chunks():
        make(chunk.table, "cremona")
        for rank in chunk.table["rank"].to_pylist():
            counts[rank] = counts.get(rank, 0) + 1
    assert counts == ranks
    assert sum(counts.values()) == classes
    assert sum(chunk.table.num_rows for chunk in open_source("cremona", Options(every=True)).chunks()) == curves
