"""`holoscope serve`: the server for everyday use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from holoscope.cli.certificates import Certificate, local_certificate, server_context, trust_hint
from holoscope.cli.files import hold_data_folder, make_data_folder
from holoscope.cli.house import built, prepare
from holoscope.cli.logs import configure_logs
from holoscope.cli.options import (
    AuditQueries,
    AuditRetentionDays,
    BasePath,
    BehindProxy,
    BreakGlassEmail,
    DatabaseUrl,
    DataDir,
    EmbedAllowBoost,
    EmbedParents,
    EmbedSessionHours,
    EmbedUrls,
    Host,
    InsecureHttp,
    KeyQueries,
    LogLevel,
    OidcAllowInsecureLoopback,
    OidcCaFile,
    OidcClientId,
    OidcClientSecret,
    OidcClientSecretFile,
    OidcDomains,
    OidcIssuer,
    OidcLabel,
    OidcScopes,
    Port,
    Processes,
    PublicUrl,
    QueryTimeout,
    RateLimit,
    RedisUrl,
    RefuseQueries,
    ResultCache,
    ResultDisk,
    ResultDiskDir,
    ResultReuse,
    ResultRows,
    ResultStale,
    SessionHours,
    SessionIdleHours,
    SessionRateLimit,
    SqlRows,
    SsoOnly,
    StopTimeout,
    TlsCert,
    TlsKey,
    TrustedProxies,
    WarehouseMemory,
    WarehouseQueue,
    WarehouseSessions,
    WarehouseSpill,
    WarehouseThreads,
    WarehouseWorkers,
)
from holoscope.cli.processes.orders import Orders
from holoscope.cli.processes.supervisor import supervise
from holoscope.cli.server import listen, run_server, url_of
from holoscope.kit.clock import system_clock
from holoscope.settings import Settings, load_settings

INSECURE_WARNING = """\
!!  --insecure-http: this server speaks plain HTTP. Every API key and every row that passes can be read
!!  and changed by any program that sees this machine's loopback traffic. Use it for debugging only.
"""


def serve_command(  # noqa: PLR0913, PLR0917  (one argument is one option)
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    host: Host = None,
    port: Port = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    insecure_http: InsecureHttp = None,
    behind_proxy: BehindProxy = None,
    trusted_proxies: TrustedProxies = None,
    public_url: PublicUrl = None,
    base_path: BasePath = None,
    oidc_issuer: OidcIssuer = None,
    oidc_client_id: OidcClientId = None,
    oidc_client_secret: OidcClientSecret = None,
    oidc_client_secret_file: OidcClientSecretFile = None,
    oidc_scopes: OidcScopes = None,
    oidc_domains: OidcDomains = None,
    oidc_label: OidcLabel = None,
    oidc_ca_file: OidcCaFile = None,
    oidc_allow_insecure_loopback: OidcAllowInsecureLoopback = None,
    sso_only: SsoOnly = None,
    break_glass_email: BreakGlassEmail = None,
    embed_urls: EmbedUrls = None,
    embed_parents: EmbedParents = None,
    embed_session_hours: EmbedSessionHours = None,
    embed_allow_boost: EmbedAllowBoost = None,
    session_hours: SessionHours = None,
    session_idle_hours: SessionIdleHours = None,
    session_rate_limit: SessionRateLimit = None,
    rate_limit: RateLimit = None,
    processes: Processes = None,
    redis_url: RedisUrl = None,
    key_queries: KeyQueries = None,
    audit_queries: AuditQueries = None,
    audit_retention_days: AuditRetentionDays = None,
    refuse_queries: RefuseQueries = None,
    query_timeout_seconds: QueryTimeout = None,
    sql_limit_rows: SqlRows = None,
    result_cache_mib: ResultCache = None,
    result_reuse_mib: ResultReuse = None,
    result_disk_mib: ResultDisk = None,
    result_disk_dir: ResultDiskDir = None,
    result_stale_seconds: ResultStale = None,
    result_row_limit: ResultRows = None,
    warehouse_memory_mib: WarehouseMemory = None,
    warehouse_spill_mib: WarehouseSpill = None,
    warehouse_threads: WarehouseThreads = None,
    warehouse_sessions: WarehouseSessions = None,
    warehouse_workers: WarehouseWorkers = None,
    warehouse_queue: WarehouseQueue = None,
    stop_timeout_seconds: StopTimeout = None,
    log_level: LogLevel = None,
) -> None:
    """Serve the API over HTTPS until SIGTERM or Ctrl-C.

    Without --tls-cert the server makes a local certificate authority in the data folder and says how
    to trust it. Requests under way are finished before it stops.
    """
    settings = load_settings(locals(), os.environ)
    folder = make_data_folder(settings.data_dir)
    configure_logs(settings.log_level)
    with hold_data_folder(folder):
        sockets = listen(settings)
        certificate = choose_certificate(settings, folder)
        tls = None if certificate is None else server_context(certificate)

        def ready() -> None:
            print(f"Holoscope serves {url_of(settings, sockets)}", file=sys.stderr)
            if certificate is not None and certificate.ca_file is not None:
                print(
                    f"Clients must trust its authority:\n{trust_hint(certificate.ca_file)}", file=sys.stderr
                )

        if settings.insecure_http:
            print(INSECURE_WARNING, file=sys.stderr)
        if settings.processes > 1:
            prepare(settings, folder)
            for each in sockets:
                each.set_inheritable(True)
            orders = Orders(settings, folder, 0, tuple(each.fileno() for each in sockets), certificate)
            supervise(orders, ready)
            return
        with built(settings, folder) as house:
            run_server(house.asgi, sockets, settings, tls=tls, on_ready=lambda _stop: ready())


def choose_certificate(settings: Settings, folder: Path) -> Certificate | None:
    """Return the operator's certificate, else the local one; None where plain HTTP was chosen."""
    if settings.tls_cert is not None and settings.tls_key is not None:
        return Certificate(settings.tls_cert, settings.tls_key, None)
    if settings.insecure_http or settings.behind_proxy:
        return None
    return local_certificate(folder / "tls", host=settings.host, now=system_clock())
