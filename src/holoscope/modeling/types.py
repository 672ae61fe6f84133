"""The typed model: what YAML means once it is read. Frozen values, positions kept.

Field names are unqualified inside a view; `view.field` elsewhere. `None` means "not said",
an empty tuple means "said, and empty". Source: modeling digest §4-§6, §8, §11, §15, §17.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position

EMPTY: Mapping[str, Any] = MappingProxyType({})


class DataType(StrEnum):
    """The wire's `data_type`. There is no DATE: a date is a TIMESTAMP whose `date_type` is date."""

    ARRAY = "ARRAY"
    BOOLEAN = "BOOLEAN"
    INTERVAL = "INTERVAL"
    JSON = "JSON"
    NUMBER = "NUMBER"
    OTHER_UNGROUPABLE = "OTHER_UNGROUPABLE"
    STRING = "STRING"
    TIMESTAMP = "TIMESTAMP"
    UNKNOWN = "UNKNOWN"


class Aggregate(StrEnum):
    """Simple aggregates; values are the YAML words, the wire upper-cases them."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    LIST = "list"


class JoinType(StrEnum):
    ALWAYS_LEFT = "always_left"
    INNER = "inner"
    FULL_OUTER = "full_outer"
    CROSS = "cross"
    LEFT_RIGHT = "left_right"
    RIGHT_LEFT = "right_left"


class Cardinality(StrEnum):
    """`relationship_type`, read from `join_from_view` to `join_to_view`; `assumed_` is dropped on reading."""

    ONE_TO_ONE = "one_to_one"
    MANY_TO_ONE = "many_to_one"
    ONE_TO_MANY = "one_to_many"
    MANY_TO_MANY = "many_to_many"


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a warehouse column holds. `date_only`/`has_zone` say more about a TIMESTAMP."""

    data_type: DataType
    native: str = ""
    date_only: bool = False
    has_zone: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """Tables of a connection: lower-cased `schema.table` -> lower-cased column -> type.

    `row_counts` are the warehouse's estimates. Built by `warehouses/<name>/catalog.py`; an empty
    catalog leaves column types UNKNOWN.
    """

    tables: Mapping[str, Mapping[str, ColumnType]] = field(default_factory=lambda: EMPTY)
    default_schema: str = "main"
    row_counts: Mapping[str, int] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Field:
    """What dimensions and measures have in common."""

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
    all_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure(Field):
    """An aggregate (`aggregate` set) or a derived measure (`aggregate=None`, `sql` over measures).

    `filters` maps a field (`view.field[grain]`, bare names already qualified) to its condition.
    """

    aggregate: Aggregate | None = None
    percentile: Decimal | None = None
    filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class View:
    """A table-shaped source with fields.

    `primary_key` lists dimension names or, for `custom_compound_primary_key_sql`, several.
    `alias_of` names the original when this view is the implicit copy an aliased join makes.
    """

    name: str
    position: Position
    schema: str | None = None
    catalog: str | None = None
    table_name: str | None = None
    sql: str | None = None
    label: str | None = None
    description: str | None = None
    hidden: bool = False
    ignored: bool = False
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ai_context: str | None = None
    display_order: int | None = None
    required_access_grants: tuple[str, ...] | None = None
    primary_key: tuple[str, ...] = ()
    dimensions: Mapping[str, Dimension] = field(default_factory=lambda: EMPTY)
    measures: Mapping[str, Measure] = field(default_factory=lambda: EMPTY)
    alias_of: str | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """A declared join. `left`/`right` are the names used in the query (alias or view)."""

    left: str
    right: str
    on_sql: str | None
    position: Position
    cardinality: Cardinality
    assumed: bool = False
    join_type: JoinType = JoinType.ALWAYS_LEFT
    reversible: bool = False
    where_sql: str | None = None
    right_label: str | None = None
    left_view: str = ""
    right_view: str = ""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class JoinNode:
    """One step of a topic's join tree; `children` are joined to this view."""

    view: str
    children: tuple[JoinNode, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessGrant:
    name: str
    user_attribute: str
    allowed_values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Row-level rule: `field` must equal the user's attribute (modeling digest §17)."""

    field: str
    user_attribute: str
    values_for_unfiltered: tuple[str, ...] = ()
    enable_sql_like_wildcards: bool = False


@dataclass(frozen=True, slots=True)
class CachePolicy:
    name: str
    max_cache_age_seconds: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A base view and the joins offered for asking.

    `joins=None` means every view reachable without fan-out; `()` means the base view alone.
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


@dataclass(frozen=True, slots=True)
class Model:
    """A whole model, composed and named. `views` includes the copies aliased joins make.

    `derived` keeps what other rooms work out from the model once, such as join trees; it is
    never part of the model's meaning.
    """

    views: Mapping[str, View]
    topics: Mapping[str, Topic] = field(default_factory=lambda: EMPTY)
    relationships: tuple[Relationship, ...] = ()
    label: str | None = None
    description: str | None = None
    ai_context: str | None = None
    access_grants: Mapping[str, AccessGrant] = field(default_factory=lambda: EMPTY)
    default_topic_access_filters: tuple[AccessFilter, ...] = ()
    default_topic_required_access_grants: tuple[str, ...] = ()
    cache_policies: Mapping[str, CachePolicy] = field(default_factory=lambda: EMPTY)
    default_cache_policy: str | None = None
    week_start_day: str = "Monday"
    default_timeframes: tuple[str, ...] = ("raw", "date", "week", "month", "quarter", "year")
    catalog: Catalog = field(default_factory=Catalog)
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
