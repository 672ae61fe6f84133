"""The query as we understood it, sent back in each job line.

The documented sample wraps it as `{"model_job": {...snake_case...}}`; clients that were looked at
ignore it (query digest §1.4), so we follow the sample, with every documented key present.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HIGH_LIMIT_ROWS = 50_000
_NAMES = {
    "modelId": "model_id",
    "userEditedSQL": "user_edited_sql",
    "rewriteSql": "rewrite_sql",
    "dbtMode": "dbt_mode",
    "sqlSortsEnabled": "sql_sorts_enabled",
    "staticQueryReferences": "query_references",
    "dimensionIndex": "dimension_index",
    "manualSort": "manual_sort",
}
_DEFAULTS: Mapping[str, Any] = {
    "model_id": None,
    "table": "",
    "join_paths_from_topic_name": "",
    "fields": [],
    "filters": {},
    "sorts": [],
    "limit": None,
    "offset": 0,
    "pivots": [],
    "column_limit": 50,
    "calculations": [],
    "fill_fields": [],
    "column_totals": {},
    "row_totals": {},
    "custom_summary_types": {},
    "user_edited_sql": "",
    "default_group_by": True,
    "join_via_map": {},
    "controls": [],
    "period_over_period_computations": [],
    "metadata": {},
    "query_references": {},
    "version": 9,
}
_OPTIONAL = frozenset(
    {
        "rewrite_sql", "parsed", "dbt_mode", "sql_sorts_enabled", "dimension_index", "manual_sort",
        "transposed_measures", "model_extension_id", "client_result_id",
    }
)  # fmt: skip


def echo(query: Mapping[str, Any], model_id: str, limit_rows: int | None) -> dict[str, Any]:
    """Return the echo of a wire query; a limit above 50,000 rows is shown as null, as upstream does."""
    told = dict(_DEFAULTS)
    for key, value in query.items():
        name = _NAMES.get(key, key)
        if name in _OPTIONAL or (name in told and value is not None):
            told[name] = value
    told["model_id"] = model_id
    told["limit"] = None if limit_rows is None or limit_rows > _HIGH_LIMIT_ROWS else limit_rows
    return {"model_job": told}
