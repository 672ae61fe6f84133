"""The body of `POST /v1/query/run` around its `query` object: what is allowed, and what together.

Only the envelope is judged here; the query object itself is read by `holoscope.query.spec`.
Source: query digest §1.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.http.validation import kind_of
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import is_uuid
from holoscope.kit.time_zones import is_time_zone
from holoscope.query.spellings import plain_body

CACHE_SPELLINGS: Mapping[str, str] = {
    "Standard": "Standard",
    "SkipRequery": "SkipRequery",
    "SkipCache": "SkipCache",
    "SkipCacheAndRebuildExtracts": "SkipCacheAndRebuildExtracts",
    "normal": "Standard",
    "disabled": "SkipCache",
    "refresh": "SkipCache",
    "refresh_all": "SkipCacheAndRebuildExtracts",
}
"""What clients send -> the policy meant; the lower-case words are the older published spelling."""

DEFAULT_CACHE = "SkipRequery"
RESULT_TYPES = ("csv", "json", "xlsx")
_ZONE_TEXT = "The timezone parameter requires user-specific timezones to be enabled on the connection."


@dataclass(frozen=True, slots=True)
class Envelope:
    """A judged request. `cache` is one of the four policies; `result_type` None means NDJSON."""

    query: Mapping[str, Any]
    model_id: str
    branch_id: str | None
    user_id: str | None
    cache: str
    result_type: str | None
    format_results: bool
    plan_only: bool
    time_zone: str | None = None
    environment_id: str | None = None


def read_envelope(
    body: object, *, query_user_id: str | None = None, query_branch_id: str | None = None
) -> Envelope:
    """Judge a parsed body; the keyword arguments come from the query string.

    Raises:
        BadRequest: a key has the wrong shape, or two keys exclude each other.
    """
    if not isinstance(body, dict):
        raise BadRequest(f"Bad Request: body: Invalid input: expected object, received {kind_of(body)}")
    _refuse_misspelt_user(body)
    query = _query(body)
    envelope = Envelope(
        query=query,
        model_id=_model_id(query),
        branch_id=_one_of("branchId", _uuid(body, "branchId") or _uuid(body, "branch_id"), query_branch_id),
        user_id=_one_of("userId", _uuid(body, "userId"), query_user_id),
        cache=_choice(body, "cache", CACHE_SPELLINGS) or DEFAULT_CACHE,
        result_type=_choice(body, "resultType", {kind: kind for kind in RESULT_TYPES}),
        format_results=_boolean(body, "formatResults"),
        plan_only=_boolean(body, "planOnly"),
        time_zone=_time_zone(body),
        environment_id=_uuid(body, "connectionEnvironmentId"),
    )
    _refuse_pairs(envelope, body)
    return envelope


def _refuse_misspelt_user(body: Mapping[str, Any]) -> None:
    """A key that was meant to be userId must not be dropped: it would run as the key's owner."""
    for key in body:
        if key != "userId" and isinstance(key, str) and key.lower().replace("_", "") == "userid":
            raise BadRequest(f"Bad Request: {key}: the key is spelt userId")


def _query(body: Mapping[str, Any]) -> dict[str, Any]:
    query = body.get("query")
    if not isinstance(query, dict):
        kind = "undefined" if "query" not in body else kind_of(query)
        raise BadRequest(f"Bad Request: query: Invalid input: expected object, received {kind}")
    if "branchId" in query:
        raise BadRequest("Bad Request: query.branchId: branchId belongs beside query, not inside it")
    return dict(plain_body(query))


def _model_id(query: Mapping[str, Any]) -> str:
    value = query.get("modelId", query.get("model_id"))
    if not isinstance(value, str):
        kind = "undefined" if "modelId" not in query else kind_of(value)
        raise BadRequest(f"Bad Request: query.modelId: Invalid input: expected string, received {kind}")
    if not is_uuid(value):
        raise BadRequest("Bad Request: query.modelId: Invalid UUID")
    return value.lower()


def _uuid(body: Mapping[str, Any], key: str) -> str | None:
    """Read an id; an empty one is refused, since the query would run as somebody, or on something, else."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRequest(f"Bad Request: {key}: Invalid input: expected string, received {kind_of(value)}")
    if not is_uuid(value):
        raise BadRequest(f"Bad Request: {key}: Invalid UUID")
    return value.lower()


def _one_of(key: str, in_body: str | None, in_query: str | None) -> str | None:
    if in_query and not is_uuid(in_query):
        raise BadRequest(f"Bad Request: {key}: Invalid UUID")
    if in_body and in_query:
        raise BadRequest(f"Bad Request: {key}: give {key} in the body or in the query string, not in both")
    return in_body or (in_query.lower() if in_query else None)


def _choice(body: Mapping[str, Any], key: str, known: Mapping[str, str]) -> str | None:
    value = body.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value in known:
        return known[value]
    options = " | ".join(f"'{option}'" for option in dict.fromkeys(known.values()))
    raise BadRequest(f"Bad Request: {key}: Invalid enum value. Expected {options}, received '{value}'")


def _boolean(body: Mapping[str, Any], key: str) -> bool:
    value = body.get(key)
    if isinstance(value, str) and value.lower() in {"true", "false", ""}:
        return value.lower() == "true"
    if value is None or isinstance(value, bool):
        return bool(value)
    raise BadRequest(f"Bad Request: {key}: Invalid input: expected boolean, received {kind_of(value)}")


def _refuse_pairs(envelope: Envelope, body: Mapping[str, Any]) -> None:
    query = envelope.query
    workbook_url = _boolean(body, "workbookUrl")
    refusals = (
        (envelope.plan_only and envelope.result_type, "planOnly: planOnly cannot be used with resultType"),
        (envelope.plan_only and workbook_url, "planOnly: planOnly cannot be used with workbookUrl"),
        (
            workbook_url and query.get("staticQueryReferences"),
            "workbookUrl: workbookUrl cannot be used with query.staticQueryReferences",
        ),
        (
            envelope.format_results and not envelope.result_type,
            "formatResults: formatResults can only be used with resultType",
        ),
        (
            "limit" in query and query["limit"] is None and query.get("pivots") and not envelope.result_type,
            "query.limit: Unlimited limit (null) cannot be used with pivoted queries",
        ),
    )
    for refused, text in refusals:
        if refused:
            raise BadRequest(f"Bad Request: {text}")


def _time_zone(body: Mapping[str, Any]) -> str | None:
    value = body.get("timezone")
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadRequest(f"Bad Request: timezone: Invalid input: expected string, received {kind_of(value)}")
    return value


def require_time_zone(name: str, *, is_allowed: bool) -> str:
    """Return the zone a query names, if its connection lets it and there is such a zone.

    Raises:
        BadRequest: otherwise.
    """
    if not is_allowed:
        raise BadRequest(_ZONE_TEXT)
    if not is_time_zone(name):
        raise BadRequest("Bad Request: timezone: Time zone must be IANA valid.")
    return name
