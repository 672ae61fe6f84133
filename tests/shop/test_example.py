"""The example's files agree with each other."""

import json
from pathlib import Path

import pytest
import yaml

from holoscope.cli.shop import shop_folder
from holoscope.query.spec import parse_query
from support.shop import SHOP_FOLDER, SHOP_MODEL_FOLDER, SHOP_QUERIES_FOLDER
from support.truth import TRUTHS

QUERIES = sorted(SHOP_QUERIES_FOLDER.glob("*.json"))


def fields_of_model() -> set[str]:
    names = set()
    for path in SHOP_MODEL_FOLDER.glob("*.view.yaml"):
        view = yaml.safe_load(path.read_text(encoding="utf-8"))
        for part in ("dimensions", "measures"):
            names |= {f"{path.name.removesuffix('.view.yaml')}.{name}" for name in view[part]}
    return names


def names_in(query: dict) -> set[str]:
    names = [
        *query["fields"],
        *query.get("filters", {}),
        *(sort["column_name"] for sort in query.get("sorts", [])),
    ]
    names += [name for name in query.get("column_totals", {}) if name != "::total::"]
    return {name.partition("[")[0] for name in names}


def test_there_are_ten_queries_to_try():
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_query_is_readable_and_names_what_the_model_has(path):
    body = json.loads(path.read_text(encoding="utf-8"))
    assert body["query"]["modelId"] == "{{model_id}}"
    spec = parse_query(body["query"])
    assert (SHOP_MODEL_FOLDER / f"{spec.topic}.topic.yaml").exists()
    assert names_in(body["query"]) <= fields_of_model()


@pytest.mark.parametrize("name", TRUTHS)
def test_truth_is_readable_and_names_what_the_model_has(name):
    query = TRUTHS[name].query
    assert parse_query(query).topic == query["join_paths_from_topic_name"]
    assert names_in(query) <= fields_of_model()


def test_names_of_published_sample_queries_exist():
    published = {
        "order_items.created_at",
        "order_items.sale_price_sum",
        "order_items.total_sale_price",
        "order_items.count",
        "order_items.status",
        "users.state",
        "users.age",
        "users.count",
        "inventory_items.product_department",
        "inventory_items.product_category",
        "inventory_items.product_brand",
        "inventory_items.count",
        "products.category",
        "products.brand",
        "products.department",
        "distribution_centers.name",
        "orders.status",
        "events.event_type",
    }
    assert published <= fields_of_model()


def test_every_view_but_one_has_a_primary_key():
    keyless = []
    for path in SHOP_MODEL_FOLDER.glob("*.view.yaml"):
        dimensions = yaml.safe_load(path.read_text(encoding="utf-8"))["dimensions"]
        keys = [name for name, body in dimensions.items() if body and body.get("primary_key")]
        if len(keys) != 1:
            keyless.append(path.name)
    assert keyless == ["events_raw.view.yaml"]


def test_people_have_declared_attributes_and_made_up_addresses():
    people = yaml.safe_load((SHOP_FOLDER / "users.yaml").read_text(encoding="utf-8"))
    declared = {attribute["name"] for attribute in people["attributes"]}
    for person in people["users"]:
        assert person["email"].endswith("@shop.example")
        assert set(person["attributes"]) <= declared
    regions = [person["attributes"].get("region") for person in people["users"]]
    assert regions == [["ALL"], ["West"], ["East", "South"], None]


def test_folder_is_found_in_a_source_checkout_and_in_an_installed_package(tmp_path, monkeypatch):
    assert shop_folder() == Path(__file__).resolve().parents[2] / "examples" / "shop"
    package = tmp_path / "site-packages" / "holoscope"
    (package / "cli").mkdir(parents=True)
    (package / "examples" / "shop" / "generate").mkdir(parents=True)
    monkeypatch.setattr("holoscope.cli.shop.__file__", str(package / "cli" / "shop.py"))
    assert shop_folder() == package / "examples" / "shop"


def test_a_package_without_its_examples_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("holoscope.cli.shop.__file__", str(tmp_path / "a" / "b" / "c" / "shop.py"))
    with pytest.raises(FileNotFoundError, match="not part of this installation"):
        shop_folder()
