"""Options that several commands share. Their help comes from the settings they set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from holoscope.settings import Settings, default_text, variable


def setting(name: str) -> Any:  # noqa: ANN401  (what typer.Option returns)
    """Return the option of a setting: its name, description, default and environment variable.

    The option itself has no default and reads no environment: `load_settings` decides between them.
    """
    default = default_text(name)
    shown = f"default: {default}; " if default else ""
    text = f"{Settings.model_fields[name].description} [{shown}env: {variable(name)}]"
    flag = f"--{name.replace('_', '-')}"
    if Settings.model_fields[name].default is True:
        flag = f"{flag}/--no-{flag[2:]}"
    return typer.Option(flag, help=text, show_default=False)


def option(name: str, text: str, *, least: float | None = None) -> Any:  # noqa: ANN401
    """Return an option that is no setting of the server; it too has its environment variable."""
    return typer.Option(f"--{name.replace('_', '-')}", help=text, envvar=variable(name), min=least)


DataDir = Annotated[Path | None, setting("data_dir")]
DatabaseUrl = Annotated[str | None, setting("database_url")]
Host = Annotated[str | None, setting("host")]
Port = Annotated[int | None, setting("port")]
TlsCert = Annotated[Path | None, setting("tls_cert")]
TlsKey = Annotated[Path | None, setting("tls_key")]
InsecureHttp = Annotated[bool | None, setting("insecure_http")]
BehindProxy = Annotated[bool | None, setting("behind_proxy")]
TrustedProxies = Annotated[str | None, setting("trusted_proxies")]
EmbedUrls = Annotated[str | None, setting("embed_urls")]
EmbedParents = Annotated[str | None, setting("embed_parents")]
EmbedSessionHours = Annotated[int | None, setting("embed_session_hours")]
EmbedAllowBoost = Annotated[bool | None, setting("embed_allow_boost")]
BasePath = Annotated[str | None, setting("base_path")]
PublicUrl = Annotated[str | None, setting("public_url")]
OidcIssuer = Annotated[str | None, setting("oidc_issuer")]
OidcClientId = Annotated[str | None, setting("oidc_client_id")]
OidcClientSecret = Annotated[str | None, setting("oidc_client_secret")]
OidcClientSecretFile = Annotated[Path | None, setting("oidc_client_secret_file")]
OidcScopes = Annotated[str | None, setting("oidc_scopes")]
OidcDomains = Annotated[str | None, setting("oidc_domains")]
OidcLabel = Annotated[str | None, setting("oidc_label")]
OidcCaFile = Annotated[Path | None, setting("oidc_ca_file")]
OidcAllowInsecureLoopback = Annotated[bool | None, setting("oidc_allow_insecure_loopback")]
SsoOnly = Annotated[bool | None, setting("sso_only")]
BreakGlassEmail = Annotated[str | None, setting("break_glass_email")]
SessionHours = Annotated[int | None, setting("session_hours")]
SessionIdleHours = Annotated[int | None, setting("session_idle_hours")]
SessionRateLimit = Annotated[int | None, setting("session_rate_limit")]
RateLimit = Annotated[int | None, setting("rate_limit")]
Processes = Annotated[int | None, setting("processes")]
RedisUrl = Annotated[str | None, setting("redis_url")]
KeyQueries = Annotated[int | None, setting("key_queries")]
AuditQueries = Annotated[bool | None, setting("audit_queries")]
AuditRetentionDays = Annotated[int | None, setting("audit_retention_days")]
RefuseQueries = Annotated[bool | None, setting("refuse_queries")]
QueryTimeout = Annotated[int | None, setting("query_timeout_seconds")]
ResultCache = Annotated[int | None, setting("result_cache_mib")]
ResultReuse = Annotated[int | None, setting("result_reuse_mib")]
ResultDisk = Annotated[int | None, setting("result_disk_mib")]
ResultDiskDir = Annotated[Path | None, setting("result_disk_dir")]
ResultStale = Annotated[int | None, setting("result_stale_seconds")]
ResultRows = Annotated[int | None, setting("result_row_limit")]
SqlRows = Annotated[int | None, setting("sql_limit_rows")]
WarehouseMemory = Annotated[int | None, setting("warehouse_memory_mib")]
WarehouseSessions = Annotated[int | None, setting("warehouse_sessions")]
WarehouseSpill = Annotated[int | None, setting("warehouse_spill_mib")]
WarehouseWorkers = Annotated[int | None, setting("warehouse_workers")]
WarehouseQueue = Annotated[int | None, setting("warehouse_queue")]
WarehouseThreads = Annotated[int | None, setting("warehouse_threads")]
StopTimeout = Annotated[int | None, setting("stop_timeout_seconds")]
LogLevel = Annotated[str | None, setting("log_level")]
