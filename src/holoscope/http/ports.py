"""What this room calls, in one value. `app` builds it; nothing here is looked up anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from holoscope.access.authenticate import Authenticator
from holoscope.access.keyring import KeyRing
from holoscope.access.scope import Scopes
from holoscope.access.whoami import WhoAmI
from holoscope.http.rate_limit import RateLimiter
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.models import ModelStore
from holoscope.sql.dialect import Dialect


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need.

    `database` is opaque here: it is handed to functions of lower rooms and never used.
    `dialect_of` gives the dialect of a connection by its id. `is_ready` tells whether traffic can be
    served; it may block and runs on a thread.
    """

    database: Any
    authenticator: Authenticator
    scopes: Scopes
    whoami: WhoAmI
    keys: KeyRing
    models: ModelStore
    compiler: ModelCompiler
    dialect_of: Callable[[str], Dialect]
    limiter: RateLimiter
    is_ready: Callable[[], bool]
