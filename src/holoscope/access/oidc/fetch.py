"""Calling the provider: few connections, short waits, small answers, no redirects."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpx2

from holoscope.access.oidc.errors import BadProviderAnswer
from holoscope.access.oidc.provider import Provider

_STEP_SECONDS = 5.0
_WHOLE_SECONDS = 15.0
_MOST_BYTES = 262_144


class Fetcher:
    """Asks a provider for JSON. Safe between threads."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        verify = True if provider.ca_file is None else ssl.create_default_context(cafile=provider.ca_file)
        self._client = httpx2.Client(
            timeout=_STEP_SECONDS,
            follow_redirects=False,
            verify=verify,
            limits=httpx2.Limits(max_connections=8),
            headers={"Accept": "application/json", "User-Agent": "holoscope"},
        )

    def get(self, url: str) -> dict[str, Any]:
        """Return the JSON object at `url`.

        Raises:
            BadProviderAnswer: it may not be called, does not answer in time, or with anything else.
        """
        return self._ask("GET", url, None, None)

    def post(self, url: str, form: Mapping[str, str], basic: tuple[str, str] | None = None) -> dict[str, Any]:
        """Post a form and return the JSON object of the answer.

        Raises:
            BadProviderAnswer: as `get`.
        """
        return self._ask("POST", url, form, basic)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._client.close()

    def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None, basic: tuple[str, str] | None
    ) -> dict[str, Any]:
        if not self._provider.may_call(url):
            raise BadProviderAnswer("an address that may not be called")
        until = time.monotonic() + _WHOLE_SECONDS
        body = b""
        try:
            with self._client.stream(
                method,
                url,
                data=None if form is None else dict(form),
                auth=None if basic is None else httpx2.BasicAuth(*basic),
            ) as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise BadProviderAnswer("an answer that is too large")
                    if time.monotonic() > until:
                        raise BadProviderAnswer("an answer that takes too long")
        except httpx2.HTTPError as error:
            raise BadProviderAnswer(f"no answer: {type(error).__name__}") from None
        if response.status_code != 200:
            raise BadProviderAnswer(f"status {response.status_code} of {method}")
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise BadProviderAnswer("an answer that is no JSON object")
        return value
