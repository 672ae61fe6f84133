"""Bodies of single views, topics and fields (modeling digest §3.3)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from holoscope.http.shapes.models import BranchQuery
from holoscope.http.wire import Wire

DeleteMode = Literal["COMBINED", "MERGED", "EXTENSION"]


class ModelsUpdateViewBody(Wire):
    label: str | None = None
    description: str | None = None
    hidden: bool | None = None
    tags: list[str] | None = None
    format: str | None = None
    ai_context: str | None = None


class ModelsUpdateTopicBody(Wire):
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    hidden: bool | None = None
    new_topic_name: str | None = None


class _FieldBody(Wire):
    sql: str | None = None
    aggregate_type: str | None = None
    label: str | None = None
    description: str | None = None
    format: str | None = None
    hidden: bool | None = None
    tags: list[str] | None = None
    ai_context: str | None = None
    topic_context: str | None = None


class ModelsCreateFieldBody(_FieldBody):
    """With `aggregateType` it is a measure; with `topicContext` it exists in that topic alone."""

    view_name: str
    field_name: str


class ModelsUpdateFieldBody(_FieldBody):
    """A key that is null takes the property back; a key that is absent leaves it."""

    new_field_name: str | None = None
    new_view_name: str | None = None
    group_label: str | None = None
    ignored: bool | None = None
    is_calc: bool | None = None
    bin_boundaries: list[float] | None = None
    bin_labels: list[str] | None = None
    group_filters: list[dict[str, Any]] | None = None
    group_names: list[str] | None = None
    else_value: str | None = None
    filters: dict[str, Any] | None = None
    drill_fields: list[str] | None = None
    synonyms: list[str] | None = None
    sample_values: list[str] | None = None
    all_values: list[str] | None = None


class PartDeleteQuery(BranchQuery):
    mode: DeleteMode = "COMBINED"


class FieldDeleteQuery(BranchQuery):
    topic_context: str | None = Field(default=None, alias="topic_context")
