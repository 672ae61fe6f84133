"""Typed composite topics (modeling digest §16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.types import EMPTY


class Unrelated(StrEnum):
    """What a composite topic does with a dimension that a member does not know."""

    FILTER_ONLY = "filter_only"
    NULL_FILL = "null_fill"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class SharedDimension:
    """A conformed key: `mappings` gives each topic's own field for it."""

    name: str
    mappings: Mapping[str, str]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class SharedMeasure:
    """Arithmetic over `${topic.view.measure}` of several members."""

    name: str
    sql: str
    label: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class CompositeTopic:
    """Several topics asked together and joined on what they share (modeling digest §16)."""

    name: str
    topics: tuple[str, ...]
    position: Position
    shared_views: tuple[str, ...] = ()
    shared_dimensions: Mapping[str, SharedDimension] = field(default_factory=lambda: EMPTY)
    shared_measures: Mapping[str, SharedMeasure] = field(default_factory=lambda: EMPTY)
    unrelated: Unrelated = Unrelated.FILTER_ONLY
    always_join_all_topics: bool = False
    label: str | None = None
    description: str | None = None
    fields: tuple[str, ...] | None = None
    default_filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    required_access_grants: tuple[str, ...] | None = None
    ai_context: str | None = None
    sample_queries: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
