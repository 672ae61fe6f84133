"""Typed topics: where questions start, and the rules for everybody who asks (modeling digest §15, §17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.joins import JoinNode, Relationship
from holoscope.modeling.types import EMPTY
from holoscope.modeling.views import View


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Row-level rule: `field` must equal the user's attribute (modeling digest §17)."""

    field: str
    user_attribute: str
    values_for_unfiltered: tuple[str, ...] = ()
    enable_sql_like_wildcards: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A base view and the joins offered for asking.

    `joins=None` means every view reachable without fan-out; `()` means the base view alone.
    `views` are the views as they are inside this topic, where its own `views:` block changes them.
    `required_filters` name the default filters that every query gets (`required: true`).
    `broken_fields` are those of its views that refer to views it does not join, which are named.
    """

    name: str
    base_view: str
    position: Position
    label: str | None = None
    base_view_label: str | None = None
    description: str | None = None
    group_label: str | None = None
    hidden: bool = False
    tags: tuple[str, ...] = ()
    display_order: int | None = None
    joins: tuple[JoinNode, ...] | None = None
    relationships: tuple[Relationship, ...] = ()
    fields: tuple[str, ...] | None = None
    default_filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    always_where_filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    always_where_sql: str | None = None
    always_having_filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    always_having_sql: str | None = None
    access_filters: tuple[AccessFilter, ...] | None = None
    required_access_grants: tuple[str, ...] | None = None
    cache_policy: str | None = None
    week_start_day: str | None = None
    ai_context: str | None = None
    default_filters_source: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    always_where_filters_source: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    sample_queries: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    views: Mapping[str, View] = field(default_factory=lambda: EMPTY)
    required_filters: frozenset[str] = frozenset()
    owners: tuple[str, ...] = ()
    ai_fields: tuple[str, ...] | None = None
    auto_run: bool | None = None
    default_row_limit: int | None = None
    template: bool = False
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    broken_fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
