"""A small model without findings, and what validation finds in changed copies of it."""

from __future__ import annotations

from holoscope.modeling.check import check_model
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.fixes import apply_fix
from holoscope.modeling.types import Catalog

BIKES = {
    "trips.view": """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  start_station_id: {}
  end_station_id: {}
  fare: {}
measures:
  count: { aggregate_type: count }
""",
    "riders.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  city: {}\n",
    "stations.view": "schema: main\ndimensions:\n  id: { primary_key: true }\n  region_id: {}\n",
    "relationships": """\
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
""",
    "rides.topic": "base_view: trips\n",
}


def found(
    files: dict[str, str], code: Code, catalog: Catalog | None = None, **more: object
) -> list[Diagnostic]:
    diagnostics = check_model({**BIKES, **files}, catalog or Catalog(), **more)  # type: ignore[arg-type]
    return [item for item in diagnostics if item.code == code]


def only(files: dict[str, str], code: Code, catalog: Catalog | None = None, **more: object) -> Diagnostic:
    (item,) = found(files, code, catalog, **more)
    return item


def mended(files: dict[str, str], item: Diagnostic) -> dict[str, str]:
    assert item.auto_fix is not None
    before = {**BIKES, **files}
    after = {**before, **apply_fix(before, item.auto_fix)}
    return {file: text for file, text in after.items() if text is not None}
