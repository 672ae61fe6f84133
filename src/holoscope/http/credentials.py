"""From a request to the actor behind it, and to the services the application was built with."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from holoscope.access.actors import Actor
from holoscope.http.ports import Services
from holoscope.http.rate_limit import credential


def services_of(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


async def actor_of(connection: HTTPConnection) -> Actor:
    """Return who asks; a key met a moment ago costs microseconds, any other a look-up on a thread.

    A key's own rate limit takes effect from the request after the one that proved it.

    Raises:
        CredentialRefused: the header is malformed, or its key is not valid (any more).
    """
    services = services_of(connection)
    header = connection.headers.get("authorization")
    actor = services.authenticator.find_remembered(header)
    if actor is None:
        actor = await run_in_threadpool(services.authenticator.authenticate, header)
        services.limiter.set_limit(credential(connection.scope), actor.rate_limit)
    return actor
