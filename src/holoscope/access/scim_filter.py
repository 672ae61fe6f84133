"""The filters SCIM listings take: one comparison, `userName eq "x"` (API digest §3.16)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement

from holoscope.access.errors import BadScimFilter
from holoscope.access.people_users import fold

_FORM = re.compile(r'\s*([A-Za-z][A-Za-z0-9_.]*)\s+([A-Za-z]{2})\s+("(?:[^"\\]|\\.)*")\s*', re.ASCII)
_LONGEST = 2_000


def parse_scim_filter(
    text: str | None, columns: Mapping[str, ColumnElement[str]]
) -> ColumnElement[bool] | None:
    """Turn a filter into a condition on a column of folded text; None for no filter or an empty one.

    Args:
        text: `<attribute> eq|co "<JSON string>"`; letter case matters nowhere.
        columns: attribute names and the columns that hold their case-folded texts.

    Raises:
        BadScimFilter: anything else.
    """
    if text is None or not text.strip():
        return None
    known = " or ".join(columns)
    match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise BadScimFilter(known)
    by_name: dict[str, Any] = {name.lower(): column for name, column in columns.items()}
    column = by_name.get(match[1].lower())
    try:
        value = fold(json.loads(match[3]))
    except ValueError:
        raise BadScimFilter(known) from None
    operator = match[2].lower()
    if column is None or operator not in {"eq", "co"}:
        raise BadScimFilter(known)
    condition: ColumnElement[bool] = (
        column == value if operator == "eq" else column.contains(value, autoescape=True)
    )
    return condition
