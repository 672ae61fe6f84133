"""What the operator chose about the identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from holoscope.kit.secrets import SecretText

CALLBACK = "/sign-in/oidc/callback"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider, and who may come from it.

    `domains` are the e-mail domains that may sign in, none meaning every one. Plain HTTP is refused but
    for this machine itself, and there only with `allow_insecure_loopback`. `ca_file` replaces the
    authorities that its certificate is checked against.
    """

    issuer: str
    client_id: str
    client_secret: SecretText
    public_url: str
    scopes: str = "openid email profile"
    domains: tuple[str, ...] = ()
    label: str = "Single sign-on"
    ca_file: Path | None = None
    allow_insecure_loopback: bool = False

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to; to be registered there."""
        return f"{self.public_url}{CALLBACK}"

    def may_call(self, url: object) -> bool:
        """Tell whether an address that the provider names may be called or sent to."""
        if not isinstance(url, str):
            return False
        try:
            parts = urlsplit(url)
            host = parts.hostname
            parts.port  # noqa: B018  (raises for a port that is none)
        except ValueError:
            return False
        if not host or parts.username is not None or parts.password is not None or parts.fragment:
            return False
        return parts.scheme == "https" or (
            parts.scheme == "http" and self.allow_insecure_loopback and host in _LOOPBACK
        )

    def takes(self, email: str) -> bool:
        """Tell whether an e-mail is of a domain that may sign in."""
        domain = email.rpartition("@")[2].casefold()
        return not self.domains or domain in {each.casefold() for each in self.domains}
