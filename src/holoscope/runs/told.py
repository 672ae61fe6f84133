"""What the audit log is told of a query: who asked which model, how it ended. Never what it said or got."""

from __future__ import annotations

import re
from collections.abc import Callable

from holoscope.access.audit.actions import Action
from holoscope.access.audit.queue import Noted
from holoscope.access.audit.record import Detail
from holoscope.runs.registry import Job

Tell = Callable[[Noted], None]
_NAME = re.compile(r"[\w$./-]{1,255}")


def event_of(job: Job, *, duration_ms: int, rows: int | None, cache_type: str | None) -> Noted:
    """Return the event of a job that has ended, or whose large result begins to be sent (rows: None)."""
    request = job.request
    details: dict[str, Detail] = {
        "jobId": job.id,
        "topic": name_of(request.query.get("join_paths_from_topic_name")),
        "view": name_of(request.query.get("table")),
        "durationMs": duration_ms,
        "rows": rows,
        "cacheType": cache_type,
    }
    if request.branch_id is not None:
        details["branchId"] = request.branch_id
    if job.error is not None:
        details["error"] = job.error.code
    if request.impersonated_by is not None:
        details["impersonatedBy"] = request.impersonated_by
    return Noted(
        organization_id=job.organization_id,
        action=Action.QUERY_EXECUTE,
        membership_id=request.member or None,
        credential_kind=request.asker_kind or None,
        credential_id=request.asker or None,
        object_type="model",
        object_id=request.model_id,
        outcome="success" if job.error is None else "failed",
        details=details,
    )


def name_of(said: object) -> str | None:
    """Return a name as it was asked for; what cannot be one is not kept."""
    return said if isinstance(said, str) and _NAME.fullmatch(said) else None
