"""Strict: JSON text as one of several dataclasses, every field there, no other, and each of its type.

The annotations of the dataclasses are the only description of valid messages, so this module cannot miss a field.
"""

import json
import math
import types
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from murmuration.errors import MessageError

MAX_TEXT = 1 << 20
"""Characters of the longest text that is read."""


def parse(text: str, kinds: Mapping[str, type[Any]]) -> Any:
    """The object whose ``type`` names one of ``kinds``. Raises MessageError with one line that names the fault."""
    if len(text) > MAX_TEXT:
        raise MessageError(f"expected a message of at most {MAX_TEXT:,} characters, got {len(text):,}")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"expected one JSON object a message, got text that is no JSON ({error})") from None
    if not isinstance(data, dict):
        raise MessageError(f"expected one JSON object a message, got {_kind(data)}")
    return built(data, kinds)


def built(data: Mapping[str, Any], kinds: Mapping[str, type[Any]]) -> Any:
    """The object of some fields whose ``type`` names one of ``kinds``. Raises MessageError as :func:`parse` does."""
    name = data.get("type")
    data = {field: value for field, value in data.items() if field != "type"}
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MessageError(f"expected a message of type {', '.join(kinds)}; got {_short(name)}")
    hints = get_type_hints(kind)
    wanted = {field.name for field in fields(kind)}
    if wanted != data.keys():
        raise MessageError(f"{name}: expected the fields {', '.join(sorted(wanted))}; got {_short(sorted(data))}")
    for field, value in data.items():
        if not _fits(value, hints[field]):
            raise MessageError(f"{name}: expected {field} to be {_words(hints[field])}, got {_short(value)}")
    return kind(**data)


def _fits(value: object, hint: Any) -> bool:
    """Whether a JSON value is of a field's type. A bool is no number here, and a number is finite."""
    origin = get_origin(hint)
    if origin is Literal:
        return value in get_args(hint)
    if origin is list:
        (item,) = get_args(hint)
        return isinstance(value, list) and all(_fits(each, item) for each in value)
    if origin in (Union, types.UnionType):
        return any(_fits(value, each) for each in get_args(hint))
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and _finite(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
    return isinstance(value, hint)


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _words(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return "one of " + ", ".join(get_args(hint))
    if get_origin(hint) is list:
        return f"a list, each item {_words(get_args(hint)[0])}"
    return {int: "a whole number", float: "a finite number", str: "text"}.get(hint, str(hint))


def _kind(value: object) -> str:
    return {list: "a list", str: "text", bool: "a boolean", type(None): "null"}.get(type(value), "a number")


def _short(value: object, most: int = 80) -> str:
    text = json.dumps(value)
    return text if len(text) <= most else text[: most - 3] + "..."
