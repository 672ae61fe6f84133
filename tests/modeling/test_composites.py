"""Composite topic files: read, and checked against their members."""

from __future__ import annotations

import pytest

from holoscope.modeling.composites import Unrelated
from support.modeltext import BIKES, load_texts, messages

TOPICS = {
    "rides.topic": "base_view: trips\njoins: {riders: {}}",
    "people.topic": "base_view: riders\njoins: {}",
}
WHOLE = """\
label: All
topics: [rides, people]
shared_views: [riders]
shared_dimensions:
  day:
    label: Day
    mappings:
      rides: { field: trips.started_at }
      people: { field: riders.signed_up_on }
shared_measures:
  ratio: { label: Ratio, sql: '${rides.trips.count} / ${@people.riders.count}', format: percent_1 }
unrelated_dimension_handling: null_fill
always_join_all_topics: true
fields: [ "@rides.trips.*" ]
default_filters: { "@_shared_dimensions_.day": { is: 2026 } }
required_access_grants: []
"""


def composite(text: str, **more: str):
    return load_texts({**BIKES, **TOPICS, "all.composite_topic": text, **more})


def test_every_key():
    model, lines = composite(WHOLE)
    assert lines == []
    found = model.composite_topics["all"]
    assert (found.label, found.topics, found.shared_views) == ("All", ("rides", "people"), ("riders",))
    day = found.shared_dimensions["day"]
    assert (day.label, dict(day.mappings)) == (
        "Day",
        {"rides": "trips.started_at", "people": "riders.signed_up_on"},
    )
    ratio = found.shared_measures["ratio"]
    assert (ratio.label, ratio.format) == ("Ratio", "percent_1")
    assert (found.unrelated, found.always_join_all_topics) == (Unrelated.NULL_FILL, True)
    assert found.fields == ("@rides.trips.*",)
    assert list(found.default_filters) == ["@_shared_dimensions_.day"]
    assert found.required_access_grants == ()


def shared(mapping: str) -> str:
    return f"topics: [rides, people]\nshared_dimensions:\n  d: {{ mappings: {{ rides: {mapping} }} }}\n"


def measured(sql: str) -> str:
    return f"topics: [rides, people]\nshared_measures:\n  m: {{ sql: '{sql}' }}\n"


BAD = {
    "label: x": "missing_key",
    "topics: []": "wrong_type",
    "topics: [rides, poeple]": "unknown_topic",
    "topics: [rides]\nshared_views: [nope]": "unknown_view",
    "topics: [rides]\nunrelated_dimension_handling: maybe": "unknown_word",
    "topics: [rides]\nviews: {}": "unknown_key",
    shared("{ field: trips.nope }"): "unknown_field",
    shared("{ field: trips.count }"): "wrong_type",
    shared("[trips.status]"): "missing_key wrong_type",
    shared("{ field: trips.status }").replace("rides, ", ""): "unknown_topic",
    measured("${rides.trips.nope}"): "unknown_field",
    measured("${rides.trips.fare}"): "wrong_type",
    measured("${_shared_measures_.m}"): "bad_reference",
    measured("${trips.count}"): "bad_reference",
    measured("${bills.trips.count}"): "unknown_topic",
    measured("1, aggregate_type: sum").replace("'", ""): "unknown_key",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_composite_topic_is_left_out(text: str):
    model, lines = composite(text)
    assert " ".join(line.partition(" ")[2] for line in lines) == BAD[text]
    assert model.composite_topics == {}
    assert set(model.topics) == {"rides", "people"}


def test_a_member_that_is_left_out_takes_the_composite_topic_along():
    model, lines = composite("topics: [rides, bad]", **{"bad.topic": "base_view: nope"})
    assert lines == ["all.composite_topic:1:17 unknown_topic", "bad.topic:1:12 missing_base_view"]
    assert model.composite_topics == {}


def test_a_hint():
    said = messages({**BIKES, **TOPICS, "all.composite_topic": "topics: [rides, poeple]"})
    assert said == ['No such topic "poeple". Did you mean people?']


def test_one_name_for_a_topic_and_a_composite_topic():
    _, lines = load_texts({**BIKES, **TOPICS, "rides.composite_topic": "topics: [people]"})
    assert lines == ["rides.topic:1:1 duplicate_topic"]
