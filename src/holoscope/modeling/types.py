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
    SUM_DISTINCT_ON = "sum_distinct_on"
    AVERAGE_DISTINCT_ON = "average_distinct_on"
    MEDIAN_DISTINCT_ON = "median_distinct_on"
    PERCENTILE_DISTINCT_ON = "percentile_distinct_on"

    @property
    def is_distinct_on(self) -> bool:
        """Tell whether it keeps one value for each value of `custom_primary_key_sql`."""
        return self.value.endswith("_distinct_on")

    @property
    def plain(self) -> Aggregate:
        """Give the aggregate over the values that are kept: `sum` of `sum_distinct_on`."""
        return Aggregate(self.value.removesuffix("_distinct_on"))

    @property
    def wire_name(self) -> str:
        """Give the wire's `aggregate_type`, which drops `_on`."""
        return self.value.removesuffix("_on").upper()


class JoinType(StrEnum):
    ALWAYS_LEFT = "always_left"
    INNER = "inner"
    FULL_OUTER = "full_outer"
    CROSS = "cross"
    LEFT_RIGHT = "left_right"
    RIGHT_LEFT = "right_left"
    ALWAYS_RIGHT = "always_right"


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


@dataclass(frozen=True, slots=True)
class QueryBody:
    """The saved query of a query view (modeling digest §7). `fields` maps a name to its column alias.

    `filters` holds conditions by qualified field; `binds` maps an inner field to the outer field
    whose filter it takes over; `sorts` are (field, descending).
    """

    base_view: str
    fields: Mapping[str, str]
    topic: str | None = None
    filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)
    binds: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    bind_all_filters: bool = False
    sorts: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    group_by: bool | None = None
    join_via_map: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    calculations: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    pivots: tuple[str, ...] = ()
    fill_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rollup:
    """What a view's table holds ready (`materialized_query`, digest §6.1): field -> column of the table."""

    base_view: str
    fields: Mapping[str, str]
    topic: str | None = None
    filters: Mapping[str, Condition] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class View:
    """A table-shaped source with fields.

    `primary_key` lists dimension names; `key_sql` has the SQL of those parts that are no dimension.
    `alias_of` names the original when this view is the implicit copy an aliased join makes.
    `dynamic_schema` names the rule that puts another schema, the asker's, in the place of `schema`.
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
    key_sql: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    dimensions: Mapping[str, Dimension] = field(default_factory=lambda: EMPTY)
    measures: Mapping[str, Measure] = field(default_factory=lambda: EMPTY)
    alias_of: str | None = None
    filters: Mapping[str, FilterField] = field(default_factory=lambda: EMPTY)
    query: QueryBody | None = None
    rollup: Rollup | None = None
    template: bool = False
    schema_label: str | None = None
    default_drill_fields: tuple[str, ...] | None = None
    uploaded_table_name: str | None = None
    dynamic_schema: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @property
    def fields(self) -> tuple[Dimension | Measure, ...]:
        """Give its dimensions, then its measures."""
        return (*self.dimensions.values(), *self.measures.values())


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
    left_label: str | None = None
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
    access_boostable: bool = False


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
    filter_suggestions_must_obey: bool = False


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


@dataclass(frozen=True, slots=True)
class CustomCalendar:
    """A table of periods: `date` is its day, `mappings` give a column for each timeframe (digest §9.4).

    Keys of `mappings` are `year quarter month week` (first days) and `year_num quarter_of_year
    month_num` (numbers). All are field names of `view`.
    """

    name: str
    view: str
    date: str
    mappings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DynamicSchema:
    """The views of `from_schema` once more, on the schema that the user's attribute names."""

    name: str
    from_schema: str
    user_attribute: str


@dataclass(frozen=True, slots=True)
class ExtensionRoute:
    """Which extension model a user is sent to: by `mappings` (extension -> values) or `map_pattern`."""

    user_attribute: str | None = None
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    map_pattern: str | None = None


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
    composite_topics: Mapping[str, CompositeTopic] = field(default_factory=lambda: EMPTY)
    constants: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    custom_formats: Mapping[str, str | ConditionalFormat] = field(default_factory=lambda: EMPTY)
    custom_calendars: Mapping[str, CustomCalendar] = field(default_factory=lambda: EMPTY)
    fiscal_month_offset: int | None = None
    numeric_locale: str = "en_US"
    dynamic_schemas: Mapping[str, DynamicSchema] = field(default_factory=lambda: EMPTY)
    extension_routes: tuple[ExtensionRoute, ...] = ()
    features: frozenset[str] = frozenset()
    default_row_limit: int | None = None
    sql_preamble: str | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
