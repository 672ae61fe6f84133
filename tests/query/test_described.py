"""What is said of a query beside its SQL: each query's own words, and no other's."""

from support.bikeshare import compile_in, world

FIELDS = ["trips.started_at[week]", "trips.count"]
LEFT_OUT = {"type": "string", "kind": "EQUALS", "values": ["x"], "ignore_if_unjoinable": True}
TRIPS = """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  started_at: {}
measures:
  count: { aggregate_type: count, format: number_2 }
"""
LONE = """\
sql: SELECT 1 AS id, 'x' AS name
dimensions:
  id: { primary_key: true }
  name: {}
"""


def compiled(model, **more):
    return compile_in(model, {"table": "trips", "fields": FIELDS, **more})


def test_a_label_of_one_query_is_not_told_of_the_next():
    model = world(trips_view=TRIPS)
    named = compiled(model, metadata={"trips.count": {"label": "Rides"}})
    plain = compiled(model)
    assert [item.label for item in named.fields][-1] == "Rides"
    assert [item.label for item in plain.fields][-1] == "Count"
    assert plain.fields == compiled(world(trips_view=TRIPS)).fields


def test_a_column_is_described_once_for_a_model():
    model = world(trips_view=TRIPS)
    first, second = compiled(model), compiled(model, limit=3)
    assert all(one is other for one, other in zip(first.fields, second.fields, strict=True))


def test_a_filter_that_is_left_out_of_the_sql_is_left_out_of_the_omni_sql():
    model = world(trips_view=TRIPS, lone_view=LONE)
    plain, filtered = compiled(model), compiled(model, filters={"lone.name": LEFT_OUT})
    assert filtered.sql == plain.sql
    assert filtered.omni_sql == plain.omni_sql
