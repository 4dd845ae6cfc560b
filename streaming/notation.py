"""Types of messages in TypeScript's notation, for the client's types and for the document."""

import types
from typing import Any, Literal, Union, get_args, get_origin


def notation(hint: Any) -> str:
    """A type hint as TypeScript writes it."""
    if get_origin(hint) is Literal:
        return " | ".join(f'"{value}"' for value in get_args(hint))
    if get_origin(hint) is list:
        item = notation(get_args(hint)[0])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if get_origin(hint) in (Union, types.UnionType):
        return " | ".join(notation(each) for each in get_args(hint))
    plain = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null"}
    return plain.get(hint) or str(hint.__name__)
