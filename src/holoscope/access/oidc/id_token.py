"""What an ID token proves: signature, issuer, audience, time and nonce (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from holoscope.access.oidc.errors import BadProviderAnswer

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a private key alone: neither `none` nor an HMAC, whose key would be the public one."""

LEEWAY_SECONDS = 60
_LONGEST = 16_384
_LONGEST_CLAIM = 320


@dataclass(frozen=True, slots=True)
class Claims:
    """Who the provider says it is. `email` is None unless the provider verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str


def read_id_token(
    text: object,
    keys: Callable[[bool], KeySet],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: datetime,
) -> Claims:
    """Return what an ID token proves.

    Args:
        text: the token as the provider sent it.
        keys: gives the provider's keys; asked again with True when a token names an unknown one.
        issuer: whom it must be from.
        client_id: whom it must be for.
        nonce: which sign-in it must answer.
        now: it must be valid at this moment, give or take a minute.

    Raises:
        BadProviderAnswer: any of that is not so.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise BadProviderAnswer("no ID token")
    claims = _signed(text, keys)
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except (JoseError, ValueError, TypeError) as error:
        raise BadProviderAnswer(f"claims: {type(error).__name__}") from None
    _check_party(claims, client_id)
    said = claims["nonce"]
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise BadProviderAnswer("another nonce")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_CLAIM:
        raise BadProviderAnswer("no subject")
    return Claims(issuer, subject, _verified_email(claims), _name(claims))


def _signed(text: str, keys: Callable[[bool], KeySet]) -> Mapping[str, Any]:
    for again in (False, True):
        try:
            return jwt.decode(text, keys(again), algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            continue
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise BadProviderAnswer(f"signature: {type(error).__name__}") from None
    raise BadProviderAnswer("signature: unknown key")


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Refuse a token that was issued to somebody else, or for others too."""
    audience = claims["aud"]
    party = claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several and party is None) or party not in {None, client_id}:
        raise BadProviderAnswer("issued to another client")


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    local, _, domain = email.rpartition("@")
    if not local or not domain or len(email) > _LONGEST_CLAIM or not email.isprintable() or " " in email:
        return None
    return email


def _name(claims: Mapping[str, Any]) -> str:
    for key in ("name", "preferred_username", "email"):
        value = claims.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()[:128]
    return str(claims["sub"])[:128]
