"""The client: one object per server and key."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from holoscope.client.errors import BadResponse, ConnectionLost, NotConfigured, QueryTimedOut, RateLimited
from holoscope.client.lines import FINAL_STATUSES, Answer, Line, read_answer
from holoscope.client.result import Result, build_result
from holoscope.client.retry import RetryPolicy
from holoscope.client.values import Model, ModelPage, Topic, TopicDetail, TopicList, TopicReply, WhoAmI
from holoscope.client.wire import Timing, Wire

CachePolicy = Literal["SkipRequery", "Standard", "SkipCache", "SkipCacheAndRebuildExtracts"]
ExportType = Literal["csv", "json", "xlsx"]

MOST_PAGES = 500
PAGE_SIZE = "100"
NDJSON = "text/ndjson"
SHORTEST_POLL_SECONDS = 1.0

T = TypeVar("T")


class Client:
    """Talks to one server with one key. Use it in a `with` block, or call `close`.

    Args:
        base_url: `https://host[:port]`, with or without `/api`.
        api_key: an organization key or a personal token.
        ca_file: trust this authority alone; without it, what the machine trusts.
        timeout: longest silence of the server within one request. `query/wait` is silent
            for about 30 seconds by design, so do not go below that.
        transport: replaces the network; for tests.
        retries: how patiently refused and broken requests are repeated.
        timing: clocks and dice; for tests.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        ca_file: Path | str | None = None,
        timeout: timedelta = timedelta(seconds=60),
        transport: httpx2.BaseTransport | None = None,
        retries: RetryPolicy = RetryPolicy(),  # noqa: B008  (frozen)
        timing: Timing = Timing(),  # noqa: B008  (frozen)
    ) -> None:
        self._wire = Wire(
            base_url,
            api_key,
            ca_file=ca_file,
            timeout=timeout,
            retries=retries,
            transport=transport,
            timing=timing,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Client:
        """Build a client from `OMNI_BASE_URL`, `OMNI_API_KEY` and, when set, `SSL_CERT_FILE`.

        Raises:
            NotConfigured: one of the first two is absent or empty.
        """
        known = os.environ if environ is None else environ
        absent = [name for name in ("OMNI_BASE_URL", "OMNI_API_KEY") if not known.get(name, "").strip()]
        if absent:
            raise NotConfigured(f"Set {' and '.join(absent)} in the environment.")
        return cls(
            known["OMNI_BASE_URL"],
            known["OMNI_API_KEY"],
            ca_file=known.get("SSL_CERT_FILE", "").strip() or None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._wire.root!r})"

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    # what is there

    def whoami(self) -> WhoAmI:
        """Return whose key this is; works also where queries are switched off."""
        return self._get("/v1/whoami", WhoAmI)

    def models(self, *, name: str | None = None, kind: str | None = None) -> Iterator[Model]:
        """Iterate over the models this key may see, page by page.

        `name` is matched exactly, in any case; `kind` is `SHARED`, `SCHEMA`, `BRANCH` ….

        Raises:
            BadResponse: the server repeats a page or does not stop.
        """
        params = {"pageSize": PAGE_SIZE}
        if name:
            params["name"] = name
        if kind:
            params["modelKind"] = kind
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            page = self._get("/v1/models", ModelPage, params)
            yield from page.records
            cursor = page.page_info.next_cursor
            if not cursor:
                return
            if cursor in seen:
                raise BadResponse("The server sent the same page cursor twice.")
            seen.add(cursor)
            params["cursor"] = cursor
        raise BadResponse(f"The list of models does not end after {MOST_PAGES} pages.")

    def topics(self, model_id: str) -> tuple[Topic, ...]:
        """Return the topics of a model, without their fields."""
        return tuple(self._get(f"/v1/models/{quote(model_id, safe='')}/topic", TopicList).topics)

    def topic(self, model_id: str, name: str) -> TopicDetail:
        """Return a topic with its views, fields and joins.

        Raises:
            NotFound: no such topic, or this key may not see it.
        """
        path = f"/v1/models/{quote(model_id, safe='')}/topic/{quote(name, safe='')}"
        return self._get(path, TopicReply).topic

    # asking

    def run(
        self,
        query: Mapping[str, Any],
        *,
        cache: CachePolicy | None = None,
        plan_only: bool = False,
        timezone: str | None = None,
        user_id: str | None = None,
        branch_id: str | None = None,
        timeout: timedelta = timedelta(minutes=5),
    ) -> Result:
        """Run a query and wait for its rows.

        Args:
            query: the query object, or a whole request body that has it under `query`.
            cache: which cached answers are welcome; the server's default is `SkipRequery`.
            plan_only: return SQL and fields, run nothing.
            timezone: an IANA name, where the connection permits one per query.
            user_id: membership id of the person to ask as (organization keys only).
            branch_id: a model branch to ask instead of the shared model.
            timeout: give up waiting after this long; the query may go on running.

        Raises:
            QueryFailed: the server understood and the query failed; `error_type` says how.
            QueryTimedOut: still running; `wait` goes on with its `job_ids`.
            ApiError: the request was refused; nothing ran.
            ConnectionLost: it may have run; repeating is the caller's decision.
        """
        options = {"cache": cache, "timezone": timezone, "branchId": branch_id, "planOnly": plan_only or None}
        body = _body(query, options)
        plan_only = body.get("planOnly") is True
        deadline = self._wire.timing.monotonic() + timeout.total_seconds()
        answer = self._exchange_lines("POST", "/v1/query/run", _as(user_id), body, deadline, ())
        return self._finish(answer, deadline, plan_only=plan_only)

    def wait(self, job_ids: Sequence[str], *, timeout: timedelta = timedelta(minutes=5)) -> Result:
        """Go on waiting for a query whose ids a `QueryTimedOut` carried. Raises as `run` does."""
        deadline = self._wire.timing.monotonic() + timeout.total_seconds()
        return self._finish(Answer(remaining=tuple(job_ids)), deadline, plan_only=False)

    def export(
        self,
        query: Mapping[str, Any],
        result_type: ExportType,
        *,
        format_results: bool = False,
        cache: CachePolicy | None = None,
        user_id: str | None = None,
        branch_id: str | None = None,
    ) -> bytes:
        """Run a query and return one document; its columns are named by label.

        Args:
            query: as for `run`.
            result_type: `csv`, `json` or `xlsx`.
            format_results: values as people read them (`$1,234.56`) instead of raw ones.
            cache: as for `run`.
            user_id: as for `run`.
            branch_id: as for `run`.

        Raises:
            QueryTimedOut: still running when the server stopped waiting.
            BadRequest: the query failed; in this form the server says so with a 400.
        """
        options = {
            "resultType": result_type,
            "formatResults": format_results or None,
            "cache": cache,
            "branchId": branch_id,
        }
        return self._wire.exchange(
            "POST",
            "/v1/query/run",
            lambda response: response.read(),
            params=_as(user_id),
            body=_body(query, options),
            accept="*/*",
        )

    def _finish(self, answer: Answer, deadline: float, *, plan_only: bool) -> Result:
        """Poll until a job line is final. Ids are those of the first footer; `wait` may repeat lines."""
        monotonic, sleep = self._wire.timing.monotonic, self._wire.timing.sleep
        remaining = answer.remaining
        while (line := _settled(answer, plan_only=plan_only)) is None:
            if not remaining:
                raise BadResponse("The server names no running job and sent no result.")
            began = monotonic()
            if began >= deadline:
                raise QueryTimedOut("The query is still running.", job_ids=remaining)
            params = {"jobIds": ",".join(remaining)}
            answer = self._exchange_lines("GET", "/v1/query/wait", params, None, deadline, remaining)
            if not answer.jobs and not answer.remaining:
                raise BadResponse("The server forgot a job that it had announced.")
            if answer.remaining and monotonic() - began < SHORTEST_POLL_SECONDS:
                sleep(max(0.0, min(SHORTEST_POLL_SECONDS, deadline - monotonic())))
        return build_result(line, plan_only=plan_only)

    def _exchange_lines(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        body: object | None,
        deadline: float,
        running: tuple[str, ...],
    ) -> Answer:
        try:
            return self._wire.exchange(
                method,
                path,
                lambda response: read_answer(response.iter_bytes()),
                params=params,
                body=body,
                accept=NDJSON,
                deadline=deadline,
            )
        except RateLimited as limited:
            if not running:
                raise
            reason = f"The query is still running, and asking for it was refused: {limited.detail}"
        except ConnectionLost:
            if self._wire.timing.monotonic() < deadline:
                raise
            reason = "The query did not answer in the time allowed."
        raise QueryTimedOut(reason, job_ids=running)

    def _get(self, path: str, shape: type[T], params: Mapping[str, str] | None = None) -> T:
        body = self._wire.exchange("GET", path, lambda response: response.read(), params=params)
        try:
            return msgspec.json.decode(body, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadResponse(f"GET {path} answered in an unexpected shape: {error}") from error


def _settled(answer: Answer, *, plan_only: bool) -> Line | None:
    """Return the line that ends the wait: a final one, or with `plan_only` the last under an empty footer."""
    for line in answer.jobs.values():
        if line.status in FINAL_STATUSES or (plan_only and not answer.remaining):
            return line
    return None


def _body(query: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    inner = query.get("query")
    body = dict(query) if isinstance(inner, Mapping) else {"query": dict(query)}
    return {**body, **{name: value for name, value in options.items() if value is not None}}


def _as(user_id: str | None) -> dict[str, str]:
    return {"userId": user_id} if user_id else {}
