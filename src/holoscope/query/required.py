"""Default filters that a topic puts into every query (query digest §3.7)."""

from __future__ import annotations

from dataclasses import replace

from holoscope.modeling.conditions import Anything
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.query.lookup import find_field
from holoscope.query.spec import FieldFilter, QuerySpec


def with_required_filters(spec: QuerySpec, topic: Topic | None, model: Model) -> QuerySpec:
    """Put back the required filters whose field the query does not restrict itself."""
    if topic is None or not topic.required_filters:
        return spec
    restricted = [item.field for item in spec.filters if item.condition != Anything()]
    given = [find_field(model, split_grain(name)[0]) for name in restricted]
    missing = tuple(
        FieldFilter(name, condition, required=True, authored=True)
        for name, condition in topic.default_filters.items()
        if name in topic.required_filters and find_field(model, split_grain(name)[0]) not in given
    )
    return replace(spec, filters=(*spec.filters, *missing))
