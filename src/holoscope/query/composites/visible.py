"""Which composite topics, and which of their members, exist for an asker."""

from __future__ import annotations

from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.model import Model
from holoscope.query.grants import grants_hold, topic_is_visible
from holoscope.query.scope import Scope


def composite_is_visible(composite: CompositeTopic, model: Model, scope: Scope) -> bool:
    """Tell whether a composite topic exists for this asker: its own grants, and one member at least."""
    required = composite.required_access_grants
    if required is None:
        required = model.default_topic_required_access_grants
    return grants_hold(required, model, scope) and bool(visible_members(composite, model, scope))


def visible_members(composite: CompositeTopic, model: Model, scope: Scope) -> tuple[str, ...]:
    """List the members that exist for this asker."""
    return tuple(name for name in composite.topics if topic_is_visible(model.topics[name], model, scope))
