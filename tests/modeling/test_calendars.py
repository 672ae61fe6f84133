"""Custom calendars of the model file: read, checked, and copied for each field that has one."""

from __future__ import annotations

import pytest

from support.modeltext import BIKES, TRIPS, load_texts

DAYS = """\
schema: main
dimensions:
  day: { primary_key: true }
  month_start: {}
  m: {}
measures:
  count: { aggregate_type: count }
"""
MODEL = """\
custom_calendars:
  retail:
    view: days
    date: days.day
    mappings: { month: month_start, month_num: days.m }
"""
SOLD = TRIPS.replace("  started_at: {}\n", "  started_at: { custom_calendar: retail }\n")


def calendars(model: str = MODEL, trips: str = SOLD, days: str = DAYS, **more: str):
    return load_texts({**BIKES, "model": model, "days.view": days, "trips.view": trips, **more})


def test_a_calendar_and_the_copy_a_field_joins():
    model, lines = calendars()
    assert lines == []
    found = model.custom_calendars["retail"]
    assert (found.view, found.date) == ("days", "day")
    assert dict(found.mappings) == {"month": "month_start", "month_num": "m"}
    assert model.views["trips"].dimensions["started_at"].custom_calendar == "retail"
    copy = model.views["trips$started_at"]
    assert (copy.alias_of, copy.table_name, copy.hidden, dict(copy.measures)) == ("days", "days", True, {})
    assert copy.dimensions["day"].view == "trips$started_at"


def test_the_copy_of_an_aliased_view_has_a_calendar_of_its_own():
    join = BIKES["relationships"].replace(
        "join_from_view: trips\n", "join_from_view: trips\n  join_from_view_as: rides\n"
    )
    model, lines = calendars(relationships=join)
    assert lines == []
    assert model.views["rides$started_at"].alias_of == "days"


def test_a_calendar_that_is_switched_off():
    model, lines = calendars(MODEL + "    ignored: true\n", TRIPS)
    assert (lines, dict(model.custom_calendars)) == ([], {})


def test_days_that_may_not_be_unique():
    model, lines = calendars(days=DAYS.replace(" primary_key: true ", ""))
    assert lines == ["model:4:5 calendar_dates_not_key"]
    assert list(model.custom_calendars) == ["retail"]


BAD = {
    MODEL.replace("view: days", "view: dayz"): "model:3:5 unknown_view",
    MODEL.replace("days.day", "dai"): "model:4:5 unknown_field",
    MODEL.replace("month_start", "month_stort"): "model:5:17 unknown_field",
    MODEL.replace("days.m", "count"): "model:5:37 wrong_type",
}


@pytest.mark.parametrize("text", BAD)
def test_a_calendar_with_an_error_takes_its_fields_along(text: str):
    model, lines = calendars(text)
    assert lines == [BAD[text], "trips.view:7:34 broken_reference"]
    assert "started_at" not in model.views["trips"].dimensions
    assert "trips$started_at" not in model.views


UNREAD = {
    MODEL.replace("    date: days.day\n", ""): "missing_key",
    MODEL.replace("month_num", "month_nomber"): "unknown_key",
    MODEL.replace("days.m", "[m]"): "wrong_type",
    MODEL.replace("retail", "retial"): "",
}


@pytest.mark.parametrize("text", UNREAD)
def test_a_field_with_a_calendar_that_is_not_there_is_left_out(text: str):
    model, lines = calendars(text)
    said = [line.partition(" ")[2] for line in lines]
    assert said == [*([UNREAD[text]] if UNREAD[text] else []), "unknown_calendar"]
    assert "started_at" not in model.views["trips"].dimensions
