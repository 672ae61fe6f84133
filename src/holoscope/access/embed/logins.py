"""From a signed address, or a generated session, to a session of an embedded member, in one transaction."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.embed.errors import EmbedRefused, NoSuchLogin, UsedNonce, WrongSignature
from holoscope.access.embed.members import upsert_member
from holoscope.access.embed.parameters import (
    BadParameter,
    EmbedParameters,
    look_of,
    read_native,
    read_nonce,
    read_texts,
)
from holoscope.access.embed.secrets import EmbedSecrets, SigningSecret
from holoscope.access.embed.signatures import find_secret, login_values, redeem_values, sign
from holoscope.access.errors import PermissionDenied
from holoscope.access.people import find_member
from holoscope.access.session_rows import SessionKind
from holoscope.access.sessions import OpenedSession, Sessions
from holoscope.kit.clock import Clock
from holoscope.kit.ids import is_uuid, new_id
from holoscope.kit.secrets import SecretText
from holoscope.storage.tables import embed_logins, embed_nonces
from holoscope.storage.unit_of_work import Database

LOGIN_PATH = "/embed/login"
REDEEM_PATH = "/embed/sso/redeem-session"
UNREDEEMED_LIFE = timedelta(minutes=5)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_IN_A_QUERY = "%/?:@!$&'()*+,;=-._~"
_NOT_GENERATED = ("nonce", "theme", "prefersDark")
_REDEEMED_WITH = frozenset({"sessionId", "nonce", "signature", "prefersDark", "theme", "branch"})


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that was opened by a signed address, and the path it begins at."""

    session: OpenedSession
    path: str


class EmbedLogins:
    """Opens sessions for embedded members. Safe between threads.

    `lifetime` is that of a session; `allows_boost` says whether a link may ask for access boost.
    """

    def __init__(
        self,
        database: Database,
        secrets: EmbedSecrets,
        sessions: Sessions,
        clock: Clock,
        *,
        lifetime: timedelta = timedelta(hours=24),
        allows_boost: bool = False,
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._sessions = sessions
        self._clock = clock
        self._lifetime = lifetime
        self._allows_boost = allows_boost

    def login(self, origins: Sequence[str], query: Sequence[tuple[str, str]]) -> Entered:
        """Open the session that a signed login address asks for.

        Args:
            origins: at which people open this server; the address was signed for one of them.
            query: the decoded parameters of the address, in any order.

        Raises:
            BadParameter: one is unknown, given twice, missing or not of its shape.
            WrongSignature: no secret that counts signed exactly this for one of the origins.
            UsedNonce: the address was opened before.
        """
        said = _once(query)
        signature = said.pop("signature", "")
        url, secret = self._judge(origins, LOGIN_PATH, signature, lambda url: login_values(url, said))
        try:
            nonce = read_nonce(said.pop("nonce", None))
            parameters = read_texts(said)
            with self._database.writing() as connection:
                self._use(connection, secret.organization_id, nonce)
                member = upsert_member(
                    connection,
                    secret.organization_id,
                    parameters,
                    host=urlsplit(url).hostname or "",
                    at=self._clock(),
                )
                return self._enter(
                    connection, secret.organization_id, member.membership_id, self._shown(parameters)
                )
        except (BadParameter, EmbedRefused) as error:
            self._tell_refusal(secret.organization_id, LOGIN_PATH, error.detail)
            raise

    def generate(self, actor: Actor, said: Mapping[str, Any], *, host: str) -> str:
        """Bring an embedded member level and return the id of a session that waits to be redeemed.

        Raises:
            PermissionDenied: the credential is no organization key.
            BadParameter: a parameter is unknown, missing or not of its shape.
        """
        if not actor.has_organization_key:
            raise PermissionDenied
        for name in _NOT_GENERATED:
            if name in said:
                raise BadParameter("formErrors", f"Unrecognized key(s) in object: '{name}'")
        parameters = read_native(said)
        now, login_id = self._clock(), new_id()
        with self._database.writing() as connection:
            member = upsert_member(
                connection, actor.organization_id, parameters, host=host, at=now, actor=actor
            )
            connection.execute(
                insert(embed_logins).values(
                    id=login_id,
                    organization_id=actor.organization_id,
                    membership_id=member.membership_id,
                    details=self._shown(parameters),
                    created_at=now,
                    expires_at=now + UNREDEEMED_LIFE,
                )
            )
            record(
                connection,
                actor.organization_id,
                Action.EMBED_SESSION_GENERATE,
                actor=actor,
                object_type="user",
                object_id=member.membership_id,
                details={"externalId": parameters.external_id, "entity": parameters.entity},
            )
        return login_id

    def redeem(self, origins: Sequence[str], query: Sequence[tuple[str, str]]) -> Entered:
        """Open the session that was generated, for a signed address that names it.

        Raises:
            BadParameter: a parameter is unknown, given twice, missing or not of its shape.
            WrongSignature: no secret that counts signed exactly this.
            UsedNonce: the nonce was used before.
            NoSuchLogin: the session is unknown, redeemed, or older than five minutes.
        """
        said = _once(query)
        unknown = sorted(said.keys() - _REDEEMED_WITH)
        if unknown:
            raise BadParameter(
                "formErrors", f"Unrecognized key(s) in object: {', '.join(map(repr, unknown[:5]))}"
            )
        signature = said.pop("signature", "")
        _, secret = self._judge(origins, REDEEM_PATH, signature, lambda url: redeem_values(url, said))
        try:
            nonce = read_nonce(said.get("nonce"))
            look = look_of(said)
            with self._database.writing() as connection:
                self._use(connection, secret.organization_id, nonce)
                row = self._take_login(connection, secret.organization_id, said.get("sessionId", ""))
                return self._enter(
                    connection, secret.organization_id, row.membership_id, {**row.details, **look}
                )
        except (BadParameter, EmbedRefused) as error:
            self._tell_refusal(secret.organization_id, REDEEM_PATH, error.detail)
            raise

    def signed_url(self, origin: str, said: Mapping[str, Any]) -> str:
        """Return a signed login address for parameters that say their `secret`, as hosts without an SDK ask.

        Objects come as text, URL-encoded or not; a `nonce` is made where none is given.

        Raises:
            BadParameter: the secret does not count, or a parameter is not of its shape.
        """
        texts = {name: _plain(value) for name, value in said.items() if value is not None and value != ""}
        secret = SecretText(texts.pop("secret", ""))
        if not any(
            random.compare_digest(secret.reveal_bytes(), each.text.reveal_bytes())
            for each in self._secrets.active()
        ):
            raise BadParameter("secret", "It is no embed secret of this server that counts")
        nonce = read_nonce(texts.pop("nonce", None) or "".join(random.choice(_ALPHABET) for _ in range(32)))
        read_texts(texts)
        texts["nonce"] = nonce
        url = f"{origin}{LOGIN_PATH}"
        return f"{url}?{urlencode({**texts, 'signature': sign(login_values(url, texts), secret)})}"

    def _judge(
        self,
        origins: Sequence[str],
        path: str,
        signature: str,
        values: Callable[[str], list[str]],
    ) -> tuple[str, SigningSecret]:
        active = self._secrets.active()
        by_id = {each.id: each for each in active}
        for origin in origins:
            url = f"{origin}{path}"
            found = find_secret(signature, values(url), [(each.id, each.text) for each in active])
            if found is not None:
                return url, by_id[found]
        raise WrongSignature

    def _use(self, connection: Connection, organization_id: str, nonce: str) -> None:
        try:
            connection.execute(
                insert(embed_nonces).values(
                    organization_id=organization_id, nonce=nonce, used_at=self._clock()
                )
            )
        except IntegrityError:
            raise UsedNonce from None

    def _take_login(self, connection: Connection, organization_id: str, login_id: str) -> Row[Any]:
        if not is_uuid(login_id):
            raise NoSuchLogin
        waiting = (
            embed_logins.c.id == login_id.lower(),
            embed_logins.c.organization_id == organization_id,
            embed_logins.c.redeemed_at.is_(None),
            embed_logins.c.expires_at > self._clock(),
        )
        row = connection.execute(select(embed_logins).where(*waiting)).one_or_none()
        if row is None or find_member(connection, organization_id, row.membership_id) is None:
            raise NoSuchLogin
        done = connection.execute(update(embed_logins).where(*waiting).values(redeemed_at=self._clock()))
        if done.rowcount != 1:
            raise NoSuchLogin
        return row

    def _enter(
        self, connection: Connection, organization_id: str, membership_id: str, shown: Mapping[str, Any]
    ) -> Entered:
        opened = self._sessions.open(
            connection,
            organization_id,
            membership_id,
            kind=SessionKind.EMBED,
            details=shown,
            lifetime=self._lifetime,
        )
        record(
            connection,
            organization_id,
            Action.EMBED_SIGN_IN,
            object_type="user",
            object_id=membership_id,
            details={"contentPath": shown["contentPath"], "entity": shown["entity"]},
        )
        return Entered(opened, _landing(shown))

    def _shown(self, parameters: EmbedParameters) -> dict[str, Any]:
        boosted = bool(parameters.access_boost) and self._allows_boost
        return replace(parameters, access_boost=boosted).shown()

    def _tell_refusal(self, organization_id: str, path: str, reason: str) -> None:
        """Record what was signed rightly and refused; what was not signed is no event of anybody's."""
        with self._database.noting() as connection:
            record(
                connection,
                organization_id,
                Action.EMBED_SIGN_IN_REFUSED,
                details={"path": path, "reason": reason},
                outcome="refused",
            )


def _once(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    said = dict(query)
    if len(said) < len(query):
        raise BadParameter("formErrors", "A parameter is given twice")
    return said


def _plain(value: object) -> str:
    """Return a parameter as it is signed: a text, a boolean's name; URL-encoded JSON is decoded."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise BadParameter("formErrors", "Expected texts: objects as JSON")
    decoded = unquote(value)
    return decoded if value.startswith(("%7B", "%5B", "%7b", "%5b")) else value


def _landing(shown: Mapping[str, Any]) -> str:
    look = {name: shown[name] for name in ("theme", "prefersDark", "mode") if shown.get(name)}
    filters = (shown.get("filterSearchParam") or "").lstrip("?")
    query = "&".join(part for part in (urlencode(look), filters) if part)
    return f"/embed{shown['contentPath']}" + (f"?{quote(query, safe=_IN_A_QUERY)}" if query else "")
