"""Builds the newline-delimited answers of query/run, as a server would send them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pyarrow as pa

JOB = "6f0b6d8e-6c5c-4a50-9f0e-0b3c1f6a2d11"
MODEL = "9a2f3c84-5b1e-4c0a-8d5f-1f2e3d4c5b6a"


def arrow_base64(table: pa.Table) -> str:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return base64.b64encode(sink.getvalue()).decode()


def header(job: str = JOB) -> dict[str, Any]:
    return {"jobs_submitted": {job: None}}


def footer(*running: str) -> dict[str, Any]:
    return {"remaining_job_ids": list(running), "timed_out": "true" if running else "false"}


def complete(table: pa.Table, job: str = JOB, **summary: Any) -> dict[str, Any]:
    fields = {name: {"field_name": name.split(".")[-1], "data_type": "STRING"} for name in table.column_names}
    return {
        "job_id": job,
        "status": "COMPLETE",
        "summary": {
            "fields": fields,
            "display_sql": "SELECT 1",
            "cache_type": "MISS",
            "missing_fields": [],
            **summary,
        },
        "cache_metadata": {"num_rows": table.num_rows},
        "result": arrow_base64(table),
        "stream_stats": {"server_stream": 1.0},
    }


def failed(message: str | None, error_type: str | None = "PLAN", job: str = JOB) -> dict[str, Any]:
    line = {"job_id": job, "status": "ERROR", "error_type": error_type, "error_message": message}
    return {key: value for key, value in line.items() if value is not None}


def ndjson(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
