"""A small OpenID Connect provider in a process of its own on loopback, told over a pipe when to lie.

`support.oidc_server` is what runs there. One that others wrote is in `support.independent_provider`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.oidc_server import CLIENT_ID, CLIENT_SECRET, DISCOVERY, FORGERIES

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "DISCOVERY", "FORGERIES", "OidcProvider", "oidc_provider"]

_HONEST = {"changes": {}, "forge": None, "kid": "first", "documents": {}, "statuses": {}, "delays": {}}


class OidcProvider:
    """The running process. What is told takes effect before the call returns."""

    def __init__(self, process: subprocess.Popen[str], redirect_uri: str, cert: Path | None) -> None:
        self.process = process
        self.redirect_uri = redirect_uri
        said = self._say({"redirectUri": redirect_uri, "cert": None if cert is None else str(cert)})
        self.issuer: str = said["issuer"]

    def is_(self, subject: str, email: str, *, verified: object = True, **more: object) -> None:
        """Say who comes from now on."""
        self.tell(user={"sub": subject, "email": email, "email_verified": verified, "name": subject, **more})

    def tell(self, **knobs: Any) -> None:
        """Turn knobs: see the fields of `oidc_server.Provider`; `documents` are texts by path."""
        self._say(knobs)

    def be_honest(self) -> None:
        """Forget every lie, and what was asked."""
        self._say({**_HONEST, "asked": []})

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return list(self._say({})["asked"])

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def _say(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def oidc_provider(redirect_uri: str, cert: Path | None = None) -> Iterator[OidcProvider]:
    """Run a provider on a free port of 127.0.0.1 until the block ends; `cert` (PEM with key): over HTTPS."""
    program = Path(__file__).with_name("oidc_server.py")
    with subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield OidcProvider(process, redirect_uri, cert)
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
