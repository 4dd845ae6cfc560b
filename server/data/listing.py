"""Listings: curves as the text that Sage, PARI/GP or Magma reads, or as plain labels.

Each system gets a list of pairs, the label and the a-invariants [a1, a2, a3, a4, a6], from which it makes the curves
itself. An entry stands on a line of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

COLUMNS = ("label", "ainvs")
"""The columns of an entry."""


@dataclass(frozen=True)
class Listing:
    """media: the media type.  comment: its opening mark.  before, after: the text around the list.

    entry: the pieces around label and a-invariants.  between: the text between two entries.  hint: how to make curves.
    """

    media: str
    comment: str
    before: str
    entry: tuple[str, str, str]
    between: str
    after: str
    hint: str

    def head(self, name: str, count: int) -> str:
        """Everything before the first entry."""
        if not self.comment:  # plain labels are read by programs that expect nothing else
            return ""
        about = f"{self.comment} {_plain(name)}: {count:,} isogeny classes, a curve of each. {self.hint}\n"
        return about + self.before

    @property
    def tail(self) -> str:
        """Everything behind the last entry."""
        return self.after


LISTINGS = {
    "sage": Listing("text/x-python; charset=utf-8", "#", "curves = [\n", ('("', '", ', ")"), ",\n", "\n]\n",
                    "[EllipticCurve(a) for _, a in curves]"),
    # A statement for each curve, since GP's stack is of 8 MB at first and a vector of 40,000 does not fit.
    "gp": Listing("text/x-pari-gp; charset=utf-8", "\\\\", "curves = List();\n",
                  ('listput(curves, ["', '", ', "]);\n"), "", "", "apply(e -> ellinit(e[2]), curves)"),
    "m": Listing("text/x-magma; charset=utf-8", "//", "curves := [*\n", ('<"', '", ', ">"), ",\n", "\n*];\n",
                 "[EllipticCurve(e[2]) : e in curves]"),
    "txt": Listing("text/plain; charset=utf-8", "", "", ("", "", "\n"), "", "", ""),
}  # fmt: skip
"""The systems by suffix."""


def entries(listing: Listing, batch: pa.RecordBatch) -> Iterable[str]:
    """The entries of some curves."""
    before, middle, after = listing.entry
    parts = [before, batch["label"], *([middle, batch["ainvs"]] if middle else []), after]
    joined = pc.binary_join_element_wise(*parts, "")
    found: list[str] = joined.to_pylist()
    return found


def _plain(name: str) -> str:
    """A name that stays inside a comment of one line."""
    return "".join(each if each.isprintable() else " " for each in name)
