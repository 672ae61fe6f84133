"""Small models as text, and their findings as short lines."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.load import load_model
from holoscope.modeling.model import Model

RIDERS = """\
schema: main
dimensions:
  id: { primary_key: true }
  city: {}
  signed_up_on: { type: timestamp }
measures:
  count: { aggregate_type: count }
"""
TRIPS = """\
schema: main
dimensions:
  id: { primary_key: true }
  rider_id: {}
  fare: { type: number }
  status: {}
  started_at: {}
measures:
  count: { aggregate_type: count }
  fare_total: { sql: '${fare}', aggregate_type: sum }
"""
JOINS = """\
- join_from_view: trips
  join_to_view: riders
  on_sql: ${trips.rider_id} = ${riders.id}
  relationship_type: many_to_one
"""
BIKES: Mapping[str, str] = {"trips.view": TRIPS, "riders.view": RIDERS, "relationships": JOINS}


def load(**files: str) -> tuple[Model, list[str]]:
    """Load files given as `trips_view=...`; findings come as `file:line:column code`."""
    return load_texts(
        {name.replace("_view", ".view").replace("_topic", ".topic"): text for name, text in files.items()}
    )


def load_texts(files: Mapping[str, str]) -> tuple[Model, list[str]]:
    model, diagnostics = load_model({name: dedent(text) for name, text in files.items()})
    lines = []
    for item in diagnostics:
        at = item.position
        lines.append(f"{at.file}:{at.line}:{at.column} {item.code}")
    return model, lines


def bikes(**files: str) -> tuple[Model, list[str]]:
    """The bike-share model with some files replaced or added."""
    named = {name.replace("_view", ".view").replace("_topic", ".topic"): text for name, text in files.items()}
    return load_texts({**BIKES, **named})


def messages(files: Mapping[str, str]) -> list[str]:
    """What the findings say, with their suggestions."""
    _, diagnostics = load_model({name: dedent(text) for name, text in files.items()})
    return [f"{item.message} {item.fix}" if item.fix else item.message for item in diagnostics]


def one_view(body: str) -> tuple[Model, list[str]]:
    """A model of one view `t` with this body."""
    return load_texts({"t.view": body})


def dimension(text: str, name: str = "x") -> tuple[Dimension | None, list[str]]:
    """Read one dimension written as a flow map."""
    model, lines = one_view(
        f"schema: main\ndimensions:\n  y: {{}}\n  when: {{ type: timestamp }}\n  {name}: {text}\n"
    )
    return model.views["t"].dimensions.get(name), lines


def measure(text: str, name: str = "m") -> tuple[Measure | None, list[str]]:
    """Read one measure written as a flow map; `${y}` is a dimension beside it."""
    model, lines = one_view(f"schema: main\ndimensions:\n  y: {{}}\nmeasures:\n  {name}: {text}\n")
    return model.views["t"].measures.get(name), lines
