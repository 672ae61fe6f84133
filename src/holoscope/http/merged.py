"""One JSON object instead of lines, for callers that accept JSON and nothing else (query digest §6)."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Any

import orjson
from starlette.requests import Request

from holoscope.http.wire import dump


def wants_one_object(request: Request) -> bool:
    """Tell whether `Accept` names application/json and nothing else."""
    accepted = request.headers.get("accept", "")
    if accepted == "*/*":
        return False
    return {part.partition(";")[0].strip().lower() for part in accepted.split(",")} == {"application/json"}


async def merge(parts: AsyncIterable[bytes], job_id: str) -> bytes:
    """Merge lines: the first job's own, what the footer says, and three figures in `summary`.

    More than one job line adds `jobs` with each of them. `timed_out` is a boolean here. A stream that
    broke has no footer; what it said last is kept.
    """
    text = b"".join([part async for part in parts])
    merged: dict[str, Any] = {"job_id": job_id, "status": "EXECUTING"}
    jobs: list[dict[str, Any]] = []
    for line in text.splitlines():
        said = orjson.loads(line) if line else {}
        if "job_id" in said:
            jobs.append(_with_figures(said))
        elif "jobs_submitted" not in said:
            merged |= said
    if jobs:
        merged |= jobs[0]
    if len(jobs) > 1:
        merged["jobs"] = jobs
    merged.setdefault("remaining_job_ids", [])
    merged["timed_out"] = merged.get("timed_out") == "true"
    return dump(merged)


def _with_figures(job: dict[str, Any]) -> dict[str, Any]:
    summary = job.get("summary")
    if isinstance(summary, dict):
        summary["sql"] = summary.get("display_sql")
        summary["total_rows"] = job.get("cache_metadata", {}).get("num_rows")
        summary["execution_time_ms"] = job.get("stream_stats", {}).get("server_stream", 0)
    return job
