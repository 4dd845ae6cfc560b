"""The certificate: random traces computed again by an independent method, and the result.

The independent method is PARI if cypari is installed, otherwise the definition, -sum of chi(x^3 + a x + b), with no
table and no transform in common with :mod:`murmuration.traces.twists`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec

import numpy as np

from murmuration import primes as _primes
from murmuration.errors import StoreError
from murmuration.store.view import SnapshotView, trace_fields, values_of

SHOWN = 20
"""Number of wrong traces that a certificate lists."""


@dataclass(frozen=True)
class Certificate:
    """The result of a spot check of a snapshot.

    wrong: number of wrong traces among the ``pairs`` (row, prime).
    shown: the first of them, as (row, prime, found, expected).
    by:    "pari", or "character sums". ``seed`` and ``pairs`` reproduce the same rows and primes.
    """

    snapshot: int
    pairs: int
    seed: int
    wrong: int
    shown: tuple[tuple[int, int, int, int], ...]
    by: str
    seconds: float
    created: str

    def to_json(self) -> str:
        """Canonical JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Certificate":
        """The inverse of :meth:`to_json`."""
        fields = json.loads(text)
        shown = tuple((row, p, found, expected) for row, p, found, expected in fields.pop("shown"))
        return Certificate(**fields, shown=shown)


def verify(view: SnapshotView, pairs: int, seed: int | None = None) -> Certificate:
    """Recompute ``pairs`` traces at random rows and primes. The snapshot needs the columns ainvs and traces."""
    fields = trace_fields(view.schema)
    if pairs < 1 or not fields or "ainvs" not in view.schema.names:
        raise StoreError(f"{view.name}: expected ainvs, traces and at least one pair to verify, got {pairs} pairs of "
                         f"{', '.join(view.schema.names)}")  # fmt: skip
    began = time.monotonic()
    seed = int(np.random.SeedSequence().entropy) % 2**32 if seed is None else seed  # type: ignore[arg-type]
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.integers(0, len(view), pairs))
    primes = _primes.first(sum(field.type.list_size for field in fields))
    chosen = rng.integers(0, len(primes), pairs)
    by, oracle = _oracle()
    bad = []
    names = ["ainvs", *(field.name for field in fields)]
    for start in range(0, pairs, 4096):
        part = slice(start, start + 4096)
        held = view.take(rows[part], names)
        found = values_of(held, fields)[np.arange(len(held)), chosen[part]].tolist()
        drawn = rows[part].tolist(), primes[chosen[part]].tolist()
        for row, p, text, a in zip(*drawn, held["ainvs"].to_pylist(), found, strict=True):
            expected = oracle(text, p)
            if expected != a:
                bad.append((row, p, a, expected))
    return Certificate(
        view.snapshot.number, pairs, seed, len(bad), tuple(bad[:SHOWN]), by, round(time.monotonic() - began, 3),
        datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def _oracle() -> tuple[str, Callable[[str, int], int]]:
    if find_spec("cypari") is None:
        return "character sums", _by_sums
    from cypari import pari  # optional

    return "pari", lambda text, p: int(pari(f"ellap(ellinit({text}), {p})"))


def _by_sums(text: str, p: int) -> int:
    """a_p as p minus the affine points of the long Weierstrass model, singular point included."""
    a1, a2, a3, a4, a6 = (int(a) % p for a in text[1:-1].split(","))
    x = np.arange(p, dtype=np.int64)
    if p == 2:
        y = x[:, None]
        return 2 - int(((y * y + a1 * x * y + a3 * y - (x**3 + a2 * x * x + a4 * x + a6)) % 2 == 0).sum())
    square = np.full(p, -1, dtype=np.int64)
    square[x * x % p] = 1
    square[0] = 0
    # y^2 + (a1 x + a3) y = f(x) has 1 + chi((a1 x + a3)^2 + 4 f(x)) solutions y.
    f = ((x + a2) * x % p + a4) * x % p + a6
    return -int(square[((a1 * x + a3) % p) ** 2 % p + 4 * f % p - p].sum())
