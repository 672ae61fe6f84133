"""Typed views: a table, a SELECT or a query with fields (modeling digest §6, §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.types import EMPTY


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
    `extends` names what the view was laid over; its fields are there already.
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
    extends: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: EMPTY)

    @property
    def fields(self) -> tuple[Dimension | Measure, ...]:
        """Give its dimensions, then its measures."""
        return (*self.dimensions.values(), *self.measures.values())


def marked_keys(dimensions: Mapping[str, Dimension]) -> list[str]:
    """Name the dimensions that say `primary_key: true`: one that is ignored gives way to the others."""
    marked = [name for name, dimension in dimensions.items() if dimension.primary_key]
    return [name for name in marked if not dimensions[name].ignored] or marked
