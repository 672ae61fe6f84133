"""The published omni-python-sdk, unchanged: only base URL and key differ from its own examples."""

import pytest
import requests
from omni_python_sdk import OmniAPI

from support.truth import TRUTHS, assert_same_rows

ADMIN_SEES = [name for name, truth in TRUTHS.items() if not truth.attributes and not truth.at_anchor]


@pytest.fixture
def api(server):
    return OmniAPI(server.api_key, server.base_url)


def ask(api, server, query):
    answer = api.run_query_blocking({"query": {"modelId": server.model_id, **query}})
    assert answer is not None, "the client printed why"
    return answer


@pytest.mark.parametrize("suffix", ["", "/", "/api", "/api/v1", "/api/unstable"])
def test_every_spelling_of_the_base_url_works(server, suffix):
    api = OmniAPI(server.api_key, server.base_url + suffix)
    assert [model["name"] for model in api.list_models(modelKind="SHARED")["records"]] == ["Shop"]


def test_models_are_found_by_name_and_kind(api, server):
    assert [model["id"] for model in api.list_models(name="shop")["records"]] == [server.model_id]
    assert {model["modelKind"] for model in api.list_models()["records"]} >= {"SHARED"}


@pytest.mark.parametrize("name", ADMIN_SEES)
def test_blocking_queries_give_the_hand_written_answer(api, server, shop, name):
    truth = TRUTHS[name]
    table, fields = ask(api, server, truth.query)
    assert_same_rows(table, shop.sql(truth.sql).to_arrow_table(), ordered=truth.ordered)
    assert set(fields) <= set(table.column_names)


def test_people_and_groups_are_read(api, server):
    found = api.find_user_by_email(server.admin_email)
    assert found.json()["totalResults"] == 1
    assert api.return_user_by_email(server.admin_email)["userName"] == server.admin_email
    assert "Resources" in api.list_groups()


def test_a_user_is_made_changed_and_deleted(api, capsys):
    address = "sdk@shop.example"
    api.upsert_user(address, "Made", {"region": "[West,East]"})
    made = api.return_user_by_email(address.upper())
    assert (made["displayName"], made["urn:omni:params:1.0:UserAttribute"]) == (
        "Made",
        {"region": ["West", "East"]},
    )
    api.upsert_user(address, "Changed", {"region": "[South]"})
    changed = api.return_user_by_email(address)
    assert (changed["id"], changed["displayName"]) == (made["id"], "Changed")
    assert changed["urn:omni:params:1.0:UserAttribute"] == {"region": ["South"]}
    put = api.update_user(made["id"], {**changed, "displayName": "Put back"})
    assert put.json()["displayName"] == "Put back"
    assert api.delete_user(address).status_code == 204
    assert api.find_user_by_email(address).json()["totalResults"] == 0
    api.delete_user(address)
    said = capsys.readouterr().out
    assert f"Created {address}" in said
    assert f"updated user id {made['id']}" in said
    assert f"user {address} not found" in said


def test_members_are_put_into_groups_and_taken_out(api, server):
    ids = [
        api.create_user({"userName": f"sdk{n}@shop.example", "displayName": f"Sdk {n}"}).json()["id"]
        for n in range(2)
    ]
    headers = {"Authorization": f"Bearer {server.api_key}"}
    made = requests.post(
        f"{server.base_url}/api/scim/v2/groups", headers=headers, json={"displayName": "Sdk group"}
    ).json()
    api = OmniAPI(server.api_key, server.base_url)  # a fresh one: it remembers the groups it has seen
    assert api.get_group_id("Sdk group") == made["id"]
    for id_ in ids:
        assert api.add_user_to_group("Sdk group", id_).status_code == 200
    assert {each["value"] for each in api.get_group(made["id"])["members"]} == set(ids)
    assert api.remove_user_from_group("Sdk group", ids[0]).status_code == 200
    assert [each["value"] for each in api.get_group(made["id"])["members"]] == [ids[1]]
    assert len(api.get_all_groups()) == api.list_groups()["totalResults"]
    for id_ in ids:
        assert api.delete_user_by_id(id_).status_code == 204
    assert api.get_group(made["id"])["members"] == []


def test_model_files_are_read(api, server):
    files = api.yamlr(server.model_id, {})["files"]
    assert "order_items.topic" in files
    assert "relationships" in files


@pytest.mark.parametrize("version", ["unstable", "v1"])
def test_a_view_is_written_and_read_back(api, server, version):
    text = "# by the client\nschema: main\ntable_name: users\n\ndimensions:\n  id:\n    primary_key: true\n"
    name = f"client_{version}.view"
    written = api.yamlw(server.model_id, {"fileName": name, "yaml": text, "mode": "combined"}, version)
    assert written["success"] is True
    read = api.yamlr(server.model_id, {"fileName": name, "includeChecksums": "true"}, version)
    assert list(read["files"]) == [name]
    assert "primary_key: true" in read["files"][name]
    assert read["viewNames"] == {name: f"client_{version}"}
    body = {"fileName": name, "yaml": text + "label: Late\n", "previousChecksum": "0" * 64}
    api.yamlw(server.model_id, body, version)
    assert api.yamlr(server.model_id, {"fileName": name}, version)["files"] == read["files"]
    api.yamlw(server.model_id, {"fileName": name, "yaml": "", "mode": "extension"}, version)
    assert api.yamlr(server.model_id, {"fileName": name}, version)["files"] == {}


def test_a_failing_query_says_so_and_returns_nothing(api, server, capsys):
    body = {"query": {"modelId": server.model_id, "table": "order_items", "fields": ["order_items.count"]}}
    body["query"]["filters"] = {"users.nope": {"type": "null"}}
    assert api.run_query_blocking(body) is None
    assert "No result found" in capsys.readouterr().out
