"""Shapes of the query routes, for the description alone: their bytes are made by `runs`.

Source: query digest §1.3, §2.1. Docstrings of shapes are part of the public description.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from holoscope.http.wire import SnakeWire, Uuid, Wire


class QueryObject(BaseModel):
    """What is asked; keys that are not listed are dropped."""

    model_config = ConfigDict(extra="allow")

    model_id: Uuid = Field(alias="modelId")
    fields: list[str] = Field(description="`view.field`, or `view.field[grain]` for a time; in column order.")
    table: str = ""
    join_paths_from_topic_name: str = Field(default="", description="The topic asked; empty asks one view.")
    filters: dict[str, Any] = Field(default={})
    sorts: list[dict[str, Any]] = Field(default=[])
    limit: int | None = Field(default=1000, description="Rows; null for all.")
    offset: int = 0
    column_totals: dict[str, Any] = Field(default={})
    default_group_by: bool = True
    client_result_id: str | None = None


class QueryRunBody(Wire):
    """How to ask and how to answer."""

    query: QueryObject
    branch_id: Uuid | None = None
    cache: (
        Literal[
            "Standard",
            "SkipRequery",
            "SkipCache",
            "SkipCacheAndRebuildExtracts",
            "normal",
            "disabled",
            "refresh",
            "refresh_all",
        ]
        | None
    ) = Field(default=None, description="Default SkipRequery. The lower-case words are an older spelling.")
    format_results: bool = Field(default=False, description="Apply display formats; only with resultType.")
    plan_only: bool = False
    result_type: Literal["csv", "json", "xlsx"] | None = None
    timezone: str | None = Field(
        default=None, description="IANA name; refused unless the connection allows it."
    )
    user_id: Uuid | None = Field(default=None, description="Membership to act as; older than ?userId=.")
    workbook_url: bool = False
    connection_environment_id: Uuid | None = None


class JobsSubmitted(SnakeWire):
    """First line of `run`: job id -> the query's `client_result_id`."""

    jobs_submitted: dict[str, str | None]


class JobLine(SnakeWire):
    """A job that has ended; `result` is base64 of an Arrow IPC stream."""

    job_id: str
    status: str
    client_result_id: str | None = None
    summary: dict[str, Any] | None = None
    cache_metadata: dict[str, Any] | None = None
    query: dict[str, Any] | None = None
    result: str | None = None
    stream_stats: dict[str, Any] | None = None
    error_type: str | None = None
    error_message: str | None = None
    kill_reason: str | None = None


class Footer(SnakeWire):
    """Last line; "true" when jobs remain."""

    remaining_job_ids: list[str]
    timed_out: Literal["true", "false"]


class MergedAnswer(JobLine):
    """One object instead of lines, for `Accept: application/json` alone."""

    remaining_job_ids: list[str]
    timed_out: bool


class QueryTimeout(SnakeWire):
    """A document was not ready in time; poll the jobs with `wait`."""

    detail: str
    remaining_job_ids: list[str]
    timed_out: Literal[True]
