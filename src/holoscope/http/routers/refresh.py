"""Schema refresh and how its jobs stand (API digest §3.1, §3.13)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.models import JobsGetStatusResponse, ModelsRefreshResponse, RefreshQuery
from holoscope.http.wire import Uuid
from holoscope.modelstore.refresh import RefreshRequest

routes = router("Models")


@serve(
    routes,
    "POST",
    "/v1/models/{modelId}/refresh",
    "modelsRefresh",
    ModelsRefreshResponse,
    aliases=[("unstableModelsRefresh", "/unstable/models/{modelId}/refresh")],
)
def refresh_model(
    modelId: Uuid,  # noqa: N803  (the wire's name)
    query: Annotated[RefreshQuery, Query()],
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Bring the schema model under a model level with its database, in the background."""
    wanted = RefreshRequest(
        hard=query.hard_refresh,
        schemas=_names(query.schemas),
        tables=_names(query.tables),
        branch_id=query.branch,
    )
    job = called.refresher.start(actor, modelId, wanted)
    return {"jobId": job.id, "modelId": modelId, "status": job.status.value.lower()}


@serve(
    routes,
    "GET",
    "/v1/jobs/{jobId}/status",
    "jobsGetStatus",
    JobsGetStatusResponse,
    omit_none=True,
    aliases=[("unstableJobsGetStatus", "/unstable/jobs/{jobId}/status")],
)
def job_status(
    jobId: str,  # noqa: N803
    actor: CurrentActor,
    called: Called,
) -> dict[str, Any]:
    """Say how a job stands."""
    job = called.refresher.find_job(actor, jobId)
    return {
        "job_id": job.id,
        "job_type": job.kind,
        "status": job.status.value,
        "model_id": job.model_id,
        "error": job.error,
    }


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in (text or "").split(",")) if name)
