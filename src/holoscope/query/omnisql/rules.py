"""Whose rows of a view somebody sees who names the view alone (docs/decisions/0056)."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import Forbidden, InvalidQuery
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from holoscope.query.calendars import with_calendars
from holoscope.query.grants import topic_is_visible
from holoscope.query.inside import model_inside
from holoscope.query.joins import Edge, JoinTree, tree_of_topic
from holoscope.query.relax import Where
from holoscope.query.resolve import Resolver
from holoscope.query.security import row_rules
from holoscope.query.value import is_inner


def rules_of_view(view: str, tree: JoinTree, model: Model, resolver: Resolver) -> list[Where]:
    """Give what rows of a view must meet: some topic over the view shows them to the asker.

    A topic without access filters shows all of them. A view that no topic begins with has no such rules.

    Raises:
        Forbidden: every topic needs an attribute that is not set.
        InvalidQuery: a topic's rule reads other joins than those of the bare view.
    """
    scope = resolver.context.scope
    over = [topic for topic in model.topics.values() if topic.base_view == view]
    topics = [topic for topic in over if topic_is_visible(topic, model, scope)] or over
    if not topics or any(not model.access_filters_of(topic) for topic in topics):
        return []
    ways: list[tuple[exp.Expr, frozenset[str]]] = []
    refusal: Forbidden | None = None
    for topic in topics:
        try:
            rules = _rules(topic, tree, model, resolver)
        except Forbidden as error:  # this topic shows no rows; another may
            refusal = error
            continue
        if not rules:
            return []
        views = frozenset().union(*(read for _, read in rules))
        ways.append((exp.and_(*(rule for rule, _ in rules), copy=False), views))
    if not ways:
        raise refusal or Forbidden("Permission denied")
    read = frozenset().union(*(views for _, views in ways))
    shown = exp.or_(*(exp.Paren(this=way) for way, _ in ways), copy=False)
    return [Where(exp.Paren(this=shown) if len(ways) > 1 else shown, read)]


def _rules(
    topic: Topic, tree: JoinTree, model: Model, resolver: Resolver
) -> list[tuple[exp.Expr, frozenset[str]]]:
    inside = replace(resolver.afresh(), model=model_inside(model, topic))
    rules = row_rules(topic, inside.model, inside)
    usual = with_calendars(tree_of_topic(topic, model), inside.model)
    for _, views in rules:
        for read in views:
            if is_inner(read) or _way(read, tree) != _way(read, usual):
                raise InvalidQuery(
                    f'"{tree.base}" is restricted by the topic "{topic.name}" in a way that holds there '
                    "alone: ask the topic, without SQL of your own."
                )
    return rules


def _way(view: str, tree: JoinTree) -> tuple[Edge, ...] | None:
    return tree.path(view) if view in tree else None
