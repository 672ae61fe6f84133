"""DuckDB's own words for types, taken apart."""

from __future__ import annotations

import re

_STRUCT = "STRUCT("
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|[^'"(),]+|.""", re.DOTALL)
_NAMED = re.compile(r"""\s*("(?:[^"]|"")*"|\S+)\s+(.+)""", re.DOTALL)


def members(native: str) -> list[tuple[str, str]]:
    """Return names and types of the members of a `STRUCT(...)`; none for any other type, lists included."""
    if not (native.startswith(_STRUCT) and native.endswith(")")):
        return []
    found = [_NAMED.fullmatch(text) for text in _split(native[len(_STRUCT) : -1])]
    return [(_unquoted(match[1]), match[2].strip()) for match in found if match is not None]


def _split(text: str) -> list[str]:
    """Split at the commas that stand in no parentheses and no quotes."""
    parts, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
