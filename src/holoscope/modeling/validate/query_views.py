"""What a query view asks exists, and query views do not read each other in circles (modeling digest §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import Composite, Condition, InQuery
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Measure
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.names import Names, Problem
from holoscope.modeling.reader.report import Path
from holoscope.modeling.references import find_cycles, find_references
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.modeling.validate.grains import explain_grain
from holoscope.modeling.validate.places import view_out
from holoscope.modeling.views import QueryBody, View


def check(draft: Draft) -> Iterator[Finding]:
    """Report what a query view names wrongly; the view is left out, and so is every view of a circle."""
    reads: dict[str, list[str]] = {}
    for view in draft.checked.values():
        if view.ignored:
            continue
        reads[view.name] = list(_read_by(view, draft.names))
        for path, problem in explain_query(view.query, draft) if view.query else ():
            yield Finding(
                problem.code,
                problem.message,
                view.position.file,
                ("query", *path),
                fix=problem.fix,
                leaves_out=view_out(view),
            )
    for members in find_cycles(reads):
        first = draft.views[members[0]]
        message = f"Views read each other in a circle: {', '.join(members)}."
        path = ("query",) if first.query else ("sql",)
        out = tuple(LeftOut(Kind.VIEW, name) for name in members)
        yield Finding(Code.REFERENCE_CYCLE, message, first.position.file, path, leaves_out=out)


def _read_by(view: View, names: Names) -> Iterator[str]:
    """Views whose rows a view is made of."""
    for reference in find_references(view.sql or ""):
        if reference.view is None and reference.name:
            yield names.canonical(reference.name)
    if view.query is not None:
        yield names.canonical(view.query.base_view)
        for name in (*view.query.fields, *view.query.filters, *view.query.binds):
            if name in view.query.calculations:
                continue
            yield names.canonical(name.partition(".")[0])


def explain_query(query: QueryBody, draft: Draft) -> Iterator[tuple[Path, Problem]]:
    """Say what a query names wrongly, and where in it; queries inside its filters too."""
    names = draft.names
    yield from _sources(query, draft)
    for name in query.fields:
        problem = None if name in query.calculations else _field(names, name)
        if problem is not None:
            yield ("fields", name), problem
    for number, (name, _) in enumerate(query.sorts):
        problem = None if name in query.calculations else _field(names, name)
        if problem is not None:
            yield ("sorts", number, "field"), problem
    yield from _filters(query, draft)


def _sources(query: QueryBody, draft: Draft) -> Iterator[tuple[Path, Problem]]:
    problem = draft.names.explain_view(query.base_view)
    if problem is not None:
        yield ("base_view",), problem
    if query.topic is not None:
        problem = _topic(query.topic, query, draft.topics, draft.names)
        if problem is not None:
            yield ("topic",), problem


def _filters(query: QueryBody, draft: Draft) -> Iterator[tuple[Path, Problem]]:
    names = draft.names
    for name in (*query.filters, *(name for name in query.binds if name not in query.filters)):
        problem = _field(names, name, filtered=True)
        if problem is not None:
            yield ("filters", name), problem
    for name, condition in query.filters.items():
        for path, problem in explain_queries(condition, draft):
            yield ("filters", name, *path), problem
    for name, outer in query.binds.items():
        owner, _, field = split_grain(outer)[0].partition(".")
        problem = names.explain_any(owner, field)
        if problem is not None:
            yield ("filters", name, "bind"), problem


def explain_queries(condition: Condition, draft: Draft) -> Iterator[tuple[Path, Problem]]:
    """Say what is wrong with the queries that a condition compares with, and where in the condition."""
    if isinstance(condition, InQuery) and not isinstance(condition.query, str):
        for path, problem in explain_query(condition.query, draft):
            yield ("query_structure", *path), problem
    elif isinstance(condition, Composite):
        for part in condition.parts:
            yield from explain_queries(part, draft)


def _topic(name: str, query: QueryBody, topics: Mapping[str, Topic], names: Names) -> Problem | None:
    topic = topics.get(name)
    if topic is None:
        hint = names.hint(name, topics)
        return Problem(
            Code.UNKNOWN_TOPIC, f'No such topic "{name}".', f"Did you mean {hint}?" if hint else None
        )
    if names.canonical(topic.base_view) == names.canonical(query.base_view):
        return None
    message = f'The topic "{name}" starts from "{topic.base_view}", the query from "{query.base_view}".'
    return Problem(Code.WRONG_BASE_VIEW, message, f"Write base_view: {topic.base_view}.")


def _field(names: Names, name: str, *, filtered: bool = False) -> Problem | None:
    base, grain = split_grain(name)
    owner, _, field = base.partition(".")
    found = names.find(owner, field)
    if found is None:
        return names.explain_any(owner, field) if filtered else names.explain_field(owner, field)
    if grain is None or isinstance(found, Measure):
        return None
    return explain_grain(grain, found, names)
