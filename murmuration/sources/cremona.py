"""Cremona's tables as SQLite: Debian's packages, full (N < 500,000) and mini (N < 10,000).

Rows come by conductor, inside one by class in Cremona's order (a, ..., z, ba, ...), inside a class by number. They are
asked for a window of conductors at a time, so that memory holds one window and not two million rows.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from murmuration.errors import DatasetError
from murmuration.sources.rows import Batch, core
from murmuration.sources.source import Options, Provenance

FOLDER = Path("/usr/share/sagemath/cremona")
FULL, MINI = FOLDER / "cremona.db", FOLDER / "cremona_mini.db"
"""Where sagemath-database-cremona-elliptic-curves and sagemath-database-elliptic-curves put them."""

ONLY_SMALL = (
    "Only Cremona's small tables are installed, with conductors up to 10,000. For all of them (up to 500,000): apt-get "
    "install sagemath-database-cremona-elliptic-curves; the same command then continues with those."
)
"""Said before the small tables are read."""

STEP = 1000
"""Conductors of one query: about 4,300 classes, 6,100 curves."""

CORE_PROVENANCE: dict[str, Provenance] = {
    "class": "proved",
    "label": "proved",
    "conductor": "proved",
    "rank": "proved",
    "torsion": "proved",
    "ainvs": "proved",
}

EXTRAS: dict[str, tuple[str, pa.DataType, Provenance]] = {
    "regulator": ("reg", pa.float64(), "numerical"),
    "real_period": ("om", pa.float64(), "numerical"),
    "tamagawa_product": ("cp", pa.int64(), "proved"),
    "sha": ("sha", pa.float64(), "conditional"),  # analytic order, conditional on Birch and Swinnerton-Dyer
    "special_value": ("L", pa.float64(), "numerical"),
    "modular_degree": ("deg", pa.int64(), "proved"),
}
"""Columns of the full database beyond the core: ours -> theirs, type, provenance."""


def installed() -> Path:
    """The full database where it is installed, else the mini one. Raises DatasetError where neither is."""
    for path in (FULL, MINI):
        if path.is_file():
            return path
    raise DatasetError(
        f"expected Cremona's tables in {FOLDER}, found none: apt-get install "
        "sagemath-database-cremona-elliptic-curves (or sagemath-database-elliptic-curves for N < 10,000)"
    )


def connect(database: Path | bytes) -> sqlite3.Connection:
    """A read-only connection to a file, or to the bytes of one."""
    if isinstance(database, bytes):
        connection = sqlite3.connect(":memory:")
        connection.deserialize(database)
    else:
        # immutable: no journal is looked for beside it, and no lock is taken on a system file.
        uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    # A database can hold code: refuse views and triggers that call functions, and cap the size of a value.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2**20)
    return connection


def extras(connection: sqlite3.Connection) -> list[str]:
    """Which of :data:`EXTRAS` the database has. Raises DatasetError for one that is not Cremona's."""
    columns = _columns(connection)
    have = {column for _, column, _ in columns}
    missing = {"conductor", "rank", "curve", "class", "tors", "eqn"} - have
    if missing:
        raise DatasetError(f"expected Cremona's tables t_class and t_curve, {', '.join(sorted(missing))} is missing")
    # Without these keys the join of a stranger's tables may have as many rows as their product.
    if {("t_class", "class", 1), ("t_curve", "curve", 1)} - set(columns):
        raise DatasetError("expected the keys t_class.class and t_curve.curve as Cremona's tables have them")
    return [name for name, (theirs, _, _) in EXTRAS.items() if theirs in have]


def count(connection: sqlite3.Connection, options: Options) -> int:
    """How many rows the options take."""
    where, values = _where(options, options.conductor or (0, 2**62))
    rows = connection.execute(f"SELECT COUNT(*) {_tables(options)} {where}", values).fetchone()[0]
    return int(rows if options.limit is None else min(rows, options.limit))


def batches(connection: sqlite3.Connection, options: Options, name: str) -> Iterator[Batch]:
    """The rows that the options take, one window of conductors after the other."""
    wanted = extras(connection)
    fields = ["t_class.class", "curve", "conductor", "rank", "tors", "eqn", *(EXTRAS[each][0] for each in wanted)]
    query = f"SELECT {', '.join(fields)} {_tables(options)} "
    low, high = options.conductor or (0, 2**62)
    first, start = 1, _from(connection, low)
    while start is not None and start <= high:
        end = min(high, start + STEP - 1)
        where, values = _where(options, (start, end))
        try:
            rows = connection.execute(query + where, values).fetchall()
        except (UnicodeDecodeError, sqlite3.OperationalError):  # text that is none: one record's fault, not all's
            connection.text_factory = _text
            rows = connection.execute(query + where, values).fetchall()
            connection.text_factory = str
        if rows:
            rows.sort(key=lambda row: (row[2], len(str(row[0])), str(row[0]), len(str(row[1])), str(row[1])))
            yield Batch(_table(rows, wanted), name, "rows", first, first + len(rows) - 1)
            first += len(rows)
        start = _from(connection, end + 1)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _from(connection: sqlite3.Connection, low: int) -> int | None:
    """The first conductor from ``low``; values that are no numbers sort behind all that are."""
    query = "SELECT MIN(conductor) FROM t_class WHERE conductor BETWEEN ? AND ? AND typeof(conductor) = 'integer'"
    conductor: int | None = connection.execute(query, (low, 2**62)).fetchone()[0]
    return conductor


def _table(rows: list[tuple[object, ...]], wanted: list[str]) -> pa.Table:
    types = [pa.string(), pa.string(), pa.int64(), pa.int64(), pa.int64(), pa.string()]
    types += [EXTRAS[each][1] for each in wanted]
    names = ["class", "label", "conductor", "rank", "torsion", "ainvs", *wanted]
    columns = zip(*rows, strict=True)
    arrays = {name: _array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)}
    return core(arrays, len(rows))


def _array(column: tuple[object, ...], kind: pa.DataType) -> pa.Array:
    """SQLite types values and not columns: a value of another type than its column becomes null."""
    try:
        return pa.array(column, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        native = {pa.string(): str, pa.int64(): int}.get(kind, (int, float))
        kept = [value if isinstance(value, native) else None for value in column]
        return pa.array(kept, kind)


def _tables(options: Options) -> str:
    if options.every:
        return "FROM t_class JOIN t_curve ON t_curve.class = t_class.class"
    return "FROM t_class JOIN t_curve ON t_curve.curve = t_class.class || '1'"


def _where(options: Options, window: tuple[int, int]) -> tuple[str, tuple[int, ...]]:
    ranks = sorted(options.ranks or ())
    clause = f" AND rank IN ({', '.join('?' * len(ranks))})" if options.ranks is not None else ""
    return f"WHERE conductor BETWEEN ? AND ?{clause}", (*window, *ranks)


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Table, name and place in the primary key (0: none) of each column."""
    query = "SELECT m.name, p.name, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' "
    return connection.execute(query + "AND m.name IN ('t_class', 't_curve')").fetchall()


def is_system(path: Path) -> bool:
    """Whether this is one of Debian's databases, at the place where only its packages write."""
    return path.resolve() in (FULL, MINI)


def survey(database: Path | bytes, options: Options) -> tuple[int, dict[str, Provenance]]:
    """How many rows there will be, and the provenance of each column."""
    with closing(connect(database)) as connection:
        wanted = extras(connection)
        return count(connection, options), CORE_PROVENANCE | {each: EXTRAS[each][2] for each in wanted}
