"""What is generated from a database: names, files, types, keys and joins, over real DuckDB catalogues."""

from datetime import datetime
from decimal import Decimal

import pytest

from holoscope.modeling.generate.naming import identifier, key_stem, table_names
from holoscope.modeling.generate.schema import Rules, Selection
from holoscope.modeling.writer import canonical_text
from support.generated import BIKES, generated

ODD = """
create table "2024 Sales-Größe" (
    "Order ID" int, order_id int, "order-id" int, "we""ird 'col" int, "select" int, "count" int,
    "__ref_0" int, "a ${x}" int, "{{b}}" int, "@{c}" int, "売上" int, "Größe" text, "%" int, "_id" int,
    userId int, "line
break" int, "null" int, "YES" int, "12" int, "a.b" int, "tab	" int)
"""


def dimensions(world, file):
    return world.said(file)["dimensions"]


def test_the_same_database_gives_the_same_text():
    first, second = generated(BIKES, ODD), generated(BIKES, ODD)
    assert first.files == second.files
    before = dict(first.files)
    assert first.again() == before
    assert first.again(soft=True) == before


def test_a_view_file_as_text():
    world = generated(
        'create schema shop; create table shop.orders (id int, "Net Price" decimal(8, 2), note text)',
        "comment on table shop.orders is 'All of them'; comment on column shop.orders.note is 'a: b'",
    )
    assert (
        world.files["shop/orders.view"]
        == """\
# Reference this view as shop__orders
schema_label: Shop
description: All of them
schema: shop
table_name: orders

dimensions:
  id:
    format: id
    primary_key: true

  net_price:
    sql: '"Net Price"'

  note:
    description: 'a: b'

measures:
  count:
    aggregate_type: count
"""
    )
    assert world.files["relationships"] == "[]\n"


def test_an_empty_database():
    world = generated()
    assert world.files == {"relationships": "[]\n"}
    assert world.load()[1] == ()


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Order ID", "order_id"), ("order--id", "order_id"), ("__x__", "x"), ("Größe", "grosse"),
        ("Été/Ünal", "ete_unal"), ("2024", "column_2024"), ("%", "column"), ("", "column"), ("売上", "売上"),
        ("İstanbul", "istanbul"), ("ﬁle", "file"), ("a\nb", "a_b"), ("x²", "x2"), ("٣", "column_٣"),
    ],
)  # fmt: skip
def test_identifiers(name, made):
    assert identifier(name, "column") == made
    assert made.isidentifier()


def test_names_of_views_by_rule():
    statements = (
        "create schema archive; create table trips (id int); create table archive.trips (id int)",
        "create table archive__trips (id int); create view recent as select * from trips",
    )
    classic = generated(*statements)
    assert {file: classic.name(file) for file in classic.files if file != "relationships"} == {
        "main/trips.view": "trips",
        "archive/trips.view": "archive__trips",
        "main/archive__trips.view": "archive_trips",
        "main/recent.view": "recent",
    }
    always = generated(*statements, rules=Rules(always_scope=True))
    assert {file: always.name(file) for file in always.files if file != "relationships"} == {
        "memory.main/trips.view": "memory_main__trips",
        "memory.archive/trips.view": "memory_archive__trips",
        "memory.main/archive__trips.view": "memory_main__archive_trips",
        "memory.main/recent.view": "memory_main__recent",
    }


def test_views_that_would_share_a_name():
    world = generated('create table "a-b" (id int); create table a_b (id int); create table "a b" (id int)')
    assert {file: world.name(file) for file in world.files if file != "relationships"} == {
        "main/a_b.view": "a_b",
        "main/a b.view": "a_b_2",
        "main/a-b.view": "a_b_3",
    }
    world.run('drop table "a b"')
    world.again()
    assert world.name("main/a-b.view") == "a_b_3"


def test_paths_that_cannot_be():
    world = generated('create schema ".."; create table ".."."a/b" (x int); create table ".."."a_b" (x int)')
    assert set(world.files) == {"_/a_b.view", "_/a_b_2.view", "relationships"}
    assert world.load()[1] == ()
    assert world.ask("schema__a_b.count") == [(0,)]


def test_odd_columns_are_named_and_can_be_asked():
    world = generated(ODD)
    world.run('insert into "2024 Sales-Größe" select ' + ", ".join(
        "'L'" if number == 11 else str(number) for number in range(21)
    ))  # fmt: skip
    found = dimensions(world, "main/2024 Sales-Größe.view")
    assert list(found) == [
        "order_id_2", "order_id", "order_id_3", "we_ird_col", "select", "count_2", "売上", "grosse", "column",
        "id", "userid", "line_break", "null", "yes", "column_12", "a_b", "tab",
    ]  # fmt: skip
    model, diagnostics = world.load()
    assert diagnostics == ()
    assert set(model.views) == {"table_2024_sales_grosse"}
    names = [f"table_2024_sales_grosse.{name}" for name in found]
    assert world.ask(*names) == [(0, 1, 2, 3, 4, 5, 10, "L", 12, 13, 14, 15, 16, 17, 18, 19, 20)]
    assert world.ask("table_2024_sales_grosse.count") == [(1,)]
    labels = {name: field.label for name, field in model.views["table_2024_sales_grosse"].dimensions.items()}
    assert (labels["order_id_2"], labels["grosse"], labels["column"], labels["yes"]) == (
        "Order ID",
        "Größe",
        "%",
        None,
    )


def test_a_refresh_gives_no_name_to_another_column():
    world = generated('create table t ("a b" int, "a-b" int)')
    assert dimensions(world, "main/t.view") == {
        "a_b": {"sql": '"a b"'},
        "a_b_2": {"sql": '"a-b"', "label": "a-b"},
    }
    world.run("alter table t add column a_b int")
    world.again()
    assert list(dimensions(world, "main/t.view")) == ["a_b", "a_b_2", "a_b_3"]
    world.run('alter table t drop column "a b"')
    world.again()
    assert dimensions(world, "main/t.view") == {
        "a_b_2": {"sql": '"a-b"', "label": "a-b"},
        "a_b_3": {"sql": '"a_b"', "label": "a_b"},
    }


def test_structures_lists_and_json():
    world = generated(
        'create table people (id int, home struct(city text, "zip code" int, moved date, '
        "geo struct(lat double)), tags text[], raw json, trips struct(x int)[])",
        "insert into people values (1, {'city': 'Delft', 'zip code': 7, 'moved': date '2026-03-02', "
        "'geo': {'lat': 1.5}}, ['a'], '{}', []), (2, null, null, null, null)",
    )
    found = dimensions(world, "main/people.view")
    assert list(found) == [
        "id", "home", "home__city", "home__zip_code", "home__moved", "home__geo", "home__geo__lat", "tags",
        "raw", "trips",
    ]  # fmt: skip
    assert found["home__geo__lat"] == {
        "sql": "\"home\"['geo']['lat']",
        "type": "number",
        "parent_field": "home__geo",
    }
    assert world.load()[1] == ()
    names = [f"people.{name}" for name in ("home__city", "home__zip_code", "home__moved", "home__geo__lat")]
    sorts = [{"column_name": "people.home__city", "sort_descending": True}]
    assert sorted(world.ask(*names, "people.count", sorts=sorts), key=str) == [
        ("Delft", 7, datetime(2026, 3, 2), 1.5, 1),
        (None, None, None, None, 1),
    ]
    fields = world.load()[0].views["people"].dimensions
    assert (fields["home__moved"].parent_field, fields["home"].parent_field) == ("home", None)
    before = dict(world.files)
    assert world.again(soft=True) == before


def test_a_key_of_several_columns():
    world = generated('create table t ("A b" int, c text, n int, primary key ("A b", c))')
    said = world.said("main/t.view")
    assert said["custom_compound_primary_key_sql"] == ["a_b", "c"]
    assert world.load()[0].views["t"].primary_key == ("a_b", "c")


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ("id int, order_id int", "id"),
        ("order_id int, id int", "id"),
        ("order_id text", "order_id"),
        ("orderId int, note text", "orderid"),
        ("order_id date", None),
        ("customer_id int", None),
        ("id int[], note text", None),
        ("id int, code text primary key", "code"),
        ("code text unique", None),
    ],
)
def test_guessed_keys(columns, key):
    world = generated(f"create table orders ({columns})")
    marked = [
        name for name, field in dimensions(world, "main/orders.view").items() if field.get("primary_key")
    ]
    assert marked == ([] if key is None else [key])


@pytest.mark.parametrize(
    ("target", "column", "joined"),
    [
        ("riders (id int)", "rider_id int", "riders.id"),
        ("rider (id int)", "rider_id int", "rider.id"),
        ("riders (rider_id int)", "rider_id int", "riders.rider_id"),
        ("cities (id bigint)", "city_id int", "cities.id"),
        ("boxes (id int)", "box_id decimal(4, 0)", "boxes.id"),
        ("people (id int)", "person_id int", "people.id"),
        ("sales_people (id int)", "sales_person_id int", "sales_people.id"),
        ("riders (id text)", "rider_id text", "riders.id"),
        ("riders (id int)", "riderId int", "riders.id"),
        ("riders (id int)", "rider_id text", None),
        ("riders (id uuid)", "rider_id text", None),
        ("riders (id date)", "rider_id date", None),
        ("riders (name text)", "rider_id int", None),
        ("riders (id int, code text primary key)", "rider_id int", None),
        ("riders (id int unique, code text primary key)", "rider_id int", "riders.id"),
        ("riders (id int)", "start_rider_id int", None),
        ("riders (id int)", "rider int", None),
    ],
)
def test_guessed_joins(target, column, joined):
    world = generated(f"create table {target}; create table trips (id int, {column})")
    field = column.split()[0].lower()
    expected = [] if joined is None else [f"assumed_many_to_one ${{trips.{field}}} = ${{{joined}}}"]
    assert world.joins() == expected


def test_joins_stay_in_their_schema():
    world = generated(
        "create schema a; create schema b; create table a.riders (id int)",
        "create table b.trips (rider_id int)",
        "create table a.trips (rider_id int)",
    )
    assert world.joins() == ["assumed_many_to_one ${a__trips.rider_id} = ${a__riders.id}"]


def test_declared_joins_win_and_several_to_one_table_get_names():
    world = generated(
        "create table places (id int primary key, name text)",
        "create table people (id int primary key, manager_id int references people (id), name text)",
        "create table orders (id int, bill_place_id int references places (id), "
        "ship_place_id int references places (id), person_id int references people (id))",
        "insert into places values (1, 'Delft'), (2, 'Gent')",
        "insert into people values (1, null, 'Ann')",
        "insert into people values (2, 1, 'Bob')",
        "insert into orders values (1, 1, 2, 2), (2, 2, 2, 1)",
    )
    assert world.joins() == [
        "many_to_one ${orders.bill_place_id} = ${bill_place.id}",
        "many_to_one ${orders.ship_place_id} = ${ship_place.id}",
        "many_to_one ${orders.person_id} = ${people.id}",
        "many_to_one ${people.manager_id} = ${manager.id}",
    ]
    assert world.load()[1] == ()
    sorts = [{"column_name": "orders.id"}]
    assert world.ask("orders.id", "bill_place.name", "ship_place.name", "people.name", sorts=sorts) == [
        (1, "Delft", "Gent", "Bob"),
        (2, "Gent", "Gent", "Ann"),
    ]
    assert world.ask("people.name", "manager.name", sorts=[{"column_name": "people.name"}]) == [
        ("Ann", None),
        ("Bob", "Ann"),
    ]


def test_a_compound_foreign_key():
    world = generated(
        "create table seats (car int, seat int, class text, primary key (car, seat))",
        "create table tickets "
        "(id int, car int, seat int, foreign key (car, seat) references seats (car, seat))",
    )
    assert world.joins() == ["many_to_one ${tickets.car} = ${seats.car} AND ${tickets.seat} = ${seats.seat}"]


def test_a_sum_over_a_guessed_join_is_not_multiplied():
    world = generated(
        BIKES,
        "insert into riders values (1, 'Delft', 'NL', 30, null), (2, 'Gent', 'BE', 40, null)",
        "insert into trips values (1, 1, 1, null, null, 2.5, 'done', false), "
        "(2, 1, 1, null, null, 3, 'done', false), (3, 9, 1, null, null, 4, 'done', false)",
    )
    # Trip 3 has a rider nobody knows; riders without trips are not in the answer.
    rows = world.ask("trips.count", "riders.city", "riders.count", sorts=[{"column_name": "trips.count"}])
    assert rows == [(1, None, 0), (2, "Delft", 1)]


def test_comments_that_look_like_templates_are_left_out():
    world = generated(
        "create table t (x int); comment on column t.x is 'see {{ user }}'; comment on table t is '@{a}'"
    )
    assert world.load()[1] == ()
    assert world.load()[0].views["t"].description is None


def test_a_soft_refresh_keeps_what_is_gone():
    world = generated(BIKES)
    world.run("drop table stations", "alter table riders drop column id", "create table depots (id int)")
    world.again(soft=True)
    assert "main/stations.view" in world.files
    assert "main/depots.view" in world.files
    assert dimensions(world, "main/riders.view")["id"] == {"format": "id", "primary_key": True}
    assert len(world.said("relationships")) == 2
    world.again()
    assert "main/stations.view" not in world.files
    assert world.said("relationships") == []


def test_a_selected_refresh_looks_at_nothing_else():
    world = generated("create schema s; create table s.a (x int); create table b (x int)")
    world.run("alter table s.a add column y int", "alter table b add column y int", "create table c (x int)")
    world.again(selection=Selection(schemas=frozenset({"s"})))
    assert list(dimensions(world, "s/a.view")) == ["x", "y"]
    assert list(dimensions(world, "main/b.view")) == ["x"]
    assert "main/c.view" not in world.files
    world.again(selection=Selection(tables=frozenset({"main.c"})))
    assert "main/c.view" in world.files
    assert list(dimensions(world, "main/b.view")) == ["x"]
    world.again(selection=Selection(tables=frozenset({"b"})))
    assert list(dimensions(world, "main/b.view")) == ["x", "y"]


def test_what_is_generated_is_canonical():
    world = generated(BIKES, ODD, "comment on table trips is 'a: b\n# c'")
    for file, text in world.files.items():
        assert canonical_text(file, text) == (text, ())


@pytest.mark.parametrize(
    ("column", "stem"),
    [("rider_id", "rider"), ("Rider ID", "rider"), ("riderId", "rider"), ("startStationID", "start_station"),
     ("id", None), ("_id", None), ("PAID", None), ("paid", None), ("rider", None)],
)  # fmt: skip
def test_key_stems(column, stem):
    assert key_stem(column) == stem


def test_plurals():
    assert "sales_people" in table_names("sales_person")
    assert "analyses" in table_names("analysis")
    assert "branches" in table_names("branch")
    assert "halves" in table_names("half")


def test_numbers_stay_exact():
    world = generated("create table t (id int, d decimal(38, 10))", "insert into t values (1, 0.1)")
    assert world.ask("t.d") == [(Decimal("0.1"),)]


def test_what_repeats_is_no_key_and_no_target():
    world = generated(
        "create table riders (id int, rider_id int)",
        "create table trips (id int, rider_id int, fare int)",
        "insert into riders values (1, 10), (1, 20)",
        "insert into trips values (1, 1, 5), (2, 1, 7)",
    )
    assert dimensions(world, "main/riders.view") == {
        "id": {"format": "id"},
        "rider_id": {"format": "id", "primary_key": True},
    }
    assert world.joins() == ["assumed_many_to_one ${trips.rider_id} = ${riders.rider_id}"]
    world.run("insert into riders values (2, null)")
    world.again()
    assert not any(field.get("primary_key") for field in dimensions(world, "main/riders.view").values())
    assert world.joins() == []
    world.run("delete from riders where rider_id is null or rider_id = 20")
    world.again()
    assert world.joins() == ["assumed_many_to_one ${trips.rider_id} = ${riders.id}"]


def test_what_cannot_be_read_says_nothing_about_its_keys():
    world = generated(
        "create table b (id int); insert into b values (1), (1)",
        "create view broken as select id, cast(name as int) as n from (select 1 as id, 'x' as name)",
        'create table "we""ird" ("I D" int, id int); insert into "we""ird" values (1, 2), (2, 2)',
        "create view gone as select id from b",
    )
    world.run("alter table b rename to c")
    world.again()
    assert "main/gone.view" in world.files
    assert dimensions(world, "main/gone.view")["id"]["primary_key"] is True
    assert "primary_key" not in dimensions(world, "main/c.view")["id"]
    assert "primary_key" not in dimensions(world, 'main/we"ird.view')["id"]


def test_joins_keep_their_names():
    world = generated(
        "create table places (id int primary key)",
        "create table orders (id int, bill_place_id int references places (id))",
    )
    assert world.joins() == ["many_to_one ${orders.bill_place_id} = ${places.id}"]
    world.run(
        "drop table orders",
        "create table orders (id int, bill_place_id int references places (id), "
        "ship_place_id int references places (id), place_id int references places (id))",
    )
    world.again()
    three = [
        "many_to_one ${orders.bill_place_id} = ${places.id}",
        "many_to_one ${orders.ship_place_id} = ${ship_place.id}",
        "many_to_one ${orders.place_id} = ${place.id}",
    ]
    assert world.joins() == three
    assert world.load()[1] == ()
    world.run("drop table orders", "create table orders (id int, ship_place_id int references places (id))")
    world.again(soft=True)
    assert world.joins() == [three[1], three[0], three[2]]
    world.again()
    assert world.joins() == [three[1]]
    world.run("create table ship_place (id int)")
    world.again()
    assert world.joins() == ["many_to_one ${orders.ship_place_id} = ${places.id}"]
    assert world.load()[1] == ()
