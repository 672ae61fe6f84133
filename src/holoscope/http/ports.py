"""What this room calls, in one value. `app` builds it; nothing here is looked up anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from holoscope.access.audit.queue import AuditQueue
from holoscope.access.authenticate import Authenticator
from holoscope.access.embed.logins import EmbedLogins
from holoscope.access.embed.secrets import EmbedSecrets
from holoscope.access.invitations import Invitations
from holoscope.access.keyring import KeyRing
from holoscope.access.oauth.grants import Grants
from holoscope.access.oidc.login import OidcSignIn
from holoscope.access.scim_listing import Positions
from holoscope.access.scope import Scopes
from holoscope.access.sessions import Sessions
from holoscope.access.sign_in import SignIn
from holoscope.access.whoami import WhoAmI
from holoscope.http.peers import Peers
from holoscope.http.rate_limit import RateLimiter
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.refresh import Refresher
from holoscope.runs.service import Runs
from holoscope.sql.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Embedding:
    """What embedding needs: `origins` at which it is served, `parents` whose pages may frame it."""

    logins: EmbedLogins
    secrets: EmbedSecrets
    origins: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need.

    `database`, `sealer` and what `warehouse_of` returns are opaque here: they are handed to lower rooms
    and never used. `dialect_of` takes a connection's id and `warehouse_of` also what it must have been
    opened by; they may block. `is_ready` tells
    whether traffic can be served and may block too. One that `refuses_queries` answers everything else.
    `peers` are the other processes of the server, where there are any.
    `public_url` is the origin that people know the server by, where the operator said one, `base_path`
    the path below it, empty or like `/analytics`; `oidc` is
    single sign-on, where there is a provider. `audit` takes events that cannot wait for the disk.
    """

    database: Any
    authenticator: Authenticator
    scopes: Scopes
    whoami: WhoAmI
    keys: KeyRing
    sessions: Sessions
    sign_in: SignIn
    grants: Grants
    invitations: Invitations
    models: ModelStore
    compiler: ModelCompiler
    refresher: Refresher
    runs: Runs
    embed: Embedding
    dialect_of: Callable[[str], Dialect]
    warehouse_of: Callable[[str, str], Any]
    sealer: Any
    limiter: RateLimiter
    is_ready: Callable[[], bool]
    refuses_queries: bool = False
    positions: Positions = field(default_factory=Positions)
    peers: Peers | None = None
    public_url: str | None = None
    base_path: str = ""
    oidc: OidcSignIn | None = None
    audit: AuditQueue | None = None
