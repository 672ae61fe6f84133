"""Single views, topics and fields changed over HTTP: the YAML of the layer says so afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from support.house import House, build_house
from support.refusals import refused

VIEW = """\
# what people buy
schema: main
table_name: orders
dimensions:
  id: { primary_key: true }
  person_id: {}
  amount:
    # before tax
    hidden: true
  net: { sql: "${amount} * 0.8" }
measures:
  count: { aggregate_type: count }
  total: { sql: "${amount}", aggregate_type: sum, filters: { state: { is: done } } }
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build_house(tmp_path_factory.mktemp("parts"))
    yield built
    built.close()


@pytest.fixture
def branch(house: House, request: pytest.FixtureRequest) -> str:
    """A branch of each test's own, which inherits everything."""
    name = "".join(sign if sign.isalnum() else "-" for sign in request.node.name).strip("-")
    made = house.client().post(
        "/api/v1/models",
        json={
            "connectionId": house.connection_id,
            "modelKind": "BRANCH",
            "baseModelId": house.model_id,
            "modelName": name,
        },
    )
    id_: str = made.json()["model"]["id"]
    return id_


class Desk:
    """Calls on the model, always with the branch."""

    def __init__(self, house: House, branch: str, key: str = "") -> None:
        self.client: TestClient = house.client(key)
        self.base = f"/api/v1/models/{house.model_id}"
        self.branch = {"branch_id": branch}

    def call(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        return self.client.request(method, f"{self.base}/{path}", json=body, params={**self.branch, **params})

    def done(self, method: str, path: str, body: Any = None, status: int = 200, **params: str) -> None:
        answer = self.call(method, path, body, **params)
        assert (answer.status_code, answer.json()) == (status, {"success": True}), answer.text

    def files(self, mode: str = "extension") -> dict[str, str]:
        found: dict[str, str] = self.call("GET", "yaml", mode=mode).json()["files"]
        return found

    def said(self, file: str, mode: str = "extension") -> Any:
        return yaml.safe_load(self.files(mode)[file])

    def write(self, file: str, text: str) -> None:
        assert self.call("POST", "yaml", {"fileName": file, "yaml": text}).status_code == 200


@pytest.fixture
def desk(house: House, branch: str) -> Desk:
    return Desk(house, branch)


ORDERS = "main/orders.view"


def test_a_view_is_patched(desk: Desk) -> None:
    body = {"label": "Sales", "hidden": True, "tags": ["a", "b"], "aiContext": "Money", "unknown": 1}
    desk.done("PATCH", "view/orders", body)
    assert desk.said(ORDERS) == {"label": "Sales", "hidden": True, "tags": ["a", "b"], "ai_context": "Money"}
    desk.done("PATCH", "view/orders", {"label": None, "description": ""})
    assert "label" not in desk.said(ORDERS)
    refused(desk.call("PATCH", "view/order", {}), 404, 'No such view "order". Did you mean "orders"?')
    answer = desk.call("PATCH", "view/orders", {"format": "usd"})
    assert answer.status_code == 400
    assert 'Invalid property name "format"' in answer.json()["detail"]


def test_comments_stay(desk: Desk) -> None:
    desk.write("own.view", VIEW)
    desk.done("PATCH", "view/own/field/amount", {"label": "Gross"})
    desk.done("PATCH", "view/own/field/amount", {"newFieldName": "gross"})
    text = desk.files()["own.view"]
    assert "# what people buy" in text
    assert "# before tax" in text


def test_an_inherited_view_is_ignored_and_comes_back(desk: Desk) -> None:
    desk.done("PATCH", "view/regions", {"label": "R"})
    desk.done("DELETE", "view/regions")
    assert desk.files() == {"main/regions.view": "ignored: true\n"}
    names = [view["name"] for view in desk.call("GET", "view").json()["views"]]
    assert "regions" not in names
    desk.done("DELETE", "view/regions", mode="EXTENSION")
    assert desk.files() == {}
    refused(
        desk.call("DELETE", "view/regions", mode="EXTENSION"), 404, "File main/regions.view does not exist"
    )
    desk.done("DELETE", "view/regions", mode="MERGED")
    assert desk.files() == {"main/regions.view": "ignored: true\n"}
    desk.write("own.view", VIEW)
    desk.done("DELETE", "view/own")
    assert "own.view" not in desk.files()
    assert desk.call("DELETE", "view/own", mode="combined").status_code == 400


def test_a_field_is_made_used_and_taken_away(house: House, desk: Desk) -> None:
    body = {
        "viewName": "orders",
        "fieldName": "spent",
        "sql": "${amount}",
        "aggregateType": "SUM",
        "label": "Spent",
    }
    desk.done("POST", "field", body, status=201)
    assert desk.said(ORDERS) == {
        "measures": {"spent": {"sql": "${amount}", "label": "Spent", "aggregate_type": "sum"}}
    }
    asked = {
        "query": {"modelId": house.model_id, "table": "orders", "fields": ["orders.spent", "orders.total"]},
        "resultType": "json",
        "branchId": desk.branch["branch_id"],
    }
    (row,) = desk.client.post("/api/v1/query/run", json=asked).json()
    assert len(set(row.values())) == 1
    refused(
        desk.call("POST", "field", body), 400, 'Bad Request: fieldName: Field "orders.spent" already exists'
    )
    desk.done("DELETE", "view/orders/field/spent")
    refused(desk.call("DELETE", "view/orders/field/spent"), 404, 'No such field "orders.spent"')
    desk.done("DELETE", "view/orders/field/total")
    assert desk.said(ORDERS)["measures"] == {"total": {"ignored": True}}
    refused(desk.call("DELETE", "view/orders/field/total"), 404, 'No such field "orders.total"')
    again = {"viewName": "orders", "fieldName": "total", "sql": "${amount}", "aggregateType": "max"}
    desk.done("POST", "field", again, status=201)
    desk.done("POST", "field", {"viewName": "orders", "fieldName": "plain"}, status=201)
    assert desk.said(ORDERS, "combined")["measures"]["total"]["aggregate_type"] == "max"
    assert desk.said(ORDERS, "combined")["measures"]["total"].get("ignored") is not True
    for name in ("", "a b", "1a", "a.b", "x" * 300):
        answer = desk.call("POST", "field", {"viewName": "orders", "fieldName": name})
        assert (answer.status_code, "fieldName" in answer.json()["detail"]) == (400, True)
    bad = {"viewName": "orders", "fieldName": "bad", "aggregateType": "sums", "sql": "${amount}"}
    before = desk.files()
    assert desk.call("POST", "field", bad).json()["code"] == "invalid_model_file"
    assert desk.files() == before


def test_a_field_is_patched(desk: Desk) -> None:
    desk.done(
        "PATCH",
        "view/orders/field/state",
        {
            "synonyms": ["phase"],
            "allValues": ["done"],
            "sampleValues": ["x"],
            "groupLabel": "G",
            "drillFields": [],
        },
    )
    assert desk.said(ORDERS)["dimensions"]["state"] == {
        "synonyms": ["phase"],
        "all_values": ["done"],
        "sample_values": ["x"],
        "group_label": "G",
        "drill_fields": [],
    }
    desk.done(
        "PATCH", "view/orders/field/amount", {"binBoundaries": [10, 20.5], "binLabels": ["a", "b", "c"]}
    )
    assert desk.said(ORDERS)["dimensions"]["amount"] == {
        "bin_boundaries": [10, 20.5],
        "bin_labels": ["a", "b", "c"],
    }
    groups = {"groupFilters": [{"is": ["done"]}], "groupNames": ["Over"], "elseValue": "Not"}
    desk.done("PATCH", "view/orders/field/state", groups)
    state = desk.said(ORDERS)["dimensions"]["state"]
    assert (state["groups"], state["else"]) == ([{"filter": {"is": ["done"]}, "name": "Over"}], "Not")
    desk.done("PATCH", "view/orders/field/state", {"groupNames": ["Finished"]})
    assert desk.said(ORDERS)["dimensions"]["state"]["groups"][0]["name"] == "Finished"
    refused(
        desk.call("PATCH", "view/orders/field/state", {"groupNames": ["a", "b"]}),
        400,
        "Bad Request: groupNames: groupFilters and groupNames must be of one length",
    )
    desk.done("PATCH", "view/orders/field/total", {"filters": {"state": {"is": "open"}}, "isCalc": False})
    assert desk.said(ORDERS)["measures"]["total"] == {"filters": {"state": {"is": "open"}}}
    refused(desk.call("PATCH", "view/orders/field/none", {}), 404, 'No such field "orders.none"')


def test_an_own_field_is_renamed_and_its_users_follow(house: House, desk: Desk) -> None:
    desk.write("own.view", VIEW)
    desk.write("own.topic", "base_view: own\nfields: [ own.amount, own.net ]\n")
    desk.done("PATCH", "view/own/field/amount", {"newFieldName": "gross", "label": "Gross"})
    view = desk.said("own.view")
    assert view["dimensions"]["gross"] == {"hidden": True, "label": "Gross", "sql": '"amount"'}
    assert "amount" not in view["dimensions"]
    assert view["dimensions"]["net"]["sql"] == "${gross} * 0.8"
    assert view["measures"]["total"]["sql"] == "${gross}"
    assert desk.said("own.topic")["fields"] == ["own.gross", "own.net"]
    refused(
        desk.call("PATCH", "view/own/field/gross", {"newFieldName": "count"}),
        400,
        'Bad Request: newFieldName: Field "own.count" already exists',
    )


def test_an_inherited_field_is_renamed(house: House, desk: Desk) -> None:
    desk.done("PATCH", "view/orders/field/average_value", {"newFieldName": "mean"})
    assert desk.said(ORDERS)["measures"] == {
        "mean": {"sql": "${total} / NULLIF(${count}, 0)"},
        "average_value": {"ignored": True},
    }
    fields = {
        field["name"]
        for view in desk.call("GET", "view").json()["views"]
        if view["name"] == "orders"
        for field in view["fields"]
    }
    assert "mean" in fields
    assert "average_value" not in fields


def test_a_field_moves_with_its_meaning(desk: Desk) -> None:
    desk.done("PATCH", "view/orders/field/total", {"newViewName": "people", "newFieldName": "spent"})
    assert desk.said("main/people.view")["measures"]["spent"]["sql"] == "${orders.amount}"
    assert desk.said(ORDERS)["measures"] == {"total": {"ignored": True}}
    for field in ("count", "state"):
        answer = desk.call("PATCH", f"view/orders/field/{field}", {"newViewName": "people"})
        assert answer.status_code == 400
        assert "cannot move" in answer.json()["detail"] or "already exists" in answer.json()["detail"]
    desk.write("own.view", VIEW.replace('"${amount} * 0.8"', "'\"AMOUNT\" * 0.8'"))
    assert (
        "cannot move" in desk.call("PATCH", "view/own/field/net", {"newViewName": "people"}).json()["detail"]
    )
    refused(
        desk.call("PATCH", "view/own/field/total", {"newViewName": "nowhere"}), 404, 'No such view "nowhere"'
    )


def test_what_names_a_field_follows_it_to_another_view(desk: Desk) -> None:
    for name, sql in (("twice", "${amount} * 2"), ("more", "${twice} + ${orders.twice}")):
        desk.done("POST", "field", {"viewName": "orders", "fieldName": name, "sql": sql}, status=201)
    more = {"viewName": "people", "fieldName": "again", "sql": "${orders.twice} - ${orders.twice_not}"}
    desk.done("POST", "field", more, status=201)
    desk.done("PATCH", "view/orders/field/twice", {"newViewName": "people", "newFieldName": "doubled"})
    assert desk.said("main/people.view")["dimensions"]["doubled"]["sql"] == "${orders.amount} * 2"
    assert desk.said(ORDERS)["dimensions"]["more"]["sql"] == "${people.doubled} + ${people.doubled}"
    again = desk.said("main/people.view")["dimensions"]["again"]["sql"]
    assert again == "${people.doubled} - ${orders.twice_not}"


def test_two_branches_at_once_are_refused(desk: Desk) -> None:
    named = {
        "branch_id": "0b8a0000-0000-4000-8000-000000000001",
        "branchId": "0b8a0000-0000-4000-8000-000000000002",
    }
    refused(
        desk.call("GET", "view", **named),
        400,
        "Bad Request: formErrors: branch_id and branchId name two branches; give one of them",
    )


def test_a_topic_is_patched_renamed_and_taken_away(desk: Desk) -> None:
    desk.done("PATCH", "topic/orders", {"label": "Sold", "groupLabel": "G", "hidden": True})
    assert desk.said("orders.topic") == {"label": "Sold", "group_label": "G", "hidden": True}
    desk.done("PATCH", "topic/orders", {"newTopicName": "sales"})
    assert desk.said("orders.topic") == {"ignored": True}
    assert desk.said("sales.topic")["base_view"] == "orders"
    assert desk.said("sales.topic")["label"] == "Sold"
    names = [topic["name"] for topic in desk.call("GET", "topic").json()["topics"]]
    assert "sales" in names
    assert "orders" not in names
    refused(desk.call("PATCH", "topic/orders", {}), 404, 'No such topic "orders" or access not permitted')
    desk.done("PATCH", "topic/sales", {"newTopicName": "revenue"})
    assert "sales.topic" not in desk.files()
    for name in ("revenue/x", "../x", "", ".", "..", "a\nb"):
        assert desk.call("PATCH", "topic/revenue", {"newTopicName": name}).status_code == 400
    assert "revenue.topic" in desk.files()
    desk.done("DELETE", "topic/revenue")
    assert "revenue.topic" not in desk.files()


def test_a_deleted_topic_does_not_reappear(desk: Desk) -> None:
    desk.done("DELETE", "topic/orders", mode="MERGED")
    assert desk.files() == {"orders.topic": "ignored: true\n"}
    assert "orders" not in [topic["name"] for topic in desk.call("GET", "topic").json()["topics"]]
    assert desk.call("DELETE", "yaml", fileName="orders.topic", mode="extension").status_code == 200
    assert "orders" in [topic["name"] for topic in desk.call("GET", "topic").json()["topics"]]


def test_a_field_in_the_context_of_a_topic(desk: Desk) -> None:
    body = {"viewName": "orders", "fieldName": "here", "sql": "${amount}", "topicContext": "orders"}
    desk.done("POST", "field", body, status=201)
    assert desk.said("orders.topic") == {"views": {"orders": {"dimensions": {"here": {"sql": "${amount}"}}}}}
    desk.done("PATCH", "view/orders/field/count", {"label": "Sold", "topicContext": "orders"})
    assert desk.said("orders.topic")["views"]["orders"]["measures"] == {"count": {"label": "Sold"}}
    answer = desk.call("PATCH", "view/orders/field/here", {"newFieldName": "x", "topicContext": "orders"})
    assert answer.status_code == 400
    desk.done("DELETE", "view/orders/field/here", topic_context="orders")
    assert "here" not in str(desk.said("orders.topic"))
    assert ORDERS not in desk.files()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "view/orders"),
        ("DELETE", "view/orders"),
        ("PATCH", "view/orders/field/count"),
        ("DELETE", "view/orders/field/count"),
        ("PATCH", "topic/orders"),
        ("DELETE", "topic/orders"),
        ("POST", "field"),
    ],
)
def test_queriers_change_nothing(house: House, branch: str, method: str, path: str) -> None:
    desk = Desk(house, branch, house.member_key)
    refused(desk.call(method, path, {"viewName": "orders", "fieldName": "x"}), 403, "Permission denied")
    unknown = Desk(house, "0b8a0000-0000-4000-8000-000000000000")
    answer = unknown.call(method, path, {"viewName": "orders", "fieldName": "x"})
    assert (answer.status_code, "Branch model with id" in answer.text) == (404, True)
