"""``open_source``: what a name or path stands for, recognised by content, ready to stream."""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import zstandard

from murmuration.errors import DatasetError
from murmuration.sources import bhkssw, columnar, cremona, ecdata, height, pari
from murmuration.sources.columns import Columns
from murmuration.sources.kinds import Kind, recognise
from murmuration.sources.pieces import Piece, Pieces, pieces
from murmuration.sources.rows import Batch, Seen, chunks
from murmuration.sources.source import Chunk, Options, Provenance, Source
from murmuration.sources.text import blocks, fields

_BREAKS = (
    pa.ArrowException,
    sqlite3.Error,
    zstandard.ZstdError,
    zlib.error,
    OSError,
    UnicodeDecodeError,  # pyarrow, of names
    MemoryError,  # pyarrow and sqlite3, of sizes that were written to be too large
)
"""What the libraries raise for data that are not what they seem."""

_GENERATED: dict[str, Provenance] = dict.fromkeys(["class", "label", "ainvs"], "generated")


def open_source(spec: str | Path, options: Options = Options()) -> Source:  # noqa: B008 (frozen)
    """The data set that ``spec`` stands for: "cremona", "height:2^29.5", or a file, folder or archive.

    Raises DatasetError, in one line that begins with the spec, when there is no such thing or it is of no known kind.
    """
    if isinstance(spec, str) and spec.startswith("height:"):
        return _height(spec, options)
    path = Path(spec)
    try:
        if spec == "cremona" and not path.exists():
            path = cremona.installed()
        if not path.exists():
            raise DatasetError("expected cremona, height:2^28, or a file, folder or archive; found no such file")
        return _stored(path, options)
    except DatasetError as error:
        raise DatasetError(f"{spec}: {error}") from None
    except _BREAKS as error:
        line = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise DatasetError(f"{spec}: expected a readable data set; {line}") from None


def _height(spec: str, options: Options) -> Source:
    most = height.bound(spec.removeprefix("height:"))
    if options.ranks is not None or (options.conductor is not None and not options.pari):
        raise DatasetError(f"{spec}: expected no window and no ranks: this family comes without conductors and ranks")
    name = f"height:{most}"
    total = None if options.conductor else min(height.count(most), options.limit or 2**62)

    def read() -> Iterator[Chunk]:
        found = height.batches(most, name)
        return chunks(pari.with_arithmetic(found) if options.pari else found, replace(options, every=True))

    known: dict[str, Provenance] = {"conductor": "proved", "root_number": "proved"} if options.pari else {}
    return Source(name, "height", total, _GENERATED | known, False, height.NOTE, (), read)


def _stored(path: Path, options: Options) -> Source:
    found, beside = pieces(path), _labels_at(options.labels) if options.labels else Pieces((), ())
    kinds = [(piece, recognise(piece.head)) for piece in found.pieces]
    known = [(piece, kind) for piece, kind in kinds if kind is not None]
    labels = [*(piece for piece, kind in known if kind.name == "alllabels"), *beside.pieces]
    data = [(piece, kind) for piece, kind in known if kind.name != "alllabels"]
    if not data:
        raise DatasetError(
            "expected curves: Cremona's SQLite or ecdata text, LMFDB or other CSV and TSV with a header line, BHKSSW "
            f"text, Parquet or Arrow; got {'labels alone' if len(labels) > len(beside.pieces) else 'none of these'}"
        )
    families = {_family(kind): piece.name for piece, kind in data}
    if len(families) > 1:
        both = " and ".join(f"{family} ({name})" for family, name in list(families.items())[:2])
        raise DatasetError(f"expected files of one kind, got {both}: give one of them")
    skipped = [f"{piece.name}: skipped, of no known kind" for piece, kind in kinds if kind is None]
    note = "; ".join(_few([*([found.damage] if found.damage else []), *found.notes, *skipped]))
    make: dict[str, Callable[..., Source]] = {"sqlite": _sqlite, "ecdata": _ecdata, "bhkssw": _bhkssw}
    source = make.get(next(iter(families)), _table)(path, options, data, labels)
    also = f"{source.note}; {note}" if source.note and note else source.note or note
    files = *found.files, *beside.files
    return replace(source, note=also, files=files, lost=found.lost, read=_guarded(path, source.read))


def _sqlite(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    if len(data) > 1:
        raise DatasetError(f"expected one SQLite database, got {len(data)}")
    piece = data[0][0]
    held: Path | bytes = piece.path or piece.whole(columnar.BUDGET)
    total, provenance = cremona.survey(held, options)
    known = _labels(labels)

    def read() -> Iterator[Chunk]:
        with closing(cremona.connect(held)) as connection:
            found = cremona.batches(connection, options, piece.name)
            joined = (replace(each, table=_with_labels(each.table, known)) for each in found) if known else found
            yield from chunks(joined, replace(options, every=True, ranks=None, conductor=None))  # the query has done it

    if known:
        provenance = provenance | {"lmfdb_label": "proved"}
    untrusted = piece.path is None or not cremona.is_system(piece.path) or known is not None
    return Source(path.stem, "cremona", total, provenance, untrusted, "", (), read)


def _ecdata(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    known = _labels(labels)
    # allbsd says what allcurves says and more: where both are there, it goes first, and the other adds what it lacks.
    data = sorted(data, key=lambda each: each[1].name != "allbsd")
    both = len({kind.name for _, kind in data}) > 1

    def read() -> Iterator[Chunk]:
        return chunks(rows(), options)

    def rows() -> Iterator[Batch]:
        seen = Seen() if both else None
        for piece, kind in data:
            assert kind.shape is not None  # ecdata is text
            with closing(piece.open()) as stream:
                yield from ecdata.batches(stream, piece.name, kind.shape, known or ecdata.NO_LABELS, seen)

    provenance = cremona.CORE_PROVENANCE | {
        name: each for name, each in ecdata.PROVENANCE.items() if known or name != "lmfdb_label"
    }
    return Source(_name(path), "ecdata", None, provenance, True, "", (), read)


def _bhkssw(path: Path, options: Options, data: list[tuple[Piece, Kind]], _: list[Piece]) -> Source:
    def rows() -> Iterator[Batch]:
        for piece, kind in data:
            assert kind.shape is not None  # so is this
            with closing(piece.open()) as stream:
                yield from bhkssw.batches(stream, piece.name, kind.shape)

    def read() -> Iterator[Chunk]:
        return chunks(rows(), replace(options, every=True))

    provenance = cremona.CORE_PROVENANCE | bhkssw.PROVENANCE
    return Source(_name(path), "bhkssw", None, provenance, True, bhkssw.NOTE, (), read)


def _table(path: Path, options: Options, data: list[tuple[Piece, Kind]], _: list[Piece]) -> Source:
    readers: list[Callable[[], Iterator[Batch]]] = []
    total: int | None = 0
    provenance: dict[str, Provenance] = {}
    for piece, kind in data:
        if kind.shape is not None:
            columns, rows = Columns(kind.shape.names, options.mapping), None
            readers.append(partial(_delimited, piece, kind, columns))
        else:
            held: Path | bytes = piece.path or piece.whole(columnar.BUDGET)
            header, rows = columnar.header(kind.name, held)
            columns = Columns(header, options.mapping)
            readers.append(partial(columnar.batches, kind.name, held, piece.name, columns))
        if provenance and columns.provenance().keys() != provenance.keys():
            raise DatasetError(f"expected files of the same columns, {piece.name} differs from {data[0][0].name}")
        provenance = columns.provenance()
        total = total + rows if total is not None and rows is not None else None
    if not (options.every and options.conductor is None and options.ranks is None) or total is None:
        total = None
    elif options.limit is not None:
        total = min(total, options.limit)

    def read() -> Iterator[Chunk]:
        return chunks((batch for reader in readers for batch in reader()), options)

    return Source(_name(path), data[0][1].name, total, provenance, True, "", (), read)


def _delimited(piece: Piece, kind: Kind, columns: Columns) -> Iterator[Batch]:
    assert kind.shape is not None  # the caller has asked
    with closing(piece.open()) as stream:
        for block in blocks(stream, piece.name, skip=kind.header):
            given, bad = fields(block, kind.shape)
            table = columns.table({each: given[each] for each in columns.wanted}, len(given[kind.shape.names[0]]))
            yield Batch(ecdata.with_bad(table, bad), piece.name, "lines", block.first, block.last)


def _labels(found: list[Piece]) -> ecdata.Labels | None:
    return ecdata.labels((piece.name, piece.open()) for piece in found) if found else None


def _labels_at(path: Path) -> Pieces:
    if not path.exists():
        raise DatasetError(f"expected ecdata's alllabels at {path}, found nothing there")
    inside = pieces(path)
    good = tuple(each for each in inside.pieces if (kind := recognise(each.head)) and kind.name == "alllabels")
    if not good:
        raise DatasetError(f"expected ecdata's alllabels at {path}, got other files")
    return replace(inside, pieces=good)


def _with_labels(table: pa.Table, known: ecdata.Labels) -> pa.Table:
    parts = pc.extract_regex(
        table["label"].combine_chunks(), r"^(?P<conductor>[0-9]+)(?P<code>[a-z]+)(?P<number>[0-9]+)$"
    )
    columns = {name: pc.struct_field(parts, name) for name in ("conductor", "code", "number")}
    return table.append_column("lmfdb_label", known.of(ecdata.keys(columns)))


def _guarded(path: Path, read: Callable[[], Iterator[Chunk]]) -> Callable[[], Iterator[Chunk]]:
    def guarded() -> Iterator[Chunk]:
        try:
            yield from read()
        except DatasetError as error:
            raise DatasetError(f"{path}: {error}") from None
        except _BREAKS as error:
            line = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DatasetError(f"{path}: expected a readable data set; {line}") from None

    return guarded


def _family(kind: Kind) -> str:
    return "ecdata" if kind.name in ecdata.LINES else kind.name


def _name(path: Path) -> str:
    return path.name.split(".")[0] or path.name


def _few(notes: list[str]) -> list[str]:
    return notes if len(notes) <= 8 else [*notes[:8], f"and {len(notes) - 8:,} more like it"]
