"""From a draft and its findings to the model: names resolved, aliased copies made, bad things left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from holoscope.modeling.calendars import calendar_copies, sound_calendars
from holoscope.modeling.columns import columns_of
from holoscope.modeling.copies import copy_view
from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding, Kind
from holoscope.modeling.joins import Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.names import Names
from holoscope.modeling.reader.relationships import Declared
from holoscope.modeling.reader.rollup import in_columns
from holoscope.modeling.topics import Topic
from holoscope.modeling.types import EMPTY, Catalog
from holoscope.modeling.validate.places import relationship_key
from holoscope.modeling.validate.topic_filters import explain_filter
from holoscope.modeling.validate.topic_joins import join_pairs, prune_joins
from holoscope.modeling.views import View

_MODEL_DEFAULTS = Model(views=MappingProxyType({}))


def left_out(findings: Iterable[Finding], kind: Kind) -> set[str]:
    """Return the names of everything of one kind that the findings leave out."""
    return {out.name for finding in findings for out in finding.leaves_out if out.kind is kind}


def compose(draft: Draft, findings: Iterable[Finding], catalog: Catalog) -> Model:
    """Build the model from what is left after the findings."""
    findings = tuple(findings)
    lost = left_out(findings, Kind.RELATIONSHIP)
    declared = [item for item in draft.declared if relationship_key(item) not in lost]
    lost_topics = left_out(findings, Kind.TOPIC)
    topics = {
        name: _topic(topic, draft, declared)
        for name, topic in draft.topics.items()
        if name not in lost_topics
    }
    lost_composites = left_out(findings, Kind.COMPOSITE)
    composites = {
        name: composite for name, composite in draft.composites.items() if name not in lost_composites
    }
    source = draft.model
    views = {**_views(draft, findings, catalog), **_copies(draft, declared)}
    calendars = sound_calendars(source.custom_calendars, draft.views)
    views |= calendar_copies(tuple(views.values()), draft.views, calendars)
    policy = source.default_cache_policy
    return Model(
        views=MappingProxyType(views),
        custom_calendars=calendars,
        topics=MappingProxyType(topics),
        composite_topics=MappingProxyType(composites),
        relationships=tuple(_resolve(item, draft.names) for item in declared if item.topic is None),
        label=source.label,
        description=source.description,
        ai_context=source.ai_context,
        access_grants=source.access_grants,
        default_topic_access_filters=source.default_topic_access_filters,
        default_topic_required_access_grants=source.default_topic_required_access_grants,
        cache_policies=source.cache_policies,
        default_cache_policy=policy if policy in source.cache_policies else None,
        week_start_day=source.week_start_day or _MODEL_DEFAULTS.week_start_day,
        fiscal_month_offset=source.fiscal_month_offset,
        custom_formats=source.custom_formats,
        numeric_locale=source.numeric_locale or _MODEL_DEFAULTS.numeric_locale,
        default_timeframes=_MODEL_DEFAULTS.default_timeframes
        if source.default_timeframes is None
        else source.default_timeframes,
        catalog=catalog,
        constants=source.constants,
        extra=source.extra,
        default_row_limit=source.default_row_limit,
        dynamic_schemas=source.dynamic_schemas,
        extension_routes=source.extension_routes,
        features=source.features,
    )


def _views(draft: Draft, findings: Iterable[Finding], catalog: Catalog) -> Mapping[str, View]:
    """Give every view; a rollup that has a finding is none, and positions become columns."""
    lost = left_out(findings, Kind.ROLLUP)
    views = dict(draft.views)
    for name, view in draft.views.items():
        if view.rollup is not None:
            columns = tuple(columns_of(view, catalog))
            kept = None if name in lost else in_columns(view.rollup, columns)
            if kept is not None:
                kept = replace(kept, base_view=draft.names.canonical(kept.base_view))
            views[name] = replace(view, rollup=kept)
    return views


def _resolve(item: Declared, names: Names) -> Relationship:
    """Replace old view names; `left_view` and `right_view` become the views behind aliases."""
    relationship = item.relationship
    left, right = names.original(relationship.left_view), names.original(relationship.right_view)
    said = (relationship.left, relationship.right, relationship.left_view, relationship.right_view)
    if all(name in names.views or name in names.aliases for name in said[:2]) and said[2:] == (
        left.name if left else said[2],
        right.name if right else said[3],
    ):
        return relationship
    return replace(
        relationship,
        left=names.canonical(relationship.left),
        right=names.canonical(relationship.right),
        left_view=left.name if left else relationship.left_view,
        right_view=right.name if right else relationship.right_view,
    )


def _topic(topic: Topic, draft: Draft, declared: list[Declared]) -> Topic:
    names = draft.names_in(topic.name)
    base = names.canonical(topic.base_view)
    joins = topic.joins
    if joins is not None:
        pairs = join_pairs(names, declared, None) | join_pairs(names, declared, topic.name)
        joins = prune_joins(joins, base, names, pairs)
    kept = {
        name: condition
        for name, condition in topic.default_filters.items()
        if explain_filter(names, name, "default_filters") is None
    }
    return replace(
        topic,
        base_view=base,
        joins=joins,
        relationships=tuple(_resolve(item, names) for item in declared if item.topic == topic.name),
        default_filters=MappingProxyType(kept),
        views=_inside(topic, draft, declared),
        cache_policy=topic.cache_policy if topic.cache_policy in draft.model.cache_policies else None,
    )


def _inside(topic: Topic, draft: Draft, declared: list[Declared]) -> Mapping[str, View]:
    """Give the views that differ inside a topic, copies of them included."""
    inside = draft.insides.get(topic.name)
    if inside is None:
        return EMPTY
    labels = _labels(draft, declared)
    views = {
        alias: copy_view(inside.views[base], alias, labels.get(alias))
        for alias, base in draft.names.aliases.items()
        if base in inside.views and alias in labels
    }
    for name, view in inside.views.items():
        views[name] = view if view.label or name not in labels else replace(view, label=labels[name])
    calendars = sound_calendars(draft.model.custom_calendars, draft.views)
    views |= calendar_copies(tuple(views.values()), draft.views, calendars)
    return MappingProxyType(views)


def _labels(draft: Draft, declared: list[Declared]) -> dict[str, str | None]:
    """Give each alias of a join the label that the first join that labels it says."""
    labels: dict[str, str | None] = {}
    for item in declared:
        relationship = item.relationship
        for alias, label in (
            (relationship.left, relationship.left_label),
            (relationship.right, relationship.right_label),
        ):
            if alias in draft.names.aliases:
                labels[alias] = labels.get(alias) or label
    return labels


def _copies(draft: Draft, declared: list[Declared]) -> Mapping[str, View]:
    """Make the copy of each aliased view."""
    copies = {}
    for alias, label in _labels(draft, declared).items():
        original = draft.names.original(alias)
        if original is not None:
            copies[alias] = copy_view(original, alias, label)
    return copies
