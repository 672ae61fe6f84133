"""Is the process alive, may it be sent traffic; outside `/api`, no key needed."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from holoscope.http.credentials import services_of
from holoscope.http.wire import dump


async def healthz(request: Request) -> Response:
    """Alive: the event loop answers. Looks at nothing else."""
    return Response(dump({"status": "ok"}), media_type="application/json")


async def readyz(request: Request) -> Response:
    """Ready: what requests need can be reached; 503 otherwise."""
    is_ready = await run_in_threadpool(services_of(request).is_ready)
    body = dump({"status": "ready" if is_ready else "not ready"})
    return Response(body, 200 if is_ready else 503, media_type="application/json")


ROUTES = [
    Route("/healthz", healthz, methods=["GET"], include_in_schema=False),
    Route("/readyz", readyz, methods=["GET"], include_in_schema=False),
]
