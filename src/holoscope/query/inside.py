"""The model as one topic sees it: its `views:` block changes views, in this topic alone (digest §15)."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from types import MappingProxyType

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.topics import Topic
from holoscope.modeling.views import View
from holoscope.query.spec import QuerySpec
from holoscope.query.told import Told

_OUTSIDE = "outside"


def model_inside(model: Model, topic: Topic | None) -> Model:
    """Return the model with the topic's own views; made once, with a memory of its own."""
    if topic is None or not topic.views:
        return model
    known = model.derived.get(("inside", topic.name))
    if not isinstance(known, Model):
        views = {name: _for(topic, view) for name, view in {**model.views, **topic.views}.items()}
        known = model.derived["inside", topic.name] = replace(
            model, views=MappingProxyType(views), derived={_OUTSIDE: model}
        )
    return known


def _for(topic: Topic, view: View) -> View:
    """A rollup made elsewhere may hold fields that mean something else in this topic: it is not used."""
    return view if view.rollup is None or view.rollup.topic == topic.name else replace(view, rollup=None)


def model_outside(model: Model) -> Model:
    """Return the model outside of all topics, from which it is seen now or not."""
    found = model.derived.get(_OUTSIDE)
    return found if isinstance(found, Model) else model


def refuse_broken(spec: QuerySpec, topic: Topic | None, told: Told) -> None:
    """Refuse fields that refer to views which the topic does not join; hidden ones are missing elsewhere.

    Raises:
        InvalidQuery: such a field is asked for or filtered by.
    """
    if topic is None or not topic.broken_fields or spec.join_via:
        return
    sent = chain(spec.filters, *spec.any_of)
    filtered = (item.field for item in sent if not item.ignore_if_unjoinable)
    for name in (*spec.fields, *filtered):
        base, _ = split_grain(name)
        missing = topic.broken_fields.get(base)
        if missing and told.may_name(base):
            named = ", ".join(filter(told.may_name, missing)) or "a view"
            raise InvalidQuery(
                f'Field "{base}" is broken in the context of topic "{topic.name}": it needs {named}, '
                "which the topic does not join."
            )
