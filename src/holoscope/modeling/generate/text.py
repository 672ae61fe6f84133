"""YAML text of generated files: block style, two spaces, quotes where a reader needs them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ ./()-]*[A-Za-z0-9_./()-])?\Z")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def mapping_text(said: Mapping[str, Any]) -> str:
    """Return a mapping as a document; an empty line stands before each section of fields."""
    lines: list[str] = []
    for key, value in said.items():
        if isinstance(value, Mapping) and lines:
            lines.append("")
        lines.extend(_entry(key, value, ""))
    return "\n".join(lines) + "\n"


def list_text(items: Sequence[Mapping[str, Any]]) -> str:
    """Return a list of mappings as a document."""
    if not items:
        return "[]\n"
    lines: list[str] = []
    for item in items:
        inner = [line for key, value in item.items() for line in _entry(key, value, "  ")]
        lines.append("- " + inner[0][2:])
        lines.extend(inner[1:])
    return "\n".join(lines) + "\n"


def scalar_text(value: object) -> str:
    """Write one value: plain, in single quotes, or with escapes where it holds what cannot be seen."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return "null" if value is None else str(value)
    if _PLAIN.match(value) and value.lower() not in _WORDS:
        return value
    if value and value.isprintable() and "'" not in value:
        return f"'{value}'"
    return "".join(
        letter if letter.isprintable() else _escaped(letter)
        for letter in json.dumps(value, ensure_ascii=False)
    )


def _escaped(letter: str) -> str:
    code = ord(letter)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _entry(key: str, value: object, indent: str) -> Iterator[str]:
    name = scalar_text(key)
    if isinstance(value, Mapping):
        if not value:
            yield f"{indent}{name}: {{}}"
            return
        yield f"{indent}{name}:"
        for inner, item in value.items():
            yield from _entry(inner, item, indent + "  ")
    elif isinstance(value, (list, tuple)):
        yield f"{indent}{name}: [{', '.join(map(scalar_text, value))}]"
    else:
        yield f"{indent}{name}: {scalar_text(value)}"
