"""From an `Authorization` header to an actor; the first thing that happens to a request."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.access.errors import BadAuthorizationHeader
from holoscope.access.keyring import KeyRing
from holoscope.access.keys import ACCESS_PREFIX
from holoscope.access.oauth.grants import Grants


class Authenticator:
    """Judges `Authorization` headers. Safe between threads."""

    def __init__(self, keys: KeyRing, grants: Grants) -> None:
        self._keys = keys
        self._grants = grants

    def authenticate(self, header: str | None) -> Actor:
        """Return who asks. May read the database, so keep it off an event loop.

        Raises:
            BadAuthorizationHeader: no header, or not `Bearer <token>`.
            InvalidToken: the key is malformed, unknown, disabled or revoked.
            OwnerLostKeys: the member behind the key was deactivated or may not hold it any more.
            TokenLapsed: the access token of a client program is unknown, expired or revoked.
        """
        token = bearer_token(header)
        return self._judge(token).load_actor(token)

    def find_remembered(self, header: str | None) -> Actor | None:
        """Return who asks if that was settled a moment ago; a few microseconds, no I/O.

        None means: ask `authenticate`, on a thread.

        Raises:
            BadAuthorizationHeader: no header, or not `Bearer <token>`.
            InvalidToken: the token is no key at all.
            TokenLapsed: it begins like an access token and is none.
        """
        token = bearer_token(header)
        return self._judge(token).find_actor(token)

    def _judge(self, token: str) -> KeyRing | Grants:
        return self._grants if token.startswith(ACCESS_PREFIX) else self._keys


def bearer_token(header: str | None) -> str:
    """Return the token of `Bearer <token>`; the scheme's letter case does not matter (RFC 9110 §11.1).

    Raises:
        BadAuthorizationHeader: anything else.
    """
    scheme, _, token = (header or "").partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token or " " in token or "\t" in token:
        raise BadAuthorizationHeader
    return token
