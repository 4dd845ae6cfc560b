"""The reference part of docs/protocol.md: every message and every frame, from their definitions.

`python -m streaming.generate` writes the text between the two marks of the document; everything else there is written
by hand.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pyarrow as pa

from streaming import frames, messages
from streaming.notation import notation
from streaming.samples import sample

DOCUMENT = Path(__file__).parent.parent / "docs" / "protocol.md"
BEGIN = "<!-- From here to the next mark: written by python -m streaming.generate. -->"
END = "<!-- From here on: written by hand. -->"

MAKERS: dict[frames.Kind, tuple[Callable[..., Any], ...]] = {
    "points": (frames.points,),
    "mask": (frames.mask,),
    "trace": (frames.trace, frames.by_ratio),
    "wireframe": (frames.wireframe,),
    "progress": (frames.progress,),
}
"""The functions that make the batch of each kind of frame, one for each of its schemas."""


def document(current: str) -> str:
    """The document with its reference renewed. Raises ValueError when a mark is missing."""
    before, begin, rest = current.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name}: expected both marks, {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{_reference()}\n{END}{after}"


def _reference() -> str:
    client, server = get_args(messages.ClientMessage), get_args(messages.ServerMessage)
    parts = ["### From the client", *map(_message, client), "### From the server", *map(_message, server)]
    parts += ["### Parts of messages", *map(_part, messages.PARTS), "### Frames", _words(frames.Header), *_frames()]
    return "\n\n".join(parts) + "\n"


def _message(kind: type[Any]) -> str:
    editor = " *(needs the editor's token)*" if kind in messages.EDITING else ""
    example = f"```json\n{messages.dumps(sample(kind))}\n```"
    return "\n\n".join([f"#### `{kind.__name__.lower()}`{editor}", _words(kind), _fields(kind), example])


def _part(kind: type[Any]) -> str:
    return f"#### {kind.__name__}\n\n{_words(kind)}\n\n{_fields(kind)}"


def _words(kind: type[Any] | Callable[..., Any]) -> str:
    """A docstring as Markdown: paragraphs of one line, names of messages as they are on the wire."""
    text = inspect.getdoc(kind) or ""
    text = re.sub(r":class:`(\w+)`", lambda found: f"`{found[1].lower()}`", text).replace("``", "`")
    text = re.sub(r":data:`([\w.]+)\.(\w+)`", lambda found: _value(import_module(found[1]), found[2]), text)
    text = re.sub(r"\b(?:LEAST_BUDGET|MOST_BUDGET|MOST_MARKS)\b", lambda found: _value(messages, found[0]), text)
    text = re.sub(r"\b(?:MAX_FRAME|ROLES)\b", lambda found: _value(frames, found[0]), text)
    return re.sub(r"\n(?!\n|- )(?<!\n\n)\s*", " ", text)


def _value(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    return f"{value:,}" if isinstance(value, int) else f"({', '.join(map(str, value))})"


def _fields(kind: type[Any]) -> str:
    hints = get_type_hints(kind)
    rows = [f"| `{field.name}` | `{_cell(hints[field.name])}` |" for field in fields(kind)]
    return "\n".join(["| field | type |", "|---|---|", *rows]) if rows else "No fields."


def _cell(hint: Any) -> str:
    return notation(hint).replace("|", "\\|")  # which would else end the cell


def _frames() -> list[str]:
    return [
        f"#### {kind}\n\n" + "\n\n".join(map(_columns, frames.SCHEMAS[kind], makers)) for kind, makers in MAKERS.items()
    ]


def _columns(schema: pa.Schema, make: Callable[..., Any]) -> str:
    rows = [f"| `{field.name}` | `{field.type}` |" for field in schema]
    return _words(make) + "\n\n" + "\n".join(["| column | Arrow type |", "|---|---|", *rows])
