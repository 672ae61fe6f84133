"""Typed fields: dimensions, measures and filter-only fields (modeling digest §8-§14).

Field names are unqualified inside a view; `view.field` elsewhere. `None` means "not said", an empty
tuple means "said, and empty".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.types import EMPTY, Aggregate, DataType


@dataclass(frozen=True, slots=True)
class Group:
    """One branch of `groups`: the values that meet `condition` get `name` (modeling digest §8)."""

    condition: Condition
    name: str


@dataclass(frozen=True, slots=True)
class Duration:
    """Time from `sql_start` to `sql_end`; `intervals` are offered units, plural and lower case."""

    sql_start: str
    sql_end: str
    intervals: tuple[str, ...]


class Grouping(StrEnum):
    """Which fields make the grain of a level of detail; values are the YAML keys."""

    FIXED = "fixed"
    ALWAYS_INCLUDE = "always_include"
    ALWAYS_EXCLUDE = "always_exclude"


@dataclass(frozen=True, slots=True)
class LevelOfDetail:
    """An inner aggregation at a grain of its own (modeling digest §12). `fields` are qualified."""

    aggregate: Aggregate
    grouping: Grouping
    fields: tuple[str, ...]
    percentile: Decimal | None = None
    custom_primary_key_sql: str | None = None
    cancel_query_filters: bool = False


@dataclass(frozen=True, slots=True)
class DynamicTopN:
    """Values outside the `n` greatest by measure `by` become `otherwise`; `by` is qualified."""

    n: int
    by: str
    descending: bool = True
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class ConditionalFormat:
    """A format chosen by a value: exactly one of `field`, `user_attribute`, `filter` is set (digest §10)."""

    conditions: tuple[tuple[Condition, str], ...]
    otherwise: str | None = None
    field: str | None = None
    user_attribute: str | None = None
    filter: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """What dimensions and measures have in common.

    `extra` holds display settings that change no answer, as they are written and as JSON could hold
    them: `links`, `markdown`, `colors`, `suggestion_list`, `suggest_from_field`, `suggest_from_topic`,
    `sample_values`, `drill_queries`, `timeframe_metadata`.
    """

    view: str
    name: str
    position: Position
    sql: str | None = None
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    format: str | None = None
    hidden: bool = False
    ignored: bool = False
    tags: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ai_context: str | None = None
    display_order: int | None = None
    drill_fields: tuple[str, ...] | None = None
    required_access_grants: tuple[str, ...] | None = None
    view_label: str | None = None
    all_values: tuple[str, ...] = ()
    conditional_format: ConditionalFormat | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @property
    def qualified_name(self) -> str:
        return f"{self.view}.{self.name}"


@dataclass(frozen=True, slots=True)
class Dimension(Field):
    """A row-level expression. `sql=None` means the column named like the field."""

    primary_key: bool = False
    type: DataType | None = None
    timeframes: tuple[str, ...] | None = None
    convert_tz: bool = True
    week_start_day: str | None = None
    order_by_field: str | None = None
    groups: tuple[Group, ...] = ()
    otherwise: str | None = None
    bin_boundaries: tuple[Decimal, ...] = ()
    bin_labels: tuple[str, ...] = ()
    duration: Duration | None = None
    level_of_detail: LevelOfDetail | None = None
    dynamic_top_n: DynamicTopN | None = None
    custom_calendar: str | None = None
    mask_unless_access_grants: tuple[str, ...] | None = None
    parent_field: str | None = None
    nested_on_field: str | None = None
    custom_primary_key_sql_for_quick_aggs: str | None = None
    skip_parent_label: bool = False
    filter_single_select_only: bool = False


@dataclass(frozen=True, slots=True)
class Measure(Field):
    """An aggregate (`aggregate` set) or a derived measure (`aggregate=None`, `sql` over measures).

    `filters` maps a field (`view.field[grain]`, bare names already qualified) to its condition.
    `cancels` names the filtered fields on which the query's own filter is ignored; `offsets` gives
    the interval by which a field's query filter is moved back (modeling digest §13.5).
    """

    aggregate: Aggregate | None = None
    percentile: Decimal | None = None
    filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    cancels: frozenset[str] = frozenset()
    offsets: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    custom_primary_key_sql: str | None = None
    level_of_detail: LevelOfDetail | None = None
    mask_unless_access_grants: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter-only field: never selected, filtered like any field, read by templates (digest §14).

    `type` None means `column`: its value goes into SQL as a name, not as a literal.
    `bind` names the outer field whose filter it follows.
    """

    view: str
    name: str
    position: Position
    type: DataType | None
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    view_label: str | None = None
    hidden: bool = False
    display_order: int | None = None
    aliases: tuple[str, ...] = ()
    default_filter: Condition | None = None
    filter_single_select_only: bool = False
    required_access_grants: tuple[str, ...] | None = None
    bind: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @property
    def qualified_name(self) -> str:
        return f"{self.view}.{self.name}"
