"""Query objects of older servers, exports and people, in the one documented spelling (query digest §2.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMES = ("name", "field", "column_name", "field_name", "fieldName")
_WRAPPERS = ("model_job", "queryJson", "query_json")
_KNOWN = (
    "modelId", "table", "join_paths_from_topic_name", "fields", "filters", "sorts", "limit", "offset",
    "pivots", "column_limit", "calculations", "fill_fields", "column_totals", "row_totals",
    "custom_summary_types", "userEditedSQL", "rewriteSql", "parsed", "dbtMode", "sqlSortsEnabled",
    "staticQueryReferences",
    "query_references", "default_group_by", "join_via_map", "controls", "period_over_period_computations",
    "metadata", "dimensionIndex", "manualSort", "transposed_measures", "model_extension_id",
    "client_result_id", "version",
)  # fmt: skip
_OTHER = {
    "topic": "join_paths_from_topic_name",
    "topicName": "join_paths_from_topic_name",
    "topic_name": "join_paths_from_topic_name",
    "base_view": "table",
    "baseView": "table",
    "user_edited_sql": "userEditedSQL",
    "userEditedSql": "userEditedSQL",
}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z]+)", lambda found: f"_{found[1].lower()}", name)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


_SPELLINGS: Mapping[str, str] = {
    **_OTHER,
    **{spelling: name for name in _KNOWN for spelling in (_snake(name), _camel(name)) if spelling != name},
}


def plain_body(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the query object with each key spelt as documented; the documented spelling wins over others.

    The echo of a job line (`{"model_job": {...}}`) and the query of an export (`queryJson`) are unwrapped;
    what stands beside them counts where the query itself does not say it.
    """
    for wrapper in _WRAPPERS:
        inner = body.get(wrapper)
        if isinstance(inner, Mapping) and "fields" not in body:
            beside = {key: value for key, value in body.items() if key != wrapper}
            return plain_body({**beside, **inner})
    if isinstance(body.get("pivots"), list) and any(isinstance(item, Mapping) for item in body["pivots"]):
        body = {**body, "pivots": [_named(item) for item in body["pivots"]]}
    if not any(key in _SPELLINGS for key in body):
        return body
    plain = {key: value for key, value in body.items() if key not in _SPELLINGS}
    for key, value in body.items():
        name = _SPELLINGS.get(key)
        if name is not None and plain.get(name) in (None, "") and not (name in plain and value is None):
            plain[name] = value
    return plain


def _named(item: object) -> object:
    """Take the name out of a field that is sent as an object, as one client sends its pivots."""
    if not isinstance(item, Mapping):
        return item
    return next((item[key] for key in _NAMES if isinstance(item.get(key), str)), item)
