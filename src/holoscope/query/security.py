"""Row rules of a topic for one asker. A topic query cannot be planned without them (modeling digest §17)."""

from __future__ import annotations

from sqlglot import exp

from holoscope.kit.errors import Forbidden
from holoscope.modeling.conditions import Composite, Condition, OneOf, StringKind, StringMatch
from holoscope.modeling.model import Model
from holoscope.modeling.references import qualified
from holoscope.modeling.topics import AccessFilter, Topic
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.grants import topic_is_visible
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Scope
from holoscope.query.targets import target_of


def row_rules(topic: Topic, model: Model, resolver: Resolver) -> list[tuple[exp.Expr, frozenset[str]]]:
    """Give the predicates of the topic's access filters and the views they read.

    Raises:
        Forbidden: an attribute a rule needs is not set: no rows rather than all rows.
    """
    found = []
    for rule in model.access_filters_of(topic):
        condition = _condition(rule, called(topic, model, resolver.context.scope), resolver)
        if condition is None:
            continue
        name = qualified(rule.field, topic.base_view)
        target, views = target_of(resolver, name, direct=False)
        predicate = build_predicate(condition, target, resolver.context)
        if predicate is not None:
            found.append((predicate, views))
    return found


def called(topic: Topic, model: Model, scope: Scope) -> str:
    """Name a topic in a message: one that is hidden from the asker has no name."""
    return f'topic "{topic.name}"' if topic_is_visible(topic, model, scope) else "a topic"


def _condition(rule: AccessFilter, topic: str, resolver: Resolver) -> Condition | None:
    values = resolver.context.scope.attributes.get(rule.user_attribute)
    if not values:
        raise Forbidden(
            f'{topic[0].upper()}{topic[1:]} is restricted by the user attribute "{rule.user_attribute}", '
            "which is not set for you. Ask an administrator to set it."
        )
    if not set(values).isdisjoint(rule.values_for_unfiltered):
        return None
    if rule.enable_sql_like_wildcards:
        return Composite("OR", tuple(StringMatch(StringKind.SQL_LIKE, (value,)) for value in values))
    return OneOf(values)
