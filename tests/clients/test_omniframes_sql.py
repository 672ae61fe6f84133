"""omniframes over SQL: its own tier of SQL over the model, raw SQL, and what it finishes by itself.

Every answer is compared with SQL by hand on a copy of the file that the server reads.
"""

import datetime as dt
from decimal import Decimal

import omniframes
import pytest
from omniframes import OmniSession
from omniframes import functions as F  # noqa: N812  (the name its documentation uses)

pytestmark = pytest.mark.filterwarnings("ignore::omniframes.errors.TruncationWarning")
REMOTE_SQL = "tier 2 · sql"


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


@pytest.fixture(scope="module")
def people(session):
    return session.read.topic("Shop", "users")


def col(name):
    return F.col(name)


def same(value):
    if isinstance(value, (Decimal, float)):
        return round(float(value), 6)
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def check(frame, shop, sql, *, tier=REMOTE_SQL):
    """Compare a frame's rows, in their order, with those of SQL by hand."""
    if tier:
        assert tier in frame.explain(), frame.explain()
    table = frame.to_arrow()
    found = [tuple(map(same, row.values())) for row in table.to_pylist()]
    expected = [tuple(map(same, row)) for row in shop.sql(sql).fetchall()]
    assert found == expected
    assert found, "the comparison is about some rows"


JOINED = "order_items o left join users u on u.id = o.user_id"


def test_ad_hoc_aggregates(items, shop):
    frame = (
        items.group_by("users.state")
        .agg(
            F.sum("order_items.sale_price").alias("s"),
            F.avg("order_items.sale_price").alias("a"),
            F.min("order_items.sale_price").alias("lo"),
            F.max("order_items.sale_price").alias("hi"),
            F.count("order_items.sale_price").alias("n"),
            F.count_distinct("users.id").alias("buyers"),
        )
        .sort(col("users.state").asc())
    )
    check(
        frame,
        shop,
        "select u.state, sum(o.sale_price), avg(o.sale_price), min(o.sale_price), max(o.sale_price), "
        f"count(o.sale_price), count(distinct u.id) from {JOINED} group by 1 order by 1 nulls last",
    )


def test_ad_hoc_aggregates_of_the_one_side_weigh_by_rows(items, shop):
    frame = items.select(F.sum("users.age").alias("ages"), F.count("users.id").alias("n"))
    check(frame, shop, f"select sum(u.age), count(u.id) from {JOINED}")


def test_measures_beside_ad_hoc_aggregates(items, shop):
    frame = (
        items.group_by("order_items.status")
        .agg(
            F.measure("order_items.total_sale_price").alias("sales"),
            F.measure("users.age_sum").alias("ages"),
            F.count_distinct("users.state").alias("states"),
        )
        .sort(col("states").desc(), col("order_items.status").asc())
    )
    check(
        frame,
        shop,
        "select o.status, coalesce(sum(o.sale_price), 0), "
        "(select coalesce(sum(age), 0) from users where id in "
        "(select user_id from order_items p where p.status is not distinct from o.status)), "
        "count(distinct u.state) s "
        f"from {JOINED} group by 1 order by s desc, 1 nulls last",
    )


def test_filters_of_groups(items, shop):
    frame = (
        items.group_by("users.state")
        .agg(F.count_distinct("users.id").alias("buyers"), F.measure("order_items.count").alias("n"))
        .filter((col("buyers") > 1) & (col("n") < 60))
        .sort(col("n").desc(), col("users.state").asc())
        .limit(7)
    )
    check(
        frame,
        shop,
        f"select u.state, count(distinct u.id) b, count(*) n from {JOINED} group by 1 "
        "having b > 1 and n < 60 order by n desc, 1 nulls last limit 7",
    )


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (
            lambda: (col("users.state") == "California") | (col("order_items.sale_price") > 150),
            "u.state = 'California' or o.sale_price > 150",
        ),
        (
            lambda: (col("users.state").is_null()) | (col("order_items.status") != "Complete"),
            "u.state is null or o.status <> 'Complete'",
        ),
        (
            lambda: (
                col("users.state").contains("a_", case_insensitive=True) | col("users.city").starts_with("S")
            ),
            "contains(lower(u.state), 'a_') or u.city like 'S%'",
        ),
        (
            lambda: col("users.city").ends_with("o") | col("users.city").like("_an%"),
            "u.city like '%o' or u.city like '_an%'",
        ),
        (
            lambda: col("order_items.sale_price").between(10, 20) | col("users.state").isin("Ohio", "O'Hara"),
            "o.sale_price between 10 and 20 or u.state in ('Ohio', 'O''Hara')",
        ),
        (
            lambda: ~((col("order_items.sale_price") < 50) | col("users.state").isin("Ohio", "Texas")),
            "not (o.sale_price < 50 or u.state in ('Ohio', 'Texas'))",
        ),
        (
            lambda: (
                col("order_items.created_at").between(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
                | (col("order_items.created_at") >= dt.datetime(2026, 6, 1, 12))
            ),
            "o.created_at >= '2026-01-01' and o.created_at < '2026-02-01' "
            "or o.created_at >= '2026-06-01 12:00'",
        ),
        (
            lambda: (col("order_items.sale_price") * 2 + 1 > 200) | col("order_items.is_gift").is_not_null(),
            "o.sale_price * 2 + 1 > 200 or o.is_gift is not null",
        ),
        (
            lambda: col("order_items.sale_price") > col("users.age"),
            "o.sale_price > u.age",
        ),
    ],
)
def test_conditions_across_fields(items, shop, condition, sql):
    frame = items.filter(condition()).select(
        F.count("order_items.id").alias("n"), F.sum("order_items.sale_price").alias("s")
    )
    check(frame, shop, f"select count(o.id), sum(o.sale_price) from {JOINED} where {sql}")


def test_rows_are_not_folded(items, shop):
    frame = (
        items.filter((col("order_items.id") <= 40) | (col("users.state") == "Nowhere"))
        .select(col("users.state"), (col("order_items.sale_price") * 2).alias("twice"), "order_items.status")
        .sort(col("order_items.id").desc())
        .limit(12)
        .offset(3)
    )
    check(
        frame,
        shop,
        f"select u.state, o.sale_price * 2, o.status from {JOINED} where o.id <= 40 "
        "order by o.id desc limit 12 offset 3",
    )


@pytest.mark.parametrize("grain", ["date", "week", "month", "quarter", "year"])
def test_grains_as_group_keys(items, shop, grain):
    frame = (
        items.group_by(col("order_items.created_at").grain(grain).alias("at"))
        .agg(F.sum("order_items.sale_price").alias("s"), F.count_distinct("order_items.order_id").alias("n"))
        .sort(col("at").desc())
        .limit(9)
    )
    unit = "day" if grain == "date" else grain
    check(
        frame,
        shop,
        f"select date_trunc('{unit}', created_at)::timestamp t, sum(sale_price), count(distinct order_id) "
        "from order_items group by 1 order by 1 desc nulls last limit 9",
    )


@pytest.mark.parametrize(
    ("grain", "sql"),
    [
        ("hour_of_day", "hour(created_at)"),
        ("month_num", "month(created_at)"),
        ("quarter_of_year", "quarter(created_at)"),
        ("day_of_year", "dayofyear(created_at)"),
    ],
)
def test_grains_that_are_numbers(items, shop, grain, sql):
    frame = (
        items.group_by(col("order_items.created_at").grain(grain).alias("part"))
        .agg(F.avg("order_items.sale_price").alias("a"))
        .sort(col("part").asc())
    )
    check(
        frame,
        shop,
        f"select {sql}, avg(sale_price) from order_items group by 1 order by 1 nulls last",
    )


def test_derived_columns_over_groups(items, shop):
    frame = (
        items.group_by("users.country")
        .agg(F.sum("order_items.sale_price").alias("s"), F.count("order_items.id").alias("n"))
        .with_column("mean", col("s") / col("n"))
        .filter(col("mean") > 1)
        .sort(col("mean").desc())
    )
    check(
        frame,
        shop,
        f"select u.country, sum(o.sale_price), count(o.id), sum(o.sale_price) / count(o.id) m from {JOINED} "
        "group by 1 having m > 1 order by m desc nulls last",
    )


def test_people_first_their_rows_are_not_multiplied(people, shop):
    frame = people.select(
        F.sum("users.age").alias("ages"),
        F.measure("users.count").alias("n"),
        F.measure("order_items.total_sale_price").alias("sales"),
    )
    check(
        frame,
        shop,
        "select (select sum(age) from users), (select count(*) from users), (select sum(o.sale_price) from "
        "order_items o join orders d on d.id = o.order_id join users u on u.id = d.user_id)",
    )


def test_a_view_alone(session, shop):
    frame = (
        session.read.view("Shop", "products")
        .group_by("products.category")
        .agg(F.count_distinct("products.brand").alias("brands"))
        .sort(col("brands").desc(), col("products.category").asc())
        .limit(5)
    )
    check(
        frame,
        shop,
        "select category, count(distinct brand) b from products group by 1 "
        "order by b desc, 1 nulls last limit 5",
    )


def test_schemas_of_plans(items, session):
    frame = items.group_by("users.state").agg(
        F.avg("order_items.sale_price").alias("a"), F.max("order_items.created_at").alias("last")
    )
    kinds = {field.name: field.data_type.value for field in frame.schema}
    assert kinds == {"users.state": "STRING", "a": "NUMBER", "last": "TIMESTAMP"}
    raw = session.read.sql(
        "Shop", "select id, state, signed_up_on, is_subscriber, age / 2 as half from users"
    )
    kinds = {field.name: field.data_type.value for field in raw.schema}
    assert kinds == {
        "id": "NUMBER",
        "state": "STRING",
        "signed_up_on": "TIMESTAMP",
        "is_subscriber": "BOOLEAN",
        "half": "NUMBER",
    }


def test_explained_and_analysed(items):
    frame = items.group_by("users.state").agg(F.count_distinct("users.city").alias("cities"))
    assert "Analyzed" in frame.explain(analyze=True)


RAW = "select state, count(*) as n, avg(age) as a from users group by 1 order by n desc, 1 nulls last;  -- so"


def test_raw_sql(session, shop):
    frame = session.read.sql("Shop", RAW)
    table = frame.to_arrow()
    assert table.column_names == ["state", "n", "a"]
    expected = shop.sql(RAW.partition(";")[0]).fetchall()
    assert [tuple(map(same, row.values())) for row in table.to_pylist()] == [
        tuple(map(same, row)) for row in expected
    ]


def test_what_is_written_on_raw_sql_is_computed_by_the_client(session, shop):
    frame = (
        session.read.sql("Shop", "select state, age from users")
        .select("state", "age")
        .filter(col("age") > 30)
        .group_by("state")
        .agg(F.sum("age").alias("ages"))
        .sort(col("state").asc())
    )
    check(
        frame,
        shop,
        "select state, sum(age) from users where age > 30 group by 1 order by 1 nulls last",
        tier="",
    )


def test_raw_sql_that_fails(session):
    with pytest.raises(omniframes.errors.OmniframesError, match="nope"):
        session.read.sql("Shop", "select nope from users").to_arrow()
    with pytest.raises(omniframes.errors.OmniframesError, match="Only SELECT"):
        session.read.sql("Shop", "drop table users").to_arrow()


def test_frames_joined_by_the_client(items, session, shop):
    sales = items.group_by("users.state").agg(F.sum("order_items.sale_price").alias("s"))
    heads = session.read.sql("Shop", "select state, count(*) as heads from users group by 1").select(
        col("state").alias("users.state"), "heads"
    )
    frame = sales.join(heads, on="users.state", how="inner").sort(col("users.state").asc())
    check(
        frame,
        shop,
        "select u.state, sum(o.sale_price), (select count(*) from users v where v.state = u.state) "
        f"from {JOINED} where u.state is not null group by 1 order by 1",
        tier="",
    )


def test_frames_united(items, shop):
    def of(state):
        return items.filter(col("users.state") == state).select(F.count("order_items.id").alias("n"))

    frame = of("California").union(of("Texas"))
    check(
        frame,
        shop,
        f"select count(o.id) from {JOINED} where u.state = 'California' "
        f"union all select count(o.id) from {JOINED} where u.state = 'Texas'",
        tier="",
    )


def test_functions_of_the_client_finish_locally(items, shop):
    @F.udf
    def shout(text):
        return None if text is None else text.upper()

    frame = (
        items.group_by("users.country")
        .agg(F.count_distinct("users.id").alias("n"))
        .with_column("loud", shout("users.country"))
        .sort(col("users.country").asc())
    )
    check(
        frame,
        shop,
        f"select u.country, count(distinct u.id), upper(u.country) from {JOINED} group by 1 "
        "order by 1 nulls last",
        tier="",
    )


def test_counting_and_the_first_row(items, shop):
    frame = items.group_by("users.state").agg(F.count_distinct("users.id").alias("n")).sort(col("n").desc())
    states = shop.sql(f"select count(*) from (select distinct u.state from {JOINED})").fetchall()[0][0]
    assert frame.count() == states
    best = shop.sql(
        f"select count(distinct u.id) n from {JOINED} group by u.state order by 1 desc"
    ).fetchall()
    assert frame.first()["n"] == best[0][0]
