"""The keys of a query object that are about hand-written SQL (query digest §2.1, §4.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.query.filters.wire_values import read_bool

_DO_NOT_PARSE = re.compile(r"^\s*--\s*DO NOT PARSE\b", re.IGNORECASE | re.MULTILINE)
_ON_TOP = ("sorts", "calculations", "column_totals")
_IGNORED = (
    "pivots",
    "fill_fields",
    "row_totals",
    "period_over_period_computations",
    "transposed_measures",
    "controls",
    "custom_summary_types",
    "join_via_map",
    "staticQueryReferences",
    "query_references",
    "offset",
)
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class SqlText:
    """Hand-written SQL. Unless `verbatim` it is read against the model; `is_dbt` SQL is a dbt template.

    `is_topped`: sorts, calculations or totals go over its result.
    """

    text: str
    verbatim: bool = False
    is_dbt: bool = False
    is_topped: bool = False


def read_sql(body: Mapping[str, Any]) -> SqlText | None:
    """Find the SQL that a query object brings, None when it brings none.

    Raises:
        BadRequest: a key has the wrong shape, or the text is longer than 200,000 characters.
    """
    text = body.get("userEditedSQL")
    if text is not None and not isinstance(text, str):
        raise BadRequest("Bad Request: query.userEditedSQL: Invalid input: expected string")
    text = (text or "").strip()
    if not text:
        return None
    if len(text) > _LONGEST:
        raise BadRequest(f"Bad Request: query.userEditedSQL: more than {_LONGEST} characters")
    if "\x00" in text:
        raise BadRequest("Bad Request: query.userEditedSQL: holds a NUL character")
    is_dbt = read_bool(body.get("dbtMode"), "query.dbtMode")
    may_read = [read_bool(body.get(key), f"query.{key}", default=True) for key in ("rewriteSql", "parsed")]
    as_written = is_dbt or not all(may_read) or _DO_NOT_PARSE.search(text) is not None
    sorts_enabled = read_bool(body.get("sqlSortsEnabled"), "query.sqlSortsEnabled")
    return SqlText(text, as_written, is_dbt, sorts_enabled and any(body.get(key) for key in _ON_TOP))


def as_sql_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a query object asks of a model query alone: SQL jobs do not look at it.

    Sorts, calculations and totals stay only where `sqlSortsEnabled` puts them on top of the SQL.
    """
    kept = {key: value for key, value in body.items() if key not in _IGNORED}
    kept["limit"] = None
    if kept.get("fields") is None:
        kept["fields"] = []
    if not read_bool(body.get("sqlSortsEnabled"), "query.sqlSortsEnabled"):
        for key in _ON_TOP:
            kept.pop(key, None)
    return kept
