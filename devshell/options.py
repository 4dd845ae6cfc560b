"""Options that several commands share, and how their texts are read."""

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

import murmuration as mm
from murmuration.primes import MOST
from murmuration.types import Window

EMBEDDED = Path(mm.__file__).parent.parent / "assets" / "cremona-10000.parquet"
"""One curve of each isogeny class of conductor up to 10,000, from Cremona's tables."""

_DATASET = (
    "A file, folder or archive of curves in any format of docs/formats.md, a store's folder, 'cremona' (the installed "
    "database), or 'height:2^18' (a family)."
)
File = Annotated[str | None, typer.Argument(help=_DATASET, metavar="[FILE]", show_default="embedded")]
Dataset = Annotated[str | None, typer.Option(help="The same as FILE.", show_default="embedded")]
Every = Annotated[bool, typer.Option("--every", help="All curves, not one of each isogeny class.")]
Columns = Annotated[str, typer.Option(help="The file's names of columns: label=Name,conductor=N,...")]
Labels = Annotated[Path | None, typer.Option(help="ecdata's alllabels, to join the LMFDB's labels.", metavar="FILE")]
Arithmetic = Annotated[
    bool, typer.Option("--arithmetic", help="Compute conductor and root number of every curve, by PARI.")
]
Conductor = Annotated[
    str | None, typer.Option(help="Window LOW:HIGH of conductors, both included.", metavar="LOW:HIGH")
]
Host = Annotated[
    str, typer.Option(help="Address to listen on; any but loopback switches on TLS, 0.0.0.0 is all of them.")
]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)]
AllowHost = Annotated[
    list[str],
    typer.Option("--allow-host", help="A name that a proxy in front uses; repeatable.", metavar="NAME[:PORT]"),
]
Behind = Annotated[
    str,
    typer.Option(
        "--behind",
        envvar="MURMURATION_BEHIND",
        help="The page's address in front of a proxy that strips its path; {port} stands for the port.",
        metavar="ADDRESS",
        show_default=False,
    ),
]
Frame = Annotated[
    list[str],
    typer.Option("--frame", help="Pages that may show this one in a frame; repeatable.", metavar="SOURCE"),
]
UntilEof = Annotated[
    bool, typer.Option("--until-eof", help="End when standard input ends, with the program that started this.")
]
Adb = Annotated[bool, typer.Option("--adb", help="Let a headset on USB open this server as localhost.")]
NewToken = Annotated[
    bool, typer.Option("--new-token", help="Make new tokens and revoke all browsers: each has to enter a new code.")
]
Session = Annotated[
    str | None,
    typer.Option(
        help="Folder that keeps the session from run to run, or none.",
        show_default="one for each data set",
        metavar="FOLDER|none",
    ),
]
Processor = Annotated[
    Literal["auto", "cpu", "process"],
    typer.Option(
        "--device",
        envvar="MURMURATION_DEVICE",
        help="auto: the GPU where there is one, in a process of its own; cpu; process: the CPU in one of its own.",
    ),
]
Primes = Annotated[int, typer.Option(help="How many primes, from p = 2 on.")]


def named(file: str | None, dataset: str | None) -> str | None:
    """The data set that FILE or --dataset names. Raises DatasetError when they name two."""
    if file is not None and dataset is not None and file != dataset:
        raise mm.DatasetError(f"expected one data set, got {file} and --dataset {dataset}: leave one out")
    return file if dataset is None else dataset


def checked_primes(primes: int) -> None:
    """Raises DatasetError for a number of primes that cannot be traced."""
    if not 1 <= primes <= MOST:
        raise mm.DatasetError(f"expected --primes between 1 and {MOST:,} (p < 2^20), got {primes}")


def window(text: str | None) -> Window | None:
    """A conductor window from "7500:10000". Raises DatasetError for anything else."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*(\d{1,15})\s*:\s*(\d{1,15})\s*", text)
    if match is None or int(match[1]) > int(match[2]):
        raise mm.DatasetError(f"expected --conductor LOW:HIGH such as 7500:10000, got {text[:60]!r}")
    return int(match[1]), int(match[2])
