"""What a composite topic shares exists in its members (modeling digest §16)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.references import find_references
from holoscope.modeling.timeframes import split_grain

_SHARED_MEASURES = "_shared_measures_"


def check(draft: Draft, lost_topics: set[str]) -> Iterator[Finding]:
    """Report members, views, fields and measures that are not there; the composite topic goes with them."""
    topics = [name for name in draft.topics if name not in lost_topics]
    for composite in draft.composites.values():
        for path, problem in _problems(composite, draft, topics):
            yield Finding(
                problem.code,
                problem.message,
                composite.position.file,
                path,
                fix=problem.fix,
                at_value=isinstance(path[-1], int),
                leaves_out=(LeftOut(Kind.COMPOSITE, composite.name),),
            )


def _problems(composite: CompositeTopic, draft: Draft, topics: list[str]) -> Iterator[tuple[Path, Problem]]:
    for number, name in enumerate(composite.topics):
        if name not in topics:
            yield ("topics", number), _unknown_topic(name, topics)
    for number, name in enumerate(composite.shared_views):
        problem = draft.names.explain_view(name)
        if problem is not None:
            yield ("shared_views", number), problem
    for shared in composite.shared_dimensions.values():
        for topic, field in shared.mappings.items():
            path = ("shared_dimensions", shared.name, "mappings", topic)
            if topic not in composite.topics:
                yield path, _unknown_topic(topic, composite.topics)
            problem = _explain(draft.names_in(topic), field, Dimension)
            if problem is not None:
                yield (*path, "field"), problem
    for measure in composite.shared_measures.values():
        for problem in _explain_sql(draft, measure.sql, composite.topics):
            yield ("shared_measures", measure.name, "sql"), problem


def _unknown_topic(name: str, known: list[str] | tuple[str, ...]) -> Problem:
    found = near(name, known, limit=1)
    return Problem(
        Code.UNKNOWN_TOPIC, f'No such topic "{name}".', f"Did you mean {found[0]}?" if found else None
    )


def _explain(names: Names, name: str, wanted: type[Dimension] | type[Measure]) -> Problem | None:
    view, dot, field = split_grain(name)[0].partition(".")
    if not dot:
        return Problem(Code.UNKNOWN_FIELD, f'No such field "{name}".', "Write it as view.field.")
    found = names.find(view, field)
    if found is None:
        return names.explain_field(view, field)
    if isinstance(found, wanted):
        return None
    kinds = ("a dimension", "a measure") if wanted is Dimension else ("a measure", "a dimension")
    return Problem(Code.WRONG_TYPE, f'"{name}" must be {kinds[0]}, not {kinds[1]}.')


def _explain_sql(draft: Draft, sql: str, topics: tuple[str, ...]) -> Iterator[Problem]:
    """A shared measure calculates with measures of members, named `${topic.view.measure}`."""
    for text in _references(sql):
        topic, _, field = text.removeprefix("@").partition(".")
        if topic == _SHARED_MEASURES:
            message = f'A shared measure may not use another one: "{text}".'
            yield Problem(Code.BAD_REFERENCE, message, "Write out its SQL.")
        elif field.count(".") != 1:
            message = f'"{text}" is no measure of a topic.'
            yield Problem(Code.BAD_REFERENCE, message, "Write it as ${topic.view.measure}.")
        elif topic not in topics:
            yield _unknown_topic(topic, topics)
        elif (problem := _explain(draft.names_in(topic), field, Measure)) is not None:
            yield problem


def _references(sql: str) -> list[str]:
    return [found.text.removeprefix("${").removesuffix("}").strip() for found in find_references(sql)]
