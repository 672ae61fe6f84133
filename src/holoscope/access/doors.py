"""Every way in, built together: keys, sessions, grants, passwords, invitations, single sign-on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from holoscope.access.authenticate import Authenticator
from holoscope.access.invitations import Invitations
from holoscope.access.keyring import KeyRing
from holoscope.access.oauth.grants import Grants
from holoscope.access.oidc.login import OidcSignIn
from holoscope.access.oidc.provider import Provider
from holoscope.access.passwords import PasswordChecks
from holoscope.access.sessions import IDLE, Sessions
from holoscope.access.sign_in import SignIn, SignInRules
from holoscope.access.throttle import Throttle
from holoscope.kit.clock import Clock
from holoscope.kit.secrets import SecretText
from holoscope.storage.unit_of_work import Database


@dataclass(frozen=True, slots=True)
class Doors:
    """The services by which somebody comes in; `oidc` only where there is a provider."""

    authenticator: Authenticator
    keys: KeyRing
    sessions: Sessions
    grants: Grants
    sign_in: SignIn
    invitations: Invitations
    oidc: OidcSignIn | None

    def close(self) -> None:
        """Write down last uses and close connections to the provider."""
        self.sessions.close()
        self.keys.close()
        self.grants.close()
        if self.oidc is not None:
            self.oidc.close()


def open_doors(
    database: Database,
    pepper: SecretText,
    clock: Clock,
    rules: SignInRules,
    *,
    idle: timedelta = IDLE,
    session_rate_limit: int | None = None,
    provider: Provider | None = None,
) -> Doors:
    """Build the services around one database and one pepper; see each for its arguments."""
    keys = KeyRing(database, pepper, clock)
    sessions = Sessions(database, pepper, clock, idle=idle, rate_limit=session_rate_limit)
    grants = Grants(database, pepper, clock)
    passwords = PasswordChecks()
    throttle = Throttle(database, pepper, clock)
    sign_in = SignIn(database, sessions, throttle, passwords, clock, rules)
    return Doors(
        authenticator=Authenticator(keys, grants),
        keys=keys,
        sessions=sessions,
        grants=grants,
        sign_in=sign_in,
        invitations=Invitations(
            database, pepper, clock, passwords=passwords, throttle=throttle, sign_in=sign_in
        ),
        oidc=None if provider is None else OidcSignIn(database, sign_in, provider, pepper, clock),
    )
