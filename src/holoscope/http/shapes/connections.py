"""Shapes of the connection listing; secrets have no place in them (API digest §3.4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from holoscope.http.wire import QueryBool, SortDirection, StrictQuery, Wire


class ConnectionsQuery(StrictQuery):
    name: str | None = Field(default=None, description="Contained in the name, letter case ignored.")
    database: str | None = Field(default=None, description="Contained in the database, letter case ignored.")
    dialect: str | None = Field(default=None, description="One dialect or several, separated by commas.")
    include_deleted: QueryBool = False
    sort_direction: SortDirection = "asc"
    sort_field: Literal["database", "dialect", "name"] = "name"


class ConnectionRecord(Wire):
    """A warehouse connection. The name of the environment attribute is sent in both published spellings."""

    id: str
    name: str
    dialect: str
    database: str | None
    default_schema: str | None
    base_role: str | None
    created_at: str
    updated_at: str
    deleted_at: str | None
    user_attribute_name_for_connection_environments: str | None = None
    user_attribute_name_for_connections_environments: str | None = None
    user_attribute_values_for_default_environment: list[str] | None = None
    branch_connection_environment_overrides_user_attr: bool | None = None
    environment_connection_switches_schema_model: bool | None = None


class ConnectionsListResponse(Wire):
    connections: list[ConnectionRecord]
