"""Where the server is and who asks: the base URL, and the key kept out of sight."""

from __future__ import annotations

import ipaddress
from collections.abc import Generator

import httpx2

from holoscope.client.errors import NotConfigured

_SUFFIXES = ("/api/v1", "/api/unstable", "/api")


def api_root(base_url: str) -> str:
    """Return `https://host[:port]/…/api` for a base written with or without `/api`.

    Plain HTTP is accepted for a loopback host alone: elsewhere the key would travel readable.

    Raises:
        NotConfigured: not an absolute https URL, or it carries credentials or a query.
    """
    text = base_url.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL as error:
        raise NotConfigured(f"The base URL is not a URL: {error}") from None
    if not url.host or url.scheme not in {"https", "http"}:
        raise NotConfigured("The base URL must look like https://host[:port].")
    if url.userinfo or url.query or url.fragment:
        raise NotConfigured("The base URL must not carry credentials, a query or a fragment.")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise NotConfigured("Refusing plain HTTP: the key would travel readable. Use https://.")
    path = url.path.rstrip("/")
    for suffix in _SUFFIXES:
        if path.endswith(suffix):
            path = path.removesuffix(suffix)
            break
    return str(url.copy_with(path=f"{path}/api"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Bearer(httpx2.Auth):
    """Adds the key to each request; shows it to nobody else."""

    __slots__ = ("_key",)

    def __init__(self, key: str) -> None:
        key = key.strip()
        if not key:
            raise NotConfigured("No API key was given.")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise NotConfigured("The API key holds characters that no key has; was it copied whole?")
        self._key = key

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def hide(self, text: str) -> str:
        """Blot the key out of a text that came from elsewhere."""
        return text.replace(self._key, "[key]")

    def __repr__(self) -> str:
        return "Bearer([key])"
