"""The database of Balakrishnan, Ho, Kaplan, Spicer, Stein and Weigandt (arXiv 1602.01894): curves of height <= 2.7e10.

Pipe-separated text without a header, one curve a line, as the LMFDB describes its copy (EllipticCurve/Q/BHKSSW). In two
layouts: 13 columns (H, a1, a2, a3, a4, a6, p1, p2, N, Tamagawa product, n1, n2 of the torsion group, rank of the
2-Selmer group) or 22, which add the root number, bounds on the rank with the time and parameter they took, a rank by
Magma, the rank, and whether there is CM. Values that were not computed are empty. The layout is taken from that
description and its example line; none of the 238,764,310 curves was at hand to try.

Curves carry no labels there: theirs is ``b.p1.p2``, a class by itself, for y^2 = x^3 + p1 x + p2. Isogenous curves are
not known to be so: "one curve of each class" takes all.
"""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from murmuration.sources.rows import Batch, core, with_bad
from murmuration.sources.source import Provenance
from murmuration.sources.text import Shape, blocks, fields
from murmuration.sources.values import known

_MODEL = ("a1", "a2", "a3", "a4", "a6")
_SHORT = ("height", *_MODEL, "p1", "p2", "conductor", "tamagawa_product", "n1", "n2", "selmer_2_rank")
_MORE = ("root_number", "rank_bound", "mw_ub", "mw_lb", "mw_time", "delta", "magma", "rank", "cm")
SHORT, LONG = Shape("|", _SHORT), Shape("|", _SHORT + _MORE)

NOTE = "curves by height: isogenous ones are all there, and p/N is far too small for a murmuration"

PROVENANCE: dict[str, Provenance] = {
    "rank": "conditional",  # upper bounds from zeros of L-functions assume GRH and Birch and Swinnerton-Dyer
    "root_number": "proved",
    "tamagawa_product": "proved",
    "selmer_2_rank": "proved",
    "height": "proved",
    "cm": "proved",
}


def shape(line: str) -> Shape | None:
    """The layout that a line is in, if it is in one."""
    parts = line.strip().split("|")
    for each in (SHORT, LONG):
        whole = [part.strip().lstrip("-").isdigit() for part in parts[:9]]
        if len(parts) == len(each.names) and all(whole):
            return each
    return None


def batches(stream: BinaryIO, name: str, layout: Shape) -> Iterator[Batch]:
    """The curves of one file."""
    for block in blocks(stream, name):
        cut = fields(block, layout)
        if not cut.lines:
            continue
        columns = {key: known(column) for key, column in cut.columns.items()}
        length = len(columns["height"])
        label = pc.binary_join_element_wise("b", columns["p1"], columns["p2"], ".")
        inside = pc.binary_join_element_wise(*(columns[each] for each in _MODEL), ",")
        ready = {
            "class": label,
            "label": label,
            "conductor": columns["conductor"],
            "rank": columns.get("rank", pa.nulls(length, pa.string())),
            "torsion": _product(columns["n1"], columns["n2"]),
            "ainvs": pc.binary_join_element_wise("[", inside, "]", ""),
        }
        for each in ("height", "root_number", "tamagawa_product", "selmer_2_rank", "cm"):
            ready[each] = columns.get(each, pa.nulls(length, pa.string()))
        yield Batch(with_bad(core(ready, length), cut.bad), name, "lines", block.first, block.last)


def _product(left: pa.Array, right: pa.Array) -> pa.Array:
    """The order of the torsion group as text; null where a factor is missing or no small number."""
    small = "^[0-9]{1,4}$"
    good = pc.and_(pc.match_substring_regex(left, small), pc.match_substring_regex(right, small))
    factors = [pc.if_else(good, side, None).cast(pa.int64()) for side in (left, right)]
    return pc.multiply(*factors).cast(pa.string())
