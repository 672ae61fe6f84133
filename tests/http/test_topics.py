"""Topics and views: resolved for whoever asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from support.house import House, build_house
from support.house_model import FILES
from support.refusals import refused


def topic(house: House, client: TestClient, name: str = "orders") -> dict[str, Any]:
    body = client.get(f"/api/v1/models/{house.model_id}/topic/{name}").json()
    assert body["success"] is True
    found: dict[str, Any] = body["topic"]
    return found


def test_the_list_holds_what_exists_for_the_asker(house: House, admin: TestClient) -> None:
    path = f"/api/v1/models/{house.model_id}/topic"
    assert admin.get(path).json() == {
        "success": True,
        "topics": [
            {"name": "hidden_orders", "base_view_name": "orders", "label": "Hidden Orders", "hidden": True},
            {
                "name": "orders",
                "base_view_name": "orders",
                "label": "Orders",
                "description": "What was sold",
                "group_label": "Sales",
                "hidden": False,
            },
        ],
    }
    analyst = house.client(house.member_key).get(path).json()["topics"]
    assert "secret_orders" in {each["name"] for each in analyst}


def test_a_topic_out_of_reach_is_no_topic(house: House, admin: TestClient) -> None:
    path = f"/api/v1/models/{house.model_id}/topic"
    for name in ("secret_orders", "nothing", "名", "Orders"):
        refused(admin.get(f"{path}/{name}"), 404, f'No such topic "{name}" or access not permitted')
    assert house.client(house.member_key).get(f"{path}/secret_orders").status_code == 200


def test_joins(house: House, admin: TestClient) -> None:
    found = topic(house, admin)
    assert found["join_via_map"] == {"people": [], "regions": ["people"]}
    assert found["join_via_map_key_order"] == ["people", "regions"]
    first, second = found["relationships"]
    assert first == {
        "id": "orders_people",
        "left_view_name": "orders",
        "right_view_name": "people",
        "join_type": "ALWAYS_LEFT",
        "type": "ASSUMED_MANY_TO_ONE",
        "sql": "${orders.person_id} = ${people.id}",
        "original_on_sql": "${orders.person_id} = ${people.id}",
        "on": {
            "type": "call",
            "operator": "SqlStdOperatorTable.EQUALS",
            "operands": [
                {"type": "field", "field_name": "orders.person_id"},
                {"type": "field", "field_name": "people.id"},
            ],
        },
        "ignored": False,
        "bidirectional": False,
    }
    assert second["on"]["operator"] == "SqlStdOperatorTable.AND"
    assert second["on"]["operands"][1]["operands"][1] == {
        "type": "literal",
        "value": "0",
        "string_value": False,
    }
    assert found["default_filters"] == {"orders.state": {"is": "done"}}
    assert found["has_frozen_join_via_map"] is True


def test_views_and_fields(house: House, admin: TestClient) -> None:
    views = {view["name"]: view for view in topic(house, admin)["views"]}
    assert list(views) == ["orders", "people", "regions"]
    orders = views["orders"]
    assert (orders["schema"], orders["table_name"], orders["ide_file_name"]) == (
        "main",
        "orders",
        "main/orders.view",
    )
    assert orders["primary_key"] == [{"type": "field", "field_name": "id"}]
    assert views["people"]["label"] == "People & Größe"
    measures = {field["field_name"]: field for field in orders["measures"]}
    count, total, average = (measures[name] for name in ("count", "total", "average_value"))
    assert (count["type"], count["aggregate_type"], count["display_sql"], count["format"]) == (
        "aggregation",
        "COUNT",
        "COUNT(*)",
        "NUMBER_0",
    )
    assert "sql" not in count
    assert (total["aggregate_type"], total["data_type"], total["format"]) == (
        "SUM",
        "NUMBER",
        "USDCURRENCY_2",
    )
    assert average["type"] == "metric"
    assert "aggregate_type" not in average
    assert "amount_seen" not in measures, "a grant hides it from whoever lacks the group"
    states = {field["field_name"]: field for field in orders["dimensions"]}["state"]
    assert (states["label"], states["data_type"], states["all_values"]) == (
        "Status",
        "STRING",
        ["done", "open"],
    )


def test_a_time_is_listed_once_for_each_timeframe(house: House, admin: TestClient) -> None:
    dimensions = {field["field_name"]: field for field in topic(house, admin)["views"][0]["dimensions"]}
    parent = dimensions["placed_at"]
    assert parent["is_group_parent_field"] is True
    assert parent["time_frames"] == [None, "DATE", "WEEK", "MONTH", "QUARTER", "YEAR"]
    month = dimensions["placed_at[month]"]
    assert (month["date_type"], month["label"], month["parent_field"], month["format"]) == (
        "MONTH",
        "Month",
        "placed_at",
        "YYYY-MM",
    )
    assert month["fully_qualified_name"] == "orders.placed_at[month]"
    assert month["drill_fields"] == ["orders.placed_at[week]", "orders.placed_at[date]", "orders.placed_at"]
    due = dimensions["due_on"]
    assert (due["data_type"], due["date_type"]) == ("TIMESTAMP", "DATE")
    assert due["time_frames"] == ["DATE", "MONTH", "MONTH_NUM"], "a date has no hours"
    number = dimensions["due_on[month_num]"]
    assert number["data_type"] == "NUMBER"
    assert "date_type" not in number


@pytest.mark.parametrize("path", ["v1/models/{}/view", "unstable/models/{}/view", "unstable/model/{}/view"])
def test_the_flat_list_of_views(house: House, admin: TestClient, path: str) -> None:
    body = admin.get(f"/api/{path.format(house.model_id)}").json()
    assert body["success"] is True
    views = {view["name"]: view for view in body["views"]}
    assert views["regions"]["hidden"] is True
    assert {"name": "count", "type": "measure"} in views["orders"]["fields"]
    assert {"name": "region_id", "type": "dimension"} in views["people"]["fields"]
    assert "amount_seen" not in {field["name"] for field in views["orders"]["fields"]}


def test_sql_is_blank_for_whoever_may_not_view_it(tmp_path: Path) -> None:
    modest = build_house(tmp_path, base_role=Role.QUERY_TOPICS)
    found = topic(modest, modest.client(modest.member_key))
    texts = {
        field[key]
        for view in found["views"]
        for field in (*view["dimensions"], *view["measures"])
        for key in ("sql", "display_sql", "dialect_sql")
        if key in field
    }
    assert texts == {""}
    assert {each["sql"] for each in found["relationships"]} == {""}
    modest.close()


def test_no_role_no_model(tmp_path: Path) -> None:
    closed = build_house(tmp_path, base_role=Role.NO_ACCESS)
    client = closed.client(closed.member_key)
    for route in ("topic", "topic/orders", "view", "yaml", "schemas"):
        text = f"Model with id {closed.model_id} does not exist"
        refused(client.get(f"/api/v1/models/{closed.model_id}/{route}"), 404, text)
    assert client.get("/api/v1/models").json()["records"] == []
    assert client.get("/api/v1/connections").json() == {"connections": []}
    assert replace(closed).client().get("/api/v1/models").json()["pageInfo"]["totalRecords"] == 2
    closed.close()


def test_a_join_names_the_view_it_leads_to(house: House, admin: TestClient) -> None:
    joins = FILES["relationships"].replace(
        "  join_to_view: people\n", "  join_to_view: people\n  join_to_view_as_label: Buyer\n"
    )
    files = {**FILES, "relationships": joins}
    model = house.services.models.create_shared_model(house.connection_id, "Labelled", files)
    found = admin.get(f"/api/v1/models/{model.id}/topic/orders").json()["topic"]
    assert [view["label"] for view in found["views"]] == ["Orders", "Buyer", "Regions"]


def test_the_picker_gets_its_order_and_its_words(house: House, admin: TestClient) -> None:
    orders = (
        FILES["main/orders.view"]
        .replace("schema: main\n", "schema: main\nschema_label: Shop data\nai_context: 'Ask @{who}'\n")
        .replace("  person_id: {}\n", "  person_id: { view_label: Buyers }\n")
        .replace(
            "state: {",
            "state: { display_order: 2, suggestion_list: [ done, { value: open, label: Open } ],",
        )
        .replace("amount: {", "amount: { display_order: 1,")
        + "  states: { sql: '${state}', aggregate_type: count_distinct, display_order: 5 }\n"
    )
    files = {
        **FILES,
        "main/orders.view": orders,
        "model": FILES["model"] + "constants: { who: { value: Ada } }\n",
        "orders.topic": FILES["orders.topic"] + "base_view_label: Sales\n",
    }
    model = house.services.models.create_shared_model(house.connection_id, "Picked", files)
    found = admin.get(f"/api/v1/models/{model.id}/topic/orders").json()["topic"]["views"][0]
    assert (found["label"], found["schema_label"], found["ai_context"]) == ("Sales", "Shop data", "Ask Ada")
    parents = [each for each in found["dimensions"] if "[" not in each["field_name"]]
    names = [each["field_name"] for each in parents]
    assert names == ["amount", "state", "id", "person_id", "placed_at", "due_on"]
    assert parents[1]["suggestion_list"] == [{"value": "done"}, {"value": "open", "label": "Open"}]
    assert parents[3]["view_label"] == "Buyers"
    states = found["measures"][0]
    assert (states["field_name"], states["format"]) == ("states", "NUMBER_0")
