"""NDJSON lines of `query/run` and `query/wait` as bytes (query digest §1.4): key order is part of it.

What depends on the compiled query alone is rendered once, in `Prepared`; a response joins those
bytes with its own ids and timings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from holoscope.kit.clock import wire_time
from holoscope.kit.errors import Forbidden, HoloscopeError, RunKilled
from holoscope.modeling.formats import HOME
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.runs.cache import CacheType, Entry
from holoscope.runs.echo import echo
from holoscope.runs.request import TooManyRows, TooManyRuns
from holoscope.runs.wirejson import dumps
from holoscope.warehouses.base import Queued, WarehouseBusy

REDACTED = "Query failed. Error details are only visible to users with permission to view SQL."
_STAGES = b'"stage_summaries":[{"succeeded":true,"warnings":[]}]'
_NOT_QUEUED = Queued()
_OPEN_TO_ALL = (Forbidden, RunKilled, TooManyRows, TooManyRuns, WarehouseBusy)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled query and the parts of its lines that every response to it shares.

    `cache_age` is how old a shared result may be; zero switches the cache off.
    """

    compiled: CompiledQuery
    cache_age: timedelta
    summary_open: bytes
    summary_close: bytes
    field_list: bytes
    query: bytes
    model_id: bytes
    may_view_sql: bool


def prepare(
    compiled: CompiledQuery,
    query: Mapping[str, Any],
    *,
    model_id: str,
    may_view_sql: bool,
    default_age: timedelta,
) -> Prepared:
    """Render the shared parts; without VIEW_SQL every SQL text is emptied and nothing else."""
    age = compiled.max_cache_age_seconds
    tail = {
        "missing_fields": list(compiled.missing_fields),
        "invalid_calculations": dict(compiled.invalid_calculations),
    } | _locale(compiled)
    return Prepared(
        compiled=compiled,
        cache_age=default_age if age is None else timedelta(seconds=age),
        summary_open=_head(compiled, may_view_sql=may_view_sql),
        summary_close=b"," + dumps(tail)[1:],
        field_list=_field_list(compiled),
        query=dumps(echo(query, model_id, compiled.limit_rows)),
        model_id=dumps(model_id),
        may_view_sql=may_view_sql,
    )


def _locale(compiled: CompiledQuery) -> dict[str, Any]:
    """Tell how values are read, where it is not as everywhere: numbers of en_US, the clock of UTC."""
    if (compiled.numeric_locale, compiled.time_zone) == (HOME.locale, HOME.zone):
        return {}
    return {"locale_options": {"numeric_locale": compiled.numeric_locale, "time_zone": compiled.time_zone}}


def prepare_again(prepared: Prepared, compiled: CompiledQuery) -> Prepared:
    """Render the parts that tell of columns once more, for a query whose columns are known only now."""
    return replace(
        prepared,
        compiled=compiled,
        summary_open=_head(compiled, may_view_sql=prepared.may_view_sql),
        field_list=_field_list(compiled),
    )


def _head(compiled: CompiledQuery, *, may_view_sql: bool) -> bytes:
    head = {
        "fields": {field.name: _field(field, may_view_sql=may_view_sql) for field in compiled.fields},
        "display_sql": compiled.sql if may_view_sql else "",
        "omni_sql": compiled.omni_sql if may_view_sql else "",
        "omni_sql_parse_failed": compiled.parse_failed,
    }
    return dumps(head)[:-1]


def _field_list(compiled: CompiledQuery) -> bytes:
    return dumps([field.name for field in compiled.fields])


def header(job_id: str, client_result_id: str | None) -> bytes:
    return dumps({"jobs_submitted": {job_id: client_result_id}}) + b"\n"


def footer(remaining: Iterable[str] = ()) -> bytes:
    """`timed_out` is a string, true exactly when something remains."""
    ids = list(remaining)
    return (
        b'{"remaining_job_ids":' + dumps(ids) + b',"timed_out":"' + (b"true" if ids else b"false") + b'"}\n'
    )


def complete(
    job_id: str,
    client_result_id: str | None,
    prepared: Prepared,
    entry: Entry,
    *,
    cache_type: CacheType,
    plan_ms: int,
    run_ms: int,
    queued: Queued = _NOT_QUEUED,
) -> tuple[bytes, bytes, bytes]:
    """Return the line of a finished job in three parts; the middle one is the entry's own bytes."""
    head = b"".join(
        (
            _opening(job_id, b"COMPLETE", client_result_id),
            _summary(prepared, cache_type, plan_ms, run_ms, queued),
            b',"cache_metadata":',
            cache_metadata(prepared, entry),
            b',"query":',
            prepared.query,
            b',"result":"',
        )
    )
    return head, entry.data, b'","stream_stats":{"server_stream":%d}}\n' % run_ms


def streamed_open(
    job_id: str,
    client_result_id: str | None,
    prepared: Prepared,
    *,
    plan_ms: int,
    run_ms: int,
    queued: Queued = _NOT_QUEUED,
) -> bytes:
    """Open the line of a result that leaves while it arrives; base64 follows, then `streamed_close`."""
    return b"".join(
        (
            _opening(job_id, b"COMPLETE", client_result_id),
            _summary(prepared, CacheType.MISS, plan_ms, run_ms, queued),
            b',"query":',
            prepared.query,
            b',"result":"',
        )
    )


def streamed_close(prepared: Prepared, entry: Entry, run_ms: int) -> bytes:
    """Close such a line: its row count is known only now, so `cache_metadata` follows `result`."""
    metadata = cache_metadata(prepared, entry, ttl=0)
    return b'","cache_metadata":' + metadata + b',"stream_stats":{"server_stream":%d}}\n' % run_ms


def cache_metadata(prepared: Prepared, entry: Entry, *, ttl: int | None = None) -> bytes:
    """Describe a result: `bytes` of Arrow, `ttl` in seconds for this asker, 0 when it is not kept.

    `created_at` is when it was complete, `data_fresh_at` when the warehouse was asked for it.
    """
    seconds = int(prepared.cache_age.total_seconds()) if ttl is None else ttl
    made, fresh = wire_time(entry.created_at).encode(), wire_time(entry.fresh_at).encode()
    return b"".join(
        (
            b'{"plan_key":"%s","field_list":' % entry.plan_key.encode(),
            prepared.field_list,
            b',"num_rows":%d,"created_at":"%s","data_fresh_at":"%s"' % (entry.num_rows, made, fresh),
            b',"bytes":%d,"ttl":%d,"model_id":' % (entry.arrow_bytes, seconds),
            prepared.model_id,
            b"}",
        )
    )


def planned(job_id: str, client_result_id: str | None, prepared: Prepared, *, plan_ms: int) -> bytes:
    return b"".join(
        (
            _opening(job_id, b"PLANNED", client_result_id),
            _summary(prepared, CacheType.UNKNOWN, plan_ms, 0, _NOT_QUEUED),
            b',"query":',
            prepared.query,
            b"}\n",
        )
    )


def failed(job_id: str, client_result_id: str | None, error: HoloscopeError, *, may_view_sql: bool) -> bytes:
    """The line of a failed job; what it says without VIEW_SQL tells nothing of the query."""
    line: dict[str, Any] = {
        "job_id": job_id,
        "status": "ERROR",
        "error_type": error.error_type,
        "error_message": error_text(error, may_view_sql=may_view_sql),
    }
    if isinstance(error, RunKilled):
        line["kill_reason"] = error.detail
    if client_result_id is not None:
        line["client_result_id"] = client_result_id
    return dumps(line) + b"\n"


def error_text(error: HoloscopeError, *, may_view_sql: bool) -> str:
    """Refusals and time limits are told to everybody, the rest only to those who may view SQL."""
    return error.detail if may_view_sql or isinstance(error, _OPEN_TO_ALL) else REDACTED


def unknown(job_id: str) -> bytes:
    return dumps({"job_id": job_id, "status": "FAILED", "error_message": "Unable to find job"}) + b"\n"


def broken(error: HoloscopeError, *, may_view_sql: bool) -> bytes:
    """End a stream that failed in the middle of a line: no newline, no footer follows."""
    reason = {"message": error_text(error, may_view_sql=may_view_sql), "reason": error.error_type}
    return b"\n" + dumps(reason)


def _opening(job_id: str, status: bytes, client_result_id: str | None) -> bytes:
    named = b"" if client_result_id is None else b',"client_result_id":' + dumps(client_result_id)
    return b'{"job_id":"%s","status":"%s"%s,"summary":' % (job_id.encode(), status, named)


def _summary(prepared: Prepared, cache_type: CacheType, plan_ms: int, run_ms: int, queued: Queued) -> bytes:
    """Give the summary; `stats` are milliseconds, but `queue_depth`, the statements that stood before."""
    return b"".join(
        (
            prepared.summary_open,
            b',"cache_type":"%s",' % cache_type.encode(),
            _STAGES,
            b',"stats":{"plan_job_execution":%d,"stream_open":%d' % (plan_ms, run_ms),
            b',"queue_depth":%d,"queue_ms":%d}' % (queued.depth, int(queued.seconds * 1000)),
            b',"plan_stats":{"semantic_plan":%d}' % plan_ms,
            prepared.summary_close,
        )
    )


def _field(field: ResultField, *, may_view_sql: bool) -> dict[str, Any]:
    told = {
        "field_name": field.field_name,
        "view_name": field.view_name,
        "fully_qualified_name": field.fully_qualified_name,
        "data_type": field.data_type,
        "is_dimension": field.is_dimension,
        "is_calc": field.is_calc,
        "label": field.label,
        "description": field.description,
        "format": field.format,
        "date_type": field.date_type,
        "aggregate_type": field.aggregate_type,
        "ignored": False,
        "hidden": field.hidden,
        "filter_only_field": False,
        "sql": field.sql if may_view_sql else "",
        "display_sql": field.display_sql if may_view_sql else "",
    }
    return {key: value for key, value in told.items() if value is not None}
