"""From the columns of a file to the columns of this library.

A column is found by the user's mapping, else by the names that the LMFDB and Cremona use, else by a guess: by a common
other name of the same thing, or by values that look like models or labels. A guess is always put into the notes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from murmuration.errors import DatasetError
from murmuration.sources.rows import CLASS_OF, conductor_of, core
from murmuration.sources.source import Provenance
from murmuration.sources.values import known, models, orders, whole
from murmuration.types import Int64s

NAMES: dict[str, tuple[str, ...]] = {
    "label": ("label", "lmfdb_label", "clabel", "cremona_label", "curve"),
    "class": (),  # by the label, see _CLASS_FOR
    "conductor": ("conductor", "n"),
    "rank": ("rank", "analytic_rank"),
    "torsion": ("torsion", "torsion_order", "tors", "torsion_structure"),
    "ainvs": ("ainvs", "a_invariants", "weierstrass_coefficients", "weierstrass_equation", "eqn"),
}
"""Ours -> theirs, in lower case with _ for spaces; the first that a file has."""

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "label": ("name", "curvelabel", "curvename", "curveid", "eclabel", "ecname", "lmfdb", "cremona", "id"),
    "conductor": ("cond", "conductors", "conductorn", "conductorofcurve", "level", "ncond"),
    "rank": ("mwrank", "mordellweilrank", "algebraicrank", "arithmeticrank", "rk", "r", "ranks", "ellrank"),
    "torsion": ("torsionsize", "torsionsubgroup", "torsiongroup", "torsionsubgrouporder", "torsorder", "torsionn",
                "ntors", "ntorsion", "tor", "torsionpoints", "torsioncardinality"),
    "ainvs": ("ainv", "ainvariant", "ai", "weierstrass", "weierstrassmodel", "weierstrasscoeffs", "minimalmodel",
              "model", "equation", "curveequation", "coefficients", "coeffs", "curvecoefficients", "ec", "e"),
}  # fmt: skip
"""Ours -> common other names, letters and digits only. Each is a guess."""

FROM_LABELS = "no column of conductors: they are read off the labels"

_CLASS_FOR = {
    "lmfdb_label": ("lmfdb_iso", "class"),
    "clabel": ("ciso",),
    "cremona_label": ("cremona_iso",),
    "label": ("class", "iso", "isogeny_class"),
}
_MODEL = ("a1", "a2", "a3", "a4", "a6")
_SHORT = (("a4", "a6"), ("a", "b"))

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

_WHOLE = ("conductor", "rank", "root_number", "analytic_rank", "tamagawa_product", "cm", "modular_degree")

_INTEGER = r"""["' ]*-?\d+(\.0*)?["' ]*"""
_LOOKS_LIKE_A_MODEL = re.compile(rf"""["' ]*[\[({{]?{_INTEGER}([,; ]{_INTEGER}){{4}}[\])}}]?["' ]*""")
_LOOKS_LIKE_A_LABEL = re.compile(CLASS_OF)


class Columns:
    """Which column of a file is which of ours. Raises DatasetError when there is no model.

    sample: the first values of each column, as text, for guesses.
    notes:  the guesses, and the columns that are made because the file has none.
    rows:   whether labels are made from row numbers.
    """

    def __init__(
        self, header: Iterable[str], mapping: dict[str, str], sample: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.header = tuple(header)
        self.notes: list[str] = []
        sample = sample or {}
        names = {plain(each): each for each in reversed(self.header)}
        exact = {each: each for each in self.header}
        self.found: dict[str, str] = {}
        for ours, theirs in mapping.items():
            if (source := exact.get(theirs, names.get(plain(theirs)))) is None:
                raise DatasetError(f"expected a column {theirs!r} for {ours}, the file has {_listed(self.header)}")
            self.found[ours] = source
        models_ = {each for each in self.header if _all_like(sample.get(each, ()), _LOOKS_LIKE_A_MODEL)}
        for ours, candidates in NAMES.items():
            usual = [names[each] for each in candidates if each in names]
            if ours not in self.found and (usual := [each for each in usual if ours == "ainvs" or each not in models_]):
                self.found[ours] = usual[0]
        self.model: list[str] = []
        if "ainvs" not in self.found:
            self.model = [names[each] for each in _MODEL] if all(each in names for each in _MODEL) else []
        self._guess(names, sample)
        self.code, self.number = False, ""
        self.prefix = ""  # of labels made from rows, to tell the files of a folder apart
        self._find_class(names, mapping, sample)
        for extra in EXTRAS:
            if extra in names and extra not in self.found and names[extra] != self.found.get("label"):
                self.found[extra] = names[extra]
        if "ainvs" not in self.found and not self.model:
            raise DatasetError(f"expected a column of models, found {_listed(self.header)}: "
                               'name it with columns "ainvs=..."')  # fmt: skip
        self._missing()

    @property
    def wanted(self) -> list[str]:
        """The columns of the file that are read at all."""
        return list(dict.fromkeys([*self.found.values(), *self.model, *([self.number] if self.number else [])]))

    def provenance(self) -> dict[str, Provenance]:
        """Of each of our columns. A file's own word: conductor and model are checked row by row, ranks cannot be."""
        stated: dict[str, Provenance] = {"rank": "conditional", **EXTRAS}
        names = dict.fromkeys([*NAMES, *self.found, *(["lmfdb_label"] if self._lmfdb else [])])
        return {each: stated.get(each, "proved") for each in names}

    def table(self, given: dict[str, pa.Array], length: int, places: Int64s | int = 1) -> pa.Table:
        """Our columns from the columns of a batch; ``places``: the row number of each row, or of the first."""
        ready = {ours: given[theirs] for ours, theirs in self.found.items()}
        if self.rows:
            numbers = places + np.arange(length) if isinstance(places, int) else places
            ready["label"] = pc.binary_join_element_wise(f"row.{self.prefix}", pa.array(numbers).cast(pa.string()), "")
        if self.model:
            parts = [known(given[each].cast(pa.string())) for each in self.model]
            parts = [pa.array(["0"] * length)] * (5 - len(parts)) + parts
            ready["ainvs"] = pc.binary_join_element_wise("[", pc.binary_join_element_wise(*parts, ","), "]", "")
        ready["ainvs"] = models(ready["ainvs"].cast(pa.string()))
        if "torsion" in ready:
            ready["torsion"] = orders(ready["torsion"])
        for name in _WHOLE:
            if name in ready:
                ready[name] = whole(ready[name])
        texts = {name: known(each) for name, each in ready.items() if name != "ainvs" and pa.types.is_string(each.type)}
        ready |= texts
        if self.code:
            ready["class"] = pc.binary_join_element_wise(ready["conductor"].cast(pa.string()), ready["class"], "")
        if self.number:
            number = whole(given[self.number]).cast(pa.string())
            ready["label"] = pc.binary_join_element_wise(ready["class"], number, "")
        ready["label"] = ready["label"].cast(pa.string())
        if "conductor" not in ready and not self.rows:
            ready["conductor"] = conductor_of(ready["label"])
        if self._lmfdb:
            ready["lmfdb_label"] = ready["label"]
        return core(ready, length)

    @property
    def _lmfdb(self) -> bool:
        """Whether the labels are the LMFDB's by the name of their column."""
        return plain(self.found.get("label", "")) == "lmfdb_label" and "lmfdb_label" not in self.found

    def _find_class(self, names: dict[str, str], mapping: dict[str, str], sample: Mapping[str, Sequence[str]]) -> None:
        """The class must be of the label's own labelling: Cremona's classes do not go with the LMFDB's labels."""
        own = _CLASS_FOR.get(plain(self.found.get("label", "label")), ())
        if "class" not in mapping and (theirs := next((each for each in own if each in names), None)):
            self.found["class"] = names[theirs]
        coded = _all_like(sample.get(self.found.get("class", ""), ()), re.compile("[A-Za-z]{1,4}"))
        self.code = coded and "conductor" in self.found
        number = next((names[each] for each in ("number", "curve_number", "num") if each in names), None)
        if self.code and number and "label" not in self.found:
            self.number = number
            self.notes.append(f"labels put together from conductor, {self.found['class']!r} and {number!r}")

    def _guess(self, names: dict[str, str], sample: Mapping[str, Sequence[str]]) -> None:
        """Columns that are not found by their names: by other names, models and labels also by their values."""
        taken = {*self.found.values(), *self.model}
        others = {_letters(each): name for each, name in reversed(names.items()) if name not in taken}
        for ours, candidates in OTHER_NAMES.items():
            if ours in self.found or (ours == "ainvs" and self.model):
                continue
            named = [others[each] for each in candidates if each in others]
            if ours in ("ainvs", "label"):
                pattern = _LOOKS_LIKE_A_MODEL if ours == "ainvs" else _LOOKS_LIKE_A_LABEL
                alike = [each for each in others.values() if _all_like(sample.get(each, ()), pattern)]
                named = alike or (named if ours == "ainvs" else [each for each in named if not _numeric(sample, each)])
            if named:
                self.found[ours] = named[0]
                self.notes.append(f"column {named[0]!r} taken as {ours}")
                others = {each: name for each, name in others.items() if name != named[0]}
        if "ainvs" not in self.found and not self.model:
            numbered = [others[each] for each in _MODEL if each in others]
            short = next(([others[x], others[y]] for x, y in _SHORT if x in others and y in others), [])
            self.model = numbered if len(numbered) == 5 else short
            if self.model:
                self.notes.append(f"columns {', '.join(self.model)} taken as the model")

    def _missing(self) -> None:
        self.rows = "label" not in self.found and not self.number
        if self.rows:
            alone = "" if "class" in self.found else ", and each curve is a class of its own"
            self.notes.append(f"no column of labels: labels are made from the rows{alone}")
        elif "conductor" not in self.found:
            self.notes.append(FROM_LABELS)


def plain(name: str) -> str:
    """A column's name as it is compared: LMFDB's CSV wraps it in a spreadsheet formula, its text has titles."""
    link = re.fullmatch(r'=HYPERLINK\("[^"]*", ?"([^"]*)"\)', name.strip())
    return (link[1] if link else name).strip("\ufeff \t\"'").lower().replace(" ", "_")


def looks_like_a_model(text: str) -> bool:
    """Whether a value is five whole numbers, in any brackets or none."""
    return _LOOKS_LIKE_A_MODEL.fullmatch(text[:300]) is not None


def known_names(header: Iterable[str], mapping: dict[str, str]) -> int:
    """How many of a file's columns have a name that says something: the mapping's, the usual ones, or other ones."""
    usual = {name for names in NAMES.values() for name in names} | EXTRAS.keys() | {*_MODEL, "lmfdb_iso", "ciso"}
    other = {name for names in OTHER_NAMES.values() for name in names} | {"a", "b"}
    mapped = {plain(each) for each in mapping.values()}
    return sum(plain(each) in usual or plain(each) in mapped or _letters(plain(each)) in other for each in header)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name)


def _all_like(values: Sequence[str], pattern: re.Pattern[str]) -> bool:
    said = [each for each in values if each]
    return bool(said) and all(pattern.fullmatch(each[:300]) for each in said)


def _numeric(sample: Mapping[str, Sequence[str]], name: str) -> bool:
    """Whether a column holds plain numbers, such as a row index named "id"."""
    return _all_like(sample.get(name, ()), re.compile(r"-?\d+(\.0*)?"))


def _listed(header: tuple[str, ...]) -> str:
    return ", ".join(map(plain, header[:20]))[:200] or "none"
