"""Topics: read, checked, and closed when in doubt."""

import pytest

from holoscope.modeling.conditions import OneOf
from holoscope.modeling.joins import JoinNode
from holoscope.modeling.topics import AccessFilter
from support.modeltext import BIKES, JOINS, bikes, load_texts, messages

GRANTS = "access_grants:\n  g: { user_attribute: a, allowed_values: [x] }\n"


def topic(text, **files):
    model, lines = bikes(rides_topic=text, **files)
    return model.topics.get("rides"), lines


def test_a_topic_with_everything():
    found, lines = topic(
        """\
        base_view: trips
        base_view_label: Rides
        label: L
        description: D
        group_label: G
        display_order: 1
        hidden: true
        tags: [t]
        joins: { riders: {} }
        fields: [all_views.*, -riders.*, riders.city, tag:x, 'trips.started_at[month]']
        default_filters:
          trips.started_at: { time_for_duration: [90 days ago, 90 days] }
        always_where_filters:
          trips.status: { is: done }
        always_where_sql: ${trips.fare} > 1
        always_having_filters: { trips.count: { greater_than: 1 } }
        always_having_sql: ${trips.fare_total} > 1
        access_filters:
          - field: riders.city
            user_attribute: c
            values_for_unfiltered: [ALL]
            enable_sql_like_wildcards: true
        required_access_grants: [g]
        cache_policy: fast
        week_start_day: Sunday
        ai_context: A
        sample_queries:
          One: { prompt: p, query: { fields: [trips.count], limit: 1.5 }, hidden: false }
        """,
        model=GRANTS + "cache_policies: { fast: { max_cache_age: 5 minutes } }\n",
    )
    assert lines == []
    assert (found.name, found.base_view, found.base_view_label, found.label) == (
        "rides",
        "trips",
        "Rides",
        "L",
    )
    assert found.joins == (JoinNode("riders"),)
    assert found.always_where_filters == {"trips.status": OneOf(("done",))}
    assert found.always_where_filters_source == {"trips.status": {"is": "done"}}
    assert found.default_filters_source["trips.started_at"] == {
        "time_for_duration": ["90 days ago", "90 days"]
    }
    assert found.access_filters == (AccessFilter("riders.city", "c", ("ALL",), True),)
    assert found.required_access_grants == ("g",)
    assert (found.cache_policy, found.week_start_day) == ("fast", "Sunday")
    assert found.sample_queries["One"]["query"] == {"fields": ["trips.count"], "limit": 1.5}


def test_what_is_not_said_and_what_is_empty():
    found, _ = topic("base_view: trips\n")
    assert (found.joins, found.fields, found.access_filters, found.required_access_grants) == (None,) * 4
    found, _ = topic(
        "base_view: trips\njoins: {}\nfields: []\naccess_filters: []\nrequired_access_grants: []\n"
    )
    assert (found.joins, found.fields, found.access_filters, found.required_access_grants) == ((),) * 4


def test_the_base_view_is_named_like_the_topic_unless_said():
    model, lines = bikes(trips_topic="label: x")
    assert lines == []
    assert model.topics["trips"].base_view == "trips"
    assert load_texts({**BIKES, "a/b/trips.topic": ""})[0].topics["trips"].base_view == "trips"


LEFT_OUT = {
    "base_view: tripz": "1:12 missing_base_view",
    "label: no base view": "1:1 missing_base_view",
    "base_view: trips\nviews: { trips: [] }": "2:17 wrong_type",
    "base_view: trips\nviews: { trips: { schma: x } }": "2:19 unknown_key",
    "base_view: trips\nviews: { tripz: { label: x } }": "2:10 unknown_view",
    "base_view: trips\nextends: [x]": "2:11 unknown_topic",
    "base_view: trips\nacess_filters: []": "2:1 unknown_key",
    "base_view: trips\njoins: [riders]": "2:8 wrong_type",
    "base_view: trips\njoins: { riders: 1 }": "2:18 wrong_type",
    "base_view: trips\nalways_where_sql:": "2:18 wrong_type",
    "base_view: trips\nalways_where_sql: ${nope} = 1": "2:19 unknown_field",
    "base_view: trips\nalways_where_sql: ${count} = 1": "2:19 dimension_uses_measure",
    "base_view: trips\nalways_having_sql: ${riders.nope} = 1": "2:20 unknown_field",
    "base_view: trips\nalways_where_filters: { trips.count: 1 }": "2:25 filter_on_measure",
    "base_view: trips\nalways_where_filters: { trips.nope: 1 }": "2:25 unknown_field",
    "base_view: trips\nalways_where_filters: { status: 1 }": "2:25 unknown_field",
    "base_view: trips\nalways_where_filters: { trips.status: { iz: 1 } }": "2:41 unknown_operator",
    "base_view: trips\nalways_where_filters: { 'trips.fare[month]': 1 }": "2:25 grain_on_non_time",
    "base_view: trips\nalways_having_filters: { trips.status: 1 }": "2:26 having_on_dimension",
    "base_view: trips\naccess_filters: { field: a }": "2:17 wrong_type",
    "base_view: trips\naccess_filters: [{ field: riders.city }]": "2:18 missing_key",
    "base_view: trips\naccess_filters: [{ field: riders.nope, user_attribute: a }]": "2:27 unknown_field",
    "base_view: trips\naccess_filters: [{ field: trips.count, user_attribute: a }]": "2:27 filter_on_measure",
    "base_view: trips\naccess_filters: [{ fields: a, user_attribute: a }]": "2:20 unknown_key",
    "base_view: trips\nrequired_access_grants: g": "2:25 wrong_type",
    "base_view: trips\nrelationships: [{ join_from_view: trips }]": "2:17 missing_key",
    "base_view: trips\nfields: all_views.*": "2:9 wrong_type",
    "base_view: [trips]": "1:12 wrong_type",
    "a: {": "1:5 bad_yaml",
}


@pytest.mark.parametrize("text", LEFT_OUT)
def test_an_error_of_a_topic_leaves_it_out(text):
    found, lines = topic(text)
    assert f"rides.topic:{LEFT_OUT[text]}" in lines
    assert found is None


def test_the_sentence_for_a_missing_base_view():
    said = messages({**BIKES, "rides.topic": "base_view: qqqq"})
    assert said == ['No view "qqqq". Set base_view to a valid, existing view. Delete topic "rides"']


KEPT = {
    "joins: { ridres: { stations: {} } }": "2:10 unknown_view",
    "joins: { riders: { trips: {} } }": None,
    "joins: { riders: { riders: {} } }": "2:20 no_join_path",
    "fields: [trips.nope]": "2:10 unknown_field",
    "fields: [-raiders.*]": "2:10 unknown_view",
    "fields: [tag:x, trips.*]": None,
    "default_filters: { trips.nope: 1 }": "2:20 unknown_field",
    "required_access_grants: [g]": "2:26 unknown_grant",
    "required_access_grants: ['a|']": "2:26 unknown_grant",
    "cache_policy: nope": "2:15 unknown_cache_policy",
    "owners: [a@b.c]": None,
    "ai_fields: [x]": "2:13 unknown_view",
    "ai_fields: [all_views.*, 'trips:tag:pii', -trips.id]": None,
    "default_row_limit: 50": None,
    "auto_run: false\nwarehouse_override: { warehouse: { name: BIG } }": None,
    "warehouse_override: { warehouse: BIG }": "2:34 wrong_type",
    "ignored_props: [x]\nhas_frozen_join_via_map: true": None,
    "sample_queries: { A: { qeury: {} } }": "2:24 unknown_key",
    "sample_queries: { A: { query: [] } }": "2:31 wrong_type",
    "ai_context: '{{ trips.in_query }}'": "2:13 bad_prompt",
}


@pytest.mark.parametrize("text", KEPT)
def test_what_does_not_change_answers_keeps_the_topic(text):
    found, lines = topic(f"base_view: trips\n{text}")
    assert KEPT[text] is None or f"rides.topic:{KEPT[text]}" in lines
    assert (lines == []) is (KEPT[text] is None)
    assert found is not None
    assert not found.default_filters
    assert not found.sample_queries


def test_a_join_that_fails_goes_with_everything_behind_it():
    found, _ = topic("base_view: trips\njoins: { ridres: { stations: {} }, riders: {} }")
    assert found.joins == (JoinNode("riders"),)


def test_joins_of_a_topic_alone():
    text = "base_view: trips\njoins: { heroes: {} }\nrelationships:\n" + "".join(
        f"  {line}\n"
        for line in JOINS.replace(
            "relationship_type", "join_to_view_as: heroes\n  relationship_type"
        ).splitlines()
    )
    model, lines = bikes(rides_topic=text, relationships="[]")
    assert lines == []
    found = model.topics["rides"]
    assert found.joins == (JoinNode("heroes"),)
    assert found.relationships[0].right == "heroes"
    assert model.relationships == ()
    assert model.views["heroes"].alias_of == "riders"
    other, lines = topic("base_view: trips\njoins: { heroes: {} }")
    assert lines == ["rides.topic:2:10 unknown_view"]
    assert other.joins == ()


def test_a_bad_join_of_a_topic_leaves_the_topic_out():
    text = "base_view: trips\nrelationships:\n" + "".join(f"  {line}\n" for line in JOINS.splitlines())
    found, lines = topic(text.replace("riders.id", "riders.nope"))
    assert lines == ["rides.topic:5:33 unknown_field"]
    assert found is None


def test_a_base_view_that_is_left_out():
    found, lines = topic("base_view: riders", riders_view="schmea: x", relationships="[]")
    assert lines == ["riders.view:1:1 unknown_key", "rides.topic:1:12 broken_reference"]
    assert found is None


def test_a_rule_about_a_field_that_is_left_out_closes_the_topic():
    found, lines = topic(
        "base_view: trips\naccess_filters: [{ field: riders.area, user_attribute: a }]",
        riders_view=BIKES["riders.view"].replace("city: {}", "city: {}\n  area: { groups: [a] }"),
    )
    assert "rides.topic:2:27 broken_reference" in lines
    assert found is None


def test_default_access_filters_are_resolved_for_each_topic():
    model, lines = load_texts(
        {
            **BIKES,
            "model": "default_topic_access_filters:\n  - { field: rider_id, user_attribute: r }\n",
            "rides.topic": "base_view: trips",
            "people.topic": "base_view: riders",
            "open.topic": "base_view: riders\naccess_filters: []",
        }
    )
    assert lines == ["model:2:14 unknown_field"]
    assert sorted(model.topics) == ["open", "rides"]
    assert model.default_topic_access_filters == (AccessFilter("rider_id", "r"),)


def test_default_access_filters_message():
    said = messages(
        {
            **BIKES,
            "model": "default_topic_access_filters: [{ field: code, user_attribute: r }]",
            "people.topic": "base_view: riders",
        }
    )
    assert said == [
        'No such access filter field "code" (resolved to "riders.code" in topic "people") specified in '
        "default_topic_access_filters"
    ]


def test_duplicate_topics():
    _, lines = load_texts({**BIKES, "a/rides.topic": "base_view: trips", "b/rides.topic": "base_view: trips"})
    assert lines == ["b/rides.topic:1:1 duplicate_topic"]


def test_two_marks_of_grants():
    _, lines = topic("base_view: trips\nrequired_access_grants: ['g & h | g', 'g||g']", model=GRANTS)
    assert lines == ["rides.topic:2:26 unknown_grant", "rides.topic:2:39 bad_grant_expression"]


SAMPLES = {
    "{ fields: [trips.count, trips.fear, 'trips.started_at[month]', calc_1] }": "2:55 unknown_field",
    "{ fields: { trips.fear: a } }": "2:55 unknown_field",
    "{ fields: trips.fare }": "2:41 wrong_type",
    "{ fields: [tripz.fare] }": "2:42 unknown_view",
}


@pytest.mark.parametrize("query", SAMPLES)
def test_fields_of_sample_queries_exist(query):
    found, lines = topic(f"base_view: trips\nsample_queries: {{ x: {{ query: {query} }} }}\n")
    assert lines == [f"rides.topic:{SAMPLES[query]}"]
    assert found is not None
