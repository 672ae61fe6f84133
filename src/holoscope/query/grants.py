"""Access grants: what an asker may name (modeling digest §17)."""

from __future__ import annotations

from collections.abc import Iterable

from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from holoscope.query.scope import Scope


def grants_hold(required: Iterable[str] | None, model: Model, scope: Scope) -> bool:
    """Evaluate `required_access_grants`: elements are AND-ed, `|` is OR, `&` binds tighter.

    An unknown grant and a missing attribute are false; an empty list restricts nothing.
    """
    return all(
        any(
            all(_holds(name.strip(), model, scope) for name in term.split("&")) for term in element.split("|")
        )
        for element in required or ()
    )


def topic_is_visible(topic: Topic, model: Model, scope: Scope) -> bool:
    """Tell whether a topic exists for this asker; its own list replaces the model's default."""
    required = topic.required_access_grants
    if required is None:
        required = model.default_topic_required_access_grants
    return grants_hold(required, model, scope)


def _holds(name: str, model: Model, scope: Scope) -> bool:
    grant = model.access_grants.get(name)
    if grant is None:
        return False
    values = scope.attributes.get(grant.user_attribute, ())
    return not set(values).isdisjoint(grant.allowed_values)
