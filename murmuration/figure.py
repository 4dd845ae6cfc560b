"""The printed figure of murmuration averages: light background, 8-point text, error bands, counts in the legend.

The colours are those of Okabe and Ito, which colour-blind readers can tell apart. Equal averages give equal bytes:
files hold no date, and ids are fixed.
"""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import pyarrow as pa
import pyarrow.compute as pc
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from murmuration.averages import Against
from murmuration.table import UNKNOWN

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa4c83", "#8a7a00", "#56b4e9", "#5a6270")

_STYLE: dict[Any, Any] = {
    "font.size": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "murmuration",
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
}

_WORDS = {"rank": "rank", "root_number": "root number", "torsion": "torsion order"}
_LABELS = {"n": "$n$ (index of the prime $p_n$)", "p": "prime $p$", "p/N": "$p\\,/\\,N$"}


def save(means: pa.Table, subject: str, by: str, curves: dict[int, int], axis: Against, path: Path) -> list[Path]:
    """Write averages as ``path``.png (300 dpi) and ``path``.svg; returns both paths.

    ``means`` is the table of :func:`average` (axis "n" or "p") or :func:`average_by_ratio` (axis "p/N") for ``by``;
    ``curves`` holds the number of curves with each value; ``subject`` names the set of curves in the title. Values with
    fewer than 50 curves stand in the legend only: their band would hide the rest.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6.3, 3.4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for index, (value, count) in enumerate(sorted(curves.items())):
            name = "unknown" if value == UNKNOWN else str(value)
            label = f"{_WORDS[by]} {name}: {count:,} curve{'s' if count > 1 else ''}"
            rows = means.filter(pc.equal(means["value"], value))
            _draw(axes, rows, axis, COLOURS[index % len(COLOURS)], label, drawn=count >= 50)
        axes.axhline(0, color="#9aa4b2", linewidth=0.5, zorder=0)
        axes.set_xlabel(_LABELS[axis])
        axes.set_ylabel("mean of $a_p$" if axis != "n" else "mean of $a_{p_n}$")
        axes.set_xlim(left=0)
        axes.margins(x=0.01)
        axes.set_title(f"{subject}; bands are ±2 standard errors", fontsize=8, loc="left")
        axes.legend(frameon=False, markerscale=2.5, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.16))
        files = [path.with_suffix(".png"), path.with_suffix(".svg")]
        figure.savefig(files[0], dpi=300, metadata={"Software": None})
        figure.savefig(files[1], metadata={"Date": None})
    return files


def _draw(axes: Any, means: pa.Table, axis: Against, colour: str, label: str, drawn: bool) -> None:
    x = means[{"n": "n", "p": "prime", "p/N": "ratio"}[axis]].to_numpy()
    mean, stderr = means["mean"].to_numpy(), means["stderr"].to_numpy()
    if not drawn:
        axes.plot([], [], ".", color=colour, label=f"{label} (not drawn)")
        return
    axes.fill_between(x, mean - 2 * stderr, mean + 2 * stderr, color=colour, alpha=0.18, linewidth=0, step="mid")
    axes.plot(x, mean, ".", color=colour, markersize=2.2, markeredgewidth=0, label=label)
