"""Cut the embedded data set from Cremona's tables: `python -m scripts.embed`.

One curve for each isogeny class (number 1 of the class) up to a conductor, in Cremona's own order. The same database
and the same pyarrow give the same bytes, so that a diff of the file means a change of the data.
"""

import argparse
import hashlib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from murmuration.errors import DatasetError

DATABASE = Path("/usr/share/sagemath/cremona/cremona_mini.db")
PACKAGE = "sagemath-database-elliptic-curves"
OUTPUT = Path(__file__).parent.parent / "assets" / "cremona-10000.parquet"

MAX_CONDUCTOR = 10_000
ROWS = 38_042
"""Isogeny classes up to MAX_CONDUCTOR: Cremona, The elliptic curve database for conductors to 130000 (2006)."""

WINDOW, RANKS = (7500, 10_000), {0: 4328, 1: 5194, 2: 771}
"""Classes of each rank with conductor in WINDOW: He, Lee, Oliver, Pozdnyakov, Murmurations of elliptic curves."""

SCHEMA = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("conductor", pa.int64(), nullable=False),
        pa.field("rank", pa.int8(), nullable=False),
        pa.field("torsion", pa.int16(), nullable=False),
        pa.field("ainvs", pa.string(), nullable=False),
    ]
)

QUERY = """
    SELECT t_class.class, curve, conductor, rank, tors, eqn
    FROM t_class JOIN t_curve ON t_curve.curve = t_class.class || '1'
    WHERE conductor <= ?
"""


def cut(database: Path = DATABASE, max_conductor: int = MAX_CONDUCTOR) -> pa.Table:
    """The classes of conductor <= ``max_conductor`` as a table of SCHEMA, with its origin in the schema metadata.

    Raises DatasetError when the database is missing, is no table of Cremona's, or (at the default conductor) does
    not hold the published numbers of classes.
    """
    if not database.is_file():
        raise DatasetError(
            f"expected Cremona's tables at {database}, found nothing there: "
            f"install Debian's package {PACKAGE} (apt-get install {PACKAGE}), or pass --database PATH"
        )
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(QUERY, (max_conductor,)).fetchall()
    except sqlite3.Error as error:
        raise DatasetError(f"expected Cremona's SQLite tables in {database}, got: {error}") from None
    rows.sort(key=lambda row: (row[2], len(row[0]), row[0]))  # classes of one conductor run a..z, ba, bb, ...
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    table = pa.table([pa.array(column, each.type) for column, each in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
    if max_conductor == MAX_CONDUCTOR:
        _verify(table, database)
    return table.replace_schema_metadata(
        {
            "title": f"Elliptic curves over Q of conductor <= {max_conductor}, one for each isogeny class",
            "source": f"J. E. Cremona's tables of elliptic curves, as packaged in Debian's {PACKAGE}",
            "license": "GPL-2.0-or-later",
            "database_sha256": hashlib.sha256(database.read_bytes()).hexdigest(),
        }
    )


def write(table: pa.Table, output: Path) -> None:
    """Write ``table`` as Parquet, zstd, one row group."""
    output.parent.mkdir(parents=True, exist_ok=True)
    # Labels and equations are all distinct: dictionaries would add to the size (586 KB instead of 353).
    pq.write_table(
        table,
        output,
        compression="zstd",
        compression_level=19,
        use_dictionary=False,
        row_group_size=max(1, table.num_rows),
    )


def _verify(table: pa.Table, database: Path) -> None:
    low, high = WINDOW
    inside = table.filter((pc.field("conductor") >= low) & (pc.field("conductor") <= high))
    ranks = {each["values"]: each["counts"] for each in pc.value_counts(inside["rank"]).to_pylist()}
    ranks = dict(sorted(ranks.items()))
    if (table.num_rows, ranks) != (ROWS, RANKS):
        raise DatasetError(
            f"expected {ROWS} classes, of rank {RANKS} in [{low}, {high}], got {table.num_rows} and {ranks}: "
            f"{database} is incomplete"
        )


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0, or 1 after one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m scripts.embed", description=__doc__)
    parser.add_argument("--database", type=Path, default=DATABASE, help="Cremona's SQLite database (%(default)s)")
    parser.add_argument("--max-conductor", type=int, default=MAX_CONDUCTOR, metavar="N", help="(%(default)s)")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the Parquet file to write (in assets/)")
    options = parser.parse_args(arguments)
    try:
        table = cut(options.database, options.max_conductor)
    except DatasetError as error:
        print(f"embed: {error}", file=sys.stderr)
        return 1
    write(table, options.output)
    print(f"{options.output}: {table.num_rows:,} isogeny classes, {options.output.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
