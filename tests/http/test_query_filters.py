"""Filters read and said over HTTP; what they say is in `tests/query/filters/words.md`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House
from support.refusals import refused

PLACE = "/api/v1/query/filters/parse"


def test_a_text_becomes_object_and_words(admin: TestClient) -> None:
    said = admin.post(PLACE, json={"fieldType": "NUMBER", "text": " >=30 , null"}).json()
    assert said == {
        "filter": {
            "type": "composite",
            "conjunction": "OR",
            "filters": [
                {
                    "type": "number",
                    "kind": "GREATER_THAN",
                    "values": ["30"],
                    "is_negative": False,
                    "is_inclusive": True,
                },
                {"type": "null", "is_negative": False},
            ],
        },
        "text": ">=30, null",
        "words": "is at least 30 or has no value",
        "window": None,
    }


def test_an_object_becomes_text_and_words(admin: TestClient) -> None:
    body = {"fieldType": "date", "filter": {"type": "date", "kind": "BEFORE", "right_side": "2026 q2"}}
    assert admin.post(PLACE, json=body).json() == {
        "filter": {"type": "date", "kind": "BEFORE", "right_side": "2026 Q2", "is_negative": False},
        "text": "before 2026 Q2",
        "words": "before quarter 2 of 2026",
        "window": {"from": None, "until": "2026-04-01T00:00:00"},
    }
    everything = admin.post(PLACE, json={"fieldType": "string", "filter": {"type": "string", "values": []}})
    assert everything.json() == {"filter": None, "text": "", "words": "is anything", "window": None}


def test_the_clock_is_that_of_the_body(admin: TestClient) -> None:
    noon = {"fieldType": "timestamp", "text": "2026-03-29 12:00Z", "timezone": "Asia/Kolkata"}
    assert admin.post(PLACE, json=noon).json()["window"]["from"] == "2026-03-29T17:30:00"
    year = {"fieldType": "timestamp", "text": "FY2026", "fiscalMonthOffset": 2}
    window = {"from": "2025-11-01T00:00:00", "until": "2026-11-01T00:00:00"}
    assert admin.post(PLACE, json=year).json()["window"] == window
    weeks = {"fieldType": "timestamp", "filter": {"type": "date", "kind": "IS_ON_DAY_OF_WEEK", "values": [0]}}
    assert admin.post(PLACE, json=weeks).json()["words"] == "on a Monday"
    assert admin.post(PLACE, json={**weeks, "weekStartDay": "Sunday"}).json()["words"] == "on a Sunday"


def test_a_mistake_has_a_place(admin: TestClient) -> None:
    answer = admin.post(PLACE, json={"fieldType": "timestamp", "text": "2026, someday"})
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "detail": "Invalid literal value 'someday' in filter; write it like one of these: last 90 days, "
            "this quarter, 2026-03, before 2026-01-01, 9 days ago for 5 days.",
            "status": 400,
            "code": "filter_unreadable",
            "position": 6,
        },
    )


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "text: either text or filter is required, and not both"),
        ({"text": "1", "filter": "1"}, "text: either text or filter is required, and not both"),
        ({"text": 1}, "text: Expected string, received number"),
        ({"text": "1", "timezone": "Mars/Olympus"}, "timezone: Time zone must be IANA valid."),
        ({"text": "1", "modelId": "x"}, "formErrors: Unrecognized key(s) in object: 'modelId'"),
        ({"text": "1", "fieldType": "money"}, None),
        ({"text": "1" * 20_001}, None),
        ({"filter": {"type": "nothing"}}, None),
        ({"filter": {"type": "boolean", "is_negative": True}}, None),
    ],
)
def test_what_is_refused(admin: TestClient, body: dict[str, Any], sentence: str | None) -> None:
    answer = admin.post(PLACE, json={"fieldType": "number", **body})
    refused(answer, 400, f"Bad Request: {sentence}" if sentence else answer.json()["detail"])


def test_everybody_with_a_credential_may(house: House) -> None:
    answer = house.client(house.member_key).post(PLACE, json={"fieldType": "boolean", "text": "falsey"})
    assert answer.json()["words"] == "is false or has no value"


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "TIME_FOR_INTERVAL_DURATION", "left_side": "today", "right_side": f"{'9' * 4400} days"},
        {"kind": "TIME_FOR_UNIT_DURATION", "left_side": f"{'9' * 4400} days ago"},
        {"kind": "IS_IN_MONTH_OF_YEAR", "values": ["1" * 4400]},
    ],
)
def test_numbers_without_end_are_no_literals(admin: TestClient, said: dict[str, Any]) -> None:
    answer = admin.post(PLACE, json={"fieldType": "date", "filter": {"type": "date", **said}})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith("Invalid literal value '")


@pytest.mark.parametrize(
    ("kind", "piece"), [("number", ">1"), ("number", "not 1"), ("string", "a%"), ("timestamp", "2026")]
)
def test_long_filters_take_time_in_proportion(admin: TestClient, kind: str, piece: str) -> None:
    text = ",".join([piece] * (20_000 // (len(piece) + 1)))
    begun = time.process_time()
    answer = admin.post(PLACE, json={"fieldType": kind, "text": text})
    assert answer.status_code == 200
    assert time.process_time() - begun < 5, "comparing each with each takes a minute"
