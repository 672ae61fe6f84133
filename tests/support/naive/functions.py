"""Functions and operators of the expression reader, on Python values, NULL as None."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Bring two values to one type that Python can compare."""
    if isinstance(left, float) and isinstance(right, Decimal):
        return left, float(right)
    if isinstance(left, Decimal) and isinstance(right, float):
        return float(left), right
    times = (date, datetime)
    if isinstance(left, times) or isinstance(right, times):
        return as_time(left), as_time(right)
    return left, right


def as_time(value: Any) -> datetime:
    """A date is its midnight; an aware time its UTC clock; text is read as ISO."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return datetime(value.year, value.month, value.day)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    left, right = _alike(left, right)
    return {
        "=": lambda: left == right,
        "<>": lambda: left != right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[operator]()


def arithmetic(operator: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    if operator == "||":
        return f"{left}{right}"
    if operator == "/":
        return float(left) / float(right)
    left, right = _alike(left, right)
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    return left * right if operator == "*" else left % right


def like(text: str | None, pattern: str | None) -> bool | None:
    """SQL LIKE with % and _, no escape."""
    if text is None or pattern is None:
        return None
    wild = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(wild, text, re.DOTALL) is not None


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _nullif(left: Any, right: Any) -> Any:
    return None if compare("=", left, right) else left


def _split_part(text: str | None, by: str, index: int) -> str | None:
    if text is None:
        return None
    parts = text.split(by)
    return parts[index - 1] if index <= len(parts) else ""


def _strict(work: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if any(value is None for value in values) else work(*values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "COALESCE": _coalesce,
    "NULLIF": _nullif,
    "LOWER": _strict(str.lower),
    "UPPER": _strict(str.upper),
    "LENGTH": _strict(len),
    "ABS": _strict(abs),
    "SPLIT_PART": _split_part,
    "CONCAT": lambda *values: "".join(str(value) for value in values if value is not None),
    "CONCAT_WS": lambda by, *values: by.join(str(value) for value in values if value is not None),
}

CAST: dict[str, Callable[[Any], Any]] = {
    "DOUBLE": _strict(float),
    "INTEGER": _strict(lambda value: int(value) if isinstance(value, str) else round(value)),
    "BIGINT": _strict(lambda value: int(value) if isinstance(value, str) else round(value)),
    "VARCHAR": _strict(str),
    "DATE": _strict(lambda value: as_time(value).date()),
}
