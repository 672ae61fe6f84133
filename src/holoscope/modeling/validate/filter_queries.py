"""Queries that filters compare with name what exists (modeling digest §13, `query_structure`)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.conditions import Condition
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.reader.report import Path
from holoscope.modeling.validate.places import topic_out
from holoscope.modeling.validate.query_views import explain_queries


def check_fields(draft: Draft) -> Iterator[Finding]:
    """A field whose filter asks a bad query is left out."""
    for view in draft.views.values():
        fields: tuple[Dimension | Measure, ...] = (
            *(item for item in view.dimensions.values() if item.groups),
            *(item for item in view.measures.values() if item.filters),
        )
        for item in fields:
            out = (LeftOut(Kind.FIELD, item.qualified_name),)
            for path, condition in _conditions(item):
                yield from _findings(condition, draft, view.position.file, path, out)


def check_topics(draft: Draft) -> Iterator[Finding]:
    """A topic that always asks a bad query is left out; a default filter alone takes nothing with it."""
    for topic in draft.topics.values():
        groups = (
            ("default_filters", topic.default_filters),
            ("always_where_filters", topic.always_where_filters),
            ("always_having_filters", topic.always_having_filters),
        )
        for key, filters in groups:
            out = () if key == "default_filters" else topic_out(topic)
            for name, condition in filters.items():
                yield from _findings(condition, draft, topic.position.file, (key, name), out)


def _conditions(item: Dimension | Measure) -> Iterator[tuple[Path, Condition]]:
    if isinstance(item, Measure):
        for name, condition in item.filters.items():
            yield ("measures", item.name, "filters", name), condition
        return
    for number, group in enumerate(item.groups):
        yield ("dimensions", item.name, "groups", number, "filter"), group.condition


def _findings(
    condition: Condition, draft: Draft, file: str, path: Path, out: tuple[LeftOut, ...]
) -> Iterator[Finding]:
    for below, problem in explain_queries(condition, draft):
        yield Finding(problem.code, problem.message, file, (*path, *below), fix=problem.fix, leaves_out=out)
