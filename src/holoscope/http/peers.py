"""Jobs of the other processes: a caller may wait at any process for a job that any other has.

A process asks another over its socket in the data folder, with the caller's own credential, so that
nothing is told which the caller could not have had there.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from starlette.types import Scope

from holoscope.http.page_kind import PAGE_HEADER
from holoscope.kit.place import Place
from holoscope.runs import lines

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)
_SECONDS = 60.0
_SHORT_SECONDS = 5.0
_FOOTER = b'{"remaining_job_ids"'
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_PASSED_ON = (
    *("authorization", "cookie", "sec-fetch-site", "user-agent", "x-csrf-token", "x-request-id"),
    PAGE_HEADER.lower(),
)


class Peers:
    """The other processes of this server. One per process and event loop."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._clients: dict[int, httpx2.AsyncClient] = {}

    @property
    def others(self) -> int:
        """How many other processes there are."""
        return self._place.count - 1

    def split(self, job_ids: Sequence[str]) -> tuple[list[str], dict[int, list[str]]]:
        """Part ids into those of this process and, by process, those of others."""
        own: list[str] = []
        others: dict[int, list[str]] = {}
        for job_id in job_ids:
            owner = self._place.owner_of(job_id)
            if owner == self._place.index:
                own.append(job_id)
            else:
                others.setdefault(owner, []).append(job_id)
        return own, others

    async def wait(
        self, index: int, job_ids: Sequence[str], headers: Mapping[str, str]
    ) -> AsyncGenerator[bytes, None]:
        """Yield what process `index` says of its jobs; jobs of a process that is gone are unknown."""
        import httpx2

        try:
            request = self._client(index).stream(
                "GET", "/api/v1/query/wait", params={"jobIds": ",".join(job_ids)}, headers=_passed_on(headers)
            )
            async with request as response:
                if response.status_code != httpx2.codes.OK:
                    log.warning("another process refused to wait", extra={"fields": {"process": index}})
                    for part in _unknown(job_ids):
                        yield part
                    return
                async for part in response.aiter_raw():
                    yield part
        except httpx2.ConnectError:
            for part in _unknown(job_ids):
                yield part

    async def gather(self, path: str, headers: Mapping[str, str]) -> list[Any]:
        """Ask every other process for the same and return what those answer that do, parsed."""
        others = [index for index in range(self._place.count) if index != self._place.index]
        answers = await asyncio.gather(*(self.ask(index, "GET", path, headers) for index in others))
        return [orjson.loads(body) for status, body in answers if status == HTTPStatus.OK]

    async def ask(self, index: int, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Send a request of the caller's to another process; 503 and nothing when it does not answer."""
        import httpx2

        passed = _passed_on(headers)
        try:
            answer = await self._client(index).request(method, path, headers=passed, timeout=_SHORT_SECONDS)
        except httpx2.HTTPError:
            log.warning("another process does not answer", extra={"fields": {"process": index}})
            return int(HTTPStatus.SERVICE_UNAVAILABLE), b""
        return answer.status_code, answer.content

    async def close(self) -> None:
        """Drop the connections to the others."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, index: int) -> httpx2.AsyncClient:
        import httpx2

        found = self._clients.get(index)
        if found is None:
            transport = httpx2.AsyncHTTPTransport(uds=str(self._place.socket(index)))
            found = httpx2.AsyncClient(transport=transport, base_url="http://localhost", timeout=_SECONDS)
            self._clients[index] = found
        return found


def is_from_a_peer(scope: Scope) -> bool:
    """Tell whether another process of this server asks: only they have sockets without a port."""
    server = scope.get("server")
    return server is not None and server[1] is None


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what another process needs of a request's headers.

    An `Origin` names the address that the browser asked, which the other process does not have. This
    process has looked at it already, so what it says goes on as `Sec-Fetch-Site`.
    """
    passed = {name: headers[name] for name in _PASSED_ON if name in headers}
    if "origin" in headers:
        passed["sec-fetch-site"] = "same-origin"
    return passed


def _unknown(job_ids: Sequence[str]) -> tuple[bytes, ...]:
    return (*(lines.unknown(job_id) for job_id in job_ids), lines.footer())


async def together(sources: Sequence[AsyncGenerator[bytes, None]]) -> AsyncGenerator[bytes, None]:
    """Yield the lines of several answers to `wait` as one: each line whole, and one footer at the end.

    A source that ends without its footer broke in the middle; then no footer is yielded either.
    """
    parts: asyncio.Queue[bytes] = asyncio.Queue(maxsize=4)
    turn = asyncio.Lock()
    reading = asyncio.gather(*(_read(source, parts, turn) for source in sources))
    try:
        while not reading.done() or not parts.empty():
            part = asyncio.ensure_future(parts.get())
            both: set[asyncio.Future[Any]] = {part, reading}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if part.done():
                yield part.result()
            else:
                part.cancel()
        footers = await reading
        if None not in footers:
            yield lines.footer(job_id for footer in footers for job_id in footer or ())
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


async def _read(
    source: AsyncGenerator[bytes, None], parts: asyncio.Queue[bytes], turn: asyncio.Lock
) -> list[str] | None:
    """Pass on the lines of a source, one source at a time within a line; return what its footer says.

    None: it ended without one.
    """
    remaining: list[str] | None = None
    opening = b""
    is_inside = False
    async with aclosing(source):
        try:
            async for chunk in source:
                for piece in _LINE.findall(chunk):
                    is_end = piece.endswith(b"\n")
                    if not is_inside:
                        opening += piece
                        if not is_end and len(opening) < len(_FOOTER):
                            continue
                        if opening.startswith(_FOOTER):
                            if is_end:
                                remaining, opening = orjson.loads(opening)["remaining_job_ids"], b""
                            continue
                        await turn.acquire()
                        is_inside = True
                    await parts.put(opening or piece)
                    opening = b""
                    if is_end:
                        turn.release()
                        is_inside = False
        finally:
            if is_inside:
                turn.release()
    return remaining
