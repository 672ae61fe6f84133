"""The sentence a client reads when a request does not have the documented shape (API digest §1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")
_PLACES = {"query", "path", "body", "header"}
_EXPECTED = {
    "bool_parsing": "boolean",
    "bool_type": "boolean",
    "int_parsing": "number",
    "int_type": "number",
    "int_from_float": "integer",
    "float_parsing": "number",
    "float_type": "number",
    "string_type": "string",
    "list_type": "array",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
}


def sentence(errors: Iterable[Mapping[str, Any]]) -> str:
    """Join every complaint into one line; unknown keys come last, together, as `formErrors`."""
    complaints: list[str] = []
    unknown: dict[str, list[str]] = {}
    for error in errors:
        where = [str(part) for part in error["loc"]]
        whole = "formErrors" if where == ["query"] else "body"
        if where and where[0] in _PLACES:
            where = where[1:]
        if error["type"] == "extra_forbidden":
            unknown.setdefault(".".join(where[:-1]) or "formErrors", []).append(where[-1])
        elif error["type"] == "json_invalid":
            return "Bad Request: Invalid JSON"
        else:
            complaints.append(f"{'.'.join(where) or whole}: {_reason(error)}")
    for path, keys in unknown.items():
        names = ", ".join(f"'{key}'" for key in keys)
        complaints.append(f"{path}: Unrecognized key(s) in object: {names}")
    return "Bad Request: " + "; ".join(complaints)


def unrecognized(keys: Iterable[str]) -> str:
    """Say which keys of a query string nobody knows."""
    names = ", ".join(f"'{key}'" for key in keys)
    return f"Bad Request: formErrors: Unrecognized key(s) in object: {names}"


def kind_of(value: object) -> str:
    """Name a JSON value's type as the messages do."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list | tuple):
        return "array"
    return "null" if value is None else "object"


def _reason(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "missing":
        return "Required"
    if kind in {"literal_error", "enum"}:
        options = " | ".join(f"'{option}'" for option in _QUOTED.findall(error["ctx"]["expected"]))
        return f"Invalid enum value. Expected {options}, received '{error['input']}'"
    if kind in _EXPECTED:
        return f"Expected {_EXPECTED[kind]}, received {kind_of(error['input'])}"
    text = str(error["msg"])
    return text.removeprefix("Value error, ")
