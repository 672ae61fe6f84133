"""What the provider says of itself: its addresses and its keys, kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from holoscope.access.oidc.errors import BadProviderAnswer
from holoscope.access.oidc.fetch import Fetcher
from holoscope.access.oidc.provider import Provider

_KEPT_SECONDS = 3600.0
_LOOK_AGAIN_SECONDS = 60.0
_AFTER_FAILURE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a browser is sent, where a code is exchanged and how the client says who it is there."""

    authorization: str
    token: str
    keys: str
    takes_basic: bool


class Discovery:
    """Reads the provider's document and keys, and remembers both for an hour. Safe between threads.

    That the document is not to be had is remembered for 5 seconds, so that waiting does not add up.
    """

    def __init__(
        self, provider: Provider, fetcher: Fetcher, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._provider = provider
        self._fetcher = fetcher
        self._tick = tick
        self._lock = threading.Lock()
        self._endpoints: tuple[float, Endpoints] | None = None
        self._failed: tuple[float, BadProviderAnswer] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def endpoints(self) -> Endpoints:
        """Return the provider's addresses.

        Raises:
            BadProviderAnswer: the document is not to be had, is another issuer's, or names addresses that
                may not be called.
        """
        with self._lock:
            known = self._endpoints
            if known is not None and self._tick() < known[0] + _KEPT_SECONDS:
                return known[1]
            if self._failed is not None and self._tick() < self._failed[0] + _AFTER_FAILURE_SECONDS:
                raise self._failed[1]
            try:
                found = self._read()
            except BadProviderAnswer as error:
                self._failed = (self._tick(), error)
                raise
            self._endpoints = (self._tick(), found)
            return found

    def keys(self, *, look_again: bool = False) -> KeySet:
        """Return the provider's public keys; `look_again` for a token of an unknown one, once a minute.

        Raises:
            BadProviderAnswer: they are not to be had.
        """
        endpoints = self.endpoints()
        with self._lock:
            kept = _LOOK_AGAIN_SECONDS if look_again else _KEPT_SECONDS
            if self._keys is not None and self._tick() < self._keys[0] + kept:
                return self._keys[1]
            document = self._fetcher.get(endpoints.keys)
            try:
                found = KeySet.import_key_set(document)  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError):
                raise BadProviderAnswer("keys that are none") from None
            self._keys = (self._tick(), found)
            return found

    def _read(self) -> Endpoints:
        issuer = self._provider.issuer
        document = self._fetcher.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if document.get("issuer") != issuer:
            raise BadProviderAnswer("a document of another issuer")
        places = [document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(self._provider.may_call(place) for place in places):
            raise BadProviderAnswer("addresses that may not be called")
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        authorization, token, keys = (str(place) for place in places)
        return Endpoints(authorization, token, keys, takes_basic="client_secret_basic" in methods)
