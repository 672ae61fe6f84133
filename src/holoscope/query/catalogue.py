"""What an asker can choose from: topics, their views and the fields in them, resolved.

Source: API digest §3.13, modeling digest §3.4, §15.1 (the selector algebra of `fields`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from holoscope.kit.errors import HoloscopeError
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import GRAINS, weekday_index
from holoscope.modeling.topics import Topic
from holoscope.modeling.types import ColumnType, DataType
from holoscope.modeling.views import View
from holoscope.query.asked import example_of
from holoscope.query.build import subqueries_of_one
from holoscope.query.calendars import calendar_of, is_offered
from holoscope.query.dynamic import model_for
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.target import Context
from holoscope.query.grants import grants_hold, topic_is_visible
from holoscope.query.inherited_masks import is_masked_field, shown_measure
from holoscope.query.inside import model_inside
from holoscope.query.joins import Edge, JoinTree, tree_of_topic
from holoscope.query.masks import is_masked
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Scope
from holoscope.query.told import Told
from holoscope.query.types import STRING
from holoscope.sql.dialect import Dialect


@dataclass(frozen=True, slots=True)
class ListedField:
    """A dimension or measure as the catalogue shows it; `timeframes` are those of a time or a duration.

    The asker sees digests of a masked one.
    """

    field: Dimension | Measure
    type: ColumnType
    timeframes: tuple[str, ...] = ()
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class ListedView:
    view: View
    dimensions: tuple[ListedField, ...]
    measures: tuple[ListedField, ...]
    filters: tuple[FilterField, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedTopic:
    """A topic with its views in join order and the edges that reach them.

    `told` judges what may be shown of all else that its author wrote.
    """

    topic: Topic
    views: tuple[ListedView, ...]
    edges: tuple[Edge, ...]
    told: Told

    @property
    def join_via(self) -> dict[str, list[str]]:
        """For each joined view, the views passed on the way from the base."""
        parents = {edge.child: edge.parent for edge in self.edges}
        paths: dict[str, list[str]] = {}
        for view in parents:
            hops: list[str] = []
            at = parents[view]
            while at in parents:
                hops.append(at)
                at = parents[at]
            paths[view] = hops[::-1]
        return paths


def visible_topics(model: Model, scope: Scope) -> tuple[Topic, ...]:
    """List the topics that exist for this asker, by `display_order`, then label."""
    found = [topic for topic in model.topics.values() if topic_is_visible(topic, model, scope)]
    return tuple(
        sorted(found, key=lambda topic: _picker_order(topic.display_order, topic.label or topic.name))
    )


def find_topic(model: Model, name: str, scope: Scope, dialect: Dialect) -> ListedTopic | None:
    """Resolve one topic; None when there is none for this asker."""
    model = model_for(model, scope)
    topic = model.topics.get(name)
    if topic is None or not topic_is_visible(topic, model, scope):
        return None
    model = model_inside(model, topic)
    tree = tree_of_topic(topic, model)
    chosen = _chosen_fields(topic, model, tree)
    resolver = _resolver(model, scope, dialect)
    labels = {edge.child: edge.label for edge in tree.edges.values()}
    labels[topic.base_view] = topic.base_view_label
    views = tuple(
        listed
        for name in _in_picker_order(tree, model)
        if (listed := list_view(_labelled(model.views[name], labels), model, scope, resolver, chosen))
        is not None
    )
    shown = tuple(_without_broken(view, topic) for view in views)
    told = Told(model, scope, partial(is_masked_field, resolver))
    return ListedTopic(topic, shown, tuple(tree.edges.values()), told)


def _in_picker_order(tree: JoinTree, model: Model) -> list[str]:
    """Put views with a `display_order` first, the others in join order."""
    orders = {name: model.views[name].display_order for name in tree.views}
    return sorted(tree.views, key=lambda name: (orders[name] is None, orders[name] or 0))


def _without_broken(listed: ListedView, topic: Topic) -> ListedView:
    """Leave out what refers to views that the topic does not join."""
    if not topic.broken_fields:
        return listed

    def kept(fields: tuple[ListedField, ...]) -> tuple[ListedField, ...]:
        return tuple(item for item in fields if item.field.qualified_name not in topic.broken_fields)

    return replace(listed, dimensions=kept(listed.dimensions), measures=kept(listed.measures))


def _labelled(view: View, labels: Mapping[str, str | None]) -> View:
    """Name a view as the join that leads to it does."""
    label = labels.get(view.name)
    return view if label is None else replace(view, label=label)


def visible_views(model: Model, scope: Scope) -> tuple[View, ...]:
    """List every view that exists for this asker, hidden ones too; copies made by aliases are left out."""
    return tuple(
        view
        for view in model.views.values()
        if not view.ignored
        and view.alias_of is None
        and grants_hold(view.required_access_grants, model, scope)
    )


def visible_fields(view: View, model: Model, scope: Scope) -> tuple[Dimension | Measure, ...]:
    """List a view's fields that this asker may name."""
    return tuple(
        item
        for item in view.fields
        if not item.ignored and grants_hold(item.required_access_grants, model, scope)
    )


def visible_filters(view: View, model: Model, scope: Scope) -> tuple[FilterField, ...]:
    """List a view's filter-only fields that this asker may name."""
    return tuple(
        item for item in view.filters.values() if grants_hold(item.required_access_grants, model, scope)
    )


def list_view(
    view: View, model: Model, scope: Scope, resolver: Resolver, chosen: frozenset[str] | None = None
) -> ListedView | None:
    """Resolve the fields of a view; None when the view does not exist for this asker."""
    if view.ignored or not grants_hold(view.required_access_grants, model, scope):
        return None
    dimensions: list[ListedField] = []
    measures: list[ListedField] = []
    for item in visible_fields(view, model, scope):
        if chosen is not None and item.qualified_name not in chosen:
            continue
        try:
            if isinstance(item, Dimension):
                dimensions.append(_dimension(item, model, resolver))
            else:
                kind = shown_measure(resolver, item)[1]
                hidden = is_masked_field(resolver, item.qualified_name)
                measures.append(ListedField(item, kind, is_masked=hidden))
        except HoloscopeError:
            continue  # a field that does not compile is broken here; validation reports it
    filters = visible_filters(view, model, scope)
    return ListedView(
        view,
        tuple(sorted(dimensions, key=lambda item: _place(item.field))),
        tuple(sorted(measures, key=lambda item: _place(item.field))),
        tuple(sorted(filters, key=_place)),
    )


def _place(item: Dimension | Measure | FilterField) -> tuple[bool, int]:
    """Put what has a `display_order` first; the rest keeps the order of the files."""
    return item.display_order is None, item.display_order or 0


def _dimension(item: Dimension, model: Model, resolver: Resolver) -> ListedField:
    raw = resolver.raw(item)
    hidden = is_masked(resolver, raw.masks)
    kind = STRING if hidden else raw.type
    if item.duration is not None:
        return ListedField(item, kind, item.duration.intervals, is_masked=hidden)
    if hidden:
        return ListedField(item, kind, is_masked=True)
    if kind.data_type is not DataType.TIMESTAMP:
        return ListedField(item, kind)
    frames = [
        frame.lower() for frame in (model.default_timeframes if item.timeframes is None else item.timeframes)
    ]
    if model.fiscal_month_offset is None:
        frames = [frame for frame in frames if not frame.startswith("fiscal_")]
    calendar = calendar_of(item, model)
    if calendar is not None:
        frames = [frame for frame in frames if frame in GRAINS and is_offered(calendar, GRAINS[frame])]
    return ListedField(item, kind, tuple(frames))


def _resolver(model: Model, scope: Scope, dialect: Dialect) -> Resolver:
    # Listing fields resolves no relative date that anyone sees, so any instant serves.
    clock = Clockwork.at(datetime(2000, 1, 1, tzinfo=UTC), "UTC", 0)
    first = weekday_index(model.week_start_day)
    return Resolver(model, Context(dialect, clock, scope), first, example_of(model), subqueries_of_one())


def _picker_order(display_order: int | None, label: str) -> tuple[bool, int, str]:
    return display_order is None, display_order or 0, label.lower()


def _chosen_fields(topic: Topic, model: Model, tree: JoinTree) -> frozenset[str] | None:
    """Apply the selectors: `all_views.*`, then `view.*`, then tags, then single fields; `-` excludes."""
    if topic.fields is None:
        return None
    views = [model.views[name] for name in tree.views]
    everything = {item.qualified_name for view in views for item in view.fields}
    positive = any(not selector.startswith("-") for selector in topic.fields)
    chosen: set[str] = set() if positive else set(everything)
    for _, selector in sorted(enumerate(topic.fields), key=lambda pair: (_selector_class(pair[1]), pair[0])):
        names = _selected(selector.removeprefix("-"), views, everything)
        chosen = chosen - names if selector.startswith("-") else chosen | names
    return frozenset(chosen)


def _selector_class(selector: str) -> int:
    word = selector.removeprefix("-")
    if word == "all_views.*":
        return 1
    if word.endswith(".*"):
        return 2
    return 3 if word.startswith("tag:") else 4


def _selected(word: str, views: Iterable[View], everything: set[str]) -> set[str]:
    if word == "all_views.*":
        return everything
    if word.startswith("tag:"):
        tag = word.removeprefix("tag:")
        return {
            item.qualified_name
            for view in views
            for item in view.fields
            if tag in view.tags or tag in item.tags
        }
    if word.endswith(".*"):
        owner = word.removesuffix(".*")
        return {name for name in everything if name.partition(".")[0] == owner}
    return {word.partition("[")[0]} & everything
