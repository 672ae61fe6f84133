"""The published omniframes, unchanged: sessions, catalogue, grouping, filters, totals, raw rows."""

import omniframes
import pytest
from omniframes import OmniSession
from omniframes import functions as F  # noqa: N812  (the name its documentation uses)


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


def rows(shop, sql):
    return shop.sql(sql).fetchall()


def frame_rows(frame, names):
    table = frame.to_arrow()
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def test_the_session_knows_who_it_is(session, server):
    who = session.whoami
    assert who["keyScope"] == "organization"
    session.verify()


def test_models_topics_and_fields_are_listed(session, server):
    assert session.catalog.model_id("Shop") == server.model_id
    names = {topic.name for topic in session.catalog.topics("Shop")}
    assert {"order_items", "users", "regional_order_items"} <= names
    topic = session.catalog.topic("Shop", "order_items")
    assert topic.field("order_items.total_sale_price")
    assert "users" in session.catalog.view_names("Shop")


def test_groups_measures_and_order(items, shop):
    frame = items.group_by("users.state").agg(F.measure("order_items.total_sale_price").alias("sales"))
    frame = frame.sort(F.col("users.state").asc())
    expected = rows(
        shop,
        "select u.state, sum(o.sale_price) from order_items o left join users u on u.id = o.user_id "
        "group by 1 order by 1 nulls first",
    )
    found = frame_rows(frame, frame.columns)
    assert [(state, float(sales)) for state, sales in found] == [(s, float(v)) for s, v in expected]


def test_months_come_as_times(items, shop):
    frame = (
        items.group_by(F.col("order_items.created_at").grain("month").alias("month"))
        .agg(F.measure("order_items.count").alias("n"))
        .sort(F.col("month").asc())
    )
    expected = rows(
        shop, "select date_trunc('month', created_at) m, count(*) from order_items group by 1 order by 1"
    )
    assert [(str(m)[:7], n) for m, n in frame_rows(frame, ["month", "n"])] == [
        (str(m)[:7], n) for m, n in expected
    ]


def test_filters_narrow(items, shop):
    frame = items.filter(
        (F.col("users.state") == "California") & (F.col("order_items.sale_price") > 50)
    ).select(F.measure("order_items.count").alias("n"))
    expected = rows(
        shop,
        "select count(*) from order_items o join users u on u.id = o.user_id "
        "where u.state = 'California' and o.sale_price > 50",
    )
    assert frame_rows(frame, ["n"]) == expected


def test_negated_filters_keep_unknown_states(items, shop):
    frame = items.filter(F.col("users.state") != "California").select(
        F.measure("order_items.count").alias("n")
    )
    expected = rows(
        shop,
        "select count(*) from order_items o left join users u on u.id = o.user_id "
        "where u.state is distinct from 'California'",
    )
    assert frame_rows(frame, ["n"]) == expected


def test_measures_filter_groups(items, shop):
    frame = (
        items.group_by("users.state")
        .agg(F.measure("order_items.count").alias("n"))
        .filter(F.col("n") > 20)
        .sort(F.col("n").desc(), F.col("users.state").asc())
    )
    expected = rows(
        shop,
        "select u.state, count(*) n from order_items o left join users u on u.id = o.user_id "
        "group by 1 having n > 20 order by n desc, 1 nulls first",
    )
    assert frame_rows(frame, frame.columns) == expected


def test_totals_count_people_once(items, shop):
    frame = items.group_by("order_items.status").agg(F.measure("users.count").alias("people")).with_totals()
    people = frame.to_arrow().column("people").to_pylist()
    expected = rows(shop, "select count(distinct u.id) from order_items o join users u on u.id = o.user_id")
    assert expected[0][0] in people
    assert len(people) == len(rows(shop, "select distinct status from order_items")) + 1


def test_raw_rows_keep_their_types(items, shop):
    names = ["order_items.id", "order_items.sale_price", "order_items.created_at"]
    frame = items.filter(F.col("order_items.id") <= 20).select(*names).sort(F.col("order_items.id").asc())
    table = frame.to_arrow()
    expected = rows(shop, "select id, sale_price, created_at from order_items where id <= 20 order by id")
    assert list(zip(*(table.column(name).to_pylist() for name in names), strict=True)) == expected


def test_errors_are_the_clients_own(session, server):
    with pytest.raises(omniframes.errors.OmniframesError):
        session.read.topic("Shop", "nope").columns  # noqa: B018
    other = OmniSession.builder.host(server.base_url).api_key(server.api_key[:-1] + "x").get_or_create()
    with pytest.raises(omniframes.errors.OmniframesError, match="Invalid bearer token"):
        other.verify()
    other.close()
