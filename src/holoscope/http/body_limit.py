"""How much a request may weigh: bytes before buffering, depth after parsing."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holoscope.kit.errors import BadRequest, HoloscopeError

MAX_BODY_BYTES = 10_000_000
MAX_DEPTH = 64


class BodyTooLarge(HoloscopeError):
    """The request body is above the limit; it was not read to its end."""

    code = "body_too_large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Request body is larger than {limit_bytes} bytes")


class InvalidJson(BadRequest):
    """The request body is not JSON, or nests deeper than `MAX_DEPTH`."""

    code = "invalid_json"

    def __init__(self) -> None:
        super().__init__("Bad Request: Invalid JSON")


class BodyLimit:
    """ASGI: raise `BodyTooLarge` from a declared length at once, from a chunked body as it passes."""

    def __init__(self, app: ASGIApp, limit_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        if (declared := _declared_length(scope["headers"])) is not None and declared > self._limit:
            raise BodyTooLarge(self._limit)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._limit:
                    raise BodyTooLarge(self._limit)
            return message

        await self._app(scope, counted, send)


def _declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    for name, value in headers:
        if name == b"content-length":
            return int(value) if value.isdigit() else None
    return None


async def read_body(receive: Receive) -> bytes:
    """Collect a whole request body.

    Raises:
        ClientDisconnect: the caller left before the end.
    """
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def parse_json(body: bytes) -> object:
    """Parse a body as strict JSON (UTF-8, no NaN, no lone surrogates).

    Raises:
        InvalidJson: it is not JSON, or it nests deeper than `MAX_DEPTH`.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidJson from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deeper(value, MAX_DEPTH):
        raise InvalidJson
    return value


def _is_deeper(value: object, depth: int) -> bool:
    level: list[object] = [value]
    for _ in range(depth):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(child for child in item.values() if isinstance(child, dict | list))
            elif isinstance(item, list):
                below.extend(child for child in item if isinstance(child, dict | list))
        if not below:
            return False
        level = below
    return True
