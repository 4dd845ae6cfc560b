"""Inputs: everything that the rows of a built snapshot depend on, as data.

A build finds an existing snapshot by these values and never by its description, which is for people and may be
reworded. Stores of format 2 recorded a description only; :func:`from_description` reads the values out of it.
"""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Inputs:
    """Equal inputs give equal rows.

    source:  SHA-256 of the data set, hexadecimal, as in :class:`murmuration.fingerprint.Fingerprint`.
    options: the options that select rows or name columns, as JSON values; an option at its default is absent.
    primes:  number of primes of the traces, from p = 2 on.
    """

    source: str
    options: dict[str, Any]
    primes: int

    def without(self, option: str) -> "Inputs":
        """The same inputs with one option at its default."""
        return Inputs(self.source, {key: value for key, value in self.options.items() if key != option}, self.primes)


UNRECORDED = "columns"
"""An option that selects data and that descriptions of format 2 did not mention."""

_DESCRIPTION = re.compile(
    r".* \([\w-]+"
    r"(?:, conductor (?P<low>[\d,]+) to (?P<high>[\d,]+))?"
    r"(?:, rank (?P<ranks>\d+(?:, \d+)*))?"
    r"(?P<every>, every curve)?"
    r"(?:, with the LMFDB's labels)?"  # the digest of the source covers the file of labels
    r"(?P<pari>, with conductor and root number)?"
    r"(?:, (?P<limit>[\d,]+) rows)?"
    r"\); traces at the first (?P<primes>[\d,]+) primes",
    re.DOTALL,
)


def from_description(source: str, text: str) -> Inputs | None:
    """The inputs that a description of format 2 states, but for :data:`UNRECORDED`; None for any other text."""
    found = _DESCRIPTION.fullmatch(text)
    if found is None:
        return None
    options: dict[str, Any] = {}
    if found["low"]:
        options["conductor"] = [_number(found["low"]), _number(found["high"])]
    if found["ranks"]:
        options["ranks"] = [int(rank) for rank in found["ranks"].split(", ")]
    options |= {name: True for name in ("every", "pari") if found[name]}
    if found["limit"]:
        options["limit"] = _number(found["limit"])
    return Inputs(source, options, _number(found["primes"]))


def _number(text: str) -> int:
    return int(text.replace(",", ""))
