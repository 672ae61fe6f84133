"""Places in SQL text that are filled in after parsing, so that no value is ever pasted into text.

A token becomes a name, `__token_<n>`; a section becomes a call about its body, `__section_<n>(...)`.
"""

from __future__ import annotations

import re

from sqlglot import exp

_PLACE = "__token_"
_SECTION = "__section_"
_RESERVED = re.compile(r"__(?:token|section|ref)_", re.IGNORECASE)


def token_mark(number: int) -> str:
    return f"{_PLACE}{number}"


def section_mark(number: int, body: str) -> str:
    return f"{_SECTION}{number}({body})"


def token_index(node: exp.Expr) -> int | None:
    """Give n when an identifier stands for the n-th token, else None."""
    return _number(node.name, _PLACE) if isinstance(node, exp.Identifier) else None


def section_index(node: exp.Expr) -> int | None:
    """Give n when a call stands for the n-th section, else None."""
    if isinstance(node, exp.Anonymous) and isinstance(node.this, str):
        return _number(node.this.lower(), _SECTION)
    return None


def holds_mark(text: str) -> bool:
    """Tell whether a text holds a name that is kept for marks."""
    return "__" in text and _RESERVED.search(text) is not None


def _number(name: str, prefix: str) -> int | None:
    digits = name.removeprefix(prefix)
    return int(digits) if digits != name and digits.isdecimal() else None
