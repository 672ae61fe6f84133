"""Everything an operator may choose, as one frozen value. Only `app` and `cli` read it.

Each field is also an environment variable: `HOLOSCOPE_` and the name in capitals. What the command
line says wins over the environment, the environment over the default. docs/reference/settings.md
describes each one; a test keeps that page complete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from holoscope.kit.errors import HoloscopeError
from holoscope.kit.text import near

PREFIX = "HOLOSCOPE_"
SHORTEST_RETENTION_DAYS = 365

Network = IPv4Network | IPv6Network


class InvalidSettings(HoloscopeError):
    """The operator's choices are unknown, malformed or contradict each other; nothing was started."""

    code = "invalid_settings"
    status = 500


def _networks(value: object) -> object:
    """Read `10.0.0.0/8, ::1` as networks; a bare address is a network of one."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return value
    return tuple(part if isinstance(part, IPv4Network | IPv6Network) else ip_network(part) for part in parts)


def _words(value: object) -> object:
    """Read `a, b` as two texts."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _origin(value: str | None) -> str | None:
    """Check and normalise `https://host[:port]`; plain HTTP is for this machine alone."""
    if value is None:
        return None
    parts = urlsplit(value.strip())
    try:
        port = parts.port
    except ValueError:
        port = -1
    host = (parts.hostname or "").lower()
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if rest or port == -1 or not host or parts.scheme not in {"https", "http"}:
        raise ValueError("an address like https://bi.example.com, without a path")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("only https, except for this machine itself")
    shown = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{shown}" + ("" if port in {None, default} else f":{port}")


def _path(value: str) -> str:
    """Check and normalise `/analytics`; a slash alone is none."""
    trimmed = value.strip().rstrip("/")
    if trimmed and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", trimmed):
        raise ValueError("a path like /analytics, of letters, digits and . _ ~ -")
    if any(part in {".", ".."} for part in trimmed.split("/")):
        raise ValueError("a path without dots alone")
    return trimmed


def _origins(value: object) -> object:
    """Read `https://a.example, https://b.example:444` as origins."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return value
    return tuple(_origin(part) for part in parts)


class Settings(BaseModel):
    """The operator's choices, checked. Field descriptions are the help text of the command line."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path = Field(
        Path("holoscope-data"),
        description="Folder for everything the server keeps: secrets, metadata, cache.",
    )
    database_url: str | None = Field(
        None, repr=False, description="Metadata database; without it, an SQLite file in the data folder."
    )
    host: str = Field(
        "localhost",
        min_length=1,
        description="Address to listen on. localhost means both loopback addresses; 0.0.0.0 or :: all.",
    )
    port: int = Field(8443, ge=0, le=65535, description="TCP port of the API; 0 takes any free port.")
    tls_cert: Path | None = Field(None, description="Certificate chain (PEM). Needs the key beside it.")
    tls_key: Path | None = Field(None, description="Private key of the certificate (PEM).")
    insecure_http: bool = Field(
        False, description="Serve plain HTTP. Keys travel readable; only allowed on a loopback address."
    )
    behind_proxy: bool = Field(
        False, description="Take plain HTTP from trusted proxies that say X-Forwarded-Proto: https."
    )
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        (), description="Addresses or networks of those proxies, separated by commas."
    )
    public_url: Annotated[str | None, AfterValidator(_origin)] = Field(
        None, description="Where people reach the server, https://host or https://host:port."
    )
    base_path: Annotated[str, AfterValidator(_path)] = Field(
        "", description="Path below which the server lies behind a proxy, like /analytics."
    )
    embed_urls: Annotated[tuple[str, ...], BeforeValidator(_origins)] = Field(
        (), description="Where people open embedded content, separated by commas; default: the public URL."
    )
    embed_parents: Annotated[tuple[str, ...], BeforeValidator(_origins)] = Field(
        (), description="Origins whose pages may frame embedded content, separated by commas."
    )
    embed_session_hours: int = Field(24, ge=1, le=8760, description="An embedded session lasts this long.")
    embed_allow_boost: bool = Field(
        False, description="Let signed links ask for access boost; off, the parameter is not heeded."
    )
    session_hours: int = Field(
        336, ge=1, le=8760, description="A sign-in to the web application lasts this long, used or not."
    )
    session_idle_hours: int = Field(
        24, ge=1, le=8760, description="A sign-in that nobody uses ends after this long."
    )
    oidc_issuer: str | None = Field(
        None, description="Single sign-on: the issuer of the OpenID Connect provider, as it spells it."
    )
    oidc_client_id: str | None = Field(None, description="The name this server has at that provider.")
    oidc_client_secret: str | None = Field(
        None, repr=False, description="Its secret there; rather say a file, which no process list shows."
    )
    oidc_client_secret_file: Path | None = Field(None, description="File with that secret.")
    oidc_scopes: str = Field("openid email profile", description="What to ask the provider for.")
    oidc_domains: Annotated[tuple[str, ...], BeforeValidator(_words)] = Field(
        (), description="E-mail domains that may sign in, separated by commas; without it, every one."
    )
    oidc_label: str = Field("Single sign-on", max_length=64, description="What the button says.")
    oidc_ca_file: Path | None = Field(
        None, description="Authorities (PEM) to check the provider's certificate against."
    )
    oidc_allow_insecure_loopback: bool = Field(
        False, description="Let the provider be plain HTTP on this machine. For tests only."
    )
    sso_only: bool = Field(
        False, description="Refuse passwords of everybody but --break-glass-email; needs --oidc-issuer."
    )
    break_glass_email: str | None = Field(
        None, description="The one member who may sign in by password under --sso-only."
    )
    session_rate_limit: int = Field(
        600, ge=0, description="Requests per minute for each signed-in browser; 0 = no limit."
    )
    rate_limit: int = Field(60, ge=0, description="Requests per minute for each API key; 0 = no limit.")
    processes: int = Field(
        1,
        ge=1,
        le=64,
        description="Server processes that share the port, the memory for results and the queues.",
    )
    redis_url: str | None = Field(
        None,
        repr=False,
        description="Redis that counts requests for several servers; none: each counts its own.",
    )
    key_queries: int = Field(
        64, ge=0, le=100_000, description="Queries that one API key may have under way at once; 0 = no limit."
    )
    audit_queries: bool = Field(
        True, description="Tell the audit log of every query: who, which model, how it ended; never its text."
    )
    audit_retention_days: int = Field(
        0, ge=0, description="Days that events of the audit log are kept, 365 at least; 0 = for good."
    )
    refuse_queries: bool = Field(
        False, description="Refuse queries with 403 'Feature not enabled'; the rest of the API answers."
    )
    query_timeout_seconds: int = Field(
        300, ge=1, le=86_400, description="A query that runs longer is killed and reported as such."
    )
    sql_limit_rows: int = Field(
        50_000, ge=1, description="Rows that hand-written SQL without a LIMIT of its own may give."
    )
    result_cache_mib: int = Field(
        256, ge=0, le=1_048_576, description="Memory (MiB) for results that may be answered again."
    )
    result_reuse_mib: int = Field(
        64,
        ge=0,
        le=1_048_576,
        description="Memory (MiB) for rows of kept results that answer other queries; 0 = they do not.",
    )
    result_disk_mib: int = Field(
        0, ge=0, le=16_777_216, description="Disk (MiB) for results, so that a restart keeps them; 0 = none."
    )
    result_disk_dir: Path | None = Field(
        None, description="Folder for them, which gets a subfolder results; default: the data folder."
    )
    result_stale_seconds: int = Field(
        0,
        ge=0,
        le=2_592_000,
        description=(
            "How long past its age a kept result may be given while a new one is fetched; 0 = never."
        ),
    )
    result_row_limit: int = Field(
        0, ge=0, description="A result with more rows than this fails and says so; 0 = no limit."
    )
    warehouse_memory_mib: int = Field(
        1024,
        ge=64,
        description="Memory (MiB) that one query on a DuckDB file may use before it spills to disk.",
    )
    warehouse_spill_mib: int = Field(
        4096, ge=0, description="Disk space (MiB) that one query on a DuckDB file may use for what it spills."
    )
    warehouse_threads: int = Field(
        0,
        ge=0,
        le=1024,
        description="Threads that one query on a DuckDB file may use; 0 = one per processor.",
    )
    warehouse_workers: int = Field(
        0,
        ge=0,
        le=256,
        description="Queries that run at once on a DuckDB file; 0 = two per processor, 4 to 16.",
    )
    warehouse_queue: int = Field(
        256, ge=0, le=100_000, description="Queries that may wait for their turn at one connection."
    )
    warehouse_sessions: int = Field(
        8, ge=1, le=256, description="Sessions that one connection to a database server may have at once."
    )
    stop_timeout_seconds: int = Field(
        28, ge=1, le=3600, description="On SIGTERM, requests under way get this long to end."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important log lines to write (JSON, on stderr)."
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("--tls-cert and --tls-key belong together: give both or neither.")
        if self.insecure_http and not is_loopback(self.host):
            raise ValueError(
                f"--insecure-http is refused on {self.host}: keys would cross the network readable. "
                "Listen on localhost, or put an HTTPS proxy in front and use --behind-proxy."
            )
        if self.insecure_http and (self.behind_proxy or self.tls_cert):
            raise ValueError("--insecure-http cannot be combined with a certificate or --behind-proxy.")
        if self.behind_proxy and not self.trusted_proxies:
            raise ValueError(
                "--behind-proxy needs --trusted-proxies: the addresses that may speak plain HTTP."
            )
        _check_sign_on(self)
        if 0 < self.audit_retention_days < SHORTEST_RETENTION_DAYS:
            raise ValueError(
                f"--audit-retention-days must be {SHORTEST_RETENTION_DAYS} or more, or 0 for good: "
                "a year of the audit log is always kept."
            )
        if self.trusted_proxies and not self.behind_proxy:
            raise ValueError("--trusted-proxies means nothing without --behind-proxy.")
        return self


def _check_sign_on(settings: Settings) -> None:
    """Refuse what says half of a single sign-on.

    Raises:
        ValueError: naming what is missing.
    """
    if settings.oidc_issuer is None:
        if settings.oidc_client_id or settings.oidc_client_secret or settings.oidc_client_secret_file:
            raise ValueError("--oidc-client-id and its secret mean nothing without --oidc-issuer.")
        if settings.sso_only:
            raise ValueError("--sso-only needs --oidc-issuer: nobody could sign in.")
        return
    if not settings.oidc_client_id or settings.public_url is None:
        raise ValueError("--oidc-issuer needs --oidc-client-id and --public-url.")
    if (settings.oidc_client_secret is None) == (settings.oidc_client_secret_file is None):
        raise ValueError("--oidc-issuer needs either a client secret or a file with it.")
    if "openid" not in settings.oidc_scopes.split():
        raise ValueError("--oidc-scopes must hold openid.")


def is_loopback(host: str) -> bool:
    """Tell whether listening on `host` is reachable from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(
    given: Mapping[str, object], environment: Mapping[str, str], **defaults: object
) -> Settings:
    """Combine the command line (`given`, None = not given), the environment and a command's `defaults`.

    Raises:
        InvalidSettings: an unknown `HOLOSCOPE_*` variable, or a value that cannot be.
    """
    check_variables(environment)
    chosen: dict[str, object] = dict(defaults)
    for name in Settings.model_fields:
        if environment.get(variable(name)):
            chosen[name] = environment[variable(name)]
    chosen.update({name: value for name, value in given.items() if value is not None})
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        raise InvalidSettings("\n".join(_sentence(problem, given) for problem in error.errors())) from None


def variable(name: str) -> str:
    """Return the environment variable of a setting: `rate_limit` -> `HOLOSCOPE_RATE_LIMIT`."""
    return PREFIX + name.upper()


# Options of single commands, which are no settings of the server.
COMMAND_VARIABLES = frozenset(
    PREFIX + name
    for name in (
        *(
            "ACTION",
            "ADMIN",
            "API_KEY",
            "ATTRIBUTE",
            "BASE",
            "BASE_URL",
            "CA_FILE",
            "CHECK",
            "CONNECT",
            "CONNECTION",
            "DATABASE",
            "DEFAULT",
            "DESCRIPTION",
            "DIFF",
            "FORMAT",
            "KEY_LIMIT",
            "KIND",
            "KNOWN_ATTRIBUTE",
            "LABEL",
        ),
        *(
            "MEMBER",
            "MODEL",
            "MODEL_ID",
            "MOST",
            "NAME",
            "ONCE",
            "REPORT",
            "SCALE",
            "SERVE",
            "SEVERAL",
            "SHOW_SQL",
            "SINCE",
            "STRICT",
            "TIMEOUT",
            "TIME_ZONE",
            "TO",
            "UNTIL",
            "USER_ID",
            "VALUE_TYPE",
            "WITHOUT",
        ),
    )
)


def check_variables(environment: Mapping[str, str]) -> None:
    """Refuse any `HOLOSCOPE_*` variable that would be silently ignored.

    Raises:
        InvalidSettings: naming each unknown variable and its nearest known neighbour.
    """
    names = {*map(variable, Settings.model_fields), *COMMAND_VARIABLES}
    complaints = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in names:
            close = near(name, names, limit=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            complaints.append(f"Unknown environment variable {name}.{hint}")
    if complaints:
        raise InvalidSettings("\n".join(complaints))


def default_text(name: str) -> str:
    """Return the default of a setting as an operator would write it; empty for none."""
    default = Settings.model_fields[name].default
    return (
        ""
        if default in (None, ())
        else {True: "on", False: "off"}[default]
        if isinstance(default, bool)
        else str(default)
    )


def _sentence(problem: ErrorDetails, given: Mapping[str, object]) -> str:
    text = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return text
    name = str(problem["loc"][0])
    source = f"--{name.replace('_', '-')}" if given.get(name) is not None else variable(name)
    return f"{source}: {text}."
