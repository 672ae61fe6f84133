"""What a list of SCIM is narrowed to and sorted by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select

from holoscope.access.scim_errors import ScimRefused
from holoscope.access.scim_filter import parse_filter
from holoscope.access.scim_listing import Asked
from holoscope.access.scim_names import short_name
from holoscope.access.scim_sql import Attribute, Attributes, Flag, Moment, Several, Text, condition

Sorts = tuple[ColumnElement[Any], ...]


def choose(rows: Select[Any], known: Attributes, asked: Asked, kind: str) -> tuple[Select[Any], Sorts]:
    """Return the rows that the filter chooses, and what they are to be sorted by; `kind` is for people.

    Raises:
        BadScimFilter: the filter does not parse or fit.
        ScimRefused: nothing can be sorted by `sort_by`.
    """
    if asked.filter_text:
        rows = rows.where(condition(parse_filter(asked.filter_text), known))
    if not asked.sort_by:
        return rows, ()
    sorts = _sorts(known.get(short_name(asked.sort_by).removesuffix(".value")))
    if not sorts:
        raise ScimRefused(f"sortBy: {kind} cannot be sorted by {asked.sort_by[:200]!r}")
    return rows, sorts


def _sorts(attribute: Attribute | None) -> Sorts:
    """Return what to sort by for an attribute of one value, nothing for others; the e-mail stands for all."""
    if isinstance(attribute, Several) and attribute.rows is None:
        return _sorts(attribute.parts["value"])
    return attribute.sorts if isinstance(attribute, Text | Flag | Moment) else ()
