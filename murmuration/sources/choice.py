"""The files of a folder or archive that make one data set, and the notes about the others.

In a clone of ecdata, allcurves and allbsd are taken with alllabels, and the many tables beside them are left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from murmuration.errors import DatasetError
from murmuration.sources import ecdata
from murmuration.sources.kinds import Kind, recognise, seen
from murmuration.sources.pieces import Piece

_ACCEPTED = (
    "expected curves: an LMFDB download (text, CSV, GP, Sage, Magma, GAP, Oscar), CSV or another table with a header "
    "line, Parquet, Arrow, ecdata or Cremona's SQLite, PARI's elldata, Stein-Watkins or BHKSSW text"
)


@dataclass(frozen=True)
class Choice:
    """data: the files of curves, all of one family.  labels: those of ecdata's alllabels."""

    family: str
    data: tuple[tuple[Piece, Kind], ...]
    labels: tuple[Piece, ...]
    notes: tuple[str, ...]


def choose(pieces: Iterable[Piece], mapping: Mapping[str, str]) -> Choice:
    """Raises DatasetError when there are no curves, or files of two families; names the file to give instead."""
    kinds = [(piece, recognise(piece.head, mapping)) for piece in pieces]
    known = [(piece, kind) for piece, kind in kinds if kind is not None]
    labels = tuple(piece for piece, kind in known if kind.name == "alllabels")
    data = [(piece, kind) for piece, kind in known if kind.name != "alllabels" and kind.name not in ecdata.SISTER_WORDS]
    sisters = Counter(kind.name for _, kind in known if kind.name in ecdata.SISTER_WORDS)
    unknown = [piece for piece, kind in kinds if kind is None]
    if not data:
        raise DatasetError(_nothing(sisters, bool(labels), unknown))
    if any(kind.name in ecdata.WHOLE for _, kind in data):
        left = Counter(kind.name for _, kind in data if kind.name not in ecdata.WHOLE)
        if set(left) <= {*ecdata.LINES, "paricurves", "elldata"}:
            sisters += left
            data = [each for each in data if each[1].name in ecdata.WHOLE]
    families = {family(kind): piece.name for piece, kind in data}
    if len(families) > 1:
        both = " and ".join(f"{each} ({name})" for each, name in list(families.items())[:2])
        raise DatasetError(f"expected files of one kind, got {both}: give one of them")
    notes = [f"{piece.name}: skipped, of no known kind" for piece in unknown[:3]]
    notes += [f"{len(unknown) - 3:,} more files skipped, of no known kind"] if len(unknown) > 3 else []
    if sisters:
        notes.append(f"left out of ecdata: {', '.join(sisters)} ({sum(sisters.values()):,} files)")
    return Choice(next(iter(families)), tuple(data), labels, tuple(notes))


def family(kind: Kind) -> str:
    """Formats that make one data set together have one family."""
    return "ecdata" if kind.name in ecdata.LINES else kind.name


def _nothing(sisters: Mapping[str, int], labels: bool, unknown: list[Piece]) -> str:
    if sisters:
        name = next(iter(sisters))
        return (f"expected curves with their ranks, got ecdata's {name} ({ecdata.SISTER_WORDS[name]}): give allcurves "
                "or allbsd, which lie beside it")  # fmt: skip
    if labels:
        return "expected curves, got ecdata's alllabels alone: give allcurves, or use it with --labels"
    return f"{_ACCEPTED}; got {seen(unknown[0].head) if unknown else 'no file'}"
