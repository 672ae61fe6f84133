"""Access filters, a topic's own or the model's defaults, name dimensions (modeling digest §17)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Measure
from holoscope.modeling.findings import Finding
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.validate.places import topic_out


def check(draft: Draft) -> Iterator[Finding]:
    """A rule about an unknown field leaves the topic out: it could not be enforced."""
    for topic in draft.topics.values():
        names = draft.names_in(topic.name)
        if names.original(topic.base_view) is None:
            continue
        inherited = topic.access_filters is None
        rules = (
            draft.model.default_topic_access_filters if topic.access_filters is None else topic.access_filters
        )
        for number, rule in enumerate(rules):
            view, dot, field = rule.field.partition(".")
            if not dot:
                view, field = topic.base_view, rule.field
            problem = _explain(names, view, field)
            if problem is None:
                continue
            message, path, file = problem.message, ("access_filters", number, "field"), topic.position.file
            if inherited:
                message = (
                    f'No such access filter field "{rule.field}" (resolved to "{view}.{field}" in topic '
                    f'"{topic.name}") specified in default_topic_access_filters'
                )
                path, file = ("default_topic_access_filters", number, "field"), "model"
            yield Finding(
                problem.code,
                message,
                file,
                path,
                fix=problem.fix,
                at_value=True,
                leaves_out=topic_out(topic),
            )


def _explain(names: Names, view: str, field: str) -> Problem | None:
    target = names.find(view, field)
    if isinstance(target, Measure):
        return Problem(
            Code.FILTER_ON_MEASURE, f'An access filter is about rows; "{view}.{field}" is a measure.'
        )
    return None if target is not None else names.explain_field(view, field)
