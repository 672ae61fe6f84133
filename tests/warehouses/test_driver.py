"""The DuckDB driver over real files: types, turns, time limits, cancelling, concurrency."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from holoscope.kit.errors import RunKilled, WarehouseError
from holoscope.modeling.types import ColumnType, DataType
from holoscope.warehouses.base import WarehouseBusy
from holoscope.warehouses.duckdb.driver import open_duckdb
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from support.duckdb_files import ITEMS, write_duckdb
from support.pace import SOON, within
from support.statements import ENDLESS, MINUTE, Asked, read, waiting


@pytest.fixture
def warehouse(tmp_path):
    path = write_duckdb(tmp_path / "items.duckdb", ITEMS)
    opened = open_duckdb(path, connection_id="c", settings=DuckDBSettings(memory_mib=512, concurrency=2))
    yield opened
    opened.close()


def test_rows_and_types(warehouse):
    table = read(
        warehouse,
        'select grp as "v.grp", count(*) as "v.count", sum(id) as "v.total", sum(price) as "v.price", '
        'avg(price) as "v.avg", 1::int as helper from items group by grp order by grp',
    )
    assert table.column_names == ["v.grp", "v.count", "v.total", "v.price", "v.avg", "helper"]
    assert table.schema.types == [
        pa.int64(), pa.int64(), pa.int64(), pa.decimal128(38, 2), pa.float64(), pa.int32(),
    ]  # fmt: skip
    assert table.to_pylist()[0] == {
        "v.grp": 0, "v.count": 7, "v.total": 63, "v.price": Decimal("78.75"), "v.avg": 11.25, "helper": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "type_", "value"),
    [
        ("'a'::enum('a', 'b')", pa.utf8(), "a"),
        ("1::hugeint", pa.int64(), 1),
        ("1::utinyint", pa.int32(), 1),
        ("1::uinteger", pa.int64(), 1),
        ("18446744073709551615::ubigint", pa.decimal128(20, 0), Decimal(18446744073709551615)),
        ("1.5::decimal(38, 2)", pa.decimal128(38, 2), Decimal("1.50")),
        ("time '10:00:00'", pa.utf8(), "10:00:00.000000"),
        ("interval 1 day", pa.utf8(), "1 day"),
        ("{'a': 1}", pa.utf8(), '{"a":1}'),
        ("map {'k': 2}", pa.utf8(), '{"k":2}'),
        ("[1, 2]", pa.list_(pa.field("item", pa.int32())), [1, 2]),
        ("[interval 1 day]", pa.utf8(), '["1 day"]'),
        ("'ab'::blob", pa.utf8(), "ab"),
        ("'101'::bit", pa.utf8(), "101"),
        ("null", pa.int32(), None),
        ("true", pa.bool_(), True),
        ("'00000000-0000-0000-0000-000000000001'::uuid", pa.utf8(), "00000000-0000-0000-0000-000000000001"),
        ("'{\"a\": 1}'::json", pa.utf8(), '{"a": 1}'),
    ],
)
def test_flat_types(warehouse, expression, type_, value):
    table = read(warehouse, f"select {expression} as x")
    assert table.schema.types == [type_] or (value is None and table.schema.types == [pa.null()])
    assert table.to_pylist() == [{"x": value}]
    assert table.schema.metadata is None
    assert table.schema.field(0).nullable


def test_times(warehouse):
    table = read(
        warehouse,
        "select made_at, seen_at, day, made_at::timestamp_ns ns, made_at::timestamp_s s, "
        "date_trunc('month', seen_at) m from items order by id limit 1",
    )
    naive, instant = pa.timestamp("us"), pa.timestamp("us", tz="UTC")
    assert table.schema.types == [naive, instant, pa.date32(), naive, naive, instant]
    assert str(table.column("m")[0]) == "2024-01-01 00:00:00+00:00"


def test_instance_time_zone_is_utc(warehouse):
    assert read(warehouse, "select seen_at::varchar x from items order by id limit 1").to_pylist() == [
        {"x": "2024-01-01 12:00:00+00"}
    ]


def test_order_survives_a_cast_to_text(warehouse):
    table = read(warehouse, "select id, interval 1 day as i from items order by id desc limit 5")
    assert table.column("id").to_pylist() == [19, 18, 17, 16, 15]


def test_duplicate_and_odd_column_names(warehouse):
    table = read(warehouse, """select 1 as a, interval 1 day as a, {'k': 1} as "we""ird" """)
    assert table.column_names == ["a", "a_1", 'we"ird']


def test_no_rows_keep_their_schema(warehouse):
    table = read(warehouse, "select id, label from items where id < 0")
    assert table.num_rows == 0
    assert table.schema.types == [pa.int64(), pa.utf8()]


def test_whole_number_beyond_64_bits_is_an_error(warehouse):
    with pytest.raises(WarehouseError, match="64 bits"):
        read(warehouse, "select sum(9223372036854775807) from items")
    table = read(warehouse, "select sum(9223372036854775807)::decimal(38, 0) x from items")
    assert table.to_pylist() == [{"x": Decimal(20 * 9223372036854775807)}]


def test_errors_carry_the_engine_text_without_paths(warehouse, tmp_path):
    with pytest.raises(WarehouseError, match="nope"):
        read(warehouse, "select nope from items")
    with pytest.raises(WarehouseError) as caught:
        read(warehouse, "select error('see /etc/secret/file.txt and a/b')")
    assert "/etc" not in caught.value.detail
    assert "a/b" in caught.value.detail
    with pytest.raises(WarehouseError) as missing:
        open_duckdb(tmp_path / "absent.duckdb", connection_id="c")
    assert str(tmp_path) not in missing.value.detail


def test_time_limit(warehouse):
    def seconds() -> float:
        begun = time.monotonic()
        with pytest.raises(RunKilled, match="time limit"):
            read(warehouse, ENDLESS, timedelta(milliseconds=300))
        return time.monotonic() - begun

    assert within(lambda: 2.3, seconds)
    assert read(warehouse, "select 1 as x").to_pylist() == [{"x": 1}]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.3])
def test_cancel_stops_within_two_seconds(warehouse, delay):
    def seconds() -> float:
        asked = Asked(warehouse, ENDLESS)
        time.sleep(delay)
        cancelled = time.monotonic()
        asked.execution.cancel()
        asked.execution.cancel()
        assert isinstance(asked.outcome(), RunKilled)
        return time.monotonic() - cancelled

    assert within(lambda: 2, seconds)


def test_cancel_before_the_start_and_after_the_end(warehouse):
    execution = warehouse.execute("select 1", timeout=MINUTE)
    execution.cancel()
    with pytest.raises(RunKilled, match="cancelled"):
        execution.read_all()
    ended = warehouse.execute("select 1", timeout=MINUTE)
    ended.read_all()
    ended.cancel()


def test_cancel_in_the_middle_of_a_stream(warehouse):
    execution = warehouse.execute("select range a from range(100000000)", timeout=MINUTE)
    with execution.open() as stream:
        next(stream.batches)
        execution.cancel()
        with pytest.raises(RunKilled):
            next(stream.batches)


def test_leaving_a_stream_early_frees_the_turn(warehouse):
    for _ in range(5):
        with warehouse.execute("select range a from range(10000000)", timeout=MINUTE).open() as stream:
            next(stream.batches)
    assert read(warehouse, "select 1 x").num_rows == 1


def test_turns_are_bounded_and_first_come_first_served(tmp_path):
    path = write_duckdb(tmp_path / "a.duckdb", ITEMS)
    warehouse = open_duckdb(path, connection_id="c", settings=DuckDBSettings(concurrency=1, queue_limit=3))
    blocker = warehouse.execute(ENDLESS, timeout=MINUTE)
    order: list[int] = []

    def run(number):
        with warehouse.execute(f"select {number}", timeout=MINUTE).open():
            order.append(number)

    def block():
        with pytest.raises(RunKilled):
            blocker.read_all()

    threads = [threading.Thread(target=block)]
    threads[0].start()
    waiting(warehouse, 0)
    for number in range(2):
        threads.append(threading.Thread(target=run, args=(number,)))
        threads[-1].start()
        waiting(warehouse, number + 1)
    with pytest.raises(RunKilled, match="time limit"):
        read(warehouse, "select 9", timedelta(seconds=0.2))
    threads.append(threading.Thread(target=run, args=(2,)))
    threads[-1].start()
    waiting(warehouse, 3)
    with pytest.raises(WarehouseBusy):
        read(warehouse, "select 1")
    blocker.cancel()
    for thread in threads:
        thread.join(SOON)
    assert order == [0, 1, 2]
    warehouse.close()


def test_many_threads_share_one_instance(warehouse):
    answers: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(read(warehouse, "select sum(id) x from items")["x"][0].as_py())
        )
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert answers == [190] * 16


def test_catalog(tmp_path):
    path = write_duckdb(
        tmp_path / "c.duckdb",
        "create schema Sales",
        "create table Sales.Orders "
        "(Id integer primary key, Amount decimal(10, 2), Note varchar, Paid boolean, "
        "Day date, Made timestamp, Seen timestamptz, Extra json, Tags varchar[], Kind enum('a', 'b'), "
        "Span interval, Raw blob, Part struct(a int))",
        "create view main.recent as select Id from Sales.Orders",
    )
    warehouse = open_duckdb(path, connection_id="c")
    catalog = warehouse.load_catalog()
    warehouse.close()
    orders = catalog.tables["sales.orders"]
    assert catalog.default_schema == "main"
    assert [type_.data_type for type_ in orders.values()] == [
        DataType.NUMBER, DataType.NUMBER, DataType.STRING, DataType.BOOLEAN, DataType.TIMESTAMP,
        DataType.TIMESTAMP, DataType.TIMESTAMP, DataType.JSON, DataType.ARRAY, DataType.STRING,
        DataType.INTERVAL, DataType.OTHER_UNGROUPABLE, DataType.JSON,
    ]  # fmt: skip
    assert orders["day"] == ColumnType(DataType.TIMESTAMP, "DATE", date_only=True)
    assert orders["seen"].has_zone
    assert catalog.tables["main.recent"] == {"id": ColumnType(DataType.NUMBER, "INTEGER")}


def test_closing_stops_what_runs(tmp_path):
    path = write_duckdb(tmp_path / "items.duckdb", ITEMS)
    warehouse = open_duckdb(path, connection_id="c", settings=DuckDBSettings(concurrency=2))
    asked = [Asked(warehouse, ENDLESS) for _ in range(3)]  # two run, one waits for a turn
    waiting(warehouse, 1)
    warehouse.close()
    assert [type(one.outcome()) for one in asked] == [RunKilled] * 3
    with pytest.raises(WarehouseError, match="closed"):
        read(warehouse, "select 1")


def test_tables_of_a_sandboxed_file(tmp_path):
    path = write_duckdb(
        tmp_path / "shop.duckdb",
        "create table b (id int primary key, code text unique, home struct(zip int, geo struct(lat double)))",
        "create table a (b_id int references b (id))",
        "comment on table a is 'A'; comment on column a.b_id is 'B'",
        "create schema s; create view s.v as select 1 as one; create temp table hidden (x int)",
    )
    opened = open_duckdb(path, connection_id="c", settings=DuckDBSettings(memory_mib=512))
    found = opened.load_tables()
    opened.close()
    assert [(table.schema, table.name) for table in found.tables] == [
        ("main", "a"),
        ("main", "b"),
        ("s", "v"),
    ]
    assert (found.catalog, found.default_schema) == ("shop", "main")
    first, second, _ = found.tables
    assert (first.comment, first.columns[0].comment) == ("A", "B")
    assert [(key.columns, key.table, key.table_columns) for key in first.foreign_keys] == [
        (("b_id",), "b", ("id",))
    ]
    assert (second.primary_key, second.unique) == (("id",), (("code",),))
    assert [part.name for part in second.columns[2].parts] == ["zip", "geo"]
    assert second.columns[2].parts[1].parts[0].type == ColumnType(DataType.NUMBER, "DOUBLE")
