"""How columns are named for readers."""

from support.bikeshare import compile_in, world

TRIPS = """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  started_at:
    label: Start
    timeframe_metadata: { Month: { label: Calendar month }, week: { description: from Monday } }
  ended_at: { label: End, skip_parent_label: true }
  ride: { duration: { sql_start: '${started_at}', sql_end: '${ended_at}' } }
measures:
  count: { aggregate_type: count }
"""


def labels(*fields, **more):
    compiled = compile_in(world(trips_view=TRIPS), {"table": "trips", "fields": list(fields), **more})
    return {field.name: field.label for field in compiled.fields}


def test_a_grain_is_named_after_its_field():
    assert labels("trips.started_at[week]", "trips.started_at", "trips.ride[hours]") == {
        "trips.started_at[week]": "Start Week",
        "trips.started_at": "Start",
        "trips.ride[hours]": "Ride Hours",
    }


def test_in_words_of_its_own():
    found = labels("trips.started_at[month]")
    assert set(found.values()) == {"Start Calendar month"}


def test_without_its_parent():
    assert labels("trips.ended_at[week]", "trips.ended_at") == {
        "trips.ended_at[week]": "Week",
        "trips.ended_at": "End",
    }


def test_the_query_has_the_last_word():
    metadata = {"trips.ended_at[week]": {"label": "W"}}
    assert labels("trips.ended_at[week]", metadata=metadata) == {"trips.ended_at[week]": "W"}
