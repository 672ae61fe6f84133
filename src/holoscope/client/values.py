"""What the server says about itself, as typed values. Unknown keys are ignored, absent ones are None.

Attribute names are the wire's, in snake case. Values keep the wire's spelling (`STRING`, `SHARED`).
"""

from __future__ import annotations

from typing import Any

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values."""


class User(Value, frozen=True, rename="camel"):
    id: str
    membership_id: str | None = None


class ModelRole(Value, frozen=True, rename="camel"):
    role_name: str | None = None
    base_role: str | None = None
    connection_id: str | None = None
    permissions: list[str] = []


class WhoAmI(Value, frozen=True, rename="camel"):
    """Whose key this is and what it may do; `key_scope` is `user` or `organization`."""

    user: User
    key_scope: str | None = None
    org_role: str | None = None
    roles_by_model: dict[str, ModelRole] = {}
    roles_by_model_truncated: bool = False


class Model(Value, frozen=True, rename="camel"):
    """One row of the model list. A branch is a model whose `model_kind` is `BRANCH`."""

    id: str
    name: str | None = None
    model_kind: str | None = None
    connection_id: str | None = None
    base_model_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    deleted_at: str | None = None


class Field(Value, frozen=True):
    """A dimension or a measure, as a topic lists it or as a result describes its column.

    `data_type` is `STRING`, `NUMBER`, `TIMESTAMP` …; a date is a `TIMESTAMP` whose
    `date_type` is `date`. `sql` is empty for someone who may not see SQL.
    """

    field_name: str | None = None
    view_name: str | None = None
    fully_qualified_name: str | None = None
    data_type: str | None = None
    date_type: str | None = None
    is_dimension: bool | None = None
    is_calc: bool | None = None
    aggregate_type: str | None = None
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    format: str | None = None
    hidden: bool | None = None
    sql: str | None = None
    display_sql: str | None = None


class View(Value, frozen=True):
    name: str
    label: str | None = None
    table_name: str | None = None
    schema: str | None = None
    dimensions: list[Field] = []
    measures: list[Field] = []
    filter_only_fields: list[Field] = []
    primary_key: Any = None

    @property
    def fields(self) -> tuple[Field, ...]:
        return (*self.dimensions, *self.measures, *self.filter_only_fields)


class Relationship(Value, frozen=True):
    """A declared join; `type` is its cardinality read from left to right."""

    left_view_name: str
    right_view_name: str
    join_type: str | None = None
    type: str | None = None
    sql: str | None = None


class Topic(Value, frozen=True):
    """One row of the topic list: no fields, ask `Client.topic` for those."""

    name: str
    base_view_name: str | None = None
    label: str | None = None
    description: str | None = None
    group_label: str | None = None
    hidden: bool | None = None


class TopicDetail(Topic, frozen=True):
    """A topic with its views, fields and joins as the asker may see them."""

    views: list[View] = []
    relationships: list[Relationship] = []
    default_filters: dict[str, Any] | None = None
    always_where_filters: dict[str, Any] | None = None


class PageInfo(Value, frozen=True, rename="camel"):
    has_next_page: bool = False
    next_cursor: str | None = None


class ModelPage(Value, frozen=True, rename="camel"):
    records: list[Model]
    page_info: PageInfo


class TopicList(Value, frozen=True):
    topics: list[Topic]


class TopicReply(Value, frozen=True):
    topic: TopicDetail
