"""Format texts that read other fields: `{{orders.currency}} 0.00` (modeling digest §10)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from holoscope.modeling.fields import ConditionalFormat

_FIELD = re.compile(r"\{\{\s*([^\s{}]+)\s*\}\}")
_FIRST = 0xE000
_MOST = 64
_CHAIN = 5

Format = str | ConditionalFormat


def fields_in(text: str) -> tuple[str, ...]:
    """Name the fields that a format text reads from each row, as they are written."""
    return tuple(dict.fromkeys(_FIELD.findall(text))) if "{{" in text else ()


def with_marks(text: str) -> str:
    """Replace each field by a mark that patterns print as it is; the n-th field has the n-th mark."""
    names = fields_in(text)[:_MOST]
    return _FIELD.sub(lambda found: mark(names.index(found[1])) if found[1] in names else "", text)


def mark(number: int) -> str:
    """Give the mark of the n-th field of a format text."""
    return chr(_FIRST + number)


def looked_up(format: Format | None, custom: Mapping[str, Format]) -> Format | None:
    """Replace the name of a custom format by what it stands for; names in any letter case."""
    for _ in range(_CHAIN):
        if not isinstance(format, str):
            return format
        found = custom.get(format) or next(
            (value for name, value in custom.items() if name.lower() == format.lower()), None
        )
        if found is None:
            return format
        format = found
    return None


def texts_of(format: Format | None) -> tuple[str, ...]:
    """List the texts a format may choose from."""
    if format is None or isinstance(format, str):
        return () if format is None else (format,)
    return tuple(
        text for text in (*(text for _, text in format.conditions), format.otherwise) if text is not None
    )
