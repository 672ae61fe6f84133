"""Topics called by their label, and topics in the place of a table, as old bodies have them (digest §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from holoscope.modeling.model import Model
from holoscope.query.composites.visible import composite_is_visible
from holoscope.query.grants import topic_is_visible
from holoscope.query.lookup import Lookup
from holoscope.query.scope import Scope
from holoscope.query.spec import QuerySpec


def with_named_topic(spec: QuerySpec, model: Model, scope: Scope) -> QuerySpec:
    """Give the query the topic that its `topic`, or else its `table`, calls by name or label.

    A view of that name comes first, and a label that two topics have names neither. What is hidden from
    the asker is called by no name.
    """
    if spec.topic is not None:
        if any(name == spec.topic for name, _ in _visible(model, scope)):
            return spec
        found = _named(spec.topic, model, scope)
        return spec if found is None else replace(spec, topic=found)
    if not spec.table or Lookup(model, scope).find_view(spec.table) is not None:
        return spec
    found = _named(spec.table, model, scope)
    return spec if found is None else replace(spec, topic=found, table="")


def _named(text: str, model: Model, scope: Scope) -> str | None:
    """Find the one topic with this name or label, letter case last."""
    known = list(_visible(model, scope))
    same: tuple[Callable[[str], str], ...] = (str, str.casefold)
    for read in same:
        names = {name for name, label in known if read(text) in (read(name), read(label or name))}
        if names:
            return next(iter(names)) if len(names) == 1 else None
    return None


def _visible(model: Model, scope: Scope) -> Iterator[tuple[str, str | None]]:
    for name, topic in model.topics.items():
        if topic_is_visible(topic, model, scope):
            yield name, topic.label
    for name, composite in model.composite_topics.items():
        if composite_is_visible(composite, model, scope):
            yield name, composite.label
