"""``open_source``: the data set behind a name or path, recognised by content, ready to stream."""

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import zstandard

from murmuration.errors import DatasetError
from murmuration.sources import bhkssw, columnar, cremona, downloads, ecdata, elldata, height, pari, stein_watkins
from murmuration.sources.choice import choose
from murmuration.sources.columns import FROM_LABELS, Columns
from murmuration.sources.finish import Finish
from murmuration.sources.kinds import Kind, recognise
from murmuration.sources.pieces import Piece, Pieces, pieces
from murmuration.sources.rows import Batch, Seen, chunks, with_bad
from murmuration.sources.source import Chunk, Options, Provenance, Source
from murmuration.sources.tally import Tally
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
"""Exceptions of the libraries for malformed data."""

_COMPUTED: dict[str, Provenance] = {"conductor": "proved", "root_number": "proved"}
_GENERATED: dict[str, Provenance] = dict.fromkeys(["class", "label", "ainvs"], "generated")


def open_source(spec: str | Path, options: Options = Options()) -> Source:  # noqa: B008 (frozen)
    """The data set that ``spec`` stands for: "cremona", "height:2^29.5", or a file, folder or archive.

    Raises DatasetError, in one line that begins with the spec, when there is no such thing or it is of no known kind.
    """
    if options.pari and not pari.installed():
        raise DatasetError(f"{spec}: expected PARI for conductors and root numbers, it is not installed: "
                           "pip install cypari")  # fmt: skip
    if isinstance(spec, str) and spec.startswith("height:"):
        return _height(spec, options)
    path = Path(spec)
    try:
        if spec == "cremona" and not path.exists():
            path = cremona.installed()
        if not path.exists():
            raise DatasetError(f"expected cremona, height:2^28, or a file, folder or archive; {_nothing_at(path)}")
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
    tally = Tally()

    def read() -> Iterator[Chunk]:
        whole = replace(options, every=True)
        return (
            _finished(height.batches(most, name), whole, tally)
            if options.pari
            else chunks(height.batches(most, name), whole)
        )

    known = _COMPUTED if options.pari else {}
    return Source(name, "height", total, _GENERATED | known, False, height.NOTE, (), read, tally=tally)


def _stored(path: Path, options: Options) -> Source:
    found, beside = pieces(path), _labels_at(options.labels) if options.labels else Pieces((), ())
    chosen = choose(found.pieces, options.mapping)
    labels = [*chosen.labels, *beside.pieces]
    note = "; ".join(_few([*([found.damage] if found.damage else []), *found.notes, *chosen.notes]))
    make: dict[str, Callable[..., Source]] = {
        "sqlite": _sqlite, "ecdata": _ecdata, "bhkssw": _bhkssw, "elldata": _elldata, "paricurves": _elldata,
        "stein-watkins": _stein_watkins,
    }  # fmt: skip
    source = make.get(chosen.family, _table)(path, options, list(chosen.data), labels)
    also = "; ".join(filter(None, (source.note, note)))
    used = dict.fromkeys(piece.origin for piece in (*(piece for piece, _ in chosen.data), *chosen.labels))
    files = *used, *beside.files
    provenance = source.provenance | (_COMPUTED if options.pari else {})
    return replace(source, note=also, files=files, lost=found.lost, provenance=provenance,
                   read=_guarded(path, source.read, source.tally))  # fmt: skip


def _sqlite(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    if len(data) > 1:
        raise DatasetError(f"expected one SQLite database, got {len(data)}")
    piece = data[0][0]
    held: Path | bytes = piece.path or piece.whole(columnar.BUDGET)
    known = _labels(labels)
    system = piece.path is not None and cremona.is_system(piece.path)
    # Curve 1 of a class is sound in Debian's packages. In another file it may not be: then all curves are asked for.
    asked = options if system else replace(options, every=True)
    total, provenance = cremona.survey(held, asked)
    tally = Tally()

    def read() -> Iterator[Chunk]:
        with closing(cremona.connect(held)) as connection:
            found = cremona.batches(connection, asked, piece.name)
            joined = (replace(each, table=_with_labels(each.table, known, tally)) for each in found) if known else found
            # The query has chosen ranks and window, and in a system's database the curve of each class.
            rest = replace(options, every=options.every or system, ranks=None, conductor=None)
            yield from chunks(joined, rest) if system and not options.pari else _finished(joined, rest, tally)

    if known:
        provenance = provenance | {"lmfdb_label": "proved"}
    known_total = total if options.every or system else None
    untrusted = not system or known is not None
    return Source(path.stem, "cremona", known_total, provenance, untrusted, "", (), read, tally=tally)


def _ecdata(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    known = _labels(labels)
    # allbsd holds all columns of allcurves and more: it goes first, and allcurves adds the curves it lacks.
    data = sorted(data, key=lambda each: each[1].name != "allbsd")
    tally = Tally()

    def rows() -> Iterator[Batch]:
        seen = Seen() if len(data) > 1 else None
        for piece, kind in data:
            with closing(piece.open()) as stream:
                yield from ecdata.batches(stream, piece.name, kind.name, known or ecdata.NO_LABELS, seen, tally)

    provenance = cremona.CORE_PROVENANCE | {
        name: each for name, each in ecdata.PROVENANCE.items() if known or name != "lmfdb_label"
    }
    return _source(path, "ecdata", provenance, options, rows, tally)


def _bhkssw(path: Path, options: Options, data: list[tuple[Piece, Kind]], _: list[Piece]) -> Source:
    def rows() -> Iterator[Batch]:
        for piece, kind in data:
            assert kind.shape is not None  # BHKSSW is text
            with closing(piece.open()) as stream:
                yield from bhkssw.batches(stream, piece.name, kind.shape)

    provenance = cremona.CORE_PROVENANCE | bhkssw.PROVENANCE
    return _source(path, "bhkssw", provenance, replace(options, every=True), rows, Tally(), bhkssw.NOTE)


def _elldata(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    known, tally = _labels(labels), Tally()

    def rows() -> Iterator[Batch]:
        for piece, kind in data:
            with closing(piece.open()) as stream:
                for each in elldata.batches(stream, piece.name, kind.name):
                    yield replace(each, table=_with_labels(each.table, known, tally)) if known else each

    note = "ranks are the numbers of generators; torsion is unknown"
    joined: dict[str, Provenance] = {"lmfdb_label": "proved"} if known else {}
    return _source(path, data[0][1].name, elldata.PROVENANCE | joined, options, rows, tally, note)


def _stein_watkins(path: Path, options: Options, data: list[tuple[Piece, Kind]], _: list[Piece]) -> Source:
    def rows() -> Iterator[Batch]:
        for piece, _kind in data:
            with closing(piece.open()) as stream:
                yield from stein_watkins.batches(stream, piece.name)

    note = "labels sw.N.k.m are made: the m-th curve of the k-th class of conductor N in this file"
    return _source(path, "stein-watkins", stein_watkins.PROVENANCE, options, rows, Tally(), note)


def _table(path: Path, options: Options, data: list[tuple[Piece, Kind]], labels: list[Piece]) -> Source:
    readers: list[Callable[[], Iterator[Batch]]] = []
    total: int | None = 0
    provenance: dict[str, Provenance] = {}
    notes: dict[str, None] = {}
    for number, (piece, kind) in enumerate(data, 1):
        columns, rows, read = _tabular(piece, kind, options.mapping)
        columns.prefix = f"{number}." if len(data) > 1 else ""
        readers.append(read)
        notes |= dict.fromkeys(each for each in columns.notes if not (options.pari and each == FROM_LABELS))
        if provenance and columns.provenance().keys() != provenance.keys():
            raise DatasetError(f"expected files of the same columns, {piece.name} differs from {data[0][0].name}")
        provenance = columns.provenance()
        total = total + rows if total is not None and rows is not None else None
    if not (options.every and options.conductor is None and options.ranks is None) or total is None:
        total = None
    elif options.limit is not None:
        total = min(total, options.limit)
    known, tally = _labels(labels), Tally()

    def rows_of_all() -> Iterator[Batch]:
        for reader in readers:
            for each in reader():
                yield replace(each, table=_with_labels(each.table, known, tally)) if known else each

    joined: dict[str, Provenance] = {"lmfdb_label": "proved"} if known else {}
    source = _source(path, data[0][1].name, provenance | joined, options, rows_of_all, tally, "; ".join(notes))
    return replace(source, total=total)


def _tabular(
    piece: Piece, kind: Kind, mapping: dict[str, str]
) -> tuple[Columns, int | None, Callable[[], Iterator[Batch]]]:
    """The columns of a table, how many rows it has where that is known, and its reader."""
    if kind.shape is not None:
        columns = Columns(kind.shape.names, mapping, kind.sample)
        return columns, None, partial(_delimited, piece, kind, columns)
    if kind.lists is not None:
        columns = Columns(kind.lists.names, mapping)
        return columns, None, partial(downloads.batches, piece.open, piece.name, kind.lists, columns)
    held: Path | bytes = piece.path or piece.whole(columnar.BUDGET)
    header, rows = columnar.header(kind.name, held)
    columns = Columns(header, mapping, columnar.sample(kind.name, held))
    return columns, rows, partial(columnar.batches, kind.name, held, piece.name, columns)


def _delimited(piece: Piece, kind: Kind, columns: Columns) -> Iterator[Batch]:
    assert kind.shape is not None  # the caller has asked
    row = 1
    with closing(piece.open()) as stream:
        for block in blocks(stream, piece.name, skip=kind.header):
            cut = fields(block, kind.shape)
            given = {each: cut.columns[each] for each in columns.wanted}
            table = columns.table(given, len(cut.places), row + cut.places)
            row += cut.lines
            yield Batch(with_bad(table, cut.bad), piece.name, "lines", block.first, block.last)


def _source(
    path: Path,
    kind: str,
    provenance: dict[str, Provenance],
    options: Options,
    rows: Callable[[], Iterator[Batch]],
    tally: Tally,
    note: str = "",
) -> Source:
    """A source of a stranger's rows, which are finished as they are read."""
    return Source(
        _name(path), kind, None, provenance, True, note, (), lambda: _finished(rows(), options, tally), tally=tally
    )


def _finished(batches: Iterator[Batch], options: Options, tally: Tally) -> Iterator[Chunk]:
    with Finish(tally, options.pari) as finish:
        yield from chunks(batches, options, finish)


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


def _with_labels(table: pa.Table, known: ecdata.Labels, tally: Tally) -> pa.Table:
    parts = pc.extract_regex(
        table["label"].combine_chunks(), r"^(?P<conductor>[0-9]+)(?P<code>[a-z]+)(?P<number>[0-9]+)$"
    )
    columns = {name: pc.struct_field(parts, name) for name in ("conductor", "code", "number")}
    joined = known.of(ecdata.keys(columns))
    tally.add(ecdata.UNJOINED, table["label"].filter(joined.is_null()).to_pylist())
    if "lmfdb_label" not in table.column_names:
        return table.append_column("lmfdb_label", joined)
    given = table["lmfdb_label"].combine_chunks()
    tally.add(ecdata.DIFFERS, table["label"].filter(pc.fill_null(pc.not_equal(given, joined), False)).to_pylist())
    return table.set_column(table.column_names.index("lmfdb_label"), "lmfdb_label", pc.coalesce(given, joined))


def _guarded(path: Path, read: Callable[[], Iterator[Chunk]], tally: Tally) -> Callable[[], Iterator[Chunk]]:
    def guarded() -> Iterator[Chunk]:
        tally.clear()
        try:
            yield from read()
        except DatasetError as error:
            raise DatasetError(f"{path}: {error}") from None
        except _BREAKS as error:
            line = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DatasetError(f"{path}: expected a readable data set; {line}") from None

    return guarded


def _nothing_at(path: Path) -> str:
    """That there is no such file, and the names beside it that come near."""
    folder = path.parent
    names = [each.name for each in islice(folder.iterdir(), 10_000)] if folder.is_dir() else []
    near = get_close_matches(path.name, names, 2, 0.6)
    return "found no such file" + (
        f"; did you mean {' or '.join(str(folder / each) for each in near)}?" if near else ""
    )


def _name(path: Path) -> str:
    return path.name.split(".")[0] or path.name


def _few(notes: list[str]) -> list[str]:
    return notes if len(notes) <= 8 else [*notes[:8], f"and {len(notes) - 8:,} more like it"]
