"""The embedded table, written by the libraries that people use and read back: equal, whatever the library did to it."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import murmuration as mm
from tests.conftest import EMBEDDED

COLUMNS = ["label", "conductor", "rank", "torsion", "ainvs"]


@pytest.fixture(scope="module")
def given() -> pa.Table:
    """The embedded table with one rank unknown, which turns columns of whole numbers into floats in some libraries."""
    table = pq.read_table(EMBEDDED).select(COLUMNS)
    ranks = [None, *table["rank"].to_pylist()[1:]]
    return table.set_column(2, "rank", pa.array(ranks, pa.int8()))


def pandas_csv(table: pa.Table, path: Path) -> None:
    table.to_pandas().to_csv(path)


def pandas_parquet(table: pa.Table, path: Path) -> None:
    table.to_pandas().to_parquet(path)


def pandas_lists_parquet(table: pa.Table, path: Path) -> None:
    frame = table.to_pandas()
    frame["ainvs"] = [[int(each) for each in text[1:-1].split(",")] for text in frame["ainvs"]]
    frame[frame["ainvs"].map(lambda model: max(map(abs, model)) < 2**62)].to_parquet(path)


def pandas_feather(table: pa.Table, path: Path) -> None:
    table.to_pandas().to_feather(path)


def pandas_categories_parquet(table: pa.Table, path: Path) -> None:
    frame = table.to_pandas()
    frame["rank"] = frame["rank"].astype("category")
    frame.to_parquet(path, compression="zstd")


def polars_csv(table: pa.Table, path: Path) -> None:
    _polars(table).write_csv(path)


def polars_parquet(table: pa.Table, path: Path) -> None:
    _polars(table).write_parquet(path)


def polars_ipc(table: pa.Table, path: Path) -> None:
    _polars(table).write_ipc(path, compression="zstd")


def polars_ipc_stream(table: pa.Table, path: Path) -> None:
    _polars(table).write_ipc_stream(path)


def _polars(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(pl.col("label").cast(pl.Categorical))


def duckdb_csv(table: pa.Table, path: Path) -> None:
    _duckdb(table, f"COPY given TO '{path}' (FORMAT csv, HEADER)")


def duckdb_bars(table: pa.Table, path: Path) -> None:
    _duckdb(table, f"COPY given TO '{path}' (FORMAT csv, HEADER, DELIMITER '|', NULLSTR 'NULL')")


def duckdb_parquet(table: pa.Table, path: Path) -> None:
    columns = "label, conductor::HUGEINT AS conductor, rank::DECIMAL(4, 0) AS rank, torsion::UTINYINT AS torsion, ainvs"
    _duckdb(table, f"COPY (SELECT {columns} FROM given) TO '{path}' (FORMAT parquet)")


def duckdb_arrow(table: pa.Table, path: Path) -> None:
    with duckdb.connect() as connection:
        connection.register("given", table)
        found = connection.sql("SELECT * FROM given").to_arrow_table()
    with pa.ipc.new_file(str(path), found.schema) as writer:
        writer.write_table(found)


def _duckdb(table: pa.Table, query: str) -> None:
    with duckdb.connect() as connection:
        connection.register("given", table)
        connection.execute(query)


def r_csv(table: pa.Table, path: Path) -> None:
    """As R's write.csv: row names without a title, NA, and large whole numbers such as 1e+05 in doubles."""
    rows = [[str(k), *_r(row)] for k, row in enumerate(zip(*table.to_pydict().values(), strict=True), 1)]
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows([["", *COLUMNS], *rows])


def r_table(table: pa.Table, path: Path) -> None:
    """As R's write.table: blanks between the fields, and a header with one title fewer."""
    rows = [[str(k), *_r(row)] for k, row in enumerate(zip(*table.to_pydict().values(), strict=True), 1)]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=" ", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([COLUMNS, *rows])


def _r(row: tuple[Any, ...]) -> list[Any]:
    label, conductor, rank, torsion, ainvs = row
    return [label, "1e+03" if conductor == 1000 else str(conductor), "NA" if rank is None else rank, torsion, ainvs]


def excel_csv(table: pa.Table, path: Path) -> None:
    """Through a workbook, then as "CSV UTF-8" of a machine where semicolons separate: a mark of byte order, CRLF."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [COLUMNS, *zip(*table.to_pydict().values(), strict=True)]:
        sheet.append(row)
    book.save(path.with_suffix(".xlsx"))
    cells = openpyxl.load_workbook(path.with_suffix(".xlsx"), read_only=True).active
    assert cells is not None
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        file.write("sep=;\r\n")
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(cells.iter_rows(values_only=True))


@pytest.mark.parametrize(
    "write",
    [pandas_csv, pandas_parquet, pandas_lists_parquet, pandas_feather, pandas_categories_parquet, polars_csv,
     polars_parquet, polars_ipc, polars_ipc_stream, duckdb_csv, duckdb_bars, duckdb_parquet, duckdb_arrow, r_csv,
     r_table, excel_csv],
)  # fmt: skip
def test_the_embedded_table_comes_back(
    write: Callable[[pa.Table, Path], None], given: pa.Table, tmp_path: Path
) -> None:
    part = given if write in (pandas_csv, polars_parquet) else given[:3000]
    write(part, tmp_path / "out")
    found = mm.read(tmp_path / "out").columns.select(COLUMNS)
    assert found.cast(part.schema).to_pydict() == part.to_pydict()


def test_an_excel_workbook_itself_is_refused_with_the_way_out(given: pa.Table, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(mm.DatasetError, match="an Excel workbook: save the sheet as CSV UTF-8"):
        mm.read(tmp_path / "x.xlsx")


def test_pandas_nullable_types(given: pa.Table, tmp_path: Path) -> None:
    frame = given[:100].to_pandas()
    frame["rank"] = frame["rank"].astype("Int8")
    frame["label"] = frame["label"].astype("string")
    assert isinstance(frame, pd.DataFrame)
    frame.to_parquet(tmp_path / "x")
    assert mm.read(tmp_path / "x").columns["rank"].to_pylist() == given["rank"][:100].to_pylist()
