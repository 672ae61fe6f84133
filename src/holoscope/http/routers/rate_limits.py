"""What this server allows its callers, and what they use now; an operation of our own."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from starlette.concurrency import run_in_threadpool

from holoscope.access.api_keys import key_wire
from holoscope.access.guards import require_admin
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.wire import Wire

routes = router("Organization")


class LimitedKey(Wire):
    """A key with a limit of its own, or with queries under way."""

    id: str
    name: str
    type: str
    requests_per_minute: int | None = Field(description="Its own limit: 0 is none, null the server's.")
    queries_under_way: int = Field(description="Statements under way at warehouses, in this process.")


class RateLimits(Wire):
    requests_per_minute: int = Field(description="Of each key; 0 is no limit.")
    session_requests_per_minute: int | None = Field(description="Of each session; null: as keys.")
    queries_per_key: int | None = Field(description="Statements one key or session may have under way.")
    most_queries: int = Field(description="Statements that this process has under way or waiting at most.")
    queries_under_way: int
    query_seconds: float = Field(description="After which a query is stopped.")
    most_result_rows: int | None = Field(description="Larger results fail; null is no limit.")
    keys: list[LimitedKey]


@serve(routes, "GET", "/v1/rate-limits", "rateLimitsGet", RateLimits)
async def get_rate_limits(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return the limits of the server and the keys with limits of their own; administrators only."""
    require_admin(actor)
    limits = called.runs.limits
    held = called.runs.flights.held_by()
    keys = await run_in_threadpool(called.keys.with_limits, actor.organization_id, tuple(held))
    return {
        "requestsPerMinute": called.limiter.per_minute,
        "sessionRequestsPerMinute": called.sessions.rate_limit,
        "queriesPerKey": limits.active_for_one,
        "mostQueries": limits.active,
        "queriesUnderWay": len(called.runs.flights),
        "querySeconds": limits.time_limit.total_seconds(),
        "mostResultRows": limits.result_rows,
        "keys": [
            {
                **{name: key_wire(key)[name] for name in ("id", "name", "type")},
                "requestsPerMinute": key.rate_limit,
                "queriesUnderWay": held[key.id],
            }
            for key in keys
        ],
    }
