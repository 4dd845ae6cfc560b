"""From the columns that files have to ours: by the user's mapping, else by the names that the LMFDB and Cremona use.

The LMFDB writes a-invariants as ``[0, -1, 1, -10, -20]``, PostgreSQL as ``{0,-1,1,-10,-20}``, spreadsheets as text in
quotes, and some files as five columns; torsion comes as an order or as a structure ``[2, 4]``. Titles of its text
downloads ("Label", "Conductor") are taken as the names they stand for.
"""

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.sources.rows import core
from murmuration.sources.source import Provenance

NAMES: dict[str, tuple[str, ...]] = {
    "label": ("label", "lmfdb_label", "clabel", "cremona_label", "curve"),
    "class": (),  # by the label, see _CLASS_FOR
    "conductor": ("conductor", "n"),
    "rank": ("rank", "analytic_rank"),
    "torsion": ("torsion", "torsion_order", "tors"),
    "ainvs": ("ainvs", "a_invariants", "weierstrass_coefficients", "eqn"),
}
"""Ours -> theirs, in lower case with _ for spaces; the first that a file has."""

_CLASS_FOR = {"lmfdb_label": ("lmfdb_iso", "class"), "clabel": ("ciso",), "label": ("class", "iso")}
_MODEL = ("a1", "a2", "a3", "a4", "a6")

EXTRAS: dict[str, Provenance] = {
    "lmfdb_label": "proved",
    "clabel": "proved",
    "root_number": "proved",
    "analytic_rank": "conditional",
    "regulator": "numerical",
    "real_period": "numerical",
    "special_value": "numerical",
    "tamagawa_product": "proved",
    "sha": "conditional",
    "jinv": "proved",
    "cm": "proved",
    "faltings_height": "numerical",
    "modular_degree": "proved",
}
"""Columns that are kept beside the core when a file has them."""


class Columns:
    """Which column of a file is which of ours. Raises DatasetError when there is no label or no model."""

    def __init__(self, header: Iterable[str], mapping: dict[str, str]) -> None:
        self.header = tuple(header)
        names = {plain(each): each for each in reversed(self.header)}
        exact = {each: each for each in self.header}
        self.found: dict[str, str] = {}
        for ours, theirs in mapping.items():
            if (source := exact.get(theirs, names.get(plain(theirs)))) is None:
                raise DatasetError(f"expected a column {theirs!r} for {ours}, the file has {_listed(self.header)}")
            self.found[ours] = source
        for ours, candidates in NAMES.items():
            if ours not in self.found and (known := next((each for each in candidates if each in names), None)):
                self.found[ours] = names[known]
        self._find_class(names, mapping)
        for extra in EXTRAS:
            if extra in names and extra not in self.found and names[extra] != self.found.get("label"):
                self.found[extra] = names[extra]
        self.model = [names[each] for each in _MODEL] if all(each in names for each in _MODEL) else []
        self.structure = names.get("torsion_structure") if "torsion" not in self.found else None
        lacking = [
            each for each in ("label", "ainvs") if each not in self.found and not (each == "ainvs" and self.model)
        ]
        if lacking:
            raise DatasetError(f"expected columns for {' and '.join(lacking)}, found {_listed(self.header)}: "
                               'name them with columns "label=...,ainvs=..."')  # fmt: skip

    @property
    def wanted(self) -> list[str]:
        """The columns of the file that are read at all."""
        also = ([] if "ainvs" in self.found else self.model) + ([self.structure] if self.structure else [])
        return list(dict.fromkeys([*self.found.values(), *also]))

    def provenance(self) -> dict[str, Provenance]:
        """Of each of our columns. A file's own word: conductor and model are checked row by row, ranks cannot be."""
        known: dict[str, Provenance] = {"rank": "conditional", **EXTRAS}
        return {each: known.get(each, "proved") for each in dict.fromkeys([*NAMES, *self.found])}

    def table(self, given: dict[str, pa.Array], length: int) -> pa.Table:
        """Our columns out of those of a batch."""
        ready = {ours: given[theirs] for ours, theirs in self.found.items()}
        if "ainvs" not in ready:
            inside = pc.binary_join_element_wise(*(given[each].cast(pa.string()) for each in self.model), ",")
            ready["ainvs"] = pc.binary_join_element_wise("[", inside, "]", "")
        elif pa.types.is_string(ready["ainvs"].type):
            ready["ainvs"] = _brackets(ready["ainvs"])
        if self.structure:
            ready["torsion"] = pa.array([_order(each) for each in given[self.structure].to_pylist()], pa.string())
        bare = {ours: pc.utf8_trim(each, '" ') for ours, each in ready.items() if pa.types.is_string(each.type)}
        return core(ready | bare, length)

    def _find_class(self, names: dict[str, str], mapping: dict[str, str]) -> None:
        """The class must be of the label's own labelling: Cremona's classes do not go with the LMFDB's labels."""
        own = _CLASS_FOR.get(plain(self.found.get("label", "")), ())
        if "class" not in mapping and (theirs := next((each for each in own if each in names), None)):
            self.found["class"] = names[theirs]


def plain(name: str) -> str:
    """A column's name as it is compared: LMFDB's CSV wraps it in a spreadsheet formula, its text has titles."""
    link = re.fullmatch(r'=HYPERLINK\("[^"]*", ?"([^"]*)"\)', name.strip())
    return (link[1] if link else name).strip().strip('"').lower().replace(" ", "_")


def _brackets(column: pa.Array) -> pa.Array:
    inside = pc.utf8_trim(pc.replace_substring_regex(column, r"""["' ]""", ""), "[](){}")
    return pc.binary_join_element_wise("[", inside, "]", "")


def _order(structure: object) -> str | None:
    """The order of a torsion group from its structure: [], [5], {2,4}, or a list of numbers."""
    if structure is None:
        return None
    inside = str(structure).strip().strip("[](){}\"' ")
    parts = [each.strip(" '\"") for each in inside.split(",")] if inside else []
    if len(parts) > 2 or not all(re.fullmatch(r"\d{1,2}", each) for each in parts):
        return str(structure)[:40]  # make() will name it
    order = 1
    for part in parts:
        order *= int(part)
    return str(order)


def _listed(header: tuple[str, ...]) -> str:
    return ", ".join(header[:20])[:200] or "none"
