"""Composite topics as an asker chooses from them: every field under the name that queries use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType

from holoscope.kit.text import title
from holoscope.modeling.composites import CompositeTopic, SharedDimension
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.views import View
from holoscope.query.catalogue import ListedField, ListedTopic, ListedView, find_topic
from holoscope.query.composites.address import SHARED_DIMENSIONS, SHARED_MEASURES, SHARED_VIEWS
from holoscope.query.composites.visible import composite_is_visible, visible_members
from holoscope.query.scope import Scope
from holoscope.query.told import Told
from holoscope.query.types import NUMBER
from holoscope.sql.dialect import Dialect


@dataclass(frozen=True, slots=True)
class ListedComposite:
    """A composite topic; its views are named as the fields in them are asked: `@rides.trips`.

    `told` judges what may be shown of all else that its author wrote.
    """

    composite: CompositeTopic
    views: tuple[ListedView, ...]
    told: Told


def visible_composites(model: Model, scope: Scope) -> tuple[CompositeTopic, ...]:
    """List the composite topics that exist for this asker, by label."""
    found = [one for one in model.composite_topics.values() if composite_is_visible(one, model, scope)]
    return tuple(sorted(found, key=lambda one: (one.label or one.name).lower()))


def list_composite(model: Model, name: str, scope: Scope, dialect: Dialect) -> ListedComposite | None:
    """Resolve one composite topic; None when there is none for this asker."""
    composite = model.composite_topics.get(name)
    if composite is None or not composite_is_visible(composite, model, scope):
        return None
    members = {
        topic: listed
        for topic in visible_members(composite, model, scope)
        if (listed := find_topic(model, topic, scope, dialect)) is not None
    }
    views = [*_shared(composite, members), *_own(members)]
    kept = (_chosen(view, composite.fields) for view in views)

    def is_masked(field: str) -> bool:
        return any(listed.told.is_masked(field) for listed in members.values())

    return ListedComposite(
        composite,
        tuple(view for view in kept if view.dimensions or view.measures),
        Told(model, scope, is_masked),
    )


def _shared(composite: CompositeTopic, members: dict[str, ListedTopic]) -> Iterable[ListedView]:
    dimensions = [
        found
        for shared in composite.shared_dimensions.values()
        if (found := _dimension(shared, members)) is not None
    ]
    measures = [
        ListedField(
            Measure(
                SHARED_MEASURES,
                shared.name,
                composite.position,
                sql=shared.sql,
                label=shared.label,
                format=shared.format,
            ),
            NUMBER,
        )
        for shared in composite.shared_measures.values()
    ]
    yield ListedView(View(SHARED_DIMENSIONS, composite.position), tuple(dimensions), ())
    for name in composite.shared_views:
        listed = next(
            (view for topic in members.values() for view in topic.views if view.view.name == name), None
        )
        if listed is not None:
            yield replace(_named(listed, f"{SHARED_VIEWS}.{name}"), measures=())
    yield ListedView(View(SHARED_MEASURES, composite.position), (), tuple(measures))


def _dimension(shared: SharedDimension, members: dict[str, ListedTopic]) -> ListedField | None:
    for topic, field in shared.mappings.items():
        for view in members[topic].views if topic in members else ():
            for listed in view.dimensions:
                if listed.field.qualified_name == field.partition("[")[0]:
                    label = shared.label or title(shared.name)
                    named = replace(listed.field, view=SHARED_DIMENSIONS, name=shared.name, label=label)
                    return replace(listed, field=named)
    return None


def _own(members: dict[str, ListedTopic]) -> Iterable[ListedView]:
    for topic, listed in members.items():
        for view in listed.views:
            yield _named(view, f"@{topic}.{view.view.name}")


def _named(listed: ListedView, name: str) -> ListedView:
    """Give a view and its fields the name they are asked by."""
    view = replace(
        listed.view, name=name, dimensions=MappingProxyType({}), measures=MappingProxyType({}), primary_key=()
    )
    return ListedView(
        view,
        tuple(replace(one, field=replace(one.field, view=name)) for one in listed.dimensions),
        tuple(replace(one, field=replace(one.field, view=name)) for one in listed.measures),
    )


def _chosen(listed: ListedView, selectors: tuple[str, ...] | None) -> ListedView:
    """Apply `fields`: whole groups (`@rides.*`, `@rides.trips.*`) first, then single fields; `-` excludes."""
    if selectors is None:
        return listed
    ordered = sorted(selectors, key=lambda word: not word.endswith("*"))
    everything = all(word.startswith("-") for word in selectors)

    def keeps(field: Dimension | Measure) -> bool:
        kept = everything
        for selector in ordered:
            word = selector.removeprefix("-")
            group = word.removesuffix("*")
            if word in (field.qualified_name, "all_views.*") or (
                word.endswith(".*") and field.qualified_name.startswith(group)
            ):
                kept = not selector.startswith("-")
        return kept

    return replace(
        listed,
        dimensions=tuple(one for one in listed.dimensions if keeps(one.field)),
        measures=tuple(one for one in listed.measures if keeps(one.field)),
    )
