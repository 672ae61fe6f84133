"""The way through the provider and back: state, proof, code, ID token, session.

What the browser carries in its cookie is the state; code verifier and nonce are made of it with the
server's pepper, so the database keeps neither and a stolen one helps nobody.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import delete, func, insert, select

from holoscope.access import people
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.keys import digest_of
from holoscope.access.oidc.discovery import Discovery, Endpoints
from holoscope.access.oidc.errors import (
    BadProviderAnswer,
    ProviderUnavailable,
    SingleSignOnFailed,
    SingleSignOnRefused,
)
from holoscope.access.oidc.fetch import Fetcher
from holoscope.access.oidc.id_token import Claims, read_id_token
from holoscope.access.oidc.identities import find_or_create_member
from holoscope.access.oidc.provider import Provider
from holoscope.access.passwords import SignInBusy
from holoscope.access.sign_in import SignedIn, SignIn
from holoscope.kit.clock import Clock
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import sign_in_states
from holoscope.storage.unit_of_work import Database

log = logging.getLogger("holoscope.access")

STATE_LIFETIME = timedelta(minutes=10)
_STATE = re.compile(r"[A-Za-z0-9_-]{43}")
_AT_ONCE = 8
_MOST_WAITING = 100_000
_LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send a browser, and the state to put into its cookie."""

    url: str
    state: SecretText


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, signed in, and the path they wanted to see."""

    signed_in: SignedIn
    return_to: str


class OidcSignIn:
    """Signs in through a provider. Safe between threads; blocks on the network, under a minute."""

    def __init__(
        self, database: Database, sign_in: SignIn, provider: Provider, pepper: SecretText, clock: Clock
    ) -> None:
        self._database = database
        self._sign_in = sign_in
        self.provider = provider
        self._pepper = pepper.reveal_bytes()
        self._clock = clock
        self._fetcher = Fetcher(provider)
        self._discovery = Discovery(provider, self._fetcher)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def close(self) -> None:
        """Close the connections to the provider."""
        self._fetcher.close()

    def start(self, return_to: str) -> Departure:
        """Begin a sign-in that ends at `return_to`, a path of this server.

        Raises:
            ProviderUnavailable: the provider does not say where to go.
            SignInBusy: too many sign-ins are under way.
        """
        with self._turn():
            endpoints = self._endpoints()
        state = SecretText(secrets.token_urlsafe(32))
        now = self._clock()
        with self._database.noting() as connection:
            connection.execute(delete(sign_in_states).where(sign_in_states.c.expires_at <= now))
            waiting = connection.execute(select(func.count()).select_from(sign_in_states)).scalar_one()
            if waiting >= _MOST_WAITING:
                raise SignInBusy
            connection.execute(
                insert(sign_in_states).values(
                    digest=self._digest(state),
                    details={"returnTo": return_to},
                    created_at=now,
                    expires_at=now + STATE_LIFETIME,
                )
            )
        challenge = urlsafe_b64encode(sha256(self._derived("verifier", state).encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "scope": self.provider.scopes,
            "state": state.reveal(),
            "nonce": self._derived("nonce", state),
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in endpoints.authorization else "?"
        return Departure(f"{endpoints.authorization}{joint}{urlencode(asked)}", state)

    def finish(self, answer: Mapping[str, str], cookie: str | None, *, former: str | None = None) -> Arrival:
        """Judge what a browser brought back from the provider and open a session.

        Args:
            answer: the parameters of the redirect.
            cookie: the state that this browser set out with.
            former: the text of the session it had, which ends.

        Raises:
            SingleSignOnFailed: the answer is not one to a sign-in that this browser began.
            SingleSignOnRefused: the person may not come in.
            ProviderUnavailable: the provider does not answer.
            SignInBusy: too many sign-ins are under way.
        """
        state = answer.get("state", "")
        if (
            cookie is None
            or _STATE.fullmatch(state) is None
            or not hmac.compare_digest(cookie.encode(), state.encode())
        ):
            log.info("single sign-on: a state that is not this browser's")
            raise SingleSignOnFailed
        return_to = self._take(SecretText(state))
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise self._failed("another issuer answered")
        code = answer.get("code", "")
        if "error" in answer or not code or len(code) > _LONGEST_CODE:
            raise self._failed("the provider gave no code")
        try:
            claims = self._claims(code, SecretText(state))
        except BadProviderAnswer as error:
            raise self._failed(str(error)) from None
        now = self._clock()
        try:
            with self._database.writing() as connection:
                organization = people.load_organizations(connection)[0]
                member = find_or_create_member(connection, organization.id, self.provider, claims, now)
                signed_in = self._sign_in.begin(connection, member, way="single sign-on", former=former)
        except SingleSignOnRefused as refusal:
            self._tell_failure(refusal.detail, now)
            raise
        return Arrival(signed_in, return_to)

    def _claims(self, code: str, state: SecretText) -> Claims:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "code_verifier": self._derived("verifier", state),
        }
        client_id, secret = self.provider.client_id, self.provider.client_secret.reveal()
        with self._turn():
            endpoints = self._endpoints()
            if endpoints.takes_basic:
                basic = (quote(client_id, safe=""), quote(secret, safe=""))
                tokens = self._fetcher.post(endpoints.token, form, basic)
            else:
                named = {**form, "client_id": client_id, "client_secret": secret}
                tokens = self._fetcher.post(endpoints.token, named)
            return read_id_token(
                tokens.get("id_token"),
                lambda again: self._discovery.keys(look_again=again),
                issuer=self.provider.issuer,
                client_id=client_id,
                nonce=self._derived("nonce", state),
                now=self._clock(),
            )

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let a few wait for the provider; one that does not answer must not hold every thread."""
        if not self._turns.acquire(blocking=False):
            raise SignInBusy
        try:
            yield
        finally:
            self._turns.release()

    def _endpoints(self) -> Endpoints:
        try:
            return self._discovery.endpoints()
        except BadProviderAnswer as error:
            log.warning("single sign-on: %s", error)
            raise ProviderUnavailable from None

    def _take(self, state: SecretText) -> str:
        """Use up a state and return where its sign-in was to end."""
        digest = self._digest(state)
        with self._database.noting() as connection:
            row = connection.execute(
                select(sign_in_states).where(sign_in_states.c.digest == digest)
            ).one_or_none()
            done = connection.execute(delete(sign_in_states).where(sign_in_states.c.digest == digest))
        if row is None or done.rowcount != 1 or row.expires_at <= self._clock():
            log.info("single sign-on: a state that is unknown, used or expired")
            raise SingleSignOnFailed
        details: dict[str, Any] = row.details
        return str(details["returnTo"])

    def _failed(self, reason: str) -> SingleSignOnFailed:
        log.warning("single sign-on: %s", reason)
        self._tell_failure(reason, self._clock())
        return SingleSignOnFailed()

    def _tell_failure(self, reason: str, at: datetime) -> None:
        with self._database.noting() as connection:
            for organization in people.load_organizations(connection)[:1]:
                record(
                    connection,
                    organization.id,
                    Action.SIGN_IN_FAILED,
                    object_type="user",
                    details={"way": "single sign-on", "reason": reason},
                    outcome="refused",
                    at=at,
                )

    def _digest(self, state: SecretText) -> str:
        return digest_of(f"state\x00{state.reveal()}", self._pepper).hex()

    def _derived(self, purpose: str, state: SecretText) -> str:
        """Return 43 characters that only this server can make of a state."""
        made = digest_of(f"oidc {purpose}\x00{state.reveal()}", self._pepper)
        return urlsafe_b64encode(made).rstrip(b"=").decode()
