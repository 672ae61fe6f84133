"""Nothing outside the file's own tables can be read, written or learned, whatever the text says."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.gate import StatementRefused
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.duckdb.worker.sandbox import open_sandbox
from support.duckdb_files import ITEMS, write_duckdb
from support.hostile import CANARY, HEAVY, HOSTILE, files, lay_bait

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
    lay_bait(directory)
    path = write_duckdb(directory / "items.duckdb", ITEMS, "create sequence s")
    (directory / "tmp").mkdir()
    settings = DuckDBSettings(memory_mib=256, threads=2, temp_directory=directory / "tmp", temp_mib=64)
    warehouse = open_duckdb(path, connection_id="c", settings=settings)
    yield directory, warehouse
    warehouse.close()


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
    told = ""  # the engine matches patterns in linear time: that one may well be answered
    try:
        warehouse.execute(statement, timeout=timedelta(seconds=1)).read_all()
    except (RunKilled, WarehouseError) as error:
        told = error.detail
    assert str(directory) not in told
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
        if statement.startswith(
            ("set variable", "set session schema")
        ):  # which change nothing of the sandbox
            continue
        with pytest.raises(Exception, match=r".") as caught:
            connection.cursor().execute(statement.format(dir=directory)).fetchall()
        assert CANARY not in str(caught.value)
    connection.close()
