"""From a request to the actor behind it, and to the services the application was built with."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from holoscope.access.actors import Actor
from holoscope.access.sessions import LiveSession
from holoscope.http.cookies import session_text
from holoscope.http.ports import Services
from holoscope.http.rate_limit import credential
from holoscope.http.same_origin import TOKEN_HEADER, is_safe, require_own_page, require_token


def services_of(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


async def actor_of(connection: HTTPConnection) -> Actor:
    """Return who asks; a credential met a moment ago costs microseconds, any other a look-up on a thread.

    The `Authorization` header counts where there is one, else the session cookie. A credential's own
    rate limit takes effect from the request after the one that proved it.

    Raises:
        CredentialRefused: there is none, or it is not valid (any more).
        CrossOrigin: the cookie came with a request of another site's page.
        WrongCsrfToken: the cookie came with a write that does not carry the session's token.
    """
    services = services_of(connection)
    header = connection.headers.get("authorization")
    if header is None and (text := session_text(connection, services.public_url)) is not None:
        must_say = not is_safe(connection)
        require_own_page(connection, public_url=services.public_url, must_say=must_say)
        live = await session_of(connection, text)
        if must_say:
            require_token(connection.headers.get(TOKEN_HEADER), services.sessions.csrf_token(text))
        return live.actor
    actor = services.authenticator.find_remembered(header)
    if actor is None:
        actor = await run_in_threadpool(services.authenticator.authenticate, header)
        services.limiter.set_limit(credential(connection.scope), actor.rate_limit)
    return actor


async def session_of(connection: HTTPConnection, text: str) -> LiveSession:
    """Return the session of a cookie's text, whoever sent the request.

    Raises:
        SessionEnded: it is none (any more).
    """
    services = services_of(connection)
    live = services.sessions.find_live(text)
    if live is None:
        live = await run_in_threadpool(services.sessions.load, text)
        services.limiter.set_limit(credential(connection.scope), live.actor.rate_limit)
    return live
