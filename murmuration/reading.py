"""Reading data sets from files: Parquet, Arrow and CSV, known by their first bytes, not by their names."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from murmuration.errors import DatasetError
from murmuration.sources import columnar, ipc
from murmuration.table import CurveTable, make


def read(path: str | Path) -> CurveTable:
    """The curves of a file with columns label, conductor, rank, torsion and ainvs, in any order.

    ainvs is text, "[a1,a2,a3,a4,a6]": integers of up to 40 digits. Raises DatasetError for a file that is missing, no
    data, or holds something :func:`murmuration.table.make` refuses; each message starts with the path.
    """
    path = Path(path)
    if not path.exists():
        raise DatasetError(f"{path}: expected a data set, found no such file")
    if path.is_dir():
        raise DatasetError(f"{path}: expected a file (Parquet, Arrow or CSV), got a folder")
    try:
        return make(_columns(path), path.stem)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise DatasetError(f"{path}: expected Parquet, Arrow or CSV with a header line; {first}") from None


def _columns(path: Path) -> pa.Table:
    with path.open("rb") as file:
        magic = file.read(512)
    if not magic:
        raise DatasetError("expected a data set, got an empty file")
    if magic.startswith(b"PAR1"):
        columnar.header("parquet", path)  # refuses what would take far more memory than it has bytes
        return _sound(pa.parquet.read_table(path, memory_map=False))
    if magic.startswith(b"ARROW1"):
        columnar.header("arrow", path)
        with pa.ipc.open_stream(ipc.opened(pa.OSFile(str(path)))) as reader:
            return _sound(reader.read_all())
    if b"\0" in magic:
        raise DatasetError("expected Parquet, Arrow or CSV, got binary data of another kind")
    # Everything as text: make() converts, and can name the label whose value is no number.
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(_header(path), pa.string()), strings_can_be_null=True)
    return pa.csv.read_csv(path, convert_options=options)


def _sound(table: pa.Table) -> pa.Table:
    """The table, every offset and value checked: a flipped bit in Arrow bytes else crashes whoever reads them."""
    table.validate(full=True)
    return table


def _header(path: Path) -> list[str]:
    with pa.csv.open_csv(path) as reader:
        names: list[str] = reader.schema.names
    return names
