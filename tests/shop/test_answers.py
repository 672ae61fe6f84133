"""From the model's files to rows: every question gets the hand-written answer, or the promised refusal."""

import json
from datetime import timedelta

import pytest

from holoscope.kit.errors import FanOutNeedsKey, HoloscopeError
from holoscope.modeling.load import load_model
from holoscope.modelstore.folder import load_folder
from holoscope.query.compiler import compile_query
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import parse_query
from holoscope.warehouses.duckdb.driver import open_duckdb
from support.shop import SHOP_MODEL_FOLDER, SHOP_QUERIES_FOLDER, open_shop, shop_database
from support.truth import ANCHOR, TRUTHS, assert_same_rows

EVERYTHING = {"region": ("ALL",), "team": ("finance",)}


@pytest.fixture(scope="module")
def warehouse():
    warehouse = open_duckdb(shop_database(), connection_id="shop")
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def loaded(warehouse):
    return load_model(load_folder(SHOP_MODEL_FOLDER), warehouse.load_catalog())


@pytest.fixture(scope="module")
def answer(warehouse, loaded):
    """Ask as a person with these attributes; gives the table."""

    def ask(query, attributes):
        scope = Scope(attributes, frozenset(Permission))
        compiled = compile_query(parse_query(query), loaded[0], scope, warehouse.dialect, now=ANCHOR)
        assert compiled.missing_fields == ()
        return warehouse.execute(compiled.sql, timeout=timedelta(seconds=30)).read_all()

    return ask


def test_the_model_has_no_findings(loaded):
    assert [str(finding) for finding in loaded[1]] == []


@pytest.mark.parametrize("name", TRUTHS)
def test_answer_is_the_truth(answer, name):
    truth = TRUTHS[name]
    with open_shop() as connection:
        expected = connection.sql(truth.sql).to_arrow_table()
    assert_same_rows(answer(truth.query, truth.attributes), expected, ordered=truth.ordered)


@pytest.mark.parametrize("path", sorted(SHOP_QUERIES_FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_example_query_runs_or_is_refused_as_promised(answer, path):
    query = json.loads(path.read_text(encoding="utf-8"))["query"]
    if path.stem == "fan-out-without-a-key":
        with pytest.raises(FanOutNeedsKey):
            answer(query, EVERYTHING)
    else:
        answer(query, EVERYTHING)


@pytest.mark.parametrize(
    ("topic", "attributes"),
    [
        ("regional_order_items", {}),
        ("regional_order_items", {"team": ("finance",)}),
        ("margins", {}),
        ("margins", {"team": ("sales",), "region": ("ALL",)}),
    ],
)
def test_people_without_the_attribute_get_an_error_not_rows(answer, topic, attributes):
    query = {"table": "order_items", "join_paths_from_topic_name": topic, "fields": ["order_items.count"]}
    with pytest.raises(HoloscopeError):
        answer(query, attributes)


def test_a_restricted_field_is_missing_but_serves_the_field_made_from_it(loaded, warehouse, answer):
    query = {
        "table": "users",
        "join_paths_from_topic_name": "users",
        "fields": ["users.email", "users.count"],
    }
    compiled = compile_query(
        parse_query(query), loaded[0], Scope({}, frozenset(Permission)), warehouse.dialect, now=ANCHOR
    )
    assert compiled.missing_fields == ("users.email",)
    assert answer(query, {"team": ("support",)}).num_rows > 100
    assert answer({**query, "fields": ["users.email_domain", "users.count"]}, {}).num_rows == 5


def test_min_max_and_distinct_count_survive_a_missing_key(answer):
    fields = ["events_raw.longest_ms", "events_raw.visitor_count", "orders.count"]
    query = {"table": "events_raw", "join_paths_from_topic_name": "web_traffic", "fields": fields}
    assert answer(query, {}).num_rows == 1
