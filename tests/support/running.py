"""A `Runs` over a real DuckDB file with hand-written compiled queries: `query["sql"]` is the text."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pybase64

from holoscope.kit.errors import BadRequest, Forbidden, NoSuchField
from holoscope.modeling.model import Model
from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.query.scope import Permission, Scope
from holoscope.runs.request import RunLimits, RunRequest
from holoscope.runs.service import Runs
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.duckdb_files import ITEMS, write_duckdb

MODEL = Model(views={})
MODEL_ID = "11111111-1111-4111-8111-111111111111"
EVERYTHING = Scope({}, frozenset(Permission))
NO_SQL = Scope({}, frozenset(Permission) - {Permission.VIEW_SQL})
ENDLESS = "select sum(a.range) from range(10000000) a, range(10000000) b where a.range % 7 <> b.range % 11"

RAISES = {
    "field": NoSuchField("items.x"),
    "forbidden": Forbidden("no topic"),
    "inside": KeyError("inside"),
    "shape": BadRequest("shape"),
}


async def everybody(job):
    """Let everybody of the organization collect every job."""
    return True


class TestClock:
    """A clock that is moved by hand."""

    __test__ = False

    def __init__(self):
        self.now = datetime(2026, 6, 30, 12, tzinfo=UTC)

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


def result_field(name, data_type=DataType.STRING, label=None, **more):
    view, _, inner = name.partition(".")
    return ResultField(
        name=name,
        view_name=view,
        field_name=inner,
        fully_qualified_name=name,
        data_type=data_type,
        is_dimension=True,
        label=label or inner.title(),
        sql=inner,
        display_sql=inner,
        **more,
    )


def compile_by_hand(request, model, scope, dialect, now):
    """Read the answer of compiling from the request itself."""
    query = request.query
    if "raises" in query:
        raise RAISES[query["raises"]]
    fields = tuple(query.get("result_fields", ()))
    return CompiledQuery(
        sql=query["sql"],
        describe=lambda: "SELECT",
        columns=tuple(field.name for field in fields),
        fields=fields,
        missing_fields=tuple(query.get("missing", ())),
        limit_rows=query.get("limit", 1000),
        max_cache_age_seconds=query.get("age"),
        dialect=dialect.name,
        depends_on_now=query.get("depends_on_now", True),
        cache_policies=tuple(query.get("policies", ())),
    )


class Whole:
    """A document with its bytes."""

    def __init__(self, begun, body):
        self.begun, self.body = begun, body
        self.media_type, self.is_cut = begun.media_type, begun.is_cut


class Ground:
    """A house for runs: start, read, decode."""

    def __init__(self, runs, warehouse, clock):
        self.runs, self.warehouse, self.clock = runs, warehouse, clock

    def start(self, sql, *, scope=EVERYTHING, organization_id="org", asker="", request=None, **query):
        built = RunRequest(MODEL_ID, {"sql": sql, **query}, asker=asker, **(request or {}))
        return self.runs.start(
            built,
            organization_id=organization_id,
            scope=scope,
            model=MODEL,
            warehouse=self.warehouse,
        )

    async def body(self, run, window=timedelta(seconds=60)):
        whole = run.whole
        if whole is not None:
            return whole
        return run.header + b"".join([part async for part in run.rest(window)])

    async def ask(self, sql, **more):
        """Run and return the parsed lines."""
        return parse(await self.body(self.start(sql, **more)))

    async def quiet(self):
        """Wait until no statement is under way."""
        while len(self.runs.flights):  # noqa: ASYNC110  (there is no event for it, and none is needed)
            await asyncio.sleep(0.01)

    async def document(self, sql, kind, **more):
        """Read a document to its end."""
        begun = await self.open_document(sql, kind, **more)
        return Whole(begun, await begun.read())

    async def open_document(self, sql, kind, *, scope=EVERYTHING, formatted=False, window=None, **query):
        return await self.runs.document(
            RunRequest(MODEL_ID, {"sql": sql, **query}),
            kind,
            organization_id="org",
            scope=scope,
            model=MODEL,
            warehouse=self.warehouse,
            formatted=formatted,
            **({} if window is None else {"window": window}),
        )

    async def wait(self, *ids, organization_id="org", window=timedelta(seconds=30)):
        waiting = self.runs.wait(ids, organization_id, window, may_collect=everybody)
        parts = [part async for part in waiting]
        return parse(b"".join(parts))


@asynccontextmanager
async def ground(tmp_path, *extra, limits=None, settings=None, disk=None):
    """Open a Ground over the `items` table and what `extra` statements make."""
    path = tmp_path / "items.duckdb"
    if not path.exists():
        write_duckdb(path, ITEMS, *extra)
    warehouse = open_duckdb(path, connection_id="c1", settings=settings or DuckDBSettings(memory_mib=1024))
    clock = TestClock()
    runs = Runs(limits=limits or RunLimits(), compile=compile_by_hand, clock=clock, disk=disk)
    try:
        yield Ground(runs, warehouse, clock)
    finally:
        await runs.close()
        runs.flights.executor.shutdown(wait=True)
        await asyncio.sleep(0)
        warehouse.close()


def parse(body):
    assert body.endswith(b"\n")
    return [json.loads(line) for line in body.decode().splitlines()]


def table_of(line):
    """Decode a job line's result."""
    return pa.ipc.open_stream(pybase64.b64decode(line["result"], validate=True)).read_all()
