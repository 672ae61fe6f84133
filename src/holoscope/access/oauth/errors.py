"""Refusals of the token endpoint, in the words of RFC 6749 §5.2."""

from __future__ import annotations

from typing import ClassVar

from holoscope.access.errors import CredentialRefused
from holoscope.kit.errors import HoloscopeError, NotFound


class OAuthRefused(HoloscopeError):
    """A request of a client program that the standard's own words refuse; `error` is that word."""

    code = "oauth_refused"
    status = 400
    error: ClassVar[str] = "invalid_request"


class InvalidRequest(OAuthRefused):
    """A parameter is missing, repeated or malformed."""


class InvalidGrant(OAuthRefused):
    """One verdict for a code or token that is unknown, expired, used, revoked or somebody else's."""

    error = "invalid_grant"

    def __init__(self) -> None:
        super().__init__("The code or token is invalid, expired, used or revoked")


class UnsupportedGrantType(OAuthRefused):
    """Neither a code nor a refresh token."""

    error = "unsupported_grant_type"

    def __init__(self) -> None:
        super().__init__("grant_type must be authorization_code or refresh_token")


class InvalidScope(OAuthRefused):
    """There is one scope."""

    error = "invalid_scope"

    def __init__(self) -> None:
        super().__init__("scope must be user:default")


class InvalidClient(OAuthRefused):
    """Not the one client there is, or it came with a secret, which a public client has not."""

    code = "oauth_client_refused"
    status = 401
    error = "invalid_client"

    def __init__(self) -> None:
        super().__init__("Unknown client")


class TokenLapsed(CredentialRefused):
    """One verdict for an access token that is unknown, expired or revoked: refresh it or sign in again."""

    code = "token_lapsed"
    status = 401

    def __init__(self) -> None:
        super().__init__("The access token has expired or was revoked")


class NoSuchGrant(NotFound):
    """Unknown, already revoked, or somebody else's grant: one answer for all three."""

    def __init__(self, grant_id: str) -> None:
        super().__init__(f"Grant with id {grant_id} does not exist")
