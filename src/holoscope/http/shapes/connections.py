"""Shapes of connections and their environments; secrets only come in (API digest §3.4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from holoscope.http.wire import QueryBool, SortDirection, StrictBody, StrictQuery, Uuid, Wire
from holoscope.kit.ids import is_uuid


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


Values = list[str] | str
"""Values of a user attribute: an array, or one text with commas."""


class EnvironmentUserAttribute(StrictBody):
    """The user attribute that chooses among a connection's environments."""

    attribute_name: str
    default_values: Values | None = Field(
        default=None,
        description="Values that mean the connection itself; with some, whoever asks needs a value.",
    )


class ConnectionsUpdateBody(StrictBody):
    """What is named changes, the rest stays; at least one key."""

    base_role: str | None = Field(default=None, description="The least role of every member.")
    environment_user_attribute: EnvironmentUserAttribute | None = Field(
        default=None, description="Null: no attribute chooses any more."
    )
    password_unencrypted: str | None = Field(default=None, description="Kept sealed, and never sent out.")
    private_key: str | None = Field(default=None, description="No connection of this server takes one.")


Text = str | None
Switch = StrictBool | None


class ConnectionsCreateBody(StrictBody):
    """A connection. Keys of the published service that no dialect here has are taken, and refused if set."""

    name: str
    dialect: str
    password_unencrypted: str = Field(description="Kept sealed, and never sent out.")
    base_role: Text = Field(
        default=None, description="The least role of every member: NO_ACCESS unless said."
    )
    host: Text = None
    port: int | str | None = None
    database: Text = None
    username: Text = None
    default_schema: Text = None
    include_schemas: Text = Field(default=None, description="With commas; empty means all.")
    query_timeout_seconds: int | None = Field(
        default=None, description="1 to 3600; the server's limit counts too."
    )
    allows_user_specific_timezones: Switch = None
    always_scope_view_names: Switch = None
    infer_relationships_from_column_names: Switch = None
    infer_relationships_from_foreign_keys: Switch = None
    system_timezone: Text = None
    query_timezone: Text = None
    accepts_license: Switch = None
    authentication_type: Text = None
    aws_role_arn: Text = None
    enable_db_semantic_layer_integration: Switch = None
    enable_db_semantic_layer_topics: Switch = None
    external_oauth_audience: Text = None
    external_oauth_authorization_url: Text = None
    external_oauth_token_url: Text = None
    host_override: Text = None
    include_other_catalogs: Text = None
    max_billing_bytes: Text = None
    oauth_client_id: Text = None
    oauth_client_secret_unencrypted: Text = None
    offloaded_schemas: list[str] | str | None = None
    private_key: Text = None
    region: Text = None
    scratch_schema: Text = None
    trust_server_certificate: Switch = None
    use_machine_auth: Switch = None
    warehouse: Text = None


class ConnectionsCreateResponse(Wire):
    data: str
    success: bool


class ConnectionsUpdateResponse(Wire):
    message: str
    success: bool


class ConnectionEnvironment(Wire):
    """A connection that stands in for its base, for members with one of these values of the attribute."""

    id: str
    base_connection_id: str
    connection_id: str
    user_attribute_values: list[str]


class ConnectionsEnvironmentsListResponse(Wire):
    connection_environments: list[ConnectionEnvironment]


def _ids(said: list[str] | str) -> list[str]:
    ids = [part.strip() for part in said.split(",") if part.strip()] if isinstance(said, str) else said
    if not all(map(is_uuid, ids)):
        raise PydanticCustomError("uuid", "Invalid uuid")
    return [id_.lower() for id_ in ids]


_ID = {"type": "string", "format": "uuid"}


class ConnectionsEnvironmentsCreateBody(StrictBody):
    """Connections that are to stand in for a base: an array of ids, or one text with commas."""

    base_connection_id: Uuid
    environment_connection_ids: Annotated[
        list[str] | str,
        AfterValidator(_ids),
        WithJsonSchema({"anyOf": [{"type": "array", "items": _ID}, {"type": "string"}]}),
    ]


class CreatedEnvironment(Wire):
    id: str
    environment_connection_id: str


class ConnectionsEnvironmentsCreateResponse(Wire):
    """What was made, in both published shapes."""

    connection_environments: list[ConnectionEnvironment]
    data: list[CreatedEnvironment]
    success: bool


class ConnectionsEnvironmentsUpdateBody(StrictBody):
    user_attribute_values: Values
