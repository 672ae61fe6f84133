"""Acceptance cases of the modelling language that are about fields, by number."""

from support.bikeshare import rows, world


def test_case_21_bins_are_ordered_by_number():
    ground = world(
        riders_view="""\
schema: main
dimensions:
  id: { primary_key: true }
  age: {}
  band: { sql: '${age}', bin_boundaries: [ 18, 30 ] }
measures:
  count: { aggregate_type: count }
"""
    )
    found = rows(
        ground,
        {
            "table": "riders",
            "fields": ["riders.band", "riders.count"],
            "sorts": [{"column_name": "riders.band"}],
        },
    )
    assert found == [(None, 1), ("< 18", 1), (">= 18 and < 30", 1), ("30 and above", 1)]
