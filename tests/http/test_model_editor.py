"""What an editor of model files asks, in a signed-in browser: every place is looked up in the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from holoscope.access.roles import Role
from holoscope.modelstore.model_rows import checksum
from support.house import House, build_house
from support.house_model import FILES
from support.refusals import refused


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A model over a schema layer, so that one file is made by two layers, and a branch of it."""
    built = build_house(tmp_path_factory.mktemp("house"))
    schema = {
        "main/orders.view": "# Reference this view as orders\nschema: main\ndimensions:\n  raw_note: {}\n"
    }
    built.services.models.replace_files(built.schema_model_id, schema)
    yield built
    built.close()


@pytest.fixture(scope="module")
def ada(house: House) -> TestClient:
    return house.browser()


@pytest.fixture(scope="module")
def branch(house: House, ada: TestClient) -> str:
    """A branch that changes a file, adds one and takes one away."""
    body = {
        "connectionId": house.connection_id,
        "modelKind": "BRANCH",
        "modelName": "draft",
        "baseModelId": house.model_id,
    }
    made: str = ada.post("/api/v1/models", json=body).json()["model"]["id"]
    for name, text in (
        ("orders.topic", FILES["orders.topic"].replace("What was sold", "What we sold")),
        ("fresh.topic", "base_view: people\n"),
        ("hidden_orders.topic", ""),
    ):
        saved = ada.post(
            f"/api/v1/models/{house.model_id}/yaml",
            params={"branchId": made},
            json={"fileName": name, "yaml": text},
        )
        assert saved.status_code == 200, saved.text
    return made


def ask(client: TestClient, house: House, what: str, **params: str) -> Any:
    answer = client.get(f"/api/v1/models/{house.model_id}/{what}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(client: TestClient, house: House, **params: str) -> dict[str, str]:
    """The files as they are shown, from the operation that clients know."""
    files: dict[str, str] = ask(client, house, "yaml", **params)["files"]
    return files


def test_files_by_layer(house: House, ada: TestClient, branch: str) -> None:
    schema, shared = ask(ada, house, "files")["layers"]
    assert (schema["modelKind"], [file["path"] for file in schema["files"]]) == (
        "SCHEMA",
        ["main/orders.view"],
    )
    assert shared["modelId"] == house.model_id
    found = {file["path"]: file for file in shared["files"]}
    assert found.keys() == FILES.keys()
    topic = found["orders.topic"]
    assert topic == {
        "path": "orders.topic",
        "kind": "topic",
        "checksum": checksum(FILES["orders.topic"]),
        "size": len(FILES["orders.topic"].encode()),
    }
    layers = ask(ada, house, "files", branchId=branch)["layers"]
    assert [layer["modelKind"] for layer in layers] == ["SCHEMA", "SHARED", "BRANCH"]
    assert {file["path"] for file in layers[2]["files"]} == {
        "orders.topic",
        "fresh.topic",
        "hidden_orders.topic",
    }


def test_what_a_branch_changes(house: House, ada: TestClient, branch: str) -> None:
    diff = ask(ada, house, "diff", branchId=branch)
    assert (diff["branch"]["name"], diff["base"]["id"], diff["isBehind"]) == ("draft", house.model_id, False)
    assert diff["conflicts"] == []
    files = {file["path"]: file for file in diff["files"]}
    assert {path: file["status"] for path, file in files.items()} == {
        "orders.topic": "changed",
        "fresh.topic": "added",
        "hidden_orders.topic": "removed",
    }
    shared, branched = texts(ada, house), texts(ada, house, branchId=branch)
    assert files["orders.topic"]["before"] == shared["orders.topic"]
    assert files["orders.topic"]["after"] == branched["orders.topic"]
    assert (files["fresh.topic"]["before"], files["fresh.topic"]["after"]) == (None, branched["fresh.topic"])
    assert files["hidden_orders.topic"]["after"] is None
    refused(ada.get(f"/api/v1/models/{house.model_id}/diff"), 400, "Bad Request: branchId: Required")
    answer = ada.get(f"/api/v1/models/{house.model_id}/diff", params={"branchId": house.model_id})
    refused(answer, 400, "Bad Request: branchId: names no branch")


def test_definitions_are_where_they_say(house: House, ada: TestClient, branch: str) -> None:
    for params in ({}, {"branchId": branch}):
        shown = texts(ada, house, **params)
        found = ask(ada, house, "definitions", **params)["records"]
        for record in found:
            if record["kind"] in ("dimension", "measure", "access_grant"):
                line = shown[record["file"]].splitlines()[record["line"] - 1]
                assert line[record["column"] - 1 :].startswith(record["name"]), record
        names = {(each["kind"], each.get("view", ""), each["name"]) for each in found}
        assert names >= {
            ("view", "", "orders"),
            ("dimension", "orders", "state"),
            ("dimension", "orders", "raw_note"),
            ("measure", "orders", "total"),
            ("topic", "", "orders"),
            ("access_grant", "", "analysts_only"),
        }
        assert (("topic", "", "fresh") in names) is bool(params)


def test_definitions_tell_what_hovering_shows(house: House, ada: TestClient) -> None:
    found = {
        (each["kind"], each.get("view"), each["name"]): each
        for each in ask(ada, house, "definitions")["records"]
    }
    state = found["dimension", "orders", "state"]
    assert (state["label"], state["dataType"]) == ("Status", "STRING")
    assert found["measure", "orders", "total"]["aggregateType"] == "sum"
    assert found["dimension", "orders", "id"]["isKey"] is True
    assert found["dimension", "orders", "amount"]["hidden"] is True
    assert found["view", None, "people"]["description"] == "Who ordered"
    assert found["topic", None, "orders"]["baseView"] == "orders"
    again = ask(ada, house, "definitions")["state"]
    assert again == ask(ada, house, "definitions")["state"]


def test_uses_are_found_by_words(house: House, ada: TestClient) -> None:
    shown = texts(ada, house)
    found = ask(ada, house, "uses", name="orders.person_id")
    assert found["isComplete"] is True
    for use in found["records"]:
        line = shown[use["file"]].splitlines()[use["line"] - 1]
        assert line[use["column"] - 1 :].startswith(("orders.person_id", "${person_id"))
    assert {use["file"] for use in found["records"]} == {"relationships"}
    amount = ask(ada, house, "uses", name="orders.amount")["records"]
    assert [use["file"] for use in amount] == ["main/orders.view"] * 2
    answer = ada.get(f"/api/v1/models/{house.model_id}/uses", params={"name": "a b"})
    refused(answer, 400, "Bad Request: name: expected view.field, a view or a topic")


def problems(client: TestClient, house: House, files: dict[str, str], **more: Any) -> list[dict[str, Any]]:
    answer = client.post(f"/api/v1/models/{house.model_id}/diagnostics", json={"files": files, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["records"]
    return found


def test_texts_that_are_not_saved_are_checked(house: House, ada: TestClient) -> None:
    before = texts(ada, house)
    text = before["main/orders.view"].replace("label: Status", "lable: Status")
    (found,) = [
        item for item in problems(ada, house, {"main/orders.view": text}) if "lable" in item["message"]
    ]
    assert (found["severity"], found["code"], found["hint"]) == (
        "error",
        "unknown_key",
        "Did you mean label?",
    )
    assert found["file"] == "main/orders.view"
    assert text.splitlines()[found["line"] - 1][found["column"] - 1 :].startswith("lable")
    assert found["autoFix"]["edits"][0]["value"] == "label"
    (bad,) = [
        item for item in problems(ada, house, {"new.topic": "base_view: [\n"}) if item["file"] == "new.topic"
    ]
    assert bad["severity"] == "error"
    assert texts(ada, house) == before, "nothing was saved"
    refused(
        ada.post(f"/api/v1/models/{house.model_id}/diagnostics", json={"files": {"../x": ""}}),
        400,
        "Bad Request: fileName: Invalid file name. Expected model, relationships, or a relative path that "
        "ends in .view, .topic or .composite_topic",
    )


def test_findings_are_those_of_validation(house: House, ada: TestClient) -> None:
    listed = ask(ada, house, "validate")
    found = problems(ada, house, {})
    assert [item["yamlPath"] for item in found] == [item["yaml_path"] for item in listed]
    assert [item["severity"] == "warning" for item in found] == [item["is_warning"] for item in listed]


def test_a_write_shows_up_and_needs_the_token(house: House) -> None:
    browser = house.browser()
    place = f"/api/v1/models/{house.model_id}/yaml"
    body = {"fileName": "later.topic", "yaml": "base_view: people\n"}
    before = ask(browser, house, "definitions")["state"]
    token = browser.headers.pop("X-CSRF-Token")
    assert browser.post(place, json=body).json()["code"] == "wrong_csrf_token"
    assert browser.get("/api/v1/models").status_code == 200
    browser.headers["X-CSRF-Token"] = token
    assert browser.post(place, json=body).status_code == 200
    after = ask(browser, house, "definitions")
    assert after["state"] != before
    assert "later" in {each["name"] for each in after["records"] if each["kind"] == "topic"}


def test_those_who_may_not_read_files_are_told_nothing(tmp_path: Any) -> None:
    built = build_house(tmp_path, base_role=Role.QUERY_TOPICS)
    try:
        bo = built.browser("bo@example.test")
        for what in ("files", "definitions", "uses?name=orders", "diff?branchId=" + built.model_id):
            refused(bo.get(f"/api/v1/models/{built.model_id}/{what}"), 403, "Permission denied")
        refused(bo.post(f"/api/v1/models/{built.model_id}/diagnostics"), 403, "Permission denied")
    finally:
        built.close()
