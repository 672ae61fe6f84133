"""The outermost layer: a request id on every response, one structured log line per request."""

from __future__ import annotations

import logging
import re
import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from holoscope.access.origin import set_origin
from holoscope.http.errors import render_bytes, unexplained
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import HoloscopeError
from holoscope.kit.ids import new_id

log = logging.getLogger("holoscope.http")
_SANE = re.compile(rb"[A-Za-z0-9._:\-]{1,128}")
_PROCESS = new_id()[:13].encode()
_COUNTER = count(1)


class RequestLog:
    """ASGI: give each request an id, log its method, path, status and time, explain what nobody did.

    An incoming `X-Request-Id` is kept when it is 1-128 characters of `A-Za-z0-9._:-`; ours is a text
    of this process and a number. The log line
    holds the path without its query string; no header value, key or cookie ever enters it.
    HEAD is answered as GET without the body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        _tell_origin(scope, request_id)
        is_head = scope["method"] == "HEAD"
        inner = {**scope, "method": "GET"} if is_head else scope
        inner.setdefault("state", {})["request_id"] = request_id.decode()
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, stamped)
        except ClientDisconnect:
            status = status or 499
        except HoloscopeError as error:
            if status:
                raise
            await _send(stamped, error, scope["path"])
        except Exception:  # the last line of defence: nothing from inside may leave
            log.exception("unexplained", extra={"fields": {"request_id": request_id.decode()}})
            if not status:
                await _send(stamped, unexplained(request_id.decode()), scope["path"])
        finally:
            if log.isEnabledFor(logging.INFO):
                elapsed_ms = round((time.perf_counter() - started) * 1000, 2)
                fields = {
                    "request_id": request_id.decode(),
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "ms": elapsed_ms,
                }
                _write(fields)


def _write(fields: dict[str, Any]) -> None:
    """Hand a finished record over; `Logger.info` would look for its caller, at a third of the price."""
    record = logging.LogRecord(log.name, logging.INFO, __file__, 0, "request", None, None)
    record.fields = fields
    log.handle(record)


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE.fullmatch(value):
            return bytes(value)
    return b"%s-%x" % (_PROCESS, next(_COUNTER))


def _tell_origin(scope: Scope, request_id: bytes) -> None:
    agent = next((value for name, value in scope["headers"] if name == b"user-agent"), None)
    client = scope.get("client")
    set_origin(
        None if client is None else str(client[0]),
        None if agent is None else agent.decode("latin-1"),
        request_id.decode(),
    )


async def _send(send: Send, error: HoloscopeError, path: str) -> None:
    content_type, body = render_bytes(error, path)
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    if error.status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class JsonFormatter(logging.Formatter):
    """Render a log record as one JSON line; `extra={"fields": {...}}` becomes keys of it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": wire_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line.update(fields)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()
