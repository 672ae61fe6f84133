"""Shapes of the model listing and of a model's files (API digest §3.13, modeling digest §3.1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from holoscope.http.paging import PageSize
from holoscope.http.wire import (
    PageInfo,
    QueryBool,
    SnakeWire,
    SortDirection,
    StrictBody,
    StrictQuery,
    Uuid,
    Wire,
)
from holoscope.kit.paging import DEFAULT_PAGE_SIZE

ModelKind = Literal[
    "SCHEMA", "SHARED", "SHARED_EXTENSION", "BRANCH", "WORKBOOK", "QUERY", "TOPIC", "FIELD_PICKER_TOPIC"
]
_INCLUDES = {"activeBranches"}


def _include(value: str) -> str:
    for name in value.split(","):
        if name.strip() not in _INCLUDES:
            raise PydanticCustomError(
                "include",
                "Invalid enum value. Expected 'activeBranches', received '{name}'",
                {"name": name.strip()},
            )
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "Input should lie in the years 1 to 9999 of UTC") from None


class ModelsQuery(StrictQuery):
    base_model_id: Uuid | None = None
    connection_id: Uuid | None = None
    cursor: str | None = None
    include: Annotated[str, AfterValidator(_include)] | None = None
    include_deleted: QueryBool = False
    model_id: Uuid | None = None
    model_kind: ModelKind | None = None
    name: str | None = Field(default=None, description="Exact, letter case ignored.")
    page_size: PageSize = DEFAULT_PAGE_SIZE
    sort_direction: SortDirection = "desc"
    sort_field: Literal["name", "modelKind", "connectionId", "baseModelId", "createdAt", "updatedAt"] = (
        "updatedAt"
    )


class BranchSummary(Wire):
    id: str
    name: str


class ModelRecord(Wire):
    """One model: a layer of YAML on a connection. A branch is a model too."""

    id: str
    name: str | None
    model_kind: str | None
    connection_id: str | None
    base_model_id: str | None
    created_at: str
    updated_at: str
    deleted_at: str | None
    branches: list[BranchSummary] | None = None


class ModelsListResponse(Wire):
    page_info: PageInfo
    records: list[ModelRecord]


class BranchQuery(StrictQuery):
    """Every route below a model takes the branch in either spelling."""

    branch_id: Uuid | None = Field(default=None, alias="branch_id")
    branch_id_camel: Uuid | None = Field(default=None, alias="branchId")

    @model_validator(mode="after")
    def _one_branch(self) -> Self:
        said = {given.lower() for given in (self.branch_id, self.branch_id_camel) if given is not None}
        if len(said) > 1:
            raise PydanticCustomError("branch", "branch_id and branchId name two branches; give one of them")
        return self

    @property
    def branch(self) -> str | None:
        return self.branch_id or self.branch_id_camel


YamlMode = Literal["combined", "extension", "staged", "merged", "history"]


class YamlQuery(BranchQuery):
    file_name: str | None = Field(default=None, description="An exact key, else a regular expression (RE2).")
    mode: YamlMode = "combined"
    fully_resolved: QueryBool = False
    include_checksums: QueryBool = False
    include_schemas: str | None = Field(default=None, description="Exactly one schema.")
    version: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="With mode history: the files as they were at this version."
    )


class VersionAuthor(Wire):
    membership_id: str
    name: str | None


class ModelVersion(Wire):
    """One write of a model's files; no author means the server itself."""

    version: int
    created_at: str
    author: VersionAuthor | None
    message: str | None
    changed_files: list[str]
    removed_files: list[str]


class ModelYamlResponse(Wire):
    """Files by their full stored path. `view_names` maps a view's file to the name it is queried by.

    `history` comes with mode history, newest first.
    """

    files: dict[str, str]
    version: int
    view_names: dict[str, str]
    checksums: dict[str, str] | None = None
    history: list[ModelVersion] | None = None


class RefreshQuery(BranchQuery):
    hard_refresh: QueryBool = Field(
        default=True, alias="hard_refresh", description="Also remove what the database no longer has."
    )
    schemas: str | None = Field(default=None, description="Only these, with commas; needs a soft refresh.")
    tables: str | None = Field(
        default=None, description="Only these: `table` or `schema.table`, with commas; needs a soft refresh."
    )


class ModelsRefreshResponse(Wire):
    """`jobId` is good for `GET /v1/jobs/{jobId}/status`."""

    job_id: str
    model_id: str
    status: Literal["running", "completed", "failed"]


class JobsGetStatusResponse(SnakeWire):
    """How a job stands. `error` is there when it has failed."""

    job_id: str
    job_type: Literal["refresh_schema"]
    status: Literal["RUNNING", "COMPLETED", "FAILED"]
    model_id: str
    error: str | None = None


class ValidateQuery(BranchQuery):
    limit: Annotated[int, Field(gt=0)] | None = Field(default=None, description="At most so many issues.")


class FixEdit(SnakeWire):
    """One change to a file. `value` is a value, or the new name of the key."""

    file: str
    path: list[str | int]
    action: Literal["set", "add", "remove", "rename", "delete_file"]
    value: str | bool | None = None


class IssueFix(SnakeWire):
    description_short: str
    description_unique: str
    edits: list[FixEdit]


class ModelIssue(SnakeWire):
    """One finding; a warning blocks nothing. `yaml_path` starts with the key of the file."""

    message: str
    is_warning: bool
    yaml_path: str
    auto_fix: IssueFix | None = None


class ModelsValidateResponse(RootModel[list[ModelIssue]]):
    """All issues, errors first: a bare array."""


class ModelsGetSchemasResponse(Wire):
    schemas: list[str]


class AccessGrantBody(Wire):
    name: str
    access_boostable: bool
    user_attribute: str | None = None
    allowed_values: list[str] = Field(default_factory=list)
    ignored: bool = False
    code_comments: dict[str, str] | None = None


class ModelsCreateBody(Wire):
    """The name is `modelName` here and `name` when renaming; keys that nobody knows are dropped."""

    connection_id: Uuid
    model_kind: Literal["SCHEMA", "SHARED", "SHARED_EXTENSION", "BRANCH"] = "SCHEMA"
    model_name: str | None = None
    base_model_id: Uuid | None = None
    allow_as_workbook_base: bool = True
    uses_isolated_branches: bool = False
    access_grants: list[AccessGrantBody] = Field(default_factory=list)


class CreatedModel(Wire):
    id: str
    model_kind: str
    name: str | None
    connection_id: str
    base_model_id: str | None


class ModelsCreateResponse(Wire):
    success: bool
    model: CreatedModel
    message: str | None = None
    error: str | None = None


class ModelsUpdateBody(Wire):
    name: Annotated[str, Field(min_length=1)]


class RenamedModel(Wire):
    id: str
    name: str


class ModelsUpdateResponse(Wire):
    success: bool
    model: RenamedModel


class Done(Wire):
    success: bool


class ModelYamlCreateBody(StrictBody):
    """One whole file; an empty text takes it away."""

    file_name: Annotated[str, Field(min_length=1)]
    yaml: str
    mode: YamlMode = "combined"
    branch_id: Uuid | None = None
    commit_message: str | None = None
    fetched_at_millis: float | None = Field(
        default=None, description="Accepted; `previousChecksum` decides whether the file has changed."
    )
    previous_checksum: str | None = None
    fully_resolved: bool = False


class ModelYamlCreateResponse(ModelYamlResponse):
    """What was written, as it is shown now."""

    file_name: str
    success: bool


class YamlDeleteQuery(BranchQuery):
    file_name: Annotated[str, Field(min_length=1)]
    mode: YamlMode = "combined"
    commit_message: str | None = None


class ModelYamlDeleteResponse(Wire):
    file_name: str
    success: bool


class ModelsMergeBranchBody(SnakeWire):
    """Keys are snake_case here."""

    commit_message: str | None = None
    delete_branch: bool = False
    publish_drafts: bool = True
    force_override_git_settings: bool = False


class ModelsMergeBranchResponse(SnakeWire):
    success: bool
    git_synced: bool
    published_drafts_count: int
    failed_drafts_count: int


class ModelsCacheResetBody(Wire):
    reset_at: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None


class CacheResetRecord(SnakeWire):
    id: str
    model_id: str
    policy_name: str
    reset_at: str | None
    created_at: str | None
    updated_at: str | None


class ModelsCacheResetResponse(SnakeWire):
    success: bool
    cache_reset: CacheResetRecord
