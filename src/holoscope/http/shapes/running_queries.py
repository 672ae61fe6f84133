"""Shapes of queries under way; operations of our own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from holoscope.http.wire import Wire


class RunningQueryUser(Wire):
    id: str = Field(description="The membership it runs as.")
    name: str
    email: str


class RunningQuery(Wire):
    id: str = Field(description="The job's id, as `query/run` says it.")
    user: RunningQueryUser | None
    credential_kind: str
    credential_id: str
    impersonated_by: str | None = Field(description="The membership whose key runs it as another member.")
    model_id: str
    branch_id: str | None
    topic: str | None
    view: str | None
    state: Literal["LOOKING", "QUEUED", "RUNNING"] = Field(
        description="Looks for a kept result, waits for its turn at the warehouse, or runs there."
    )
    started_at: str
    seconds: float
    sql: str | None = Field(description="null for those who may not see SQL.")


class RunningQueriesResponse(Wire):
    records: list[RunningQuery]
    is_complete: bool = Field(description="False when a process of the server did not answer.")


class RunningQueryCancelled(Wire):
    success: Literal[True] = True
    message: str
