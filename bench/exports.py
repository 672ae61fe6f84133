"""Exports of many rows: what they cost over pyarrow's own CSV writer, and what memory they take."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import csv

from bench.clock import paired, ratio_line
from holoscope.modeling.model import Model
from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.query.scope import Permission, Scope
from holoscope.runs.exports import write_document
from holoscope.runs.request import ResultType, RunRequest
from holoscope.runs.service import Runs
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.settings import DuckDBSettings

COLUMNS = {
    "id": ("range", DataType.NUMBER),
    "price": ("(range * 7.13 % 9999)::decimal(12, 2)", DataType.NUMBER),
    "ratio": ("range / 3.0", DataType.NUMBER),
    "name": ("'user ' || (range % 50000)", DataType.STRING),
    "city": ("'city ' || (range % 300)", DataType.STRING),
    "seen": ("timestamp '2020-01-01' + to_seconds(range)", DataType.TIMESTAMP),
    "day": ("date '2020-01-01' + (range % 900)::int", DataType.TIMESTAMP),
    "yes": ("range % 2 = 0", DataType.BOOLEAN),
}
_SQL = "select " + ", ".join(COLUMNS) + " from wide"
_FIELDS = tuple(
    ResultField(name, "wide", name, f"wide.{name}", kind, True, name) for name, (_, kind) in COLUMNS.items()
)


def run(rows: int) -> None:
    """Print the ratio at a twentieth of `rows`, then memory and speed for all of them."""
    print(f"\n## Exports of {rows:,} rows x {len(COLUMNS)} columns")
    some = rows // 20
    table = duckdb.sql(_making(some)).to_arrow_table()
    for kind in (ResultType.CSV, ResultType.JSON):
        mine, theirs = paired(
            lambda kind=kind: write_document(table, _compiled("duckdb"), kind, formatted=False),
            lambda: csv.write_csv(table, pa.BufferOutputStream(), csv.WriteOptions(quoting_style="needed")),
            rounds=5,
        )
        print(
            f"{ratio_line(f'{kind} of {some:,} rows over pyarrow CSV', mine, theirs)}   "
            f"{some / statistics.median(mine):,.0f} rows/s"
        )
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "wide.duckdb"
        statement = f"create table wide as {_making(rows)}"
        make = f"import duckdb; c = duckdb.connect({str(path)!r}); c.execute({statement!r})"
        subprocess.run([sys.executable, "-c", make], check=True, stdout=subprocess.DEVNULL)
        for kind in (ResultType.CSV, None):
            command = [sys.executable, "-m", "bench.exports", str(path), kind or "ndjson"]
            told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            speed, megabytes = rows / told["seconds"], told["bytes"] / 1e6
            print(
                f"{kind or 'ndjson'}: {speed:,.0f} rows/s, {megabytes:,.0f} MB, first byte after "
                f"{told['first'] * 1000:,.0f} ms; memory grew by {told['growth'] / 1e6:,.0f} MB"
            )


def _making(rows: int) -> str:
    return (
        "select "
        + ", ".join(f"{sql} as {name}" for name, (sql, _) in COLUMNS.items())
        + f" from range({rows})"
    )


def _compiled(dialect: str) -> CompiledQuery:
    return CompiledQuery(_SQL, "", tuple(COLUMNS), _FIELDS, (), None, None, dialect, "")


async def _export(path: Path, kind: str) -> dict[str, Any]:
    """Export the table in this process, which has done nothing else, and watch its memory."""
    warehouse = open_duckdb(path, connection_id="bench", settings=DuckDBSettings(memory_mib=256))
    runs = Runs(compile=lambda *_: _compiled(warehouse.dialect.name))
    asked: dict[str, Any] = {
        "organization_id": "org",
        "scope": Scope({}, frozenset(Permission)),
        "model": Model(views={}),
        "warehouse": warehouse,
    }
    request = RunRequest("11111111-1111-4111-8111-111111111111", {})
    warehouse.load_catalog()
    base, peak, stop = _resident(), [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.005):
            peak[0] = max(peak[0], _resident())

    thread = threading.Thread(target=watch)
    thread.start()
    begun = time.perf_counter()
    if kind == "ndjson":
        parts = runs.start(request, **asked).rest()
        total, first = len(await anext(parts)), time.perf_counter() - begun
    else:
        document = await runs.document(request, ResultType(kind), **asked)
        total, first, parts = len(document.first), time.perf_counter() - begun, document.rest
    async for part in parts:
        total += len(part)
    seconds = time.perf_counter() - begun
    stop.set()
    thread.join()
    await runs.close()
    warehouse.close()
    return {"bytes": total, "seconds": seconds, "first": first, "growth": peak[0] - base}


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_export(Path(sys.argv[1]), sys.argv[2]))))
