"""The PostgreSQL driver against a real server: types, turns, time limits, cancelling, lost sessions."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.modeling.tables import ForeignKey, Place
from holoscope.modeling.types import DataType
from holoscope.warehouses.base import WarehouseBusy
from holoscope.warehouses.postgres.driver import open_postgres
from holoscope.warehouses.postgres.gate import StatementRefused
from support.pace import SOON, until
from support.statements import MINUTE, read

ENDLESS = "select count(*) from generate_series(1, 2000000000) as endless(x) where x % 7 <> 8"


@pytest.fixture(scope="module")
def warehouse(own):
    own.do(
        "create table items "
        "(id int primary key, grp int, price numeric(10, 2), name text unique, big bigint)",
        "insert into items select g, g % 3, g * 1.25, 'n' || g, g * 1000000000000 "
        "from generate_series(0, 19) g",
        "create type mood as enum ('sad', 'ok')",
        "create type home as (town text, code int)",
        "create domain cents as numeric(8, 2)",
        'create table "Odd Ones" ("Id" int, item int references items, cost cents, at timestamptz, how mood, '
        "tags text[], place home, dup int)",
        "insert into \"Odd Ones\" values (1, 1, 1.5, now(), 'ok', '{a}', ('Delft', 7), 1), "
        "(2, 2, null, null, null, null, null, 1)",
        "comment on table items is 'Things'",
        "comment on column items.grp is 'Of three'",
        "create view seen as select id from items",
        "create schema other",
        "create table other.items (id int)",
    )
    opened = open_postgres(own.settings, connection_id="c")
    yield opened
    opened.close()


def test_rows_and_types(warehouse):
    table = read(
        warehouse,
        'select grp as "v.grp", count(*) as "v.count", sum(id) as "v.total", sum(price) as "v.price", '
        'avg(price)::float8 as "v.avg", 1 as helper from items group by grp order by grp',
    )
    assert table.column_names == ["v.grp", "v.count", "v.total", "v.price", "v.avg", "helper"]
    assert table.schema.types == [
        pa.int32(), pa.int64(), pa.int64(), pa.decimal128(38, 2), pa.float64(), pa.int32(),
    ]  # fmt: skip
    assert table.to_pylist()[0] == {
        "v.grp": 0, "v.count": 7, "v.total": 63, "v.price": Decimal("78.75"), "v.avg": 11.25, "helper": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "type_", "value"),
    [
        ("1.5::numeric(12, 2)", pa.decimal128(12, 2), Decimal("1.50")),
        ("1200::numeric(5, -2)", pa.decimal128(7, 0), Decimal(1200)),
        ("0.003::numeric(2, 4)", pa.decimal128(4, 4), Decimal("0.0030")),
        ("1.0 / 3", pa.decimal128(38, 20), Decimal("0.33333333333333333333")),
        ("12345678901234567890::numeric", pa.decimal128(38, 0), Decimal(12345678901234567890)),
        ("sum(big)", pa.int64(), 190_000_000_000_000),
        ("null::numeric", pa.decimal128(38, 0), None),
        ("'ok'::mood", pa.utf8(), "ok"),
        ("time '10:00:00'", pa.utf8(), "10:00:00.000000"),
        ("interval '1 day 2 hours'", pa.utf8(), "1 day 02:00:00"),
        ("row(1, 'x')", pa.utf8(), '{"f1":1,"f2":"x"}'),
        ("array[1, 2]", pa.list_(pa.field("item", pa.int32())), [1, 2]),
        ("array[1.5, 2]", pa.utf8(), "[1.5,2]"),
        ("'ab'::bytea", pa.utf8(), "\\x6162"),
        ("b'101'", pa.utf8(), "101"),
        ("inet '10.0.0.1'", pa.utf8(), "10.0.0.1"),
        ("int4range(1, 3)", pa.utf8(), "[1,3)"),
        ("true", pa.bool_(), True),
        ("4294967295::oid", pa.int64(), 4294967295),
        ("1.5::float4", pa.float32(), 1.5),
        ("'x'::char(3)", pa.utf8(), "x  "),
        ("'00000000-0000-0000-0000-00000000000a'::uuid", pa.utf8(), "00000000-0000-0000-0000-00000000000a"),
        ("null::uuid", pa.utf8(), None),
        ("'{\"a\": 1}'::jsonb", pa.utf8(), '{"a": 1}'),
    ],
)
def test_flat_types(warehouse, expression, type_, value):
    table = read(warehouse, f"select {expression} as x from items limit 1")
    assert table.schema.types == [type_]
    assert table.to_pylist() == [{"x": value}]
    assert table.schema.metadata is None
    assert not table.schema.field(0).metadata
    assert table.schema.field(0).nullable


def test_times_are_those_of_every_warehouse(warehouse):
    sql = (
        "select date '2026-01-02' d, timestamp '2026-01-02 03:04:05.6' t, timestamptz '2026-01-02 03:00+02' z"
    )
    schema = read(warehouse, sql).schema
    assert schema.types == [pa.date32(), pa.timestamp("us"), pa.timestamp("us", tz="UTC")]


@pytest.mark.parametrize(
    "number", ["'NaN'::numeric", "'Infinity'::numeric", "1e30::numeric + 1e-20::numeric"]
)
def test_a_number_that_is_no_decimal_is_an_error(warehouse, number):
    with pytest.raises(WarehouseError, match="decimal of 38 digits"):
        read(warehouse, f"select {number} as x")


def test_numbers_without_a_scale_lose_no_digit_when_more_follow(warehouse):
    sql = (
        "select case when g < 199999 then 1.5 else {} end::numeric as x, repeat('x', 100) as wide "
        "from generate_series(0, 199999) g"
    )
    table = read(warehouse, sql.format("0.123456789012345678"))
    assert table.schema.types[0] == pa.decimal128(38, 18)
    assert table.column(0).num_chunks > 2
    assert table.column(0)[-1].as_py() == Decimal("0.123456789012345678")
    with pytest.raises(WarehouseError, match="decimal of 38 digits"):
        read(warehouse, sql.format("1e-19"))


def test_columns_as_text_keep_the_order_of_rows(warehouse):
    table = read(warehouse, "select id, interval '1 day' * id as i, id as i from items order by id desc")
    assert table.column_names == ["id", "i", "i"]
    assert table.column(0).to_pylist() == list(range(19, -1, -1))


def test_most_rows_and_columns_alone(warehouse):
    sql = "select id, inet '10.0.0.1' as ip from items order by id desc"
    assert read(warehouse, sql, most_rows=2).column(0).to_pylist() == [19, 18]
    empty = read(warehouse, sql, most_rows=0)
    assert (empty.num_rows, empty.column_names) == (0, ["id", "ip"])


def test_errors_are_the_servers_own_sentence(warehouse):
    for sql, said in (
        ("select * from nope", 'relation "nope" does not exist (SQLSTATE 42P01)'),
        ("select 1 / 0", "division by zero (SQLSTATE 22012)"),
        ("select 1 / (500000 - x) from generate_series(1, 1000000) x", "division by zero"),
        ("select from where", 'syntax error at or near "where" (SQLSTATE 42601)'),
    ):
        with pytest.raises(WarehouseError) as caught:
            read(warehouse, sql)
        assert caught.value.detail == said
    assert read(warehouse, "select 1 as x").to_pylist() == [{"x": 1}]


def test_nothing_is_written(warehouse, own):
    for sql in (
        "with gone as (delete from items returning 1) select * from gone",
        "select * from items for update",
        "select 1 into fresh",
    ):
        with pytest.raises(WarehouseError, match="read-only transaction"):
            read(warehouse, sql)
    assert own.ask("select count(*) as n from items")[0]["n"] == 20


@pytest.mark.parametrize(
    "sql",
    [
        "delete from items",
        "select 1; select 2",
        "select pg_sleep(1)",
        'select "pg_sleep"(1)',
        "select pg_sleep /* x /* y */ */ (1)",
        "select pg_catalog.pg_sleep(1)",
        "select set_config('default_transaction_read_only', 'off', false)",
        "select current_setting('data_directory')",
        "select pg_read_file('/etc/passwd')",
        "select * from pg_stat_activity",
        "select * from pg_catalog.pg_shadow",
        "select * from information_schema.tables",
        "select 'pg_shadow'::regclass",
        "select query_to_xml('select pg_sleep(1)', true, true, '')",
        "select dblink('x', 'y')",
        "select lo_import('/etc/passwd')",
        "select pg_advisory_lock(1)",
        "select U&'\\0061'",
        "select $$a$$",
        "select $x$a$x$",
        "select 'a",
        'select "a',
        "select /* a",
        "select E'a\\'",
        "set role postgres",
        "copy items to stdout",
        "",
        "-- nothing",
    ],
)
def test_what_may_not_be_said(warehouse, sql):
    with pytest.raises(StatementRefused):
        read(warehouse, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as x;  -- that is all\n",
        "select 'pg_sleep(1); it''s' as x",
        "select E'it\\'s (' as x",
        "select 1 as pg_rating, 2 as has_more, 3 as lo_fi",
        "with pg as (select 1 as x) select x from pg",
        "(select 1 as x)",
        "values (1)",
        "table items",
        "select x'ff' as x",
        "select /* a ' quote */ 1 as x",
    ],
)
def test_what_may_be_said(warehouse, sql):
    assert read(warehouse, sql).num_rows >= 1


def test_time_limit_and_cancelling(warehouse, own):
    begun = time.monotonic()
    with pytest.raises(RunKilled, match="time limit"):
        read(warehouse, ENDLESS, timedelta(seconds=0.3))
    execution = warehouse.execute(ENDLESS, timeout=MINUTE)
    threading.Timer(0.3, execution.cancel).start()
    with pytest.raises(RunKilled, match="cancelled"):
        execution.read_all()
    execution.cancel()
    assert time.monotonic() - begun < 20
    until(lambda: own.running("endless") == 0)
    early = warehouse.execute("select 1", timeout=MINUTE)
    early.cancel()
    with pytest.raises(RunKilled):
        early.read_all()
    assert read(warehouse, "select 1 as x").to_pylist() == [{"x": 1}]


def test_a_result_may_be_left_early(warehouse, own):
    sql = "select a.id, repeat('x', 100) as left_early from items a, items b, items c, items d, items e"
    with warehouse.execute(sql, timeout=MINUTE).open() as stream:
        assert next(stream.batches).num_rows > 0
    until(lambda: own.running("left_early") == 0)
    assert read(warehouse, "select 1 as x").to_pylist() == [{"x": 1}]


def test_turns_are_bounded(own):
    opened = open_postgres(replace(own.settings, concurrency=1, queue_limit=1), connection_id="c")
    try:
        first = opened.execute(ENDLESS, timeout=MINUTE)
        ready = threading.Event()
        first.queue_up(ready.set)
        assert ready.wait(SOON)
        second = opened.execute("select 1", timeout=MINUTE)
        second.queue_up(lambda: None)
        with pytest.raises(WarehouseBusy):
            read(opened, "select 1")
        second.cancel()
        first.cancel()
        with pytest.raises(RunKilled):
            first.read_all()
        assert read(opened, "select 1 as x").num_rows == 1
    finally:
        opened.close()


def test_a_session_that_the_server_closed_is_replaced(warehouse, own):
    assert read(warehouse, "select 1 as x").num_rows == 1
    assert own.terminate() >= 1
    assert read(warehouse, "select 1 as x").num_rows == 1
    own.terminate()
    assert warehouse.load_catalog().tables

    def end_it() -> None:
        until(lambda: own.running("endless"))
        own.terminate()

    ending = threading.Thread(target=end_it)
    ending.start()
    with pytest.raises(WarehouseError, match="closed the connection"):
        read(warehouse, ENDLESS)
    ending.join()
    assert read(warehouse, "select 1 as x").num_rows == 1


def test_many_threads(warehouse):
    found = []

    def ask(number):
        found.append(read(warehouse, f"select {number} as x").column(0)[0].as_py())

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(20))


def test_catalog(warehouse):
    catalog = warehouse.load_catalog()
    items = catalog.tables["public.items"]
    assert {name: one.data_type for name, one in items.items()} == {
        "id": DataType.NUMBER, "grp": DataType.NUMBER, "price": DataType.NUMBER, "name": DataType.STRING,
        "big": DataType.NUMBER,
    }  # fmt: skip
    odd = catalog.tables["public.odd ones"]
    assert odd["at"].has_zone
    assert (odd["how"].data_type, odd["tags"].data_type) == (DataType.STRING, DataType.ARRAY)
    assert (odd["place"].data_type, odd["cost"].native) == (DataType.JSON, "numeric(8,2)")
    assert catalog.default_schema == "public"
    assert "other.items" in catalog.tables


def test_tables_for_a_model(warehouse):
    tables = warehouse.load_tables()
    found = {(one.schema, one.name): one for one in tables.tables}
    items, odd = found["public", "items"], found["public", "Odd Ones"]
    assert (items.comment, items.primary_key, items.unique) == ("Things", ("id",), (("name",),))
    assert [one.comment for one in items.columns] == [None, "Of three", None, None, None]
    assert odd.foreign_keys == (ForeignKey(("item",), "items", ("id",), "public"),)
    assert [one.name for one in odd.columns][:2] == ["Id", "item"]
    assert ("public", "seen") in found
    assert tables.keeps_case


def test_repeats(warehouse):
    places = [Place("public", "Odd Ones", name) for name in ("Id", "dup", "cost", "nope")]
    assert {one.column for one in warehouse.find_repeated(places)} == {"dup", "cost"}


def test_replaced_and_gone(own):
    opened = open_postgres(own.settings, connection_id="c")
    try:
        assert not opened.is_replaced()
        assert own.name in opened.state
        assert f" {own.settings.user}@" in opened.state, "other users may see other rows"
    finally:
        opened.close()
    with pytest.raises(WarehouseError, match="closed"):
        opened.execute("select 1", timeout=MINUTE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"database": "there_is_none"}, "does not exist"),
        ({"port": 1}, "refused"),
        ({"schema": "nowhere"}, 'no schema "nowhere"'),
    ],
)
def test_what_cannot_be_opened(own, change, said):
    with pytest.raises(WarehouseError, match=said) as caught:
        open_postgres(replace(own.settings, **change), connection_id="c")
    assert own.settings.host not in caught.value.detail
