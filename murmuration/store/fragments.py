"""The Lance dataset below a store: writing fragments, and making a version of a list of fragments.

A snapshot is a list of fragments in the order of its rows. Appending adds fragments, replacing rows replaces the
fragments that hold them, a computed column adds a file to each, and undo reuses an old list: bytes are written once and
shared. Lance's row ids and merges are not used, since the store identifies a curve by its row number.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa
from lance.fragment import FragmentMetadata, write_fragments
from lance.udf import BatchUDF

from murmuration.errors import StoreError
from murmuration.store.catalog import File
from murmuration.store.rows import row_bytes

FRAGMENT_BYTES = 2**27
"""Target size of a data file: replacing a row rewrites at most two, and each is hashed before it is read."""

FRAGMENT_ROWS = 2**20
"""The most rows of a data file."""


@dataclass(frozen=True)
class Draft:
    """Fragments of a future snapshot, and their schema (Lance's, if field numbers are known)."""

    fragments: list[FragmentMetadata]
    schema: Any

    @property
    def rows(self) -> int:
        """Number of rows of all fragments."""
        return sum(each.num_rows for each in self.fragments)


def names(draft: Draft) -> list[str]:
    """The data files of a draft, as paths below ``data.lance``."""
    return [f"data/{file.path}" for each in draft.fragments for file in each.files]


def open_version(data: Path, version: int) -> lance.LanceDataset:
    """A version, read-only. Raises OSError if Lance fails."""
    with _Carried():
        return lance.dataset(data, version=version)


def draft_of(dataset: lance.LanceDataset) -> Draft:
    """The fragments and schema of a version."""
    return Draft([each.metadata for each in dataset.get_fragments()], dataset.lance_schema)


def spans(fragments: list[FragmentMetadata]) -> Iterator[tuple[int, int]]:
    """The rows of each fragment: first, and one past the last."""
    first = 0
    for each in fragments:
        yield first, first + each.num_rows
        first += each.num_rows


def write(
    to: lance.LanceDataset | Path, batches: Iterator[pa.RecordBatch], schema: pa.Schema, rows_a_file: int
) -> list[FragmentMetadata]:
    """Stream batches into new data files of a version, or of a folder for a version of other columns.

    Raises OSError if Lance fails; an error of the iterator propagates unchanged.
    """
    mode = "append" if not isinstance(to, Path) else "overwrite" if to.exists() else "create"
    with _Carried() as carried:
        reader = pa.RecordBatchReader.from_batches(schema, carried(batches))
        return list(write_fragments(reader, to, schema, mode=mode, max_rows_per_file=rows_a_file))


def add_column(
    dataset: lance.LanceDataset,
    new: pa.Schema,
    compute: Callable[[pa.RecordBatch], pa.RecordBatch],
    columns: list[str],
) -> Draft:
    """The fragments of a version, each with one more file: a column that ``compute`` makes of batches of ``columns``.

    Batches come in the order of the rows. Raises OSError if Lance fails; an error of ``compute`` propagates unchanged.
    """
    fragments, schema = [], dataset.lance_schema
    with _Carried() as carried:
        for each in dataset.get_fragments():
            metadata, schema = each.merge_columns(carried.call(compute, new), columns=columns)
            fragments.append(metadata)
    return Draft(fragments, schema)


def commit(data: Path, draft: Draft, read_version: int) -> lance.LanceDataset:
    """A new version of a draft's fragments. It is not durable yet: see :func:`files.settle`."""
    operation = lance.LanceOperation.Overwrite(draft.schema, draft.fragments)
    with _Carried():
        return lance.LanceDataset.commit(data, operation, read_version=read_version, max_retries=0)


def check(data: Path, version: int, draft: Draft, new: list[File]) -> None:
    """Raises StoreError unless the files have the sizes Lance recorded and the version reads back as drafted.

    Lance 14.0.2 reports success when the last write to a data file fails with an I/O error; the file is then truncated.
    """
    sizes = {f"data/{file.path}": file.file_size_bytes for each in draft.fragments for file in each.files}
    for one in new:
        if one.size != (sizes.get(one.name) or one.size):
            raise StoreError(f"{one.name}: expected {sizes[one.name]:,} bytes on the disk, got {one.size:,}: a write "
                             "failed; nothing was committed: mend the disk, and try again")  # fmt: skip
    found = draft_of(open_version(data, version))
    if [each.files for each in found.fragments] != [each.files for each in draft.fragments]:
        raise StoreError(f"version {version}: expected the {len(draft.fragments):,} fragments that were written, got "
                         "others; nothing was committed: mend the disk, and try again")  # fmt: skip


def rows_a_file(schema: pa.Schema) -> int:
    """Rows that fill a file of :data:`FRAGMENT_BYTES`."""
    return min(FRAGMENT_ROWS, max(1, FRAGMENT_BYTES // row_bytes(schema)))


class _Carried:
    """Carries our exceptions through Lance, which would turn them into text, and makes its own an OSError."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> "_Carried":
        return self

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except BaseException as error:
            self.error = error
            raise

    def call(self, function: Callable[[pa.RecordBatch], pa.RecordBatch], schema: pa.Schema) -> BatchUDF:
        def wrapped(batch: pa.RecordBatch) -> pa.RecordBatch:
            try:
                return function(batch)
            except BaseException as error:
                self.error = error
                raise

        return BatchUDF(wrapped, schema)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and self.error is not None:
            raise self.error from None
        if isinstance(error, (ValueError, RuntimeError, pa.ArrowException)):
            raise OSError(str(error)) from None


@contextmanager
def refused(what: str, last: int) -> Iterator[None]:
    """Errors of Lance or the disk as a :func:`refusal`."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, pa.ArrowException) as error:
        raise refusal(what, error, last) from None


def refusal(what: str, error: BaseException, last: int) -> StoreError:
    """An error of Lance or the disk in one line."""
    first = str(error).splitlines()[0].split(", /", 1)[0] if str(error) else type(error).__name__
    return StoreError(f"expected to {what}, got {first[:300]}; snapshot {last} is as it was: make room or mend the "
                      "disk, and try again")  # fmt: skip
