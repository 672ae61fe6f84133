"""The directory: both letter cases, filters, windows, members."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from support.house import House
from support.refusals import refused_scim

UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/api/scim/v2/Users", "/api/scim/v2/users"])
def test_users(house: House, admin: TestClient, path: str) -> None:
    body = admin.get(path).json()
    assert {key: body[key] for key in ("totalResults", "startIndex", "itemsPerPage")} == {
        "totalResults": 2,
        "startIndex": 1,
        "itemsPerPage": 2,
    }
    ada, bo = body["Resources"]
    assert (ada["id"], ada["userName"], ada["displayName"], ada["active"]) == (
        house.admin_id,
        "ada@example.test",
        "Ada Ünal",
        True,
    )
    assert bo["groups"] == [
        {"display": "Analysts", "value": house.group_id, "$ref": f"/api/scim/v2/Groups/{house.group_id}"}
    ]
    assert bo["emails"] == [{"primary": True, "value": "bo@example.test"}]
    assert ada["meta"].keys() == {"created", "lastModified", "location", "resourceType"}
    assert "urn:omni:params:1.0:UserAttribute" in ada
    assert admin.get(f"{path}/{house.admin_id}").json() == ada


def test_the_window(admin: TestClient) -> None:
    second = admin.get("/api/scim/v2/Users?startIndex=2&count=1").json()
    assert [each["userName"] for each in second["Resources"]] == ["bo@example.test"]
    assert (second["startIndex"], second["itemsPerPage"], second["totalResults"]) == (2, 1, 2)
    nothing = admin.get("/api/scim/v2/Users?count=0").json()
    assert (nothing["Resources"], nothing["totalResults"]) == ([], 2)
    assert admin.get("/api/scim/v2/Users?startIndex=-3").json()["startIndex"] == 1
    assert admin.get("/api/scim/v2/Users?startIndex=999999999").json()["Resources"] == []


@pytest.mark.parametrize(
    "filter_", ['userName eq "ADA@example.test"', 'USERNAME EQ "ada@example.test"', 'displayName co "ünal"']
)
def test_filters(admin: TestClient, filter_: str) -> None:
    body = admin.get("/api/scim/v2/users", params={"filter": filter_}).json()
    assert [each["userName"] for each in body["Resources"]] == ["ada@example.test"]
    assert body["totalResults"] == 1


@pytest.mark.parametrize(
    "filter_", ["userName", 'password eq "x"', 'userName eq "a" or active eq "b"', "' OR 1=1"]
)
def test_other_filters_are_refused(admin: TestClient, filter_: str) -> None:
    response = admin.get("/api/scim/v2/Users", params={"filter": filter_})
    assert response.json()["scimType"] == "invalidFilter"
    refused_scim(response, 400, response.json()["detail"])


@pytest.mark.parametrize("path", ["/api/scim/v2/Groups", "/api/scim/v2/groups"])
def test_groups(house: House, admin: TestClient, path: str) -> None:
    (group,) = admin.get(path).json()["Resources"]
    assert (group["id"], group["displayName"]) == (house.group_id, "Analysts")
    assert group["members"] == [
        {
            "display": "bo@example.test",
            "value": house.member_id,
            "type": "User",
            "$ref": f"/api/scim/v2/Users/{house.member_id}",
        }
    ]
    assert admin.get(f"{path}/{house.group_id}").json() == group
    for bare in (
        admin.get(f"{path}?excludedAttributes=members").json()["Resources"][0],
        admin.get(f"{path}/{house.group_id}?excludedAttributes=members").json(),
    ):
        assert "members" not in bare
        assert bare["displayName"] == "Analysts"


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("Users?x=1", 400, "Bad Request: formErrors: Unrecognized key(s) in object: 'x'"),
        ("Users?count=ten", 400, "Bad Request: count: Expected number, received string"),
        ("Users?startIndex=1e9", 400, "Bad Request: startIndex: Expected number, received string"),
        ("Users?count=inf", 400, "Bad Request: count: Expected number, received string"),
        ("Users/nobody", 400, "Bad Request: id: Invalid uuid"),
        (f"Users/{UNKNOWN}", 404, f"User with id {UNKNOWN} does not exist"),
        ("Groups/zzzzzzzz", 404, "Group with id zzzzzzzz does not exist"),
        (
            "Groups?sortOrder=up",
            400,
            "Bad Request: sortOrder: Invalid enum value. Expected 'ascending' | 'descending', received 'up'",
        ),
        ("Groups?sortBy=members", 400, "Bad Request: sortBy: groups cannot be sorted by 'members'"),
        ("nothing", 404, "Not found"),
    ],
)
def test_refusals(admin: TestClient, path: str, status: int, text: str) -> None:
    refused_scim(admin.get(f"/api/scim/v2/{path}"), status, text)


def test_another_organization_is_out_of_sight(house: House, admin: TestClient) -> None:
    names = [each["userName"] for each in admin.get("/api/scim/v2/Users").json()["Resources"]]
    assert "eve@example.test" not in names


def test_a_client_that_speaks_scim_is_answered_in_its_media_type(admin: TestClient) -> None:
    spoken = admin.get("/api/scim/v2/Users", headers={"Accept": "application/scim+json"})
    assert spoken.headers["content-type"] == "application/scim+json"
    assert admin.get("/api/scim/v2/Users").headers["content-type"] == "application/json"


def test_parts_of_resources(admin: TestClient) -> None:
    def keys(asked: str) -> set[str]:
        return set(admin.get(f"/api/scim/v2/Users?{asked}").json()["Resources"][0])

    always = {"id", "schemas"}
    assert keys("attributes=userName, DISPLAYNAME") == always | {"userName", "displayName"}
    assert keys("attributes=nothing") == always
    everything = keys("")
    assert keys("excludedAttributes=groups,id,urn:omni:params:1.0:UserAttribute") == everything - {
        "groups",
        "urn:omni:params:1.0:UserAttribute",
    }
    part = admin.get("/api/scim/v2/Users?attributes=emails.value,meta.created").json()["Resources"][0]
    assert part["emails"] == [{"value": "ada@example.test"}]
    assert part["meta"].keys() == {"created"}


def test_searches_by_post(admin: TestClient) -> None:
    asked = {"filter": "displayName pr", "attributes": ["displayName"], "sortBy": "displayName"}
    for path in ("Users/.search", "users/.search"):
        found = admin.post(f"/api/scim/v2/{path}", json=asked).json()
        assert [each["displayName"] for each in found["Resources"]] == ["Ada Ünal", "Bo"]
    names = []
    for start in (1, 2, 3, 4):
        page = admin.post("/api/scim/v2/.search", json={**asked, "startIndex": start, "count": 1}).json()
        assert page["totalResults"] == 3
        names += [each["displayName"] for each in page["Resources"]]
    assert names == ["Ada Ünal", "Bo", "Analysts"]
    only = admin.post("/api/scim/v2/.search", json={"filter": "members pr"}).json()
    assert [each["displayName"] for each in only["Resources"]] == ["Analysts"]
    wrong = admin.post("/api/scim/v2/.search", json={"filter": "nothing pr"})
    assert (wrong.status_code, wrong.json()["scimType"]) == (400, "invalidFilter")
    assert admin.post("/api/scim/v2/.search", json={"count": "many"}).status_code == 400


@pytest.mark.parametrize("path", ["ServiceProviderConfig", "serviceproviderconfig"])
def test_what_is_supported(admin: TestClient, path: str) -> None:
    said = admin.get(f"/api/scim/v2/{path}").json()
    supported = {name for name, value in said.items() if isinstance(value, dict) and value.get("supported")}
    assert supported == {"patch", "filter", "sort"}
    refused_scim(admin.post(f"/api/scim/v2/{path}", json={}), 405, "Invalid method")


def test_schemas_and_kinds_of_resources(admin: TestClient) -> None:
    types = admin.get("/api/scim/v2/ResourceTypes").json()["Resources"]
    assert [each["endpoint"] for each in types] == ["/Users", "/Groups"]
    schemas = {each["id"]: each for each in admin.get("/api/scim/v2/Schemas").json()["Resources"]}
    for kind in types:
        assert kind["schema"] in schemas
        assert all(each["schema"] in schemas for each in kind["schemaExtensions"])
        assert admin.get(f"/api/scim/v2/ResourceTypes/{kind['id']}").json() == kind
    for id_, schema in schemas.items():
        assert admin.get(f"/api/scim/v2/schemas/{id_}").json() == schema
    refused_scim(admin.get("/api/scim/v2/Schemas/x"), 404, "Schema x does not exist")
