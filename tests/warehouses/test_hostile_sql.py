"""Nothing outside the file's own tables can be read, written or learned, whatever the text says."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.gate import StatementRefused
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.duckdb.worker.sandbox import open_sandbox
from support.duckdb_files import ITEMS, write_duckdb

CANARY = "canary-7f3a"
HOSTILE = [
    "select * from read_text('{dir}/canary.txt')",
    "select * from read_blob('{dir}/canary.txt')",
    "select * from read_csv('{dir}/canary.csv')",
    "select * from read_csv_auto('{dir}/canary.csv')",
    "select * from read_json('{dir}/canary.json')",
    "select * from read_json_auto('{dir}/canary.json')",
    "select * from read_ndjson('{dir}/canary.json')",
    "select * from read_ndjson_objects('{dir}/canary.json')",
    "select * from read_parquet('{dir}/canary.parquet')",
    "select * from parquet_scan('{dir}/canary.parquet')",
    "select * from parquet_metadata('{dir}/canary.parquet')",
    "select * from parquet_schema('{dir}/canary.parquet')",
    "select * from parquet_kv_metadata('{dir}/canary.parquet')",
    "select * from parquet_file_metadata('{dir}/canary.parquet')",
    "select * from sniff_csv('{dir}/canary.csv')",
    "select * from glob('{dir}/*')",
    "select * from '{dir}/canary.csv'",
    "select * from '{dir}/canary.parquet'",
    'select * from "{dir}/canary.csv"',
    "from '{dir}/canary.csv'",
    "select * from 'http://127.0.0.1:9/x.csv'",
    "select * from read_csv('http://127.0.0.1:9/x.csv')",
    "select * from 's3://bucket/x.parquet'",
    "select (select content from read_text('{dir}/canary.txt')) from items",
    "with x as (select * from read_text('{dir}/canary.txt')) select * from x",
    "select * from items where label in (select content from read_text('{dir}/canary.txt'))",
    "/* select */ select * from /* items */ read_text('{dir}/canary.txt') -- items",
    "copy items to '{dir}/out.csv'",
    "copy (select 1) to '{dir}/out.parquet'",
    "copy items from '{dir}/canary.csv'",
    "export database '{dir}/out'",
    "import database '{dir}/out'",
    "attach '{dir}/other.duckdb' as other",
    "attach ':memory:' as other",
    "attach '{dir}/x.sqlite' (type sqlite)",
    "attach 'host=127.0.0.1' as pg (type postgres)",
    "detach items",
    "use memory",
    "install httpfs",
    "install spatial from community",
    "load httpfs",
    "load '{dir}/evil.duckdb_extension'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set global memory_limit = '100GB'",
    "set threads = 64",
    "reset enable_external_access",
    "set variable x = 1",
    "pragma enable_external_access",
    "pragma database_list",
    "pragma enable_profiling",
    "call pragma_database_size()",
    "call enable_logging()",
    "select * from duckdb_settings()",
    "select * from duckdb_settings",
    "select * from duckdb_databases()",
    "select path from duckdb_databases",
    "select * from pragma_database_list()",
    "select * from duckdb_secrets()",
    "select * from duckdb_logs",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_settings",
    "select * from sqlite_master",
    "select * from main.duckdb_databases",
    "with duckdb_databases as (select 1 as path) select path from duckdb_databases",
    "select getenv('HOME')",
    "select current_setting('temp_directory')",
    "select current_setting('secret_directory')",
    "select getvariable('x')",
    "select write_log('x')",
    "select pg_sleep(60)",
    "select nextval('s')",
    "select * from query('select * from duckdb_settings()')",
    "select * from query_table('duckdb_settings')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "select * from which_secret('s3://x', 's3')",
    "select * from repeat_row(1, num_rows := 10)",
    "create table x as select 1",
    "create temp table x as select 1",
    "create macro f() as 1",
    "create view v as select * from read_text('{dir}/canary.txt')",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "drop table items",
    "delete from items",
    "insert into items values (1)",
    "update items set label = 'x'",
    "truncate items",
    "alter table items rename to x",
    "vacuum",
    "checkpoint",
    "begin transaction",
    "prepare p as select 1",
    "execute p",
    "explain analyze delete from items",
    "explain select 1",
    "describe items",
    "show all tables",
    "summarize items",
    "select 1; drop table items",
    "select 1; select 2",
    "select ';' as x; copy items to '{dir}/out.csv'",
    "",
    ";",
    "not sql at all",
    "select * from secret_frame",
    "select * from other.items",
]
HEAVY = [
    "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r",
    "select count(*) from range(10000000) a, range(10000000) b where a.range % 7 <> b.range % 11",
    "select length(repeat('a', 10000000000))",
    "select count(*) from (select repeat('a', 100000) || range as x from range(1000000) order by x desc)",
    "select list(range) from range(1000000000)",
]

HONEST = [
    "select id from items",
    "select i.id from main.items as i",
    "select id from items.main.items",
    "with a as (select id from items), b as (select * from a) select count(*) from b",
    "select * from (values (1, 'a')) as v(x, y)",
    "select unnest([1, 2])",
    "select * from unnest([1, 2]) as t(a)",
    "select * from generate_series(1, 3)",
    "select now(), current_date, current_timestamp, today(), random(), uuid()",
    "select count(*) over (), row_number() over (order by id), lag(id) over (order by id) from items",
    "select cast(id as varchar) || 'x', id + 1, -id, id % 2, label like 'n%', id between 1 and 2 from items",
    "select quantile_cont(id, 0.5), string_agg(distinct label, ','), median(price), any_value(day) "
    "from items",
    "select timezone('America/New_York', seen_at), strftime(made_at, '%Y'), date_part('isodow', day)"
    " from items",
    "select grp, grouping(grp), sum(id) filter (where even) from items group by grouping sets ((grp), ())",
    "select case when id is not distinct from null then 1 else 2 end, coalesce(label, ''), "
    "try_cast('1' as int) from items",
    "select extract(year from made_at), epoch(made_at), interval 1 day, isodow(day), monthname(day) "
    "from items",
    "select label from items where regexp_matches(label, 'a') and label not in ('x') and "
    "lower(label) ilike '%A%'",
    "select a.id from items a left join items b on a.id = b.id qualify row_number() over (order by a.id) = 1",
    "select id from items union all select id from items order by 1 limit 3 offset 1",
    "select 'read_text(''/etc/passwd'')' as x; ",
]


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    directory = tmp_path_factory.mktemp("ground")
    (directory / "canary.txt").write_text(CANARY)
    (directory / "canary.csv").write_text(f"a,b\n{CANARY},2\n")
    (directory / "canary.json").write_text(f'{{"a": "{CANARY}"}}\n')
    write_duckdb(directory / "other.duckdb", "create table t as select 1 a")
    write_duckdb(directory / "make.duckdb", f"copy (select '{CANARY}' a) to '{directory}/canary.parquet'")
    path = write_duckdb(directory / "items.duckdb", ITEMS, "create sequence s")
    (directory / "tmp").mkdir()
    settings = DuckDBSettings(memory_mib=256, threads=2, temp_directory=directory / "tmp", temp_mib=64)
    warehouse = open_duckdb(path, connection_id="c", settings=settings)
    yield directory, warehouse
    warehouse.close()


def files(directory: Path) -> dict[str, int]:
    return {
        str(path.relative_to(directory)): path.stat().st_mtime_ns
        for path in directory.rglob("*")
        if path.is_file() and "tmp" not in path.parts[-2:]
    }


@pytest.mark.parametrize("statement", HOSTILE)
def test_refused_without_a_trace(ground, statement):
    directory, warehouse = ground
    secret_frame = warehouse.execute("select 1 as x", timeout=timedelta(seconds=5)).read_all()
    before = files(directory)
    with pytest.raises(WarehouseError) as caught:
        warehouse.execute(statement.format(dir=directory), timeout=timedelta(seconds=5)).read_all()
    assert str(directory) not in caught.value.detail
    assert CANARY not in caught.value.detail
    assert os.environ.get("HOME", "/none") not in caught.value.detail
    assert files(directory) == before
    assert secret_frame.num_rows == 1
    after = warehouse.execute("select count(*) n from items", timeout=timedelta(seconds=5)).read_all()
    assert after.to_pylist() == [{"n": 20}]


@pytest.mark.parametrize("statement", HEAVY)
def test_heavy_statements_end_and_the_next_one_is_unharmed(ground, statement):
    directory, warehouse = ground
    with pytest.raises((RunKilled, WarehouseError)) as caught:
        warehouse.execute(statement, timeout=timedelta(seconds=1)).read_all()
    assert str(directory) not in caught.value.detail
    after = warehouse.execute("select count(*) n from items", timeout=timedelta(seconds=5)).read_all()
    assert after.to_pylist() == [{"n": 20}]


@pytest.mark.parametrize("statement", HONEST)
def test_honest_statements_pass(ground, statement):
    warehouse = ground[1]
    for _ in range(2):
        warehouse.execute(statement, timeout=timedelta(seconds=5)).read_all()


def test_a_refusal_names_what_is_at_fault(ground):
    with pytest.raises(StatementRefused, match='table function "read_text" is not available'):
        ground[1].execute("select * from read_text('x')", timeout=timedelta(seconds=5)).read_all()


def test_the_engine_alone_denies_files_too(ground):
    """The sandbox holds without the gate: the second wall is not the only one."""
    directory, _ = ground
    path = write_duckdb(directory / "alone.duckdb", ITEMS)
    connection = open_sandbox(str(path), DuckDBSettings())
    for statement in HOSTILE[:28] + [
        text for text in HOSTILE if text.startswith(("set ", "attach", "load", "install"))
    ]:
        if statement == "set variable x = 1":
            continue
        with pytest.raises(Exception, match=r".") as caught:
            connection.cursor().execute(statement.format(dir=directory)).fetchall()
        assert CANARY not in str(caught.value)
    connection.close()
