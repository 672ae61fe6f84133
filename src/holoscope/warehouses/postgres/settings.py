"""What a connection to PostgreSQL is made of: a few settings by name, and nothing else reaches the driver."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from holoscope.kit.errors import BadRequest
from holoscope.kit.secrets import SecretText

SSL_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
DEFAULT_PORT = 5432
DEFAULT_SCHEMA = "public"
_NAMES = frozenset(("host", "port", "database", "user", "schema", "sslmode"))
_HOST = re.compile(r"^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$")
_PORT = re.compile(r"[0-9]{1,8}")
_LONGEST_NAME = 63
_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PostgresSettings:
    """Where the server is, who asks, and limits. `schema` comes first in names without one.

    `concurrency` statements run at once, each on a connection of its own, `queue_limit` more may wait.
    `longest_seconds` is the server's own last resort above every time limit asked for.
    """

    host: str
    database: str
    user: str
    password: SecretText | None = None
    port: int = DEFAULT_PORT
    schema: str = DEFAULT_SCHEMA
    sslmode: str = "prefer"
    concurrency: int = 8
    queue_limit: int = 256
    longest_seconds: int = 900


def read_settings(said: Mapping[str, Any], password: SecretText | None = None) -> PostgresSettings:
    """Read the stored or given settings of a connection.

    Raises:
        BadRequest: a setting that does not exist, is missing or cannot be; says which.
    """
    unknown = sorted(set(said) - _NAMES)
    if unknown:
        raise BadRequest(
            f"PostgreSQL connections have no setting {unknown[0]!r}: {', '.join(sorted(_NAMES))}."
        )
    host = _host(said.get("host"))
    sslmode = said.get("sslmode") or "prefer"
    if sslmode not in SSL_MODES:
        raise BadRequest(f"sslmode {sslmode!r}: use one of {', '.join(SSL_MODES)}.")
    return PostgresSettings(
        host=host,
        port=_port(said.get("port")),
        database=_name(said.get("database"), "database"),
        user=_name(said.get("user"), "user"),
        schema=_name(said.get("schema") or DEFAULT_SCHEMA, "schema"),
        sslmode=str(sslmode),
        password=password,
    )


def uri_of(settings: PostgresSettings) -> SecretText:
    """Build the text that the driver opens; every part is escaped."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    who = quote(settings.user, safe="")
    if settings.password is not None:
        who += f":{quote(settings.password.reveal(), safe='')}"
    options = {
        "sslmode": settings.sslmode,
        "application_name": "holoscope",
        "connect_timeout": _CONNECT_SECONDS,
        "client_encoding": "UTF8",
        "keepalives_idle": 60,
    }
    place = f"{host}:{settings.port}/{quote(settings.database, safe='')}"
    return SecretText(f"postgresql://{who}@{place}?{urlencode(options, quote_via=quote)}")


def _host(value: object) -> str:
    text = value.strip("[]") if isinstance(value, str) else ""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not _HOST.match(text):
        raise BadRequest(f"host {value!r}: expected the name or address of one server.")
    return text


def _port(value: object) -> int:
    text = str(DEFAULT_PORT if value in (None, "") else value)
    if not _PORT.fullmatch(text) or not 0 < int(text) < 65_536:
        raise BadRequest(f"port {text[:20]!r}: expected a number from 1 to 65535.")
    return int(text)


def _name(value: object, what: str) -> str:
    if value in (None, ""):
        raise BadRequest(f"{what} is missing.")
    if not isinstance(value, str) or "\x00" in value or len(value.encode()) > _LONGEST_NAME:
        raise BadRequest(f"{what}: expected a name of at most {_LONGEST_NAME} bytes.")
    return value
