"""The filters of a topic are about fields that exist, and of the right kind (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.modeling.validate.grains import explain_grain
from holoscope.modeling.validate.places import topic_out


def check(draft: Draft) -> Iterator[Finding]:
    """A bad `always_` filter leaves the topic out; a bad default filter only itself."""
    for topic in draft.topics.values():
        groups = (
            ("default_filters", topic.default_filters),
            ("always_where_filters", topic.always_where_filters),
            ("always_having_filters", topic.always_having_filters),
        )
        for key, filters in groups:
            for name in filters:
                problem = explain_filter(draft.names_in(topic.name), name, key)
                if problem is not None:
                    yield Finding(
                        problem.code,
                        problem.message,
                        topic.position.file,
                        (key, name),
                        fix=problem.fix,
                        leaves_out=() if _may_go(key, name, topic) else topic_out(topic),
                    )


def _may_go(key: str, name: str, topic: Topic) -> bool:
    """Tell whether a topic may be served without a filter: a default one that is not required."""
    return key == "default_filters" and name not in topic.required_filters


def explain_filter(names: Names, name: str, key: str) -> Problem | None:
    """Say why a topic may not filter on `name` under `key`; None when it may."""
    base, grain = split_grain(name)
    view, dot, field = base.partition(".")
    if not dot:
        return Problem(Code.UNKNOWN_FIELD, f'No such field "{name}".', "Write it as view.field.")
    target = names.find(view, field)
    if target is None:
        # A filter-only field is filtered for the sake of the templates that read it.
        return (
            names.explain_field(view, field)
            if key == "always_having_filters"
            else names.explain_any(view, field)
        )
    if key == "always_having_filters" and isinstance(target, Dimension):
        return Problem(Code.HAVING_ON_DIMENSION, f'always_having_filters needs a measure; "{name}" is none.')
    if key == "always_where_filters" and isinstance(target, Measure):
        message = f'always_where_filters is about rows; "{name}" is a measure.'
        return Problem(Code.FILTER_ON_MEASURE, message, "Use always_having_filters.")
    return explain_grain(grain, target, names) if grain else None
