"""Shapes of topics, views and fields, snake_case as published (modeling digest §3.3, §3.4)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from holoscope.http.wire import SnakeWire


class TopicSummary(SnakeWire):
    name: str
    base_view_name: str
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    hidden: bool = False


class ModelsListTopicsResponse(SnakeWire):
    success: bool = True
    topics: list[TopicSummary]


class FieldWire(SnakeWire):
    """A dimension or measure as one asker sees it; a time field appears once per timeframe."""

    field_name: str
    view_name: str
    fully_qualified_name: str
    data_type: str
    is_dimension: bool
    filter_only_field: bool | None = None
    type: Literal["aggregation", "metric"] | None = None
    aggregate_type: str | None = None
    date_type: str | None = None
    format: str | None = None
    label: str | None = None
    description: str | None = None
    sql: str | None = None
    display_sql: str | None = None
    dialect_sql: str | None = None
    synonyms: list[str] | None = None
    ai_context: str | None = None
    hidden: bool = False
    group_label: str | None = None
    view_label: str | None = None
    parent_field: str | None = None
    parent_label: str | None = None
    is_group_parent_field: bool | None = None
    time_frames: list[str | None] | None = None
    drill_fields: list[str] | None = None
    all_values: list[str] | None = None
    suggestion_list: list[dict[str, Any]] | None = None
    display_order: int | None = None
    tags: list[str] | None = Field(default=None, description="Ours: words that selectors use.")
    aliases: list[str] | None = Field(default=None, description="Ours: old names that keep working.")


class PrimaryKeyPart(SnakeWire):
    type: Literal["field"] = "field"
    field_name: str


class ViewWire(SnakeWire):
    name: str
    label: str | None = None
    description: str | None = None
    hidden: bool = False
    schema_name: str | None = Field(default=None, alias="schema")
    schema_label: str | None = None
    ai_context: str | None = None
    catalog: str | None = None
    table_name: str | None = None
    dimensions: list[FieldWire]
    measures: list[FieldWire]
    filter_only_fields: list[FieldWire]
    primary_key: list[PrimaryKeyPart]
    ide_file_name: str | None = None
    yaml_path: str | None = None


class RelationshipWire(SnakeWire):
    id: str
    left_view_name: str
    right_view_name: str
    join_type: str
    type: str
    sql: str | None = None
    original_on_sql: str | None = None
    on: dict[str, Any]
    ignored: bool = False
    bidirectional: bool = False


class TopicDetail(SnakeWire):
    name: str
    base_view_name: str
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    hidden: bool = False
    ai_context: str | None = None
    default_filters: dict[str, Any]
    always_where_filters: dict[str, Any]
    join_via_map: dict[str, list[str]]
    join_via_map_key_order: list[str]
    has_frozen_join_via_map: bool
    ide_file_name: str | None = None
    relationships: list[RelationshipWire]
    views: list[ViewWire]
    sample_queries: dict[str, Any]
    tags: list[str] | None = None
    week_start_day: str | None = Field(default=None, description="Ours: the first day of its weeks.")
    fiscal_month_offset: int | None = Field(default=None, description="Ours: of the model.")
    default_row_limit: int | None = Field(default=None, description="Ours: rows of a new query.")
    auto_run: bool | None = Field(default=None, description="Ours: false waits for a word to run.")


class ModelsGetTopicResponse(SnakeWire):
    success: bool = True
    topic: TopicDetail


class ViewFieldSummary(SnakeWire):
    name: str
    type: Literal["dimension", "measure", "filter"]


class ViewSummary(SnakeWire):
    name: str
    label: str | None = None
    description: str | None = None
    hidden: bool | None = None
    fields: list[ViewFieldSummary]


class ModelsGetViewResponse(SnakeWire):
    success: bool = True
    views: list[ViewSummary]
