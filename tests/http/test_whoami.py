"""Who the key acts as."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from support.house import House
from support.refusals import refused

PATH = "/api/v1/whoami"
UNKNOWN = "0b8a0000-0000-4000-8000-000000000000"


def test_an_organization_key(house: House, admin: TestClient) -> None:
    body = admin.get(PATH).json()
    assert body["user"]["membershipId"] == house.admin_id
    assert (body["keyScope"], body["orgRole"], body["rolesByModelTruncated"]) == (
        "organization",
        "ORG_ADMIN",
        False,
    )
    role = body["rolesByModel"][house.model_id]
    assert role["connectionId"] == house.connection_id
    assert (role["roleName"], role["baseRole"]) == ("CONNECTION_ADMIN", "CONNECTION_ADMIN")
    assert {"QUERY_TOPICS", "VIEW_SQL"} <= set(role["permissions"])


def test_a_personal_key(house: House) -> None:
    body = house.client(house.personal_key).get(PATH).json()
    assert (body["user"]["membershipId"], body["keyScope"], body["orgRole"]) == (
        house.member_id,
        "user",
        "MEMBER",
    )
    assert body["rolesByModel"][house.model_id]["roleName"] == "QUERIER"


@pytest.mark.parametrize("form", ["modelId={0}", "modelId={0},{0}", "modelId={0}&modelId={0}", "modelId="])
def test_chosen_models(house: House, admin: TestClient, form: str) -> None:
    body = admin.get(f"{PATH}?{form.format(house.model_id)}").json()
    assert list(body["rolesByModel"]) == [house.model_id]


def test_refusals(house: House, admin: TestClient) -> None:
    refused(admin.get(f"{PATH}?modelId=x"), 400, "Bad Request: modelId: Invalid uuid")
    refused(admin.get(f"{PATH}?modelId={UNKNOWN}"), 404, f"Model(s) not found: {UNKNOWN}")
    text = f"Model(s) not found: {house.schema_model_id}"
    refused(admin.get(f"{PATH}?modelId={house.schema_model_id}"), 404, text)
    text = "Bad Request: formErrors: Unrecognized key(s) in object: 'a', 'b'"
    refused(admin.get(f"{PATH}?a=1&b=2&modelId={house.model_id}"), 400, text)
