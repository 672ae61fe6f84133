"""What a caller hands over to have a query run, and the limits a server sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from holoscope.kit.errors import HoloscopeError
from holoscope.runs.wirejson import dumps

_MIB = 1024 * 1024


class CachePolicy(StrEnum):
    """Words of the wire (query digest §1.3). The first two may answer from the cache."""

    SKIP_REQUERY = "SkipRequery"
    STANDARD = "Standard"
    SKIP_CACHE = "SkipCache"
    SKIP_CACHE_AND_REBUILD_EXTRACTS = "SkipCacheAndRebuildExtracts"

    @property
    def may_use_cache(self) -> bool:
        return self in (CachePolicy.SKIP_REQUERY, CachePolicy.STANDARD)


class ResultType(StrEnum):
    """One-document answers (query digest §1.8)."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A query object of the wire and how to answer it. `client_result_id` is echoed.

    `resets` says for a cache policy since when results must have been asked for to be used again. `asker`
    names whose turn at the warehouse the query takes: the key, whoever it acts as; `member` whom it acts as.
    `asker_kind` is the kind of that credential, `impersonated_by` the member whose key acts as another one.
    `connection_id` is where it runs, `environment_id` the environment that was asked for, if one was.
    `text` is the query as JSON, written once however often the request is used.
    """

    model_id: str
    query: Mapping[str, Any]
    cache: CachePolicy = CachePolicy.SKIP_REQUERY
    plan_only: bool = False
    time_zone: str = "UTC"
    client_result_id: str | None = None
    resets: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    asker: str = ""
    member: str = ""
    asker_kind: str = ""
    impersonated_by: str | None = None
    branch_id: str | None = None
    environment_id: str | None = None
    connection_id: str = ""
    text: bytes = field(default=b"", repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.text:  # a request made from another of the same query has it already
            object.__setattr__(self, "text", dumps(self.query))


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one server allows itself.

    `stale_for`: how long past its freshness a kept result may be given while a new one is fetched.
    `result_rows`: a result with more rows fails; None for no such limit. `reuse_bytes` of rows of kept
    results are held ready to answer other questions from; zero derives no answers. What takes longer than
    `reuse_within` is asked of the warehouse. `stream_above_bytes`: a result with more Arrow bytes than
    this is sent while it arrives and never kept. `document_bytes`: a pivoted result with more cannot
    become a wide document. `threads` is how many results may be waited for or encoded at once; `active`
    how many different statements may be under way or queued, `active_for_one` how many of them one
    asker's; None for no such limit. `keep_jobs`, `keep_bytes` and `keep_for` bound what `wait` can answer
    again; a streamed result that nobody collects is dropped after `uncollected`. SQL that is not read and
    has no LIMIT gives `verbatim_rows` rows at most.
    """

    time_limit: timedelta = timedelta(minutes=5)
    default_cache_age: timedelta = timedelta(hours=6)
    stale_for: timedelta = timedelta(0)
    result_rows: int | None = None
    cache_bytes: int = 256 * _MIB
    reuse_bytes: int = 64 * _MIB
    reuse_within: timedelta = timedelta(seconds=2)
    stream_above_bytes: int = 32 * _MIB
    document_bytes: int = 256 * _MIB
    threads: int = 32
    active: int = 512
    active_for_one: int | None = None
    keep_jobs: int = 10_000
    keep_bytes: int = 256 * _MIB
    keep_for: timedelta = timedelta(hours=1)
    uncollected: timedelta = timedelta(seconds=60)
    verbatim_rows: int = 50_000


class TooManyRuns(HoloscopeError):
    """The server has as many queries under way as it takes."""

    code = "too_many_runs"
    status = 429
    retry_seconds = 1
    error_type = "RATE_LIMITED"


class TooManyRows(HoloscopeError):
    """The result has more rows than the server hands out; it is never cut silently."""

    code = "too_many_rows"
    status = 400
    error_type = "QUERY"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The result has more than {most:,} rows, the most this server hands out. "
            "Set a smaller limit, add filters, or page with offset."
        )


class RunTimedOut(HoloscopeError):
    """A document was not ready in time; its job goes on and can be waited for."""

    code = "query_timed_out"
    status = 408
    error_type = "KILL"

    def __init__(self, job_id: str) -> None:
        super().__init__("Query timed out")
        self.remaining_job_ids = (job_id,)
