"""Query views: what they read, the columns they get, and what leaves them out."""

import pytest

from holoscope.modeling.types import Aggregate
from support.modeltext import bikes

GOOD = "query:\n  fields: { trips.rider_id: rider, trips.fare_total: fare }\n  base_view: trips\n"


def test_columns_are_dimensions_and_rows_are_counted():
    model, lines = bikes(best_view=GOOD + "dimensions: { rider: { primary_key: true } }\n")
    assert lines == []
    view = model.views["best"]
    assert sorted(view.dimensions) == ["fare", "rider"]
    assert view.primary_key == ("rider",)
    assert view.measures["count"].aggregate is Aggregate.COUNT
    assert view.table_name is None


def test_columns_without_an_alias_and_the_other_keys():
    text = (
        "query:\n  base_view: trips\n  topic: rides\n  fields: [trips.status, 'trips.started_at[Month]']\n"
        "  sorts: [{ field: trips.status, desc: true }]\n  limit: 5\n  default_group_by: false\n"
        "  bind_all_filters: true\n  join_via_map: { riders: [trips] }\n"
        "  filters: { trips.fare: { greater_than: 1, bind: riders.id }, trips.id: { bind: trips.id } }\n"
    )
    model, lines = bikes(best_view=text, rides_topic="base_view: trips\njoins: {}")
    assert lines == []
    query = model.views["best"].query
    assert query is not None
    assert dict(query.fields) == {
        "trips.status": "trips__status",
        "trips.started_at[month]": "trips__started_at_month",
    }
    assert (query.sorts, query.limit, query.group_by) == ((("trips.status", True),), 5, False)
    assert (list(query.filters), dict(query.binds)) == (
        ["trips.fare"],
        {"trips.fare": "riders.id", "trips.id": "trips.id"},
    )
    assert (query.bind_all_filters, dict(query.join_via_map)) == (True, {"riders": ("trips",)})


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("{ fields: { trips.id: a } }", "1:1 missing_key"),
        ("{ base_view: trips }", "1:1 missing_key"),
        ("{ fields: { trips.id: a }, base_view: trisp }", "1:35 unknown_view"),
        ("{ fields: { trips.di: a }, base_view: trips }", "1:20 unknown_field"),
        ("{ fields: [trips.id, trips.id], base_view: trips }", "1:10 duplicate_field"),
        ("{ fields: { trips.id: a b }, base_view: trips }", "1:10 bad_name"),
        ("{ fields: { trips.id: a }, base_view: trips, topic: none }", "1:53 unknown_topic"),
        ("{ fields: { trips.id: a }, base_view: trips, topic: people }", "1:53 wrong_base_view"),
        ("{ fields: { trips.id: a }, base_view: trips, sorts: [{ field: trips.x }] }", "1:63 unknown_field"),
        (
            "{ fields: { trips.id: a }, base_view: trips, filters: { trips.x: { is: 1 } } }",
            "1:64 unknown_field",
        ),
        (
            "{ fields: { trips.id: a }, base_view: trips, filters: { trips.id: { bind: t.x } } }",
            "1:76 unknown_view",
        ),
        ("{ fields: { trips.id: a }, base_view: trips, limit: 0 }", "1:53 wrong_type"),
        ("{ fields: { trips.id: a }, base_view: trips, pivots: [trips.id] }", "1:53 not_supported_yet"),
        ("{ fields: { trips.id: a }, base_view: trips, fill_fields: [trips.id] }", "1:53 not_supported_yet"),
        ("{ fields: { trips.id: a, x: b }, base_view: trips }", "1:10 unknown_field"),
        ("{ fields: { best.a: a }, base_view: best }", "1:1 reference_cycle"),
    ],
)
def test_what_leaves_a_query_view_out(query, line):
    model, lines = bikes(best_view=f"query: {query}\n", people_topic="base_view: riders")
    assert "best" not in model.views
    assert any(found == f"best.view:{line}" for found in lines), lines


def test_two_views_that_read_each_other():
    one = "query: { fields: { two.a: a }, base_view: two }\n"
    two = "sql: SELECT a FROM ${one}\ndimensions: { a: {} }\n"
    model, lines = bikes(one_view=one, two_view=two)
    assert lines == ["one.view:1:1 reference_cycle"]
    assert not {"one", "two"} & set(model.views)


def test_a_column_goes_with_its_field():
    trips = "schema: main\ndimensions: { id: {}, bad: { sql: '${nope}' } }\n"
    model, lines = bikes(
        trips_view=trips,
        relationships="",
        best_view="query: { fields: { trips.id: a, trips.bad: b }, base_view: trips }\n"
        "dimensions: { c: { sql: '${b}' } }\n",
    )
    assert "best.view:1:33 broken_reference" in lines
    assert sorted(model.views["best"].dimensions) == ["a"]


BY_QUERY = "{ field_name_in_query: trips.%s, query_structure: { fields: [trips.%s], base_view: trips } }"


def test_a_measure_whose_filter_asks_a_bad_query_is_left_out():
    view = (
        "schema: main\ndimensions: { id: {} }\n"
        "measures:\n  m: { aggregate_type: count, filters: { id: %s } }\n"
    )
    model, lines = bikes(stations_view=view % (BY_QUERY % ("id", "id")))
    assert lines == []
    assert "m" in model.views["stations"].measures
    model, lines = bikes(stations_view=view % (BY_QUERY % ("di", "di")))
    assert [line.split()[1] for line in lines] == ["unknown_field"]
    assert "m" not in model.views["stations"].measures


def test_a_topic_that_always_asks_a_bad_query_is_left_out():
    topic = "base_view: trips\nalways_where_filters:\n  trips.id: %s\n"
    assert "rides" in bikes(rides_topic=topic % (BY_QUERY % ("id", "id")))[0].topics
    model, lines = bikes(rides_topic=topic % (BY_QUERY % ("di", "di")))
    assert [line.split()[1] for line in lines] == ["unknown_field"]
    assert "rides" not in model.topics


def test_a_query_in_the_filter_of_a_query_view():
    text = "query: { fields: { trips.id: a }, base_view: trips, filters: { trips.id: %s } }\n"
    assert bikes(best_view=text % (BY_QUERY % ("id", "id")))[1] == []
    model, lines = bikes(best_view=text % (BY_QUERY % ("di", "di")))
    assert [line.split()[1] for line in lines] == ["unknown_field"]
    assert "best" not in model.views
