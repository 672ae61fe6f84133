"""Fields that a topic lists and cannot compute: they refer to views it does not join (digest §18.2)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from holoscope.modeling.codes import Code
from holoscope.modeling.draft import Draft, Use
from holoscope.modeling.findings import Finding
from holoscope.modeling.joins import Cardinality, JoinNode, JoinType, Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.names import Names
from holoscope.modeling.topics import Topic
from holoscope.modeling.views import View

_BACK = {Cardinality.ONE_TO_MANY: Cardinality.MANY_TO_ONE, Cardinality.MANY_TO_ONE: Cardinality.ONE_TO_MANY}
_TO_MANY = (Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY)
_BOTH_WAYS = (Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_MANY)

Foreign = Mapping[str, frozenset[str]]


def mark_broken_fields(model: Model, draft: Draft) -> tuple[Model, list[Finding]]:
    """Note in every topic the fields that are broken in it, each with the views it lacks."""
    everywhere = foreign_views(draft.uses, draft.names)
    findings: list[Finding] = []
    topics: dict[str, Topic] = {}
    for topic in model.topics.values():
        inside = draft.insides.get(topic.name)
        foreign = everywhere
        if inside is not None:
            here = [use for use in draft.uses if use.source.view not in inside.views]
            foreign = foreign_views((*here, *inside.uses), inside.names)
        views = {**model.views, **topic.views}
        broken = dict(_broken(joined_views(topic, model), views, foreign))
        topics[topic.name] = replace(topic, broken_fields=MappingProxyType(broken)) if broken else topic
        findings.extend(_finding(name, missing, topic, views) for name, missing in broken.items())
    return replace(model, topics=MappingProxyType(topics)) if findings else model, findings


def foreign_views(uses: Iterable[Use], names: Names) -> Foreign:
    """Give for each field the other views that it refers to, however indirectly; local fields are absent."""
    foreign: dict[str, set[str]] = {}
    dependants: dict[str, list[str]] = {}
    for use in uses:
        if use.target is None or use.key == "query":  # a query view brings its own joins along
            continue
        source = use.source.qualified_name
        view = names.canonical(use.view)
        if view != use.source.view:
            foreign.setdefault(source, set()).add(view)
        dependants.setdefault(use.target.qualified_name, []).append(source)
    queue = deque(foreign)
    while queue:
        name = queue.popleft()
        for dependant in dependants.get(name, ()):
            known = foreign.setdefault(dependant, set())
            if not foreign[name] <= known:
                known |= foreign[name]
                queue.append(dependant)
    return {name: frozenset(views) for name, views in foreign.items()}


def joined_views(topic: Topic, model: Model) -> tuple[str, ...]:
    """Name the views of a topic: those of its `joins`, or all that are reached without repeating rows."""
    if topic.joins is not None:
        return tuple(dict.fromkeys((topic.base_view, *_listed(topic.joins))))
    own = {frozenset((item.left, item.right)) for item in topic.relationships}
    others = [item for item in model.relationships if frozenset((item.left, item.right)) not in own]
    steps: dict[str, list[str]] = {}
    for start, end in _steps((*topic.relationships, *others)):
        steps.setdefault(start, []).append(end)
    found = dict.fromkeys([topic.base_view])
    queue = deque(found)
    while queue:
        for view in steps.get(queue.popleft(), ()):
            if view not in found:
                found[view] = None
                queue.append(view)
    return tuple(found)


def _listed(nodes: Iterable[JoinNode]) -> Iterator[str]:
    for node in nodes:
        yield node.view
        yield from _listed(node.children)


def _steps(relationships: Iterable[Relationship]) -> Iterator[tuple[str, str]]:
    for item in relationships:
        forth = Cardinality.MANY_TO_MANY if item.join_type is JoinType.CROSS else item.cardinality
        if forth not in _TO_MANY:
            yield item.left, item.right
        if (item.reversible or item.cardinality in _BOTH_WAYS) and _BACK.get(forth, forth) not in _TO_MANY:
            yield item.right, item.left


def _broken(
    joined: tuple[str, ...], views: Mapping[str, View], foreign: Foreign
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not foreign:
        return
    by_view: dict[str, list[str]] = {}
    for name in foreign:
        by_view.setdefault(name.partition(".")[0], []).append(name)
    for name in joined:
        view = views.get(name)
        for field in by_view.get((view.alias_of or name) if view is not None else name, ()):
            missing = foreign[field].difference(joined)
            if missing:
                yield f"{name}.{field.partition('.')[2]}", tuple(sorted(missing))


def _finding(name: str, missing: tuple[str, ...], topic: Topic, views: Mapping[str, View]) -> Finding:
    view, _, field = name.partition(".")
    owner = views[view]
    section = "dimensions" if field in owner.dimensions else "measures"
    inside = ("views", view) if view in topic.views and owner.position.file == topic.position.file else ()
    return Finding(
        Code.FIELD_BROKEN_IN_TOPIC,
        f'Field "{name}" is broken in the context of topic "{topic.name}": it needs '
        f"{', '.join(missing)}, which the topic does not join.",
        owner.position.file,
        (*inside, section, field),
    )
