"""`postgres://user@host/database`: what `--connect` names when the rows lie in a server of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText
from holoscope.warehouses.postgres.settings import PostgresSettings, read_settings

_SCHEME = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)
PASSWORD_VARIABLE = "PGPASSWORD"  # noqa: S105  (a name)


def names_postgres(text: str) -> bool:
    """Tell whether `--connect` names a PostgreSQL server."""
    return _SCHEME.match(text) is not None


def read_url(text: str, environment: Mapping[str, str]) -> PostgresSettings:
    """Read `postgres://user@host:5432/database?schema=public&sslmode=require`.

    The password comes from the environment variable PGPASSWORD, or stands in the URL, where other users of
    the machine may see it.

    Raises:
        BadRequest: a part is missing or cannot be; the text says which, never the password.
    """
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise BadRequest("--connect: the URL of the PostgreSQL server cannot be read.") from None
    said: dict[str, Any] = {
        "host": unquote(url.hostname or ""),
        "port": port,
        "database": unquote(url.path.removeprefix("/")),
        "user": unquote(url.username or ""),
    }
    for name, value in parse_qsl(url.query, keep_blank_values=True):
        if name not in ("schema", "sslmode"):
            raise BadRequest(f"--connect: {name!r} is no setting of a URL here; schema and sslmode are.")
        said[name] = value
    password = unquote(url.password) if url.password else environment.get(PASSWORD_VARIABLE)
    return read_settings(said, SecretText(password) if password else None)


def stored_settings(settings: PostgresSettings) -> dict[str, Any]:
    """Give what is stored of a connection, the password apart."""
    return {
        "host": settings.host,
        "port": settings.port,
        "database": settings.database,
        "user": settings.user,
        "schema": settings.schema,
        "sslmode": settings.sslmode,
    }
