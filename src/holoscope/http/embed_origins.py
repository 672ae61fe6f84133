"""At which origins people open embedded content: what signatures of addresses are checked against."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from holoscope.http.ports import Services


def origins_of(connection: HTTPConnection) -> tuple[str, ...]:
    """Return the origins, `https://` in any case, as published signers have it.

    Those that the operator named count, else where the server is published; else what the request says
    it was sent to.
    """
    services: Services = connection.app.state.services
    named = services.embed.origins or (() if services.public_url is None else (services.public_url,))
    if named:
        return tuple(f"https://{origin.partition('://')[2]}" for origin in named)
    return (f"https://{connection.headers.get('host', 'localhost').lower()}",)
