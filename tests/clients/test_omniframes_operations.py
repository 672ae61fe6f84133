"""omniframes over the query object: every kind of filter, grains, measures, totals, the client's joins."""

import datetime as dt
from decimal import Decimal

import pytest
from omniframes import OmniSession
from omniframes import functions as F  # noqa: N812  (the name its documentation uses)

TIER_1 = "tier 1"
JOINED = "order_items o left join users u on u.id = o.user_id"


@pytest.fixture(scope="module")
def session(server):
    import os

    os.environ["SSL_CERT_FILE"] = server.ca_file
    session = OmniSession.builder.host(server.base_url).api_key(server.api_key).get_or_create()
    yield session
    session.close()


@pytest.fixture(scope="module")
def items(session):
    return session.read.topic("Shop", "order_items")


def col(name):
    return F.col(name)


def same(value):
    return round(float(value), 6) if isinstance(value, (Decimal, float)) else value


def cells(rows):
    return [tuple(map(same, row)) for row in rows]


FILTERS = {
    "equal": (lambda: col("users.state") == "California", "u.state = 'California'"),
    "not equal": (lambda: col("users.state") != "California", "u.state is distinct from 'California'"),
    "in": (lambda: col("users.state").isin("Ohio", "Texas"), "u.state in ('Ohio', 'Texas')"),
    "not in": (
        lambda: ~col("users.state").isin("Ohio", "Texas"),
        "u.state is null or u.state not in ('Ohio', 'Texas')",
    ),
    "null": (lambda: col("users.state").is_null(), "u.state is null"),
    "not null": (lambda: col("users.state").is_not_null(), "u.state is not null"),
    "contains": (lambda: col("users.city").contains("an"), "contains(u.city, 'an')"),
    "contains, any case": (
        lambda: col("users.city").contains("AN", case_insensitive=True),
        "contains(lower(u.city), 'an')",
    ),
    "contains a wildcard": (lambda: col("users.city").contains("%"), "contains(u.city, '%')"),
    "starts": (lambda: col("users.city").starts_with("S"), "starts_with(u.city, 'S')"),
    "ends": (lambda: col("users.city").ends_with("o"), "ends_with(u.city, 'o')"),
    "like": (lambda: col("users.city").like("_an%"), "u.city like '_an%'"),
    "less": (lambda: col("order_items.sale_price") < 20, "o.sale_price < 20"),
    "less or equal": (lambda: col("order_items.sale_price") <= 20, "o.sale_price <= 20"),
    "greater": (lambda: col("order_items.sale_price") > 20.5, "o.sale_price > 20.5"),
    "greater or equal": (lambda: col("order_items.sale_price") >= 20, "o.sale_price >= 20"),
    "between": (lambda: col("order_items.sale_price").between(10, 20), "o.sale_price between 10 and 20"),
    "number": (lambda: col("users.age") == 42, "u.age = 42"),
    "numbers": (lambda: col("users.age").isin(30, 31, 32), "u.age in (30, 31, 32)"),
    "true": (lambda: col("order_items.is_gift") == True, "o.is_gift"),  # noqa: E712
    "false": (lambda: col("order_items.is_gift") == False, "not o.is_gift"),  # noqa: E712
    "time from": (
        lambda: col("order_items.created_at") >= dt.datetime(2026, 3, 1, 12),
        "o.created_at >= '2026-03-01 12:00'",
    ),
    "days": (
        lambda: col("order_items.created_at").between(dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        "o.created_at >= '2026-01-01' and o.created_at < '2026-02-01'",
    ),
    "month": (
        lambda: col("order_items.created_at").grain("month") == "2026-03",
        "o.created_at >= '2026-03-01' and o.created_at < '2026-04-01'",
    ),
    "hour of day": (
        lambda: col("order_items.created_at").grain("hour_of_day") == 9,
        "hour(o.created_at) = 9",
    ),
    "two on one field": (
        lambda: (col("order_items.sale_price") > 10) & (col("order_items.sale_price") < 30),
        "o.sale_price > 10 and o.sale_price < 30",
    ),
    "either on one field": (
        lambda: (col("order_items.sale_price") < 10) | (col("order_items.sale_price") > 150),
        "o.sale_price < 10 or o.sale_price > 150",
    ),
    "two fields": (
        lambda: (col("users.state") == "Texas") & (col("order_items.status") != "Complete"),
        "u.state = 'Texas' and o.status is distinct from 'Complete'",
    ),
}


@pytest.mark.parametrize("kind", FILTERS)
def test_filters(items, shop, kind):
    condition, sql = FILTERS[kind]
    frame = items.filter(condition()).select(
        F.measure("order_items.count").alias("n"), F.measure("order_items.total_sale_price").alias("s")
    )
    assert TIER_1 in frame.explain()
    found = [tuple(row.values()) for row in frame.to_arrow().to_pylist()]
    expected = shop.sql(
        f"select count(*), coalesce(sum(o.sale_price), 0) from {JOINED} where {sql}"
    ).fetchall()
    assert cells(found) == cells(expected)


@pytest.mark.parametrize(
    ("grain", "sql"),
    [
        ("date", "date_trunc('day', created_at)::timestamp"),
        ("week", "date_trunc('week', created_at)::timestamp"),
        ("quarter", "date_trunc('quarter', created_at)::timestamp"),
        ("year", "date_trunc('year', created_at)::timestamp"),
        ("hour", "date_trunc('hour', created_at)"),
        ("month_name", "monthname(created_at)"),
        ("day_of_week_name", "dayname(created_at)"),
        ("day_of_month", "day(created_at)"),
        ("day_of_year", "dayofyear(created_at)"),
        ("week_of_year", "week(created_at)"),
        ("month_num", "month(created_at)"),
    ],
)
def test_grains(items, shop, grain, sql):
    frame = items.group_by(col("order_items.created_at").grain(grain).alias("at")).agg(
        F.measure("order_items.count").alias("n")
    )
    found = [tuple(row.values()) for row in frame.limit(None).to_arrow().to_pylist()]
    expected = shop.sql(f"select {sql}, count(*) from order_items group by 1").fetchall()
    assert sorted(found, key=repr) == sorted(expected, key=repr)


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (lambda: F.measure("order_items.count") > 20, "count(*) > 20"),
        (lambda: F.measure("order_items.count").between(5, 20), "count(*) between 5 and 20"),
        (
            lambda: (F.measure("order_items.total_sale_price") >= 500) & (F.measure("users.count") < 9),
            "coalesce(sum(o.sale_price), 0) >= 500 and count(distinct u.id) < 9",
        ),
    ],
)
def test_filters_on_measures(items, shop, condition, sql):
    frame = (
        items.group_by("users.state")
        .agg(F.measure("order_items.count").alias("n"), F.measure("users.count").alias("people"))
        .filter(condition())
        .sort(col("users.state").asc())
    )
    found = [tuple(row.values()) for row in frame.to_arrow().to_pylist()]
    expected = shop.sql(
        f"select u.state, count(*), count(distinct u.id) from {JOINED} group by 1 having {sql}"
    ).fetchall()
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_totals_are_rows_of_their_own(items, shop):
    frame = (
        items.group_by("order_items.status", "users.country")
        .agg(F.measure("order_items.total_sale_price").alias("s"), F.measure("users.count").alias("people"))
        .with_totals()
    )
    table = frame.to_arrow().to_pylist()
    totals = [row for row in table if row["row_type"] != "data"]
    expected = shop.sql(f"select sum(o.sale_price), count(distinct u.id) from {JOINED}").fetchall()[0]
    assert [(same(row["s"]), row["people"]) for row in totals] == cells([expected])
    groups = shop.sql(f"select count(*) from (select distinct o.status, u.country from {JOINED})").fetchall()
    assert len(table) - len(totals) == groups[0][0]


@pytest.mark.parametrize("how", ["inner", "left"])
def test_frames_are_joined(items, session, shop, how):
    sales = items.group_by("users.country").agg(F.measure("order_items.total_sale_price").alias("s"))
    people = (
        session.read.topic("Shop", "users").group_by("users.country").agg(F.measure("users.count").alias("n"))
    )
    frame = sales.join(people, on="users.country", how=how)
    found = [tuple(row.values()) for row in frame.to_arrow().to_pylist()]
    expected = shop.sql(
        f"select a.country, a.s, b.n from (select u.country, coalesce(sum(o.sale_price), 0) s from {JOINED} "
        f"group by 1) a {how} join (select country, count(*) n from users group by 1) b "
        "on a.country = b.country"
    ).fetchall()
    assert sorted(cells(found), key=repr) == sorted(cells(expected), key=repr)


def test_paging_by_limit_and_offset(items, shop):
    names = ["order_items.id", "order_items.status"]
    pages = []
    for page in range(3):
        frame = items.select(*names).sort(col("order_items.id").asc()).limit(4).offset(page * 4)
        with pytest.warns(match="rows are probably missing"):
            pages += [tuple(row.values()) for row in frame.to_arrow().to_pylist()]
    assert pages == shop.sql("select id, status from order_items order by id limit 12").fetchall()


def test_other_shapes_of_the_same_rows(items, shop, tmp_path):
    frame = (
        items.group_by("users.country")
        .agg(F.measure("order_items.count").alias("n"))
        .sort(col("users.country").asc())
    )
    expected = shop.sql(
        f"select u.country, count(*) from {JOINED} group by 1 order by 1 nulls first"
    ).fetchall()
    assert frame.to_pandas()["n"].tolist() == [row[1] for row in expected]
    frame.write.parquet(str(tmp_path / "rows.parquet"))
    assert shop.sql(f"select count(*) from '{tmp_path / 'rows.parquet'}'").fetchall() == [(len(expected),)]
    assert frame.count() == len(expected)
    assert frame.first() == {"users.country": expected[0][0], "n": expected[0][1]}


def test_schemas_come_from_plans(items):
    frame = items.group_by("users.state", col("order_items.created_at").grain("month").alias("m")).agg(
        F.measure("order_items.average_sale_price").alias("a")
    )
    fields = {field.name: (field.data_type.value, field.is_dimension) for field in frame.schema}
    assert fields["users.state"] == ("STRING", True)
    assert fields["a"] == ("NUMBER", False)
