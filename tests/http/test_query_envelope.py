"""The run envelope: spellings that are accepted, combinations that are refused, and their words."""

from __future__ import annotations

from typing import Any

import pytest

from holoscope.http.query_envelope import read_envelope, require_time_zone
from holoscope.kit.errors import BadRequest

MODEL = "3f2b8f0e-6a53-4c3e-9f0b-0f4f5f0c1a2b"
OTHER = "aaaaaaaa-6a53-4c3e-9f0b-0f4f5f0c1a2b"


def body(query: dict[str, Any] | None = None, **envelope: Any) -> dict[str, Any]:
    return {"query": {"modelId": MODEL, "fields": ["a.b"], **(query or {})}, **envelope}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Standard", "Standard"),
        ("SkipRequery", "SkipRequery"),
        ("SkipCache", "SkipCache"),
        ("SkipCacheAndRebuildExtracts", "SkipCacheAndRebuildExtracts"),
        ("normal", "Standard"),
        ("disabled", "SkipCache"),
        ("refresh", "SkipCache"),
        ("refresh_all", "SkipCacheAndRebuildExtracts"),
        (None, "SkipRequery"),
    ],
)
def test_both_spellings_of_cache(sent: str | None, meant: str) -> None:
    assert read_envelope(body(cache=sent)).cache == meant


def test_string_booleans_and_snake_model_id() -> None:
    sent = {"query": {"model_id": MODEL.upper(), "fields": []}, "planOnly": "TRUE", "formatResults": "false"}
    envelope = read_envelope(sent)
    assert (envelope.model_id, envelope.plan_only, envelope.format_results) == (MODEL, True, False)


def test_ids_from_either_place() -> None:
    assert read_envelope(body(userId=OTHER)).user_id == OTHER
    assert read_envelope(body(), query_user_id=OTHER).user_id == OTHER
    assert read_envelope(body(), query_branch_id=OTHER).branch_id == OTHER
    assert read_envelope(body(userId=None, branchId=None)).user_id is None


@pytest.mark.parametrize("key", ["user_id", "USERID", "userID", "User_Id"])
def test_a_misspelt_user_never_runs_as_the_keys_owner(key) -> None:
    with pytest.raises(BadRequest, match="spelt userId"):
        read_envelope(body(**{key: OTHER}))
    with pytest.raises(BadRequest, match="userId: Invalid UUID"):
        read_envelope(body(userId=""))


REFUSED = [
    ([], "body: Invalid input: expected object, received array"),
    ({}, "query: Invalid input: expected object, received undefined"),
    ({"query": "x"}, "query: Invalid input: expected object, received string"),
    ({"query": {}}, "query.modelId: Invalid input: expected string, received undefined"),
    ({"query": {"modelId": 5}}, "query.modelId: Invalid input: expected string, received number"),
    ({"query": {"modelId": "x"}}, "query.modelId: Invalid UUID"),
    (body({"branchId": OTHER}), "query.branchId: branchId belongs beside query, not inside it"),
    (body(branchId="main"), "branchId: Invalid UUID"),
    (body(userId=3), "userId: Invalid input: expected string, received number"),
    (
        body(cache="never"),
        "cache: Invalid enum value. Expected 'Standard' | 'SkipRequery' | 'SkipCache' | "
        "'SkipCacheAndRebuildExtracts', received 'never'",
    ),
    (body(cache=["x"]), "cache: Invalid enum value"),
    (
        body(resultType="pdf"),
        "resultType: Invalid enum value. Expected 'csv' | 'json' | 'xlsx', received 'pdf'",
    ),
    (body(planOnly="maybe"), "planOnly: Invalid input: expected boolean, received string"),
    (body(planOnly=True, resultType="csv"), "planOnly: planOnly cannot be used with resultType"),
    (body(planOnly=True, workbookUrl=True), "planOnly: planOnly cannot be used with workbookUrl"),
    (
        body({"staticQueryReferences": {"a": {}}}, workbookUrl=True),
        "workbookUrl: workbookUrl cannot be used with query.staticQueryReferences",
    ),
    (body(formatResults=True), "formatResults: formatResults can only be used with resultType"),
    (
        body({"limit": None, "pivots": ["a.b"]}),
        "query.limit: Unlimited limit (null) cannot be used with pivoted queries",
    ),
]


@pytest.mark.parametrize(("sent", "text"), REFUSED)
def test_refusals(sent: Any, text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_envelope(sent)
    assert refusal.value.detail.startswith(f"Bad Request: {text}")


def test_user_id_twice() -> None:
    with pytest.raises(BadRequest, match="userId"):
        read_envelope(body(userId=OTHER), query_user_id=OTHER)


def test_time_zone_is_refused_in_its_own_words() -> None:
    assert read_envelope(body(timezone="Europe/Paris")).time_zone == "Europe/Paris"
    assert read_envelope(body(timezone="")).time_zone is None
    with pytest.raises(BadRequest) as refusal:
        require_time_zone("Europe/Paris", is_allowed=False)
    assert refusal.value.detail == (
        "The timezone parameter requires user-specific timezones to be enabled on the connection."
    )
    assert require_time_zone("Europe/Paris", is_allowed=True) == "Europe/Paris"
    for name in ("Mars/Olympus", "America", "../etc/passwd", "+01:00", "\0"):
        with pytest.raises(BadRequest, match="IANA"):
            require_time_zone(name, is_allowed=True)
    with pytest.raises(BadRequest, match="timezone"):
        read_envelope(body(timezone=5))


def test_an_environment_is_asked_for_by_its_id() -> None:
    assert read_envelope(body(connectionEnvironmentId=OTHER.upper())).environment_id == OTHER
    with pytest.raises(BadRequest, match="connectionEnvironmentId"):
        read_envelope(body(connectionEnvironmentId="production"))


def test_limit_null_with_pivots_is_fine_for_a_document() -> None:
    assert read_envelope(body({"limit": None, "pivots": ["a.b"]}, resultType="csv")).result_type == "csv"


def test_unknown_envelope_keys_are_dropped() -> None:
    assert read_envelope(body(colour="green")).model_id == MODEL


def test_an_empty_branch_is_refused_and_the_old_spelling_read() -> None:
    with pytest.raises(BadRequest, match="branchId: Invalid UUID"):
        read_envelope(body(branchId=""))
    assert read_envelope(body(branch_id=OTHER)).branch_id == OTHER
