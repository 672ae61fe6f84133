"""Job lines, byte by byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from holoscope.kit.errors import Forbidden, RunKilled, WarehouseError
from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery
from holoscope.runs import lines
from holoscope.runs.cache import CacheType, Entry
from holoscope.warehouses.base import Queued
from support.running import MODEL_ID, result_field

JOB = "22222222-2222-4222-8222-222222222222"
ENTRY = Entry("33333333-3333-4333-8333-333333333333", b"QUJD", 7, 3, datetime(2026, 1, 2, tzinfo=UTC))
QUERY = (
    b'{"model_job":{"model_id":"%s","table":"t","join_paths_from_topic_name":"","fields":["v.n"],"filters":{},"sorts":[],"limit":10,"offset":0,"pivots":[],"column_limit":50,"calculations":[],"fill_fields":[],"column_totals":{},"row_totals":{},"custom_summary_types":{},"user_edited_sql":"","default_group_by":true,"join_via_map":{},"controls":[],"period_over_period_computations":[],"metadata":{},"query_references":{},"version":9}}'
    % MODEL_ID.encode()
)
SUMMARY = (
    b'{"fields":{"v.n":{"field_name":"n","view_name":"v","fully_qualified_name":"v.n","data_type":"NUMBER",'
    b'"is_dimension":true,"is_calc":false,"label":"N","aggregate_type":"COUNT","ignored":false,"hidden":false,'
    b'"filter_only_field":false,"sql":"%s","display_sql":"%s"}},"display_sql":"%s","omni_sql":"%s",'
    b'"omni_sql_parse_failed":false,"cache_type":"%s","stage_summaries":[{"succeeded":true,"warnings":[]}],'
    b'"stats":{"plan_job_execution":1,"stream_open":%d,"queue_depth":%d,"queue_ms":%d},"plan_stats":{"semantic_plan":1},'
    b'"missing_fields":["v.x"],"invalid_calculations":{}}'
)
METADATA = (
    b'{"plan_key":"33333333-3333-4333-8333-333333333333","field_list":["v.n"],"num_rows":7,'
    b'"created_at":"2026-01-02T00:00:00.000Z","data_fresh_at":"2026-01-02T00:00:00.000Z","bytes":3,'
    b'"ttl":%d,"model_id":"%s"}'
)


def prepared(*, may_view_sql=True, age=None, **more):
    compiled = CompiledQuery(
        sql="SELECT 1",
        describe=lambda: "OMNI",
        columns=("v.n",),
        fields=(result_field("v.n", DataType.NUMBER, aggregate_type="COUNT"),),
        missing_fields=("v.x",),
        limit_rows=10,
        max_cache_age_seconds=age,
        dialect="duckdb",
        **more,
    )
    return lines.prepare(
        compiled,
        {"modelId": MODEL_ID, "table": "t", "fields": ["v.n"], "limit": "10", "odd": 1},
        model_id=MODEL_ID,
        may_view_sql=may_view_sql,
        default_age=timedelta(hours=6),
    )


def test_header_and_footer():
    assert lines.header(JOB, None) == b'{"jobs_submitted":{"%s":null}}\n' % JOB.encode()
    assert lines.header(JOB, "a") == b'{"jobs_submitted":{"%s":"a"}}\n' % JOB.encode()
    assert lines.footer() == b'{"remaining_job_ids":[],"timed_out":"false"}\n'
    assert lines.footer([JOB]) == b'{"remaining_job_ids":["%s"],"timed_out":"true"}\n' % JOB.encode()


def test_complete():
    told = lines.complete(JOB, "id", prepared(), ENTRY, cache_type=CacheType.EXACT, plan_ms=1, run_ms=4)
    summary = SUMMARY % (b"n", b"n", b"SELECT 1", b"OMNI", b"EXACT", 4, 0, 0)
    assert b"".join(told) == (
        b'{"job_id":"%s","status":"COMPLETE","client_result_id":"id","summary":%s,"cache_metadata":%s,'
        b'"query":%s,"result":"QUJD","stream_stats":{"server_stream":4}}\n'
    ) % (JOB.encode(), summary, METADATA % (21600, MODEL_ID.encode()), QUERY)


def test_complete_without_view_sql_or_client_id():
    told = lines.complete(
        JOB,
        None,
        prepared(may_view_sql=False, age=60),
        ENTRY,
        cache_type=CacheType.MISS,
        plan_ms=1,
        run_ms=0,
        queued=Queued(3, 1.25),
    )
    summary = SUMMARY % (b"", b"", b"", b"", b"MISS", 0, 3, 1250)
    assert b"".join(told) == (
        b'{"job_id":"%s","status":"COMPLETE","summary":%s,"cache_metadata":%s,'
        b'"query":%s,"result":"QUJD","stream_stats":{"server_stream":0}}\n'
    ) % (JOB.encode(), summary, METADATA % (60, MODEL_ID.encode()), QUERY)


def test_streamed():
    told = lines.streamed_open(JOB, None, prepared(), plan_ms=1, run_ms=2)
    told += b"QUJD" + lines.streamed_close(prepared(), ENTRY, 9)
    summary = SUMMARY % (b"n", b"n", b"SELECT 1", b"OMNI", b"MISS", 2, 0, 0)
    assert told == (
        b'{"job_id":"%s","status":"COMPLETE","summary":%s,"query":%s,"result":"QUJD","cache_metadata":%s,'
        b'"stream_stats":{"server_stream":9}}\n'
    ) % (JOB.encode(), summary, QUERY, METADATA % (0, MODEL_ID.encode()))


def test_planned():
    summary = SUMMARY % (b"n", b"n", b"SELECT 1", b"OMNI", b"UNKNOWN", 0, 0, 0)
    assert lines.planned(JOB, None, prepared(), plan_ms=1) == (
        b'{"job_id":"%s","status":"PLANNED","summary":%s,"query":%s}\n' % (JOB.encode(), summary, QUERY)
    )


def test_failed():
    error = WarehouseError("Binder Error: x")
    assert lines.failed(JOB, "null", error, may_view_sql=True) == (
        b'{"job_id":"%s","status":"ERROR","error_type":"QUERY","error_message":"Binder Error: x",'
        b'"client_result_id":"null"}\n' % JOB.encode()
    )
    assert lines.failed(JOB, None, error, may_view_sql=False) == (
        b'{"job_id":"%s","status":"ERROR","error_type":"QUERY","error_message":"Query failed. Error details '
        b'are only visible to users with permission to view SQL."}\n' % JOB.encode()
    )
    assert lines.failed(JOB, None, RunKilled("late"), may_view_sql=False) == (
        b'{"job_id":"%s","status":"ERROR","error_type":"KILL","error_message":"late","kill_reason":"late"}\n'
        % JOB.encode()
    )
    assert b'"FORBIDDEN","error_message":"no"' in lines.failed(JOB, None, Forbidden("no"), may_view_sql=False)


def test_unknown_and_broken():
    assert lines.unknown("x") == b'{"job_id":"x","status":"FAILED","error_message":"Unable to find job"}\n'
    assert lines.broken(RunKilled("late"), may_view_sql=True) == b'\n{"message":"late","reason":"KILL"}'


def test_how_values_are_read_is_told_where_it_is_not_as_everywhere():
    line = lines.planned(JOB, None, prepared(numeric_locale="nl_NL", time_zone="Europe/Vienna"), plan_ms=1)
    assert b'"locale_options":{"numeric_locale":"nl_NL","time_zone":"Europe/Vienna"}}' in line
