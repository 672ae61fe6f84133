"""`GET .../validate`: a bare array of issues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from support.house import House, build_house
from support.refusals import refused


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house of each test's own: these tests change it."""
    built = build_house(tmp_path)
    yield built
    built.close()


def issues(
    house: House, client: TestClient, query: str = "", prefix: str = "/api/v1"
) -> list[dict[str, Any]]:
    answer = client.get(f"{prefix}/models/{house.model_id}/validate{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("prefix", ["/api/v1", "/api/unstable"])
def test_issues_have_the_keys_that_clients_read(house: House, prefix: str) -> None:
    admin = house.client()
    text = "sql: SELECT 1 AS id\ndimensions:\n  id: {}\n  x: { format: nonsense }\n"
    house.services.models.replace_files(house.model_id, {"late.view": text})
    found = issues(house, admin, prefix=prefix)
    assert all({"message", "is_warning", "yaml_path"} <= set(issue) for issue in found)
    (issue,) = (issue for issue in found if issue["yaml_path"] == "late.view.dimensions.x.format")
    assert issue["is_warning"] is True
    assert "nonsense" in issue["message"]


def test_errors_come_first_and_a_limit_is_kept(house: House) -> None:
    admin = house.client()
    house.services.models.replace_files(
        house.model_id,
        {
            "a.view": "dimensions: {id: {}}\n",
            "b.topic": "base_view: nowhere\n",
        },
    )
    found = issues(house, admin)
    assert [issue["is_warning"] for issue in found] == sorted(issue["is_warning"] for issue in found)
    assert found[0] == {
        "message": 'No view "nowhere". Set base_view to a valid, existing view. Delete topic "b"',
        "is_warning": False,
        "yaml_path": "b.topic.base_view",
        "auto_fix": {
            "description_short": 'Delete topic "b"',
            "description_unique": 'Delete topic "b" (file b.topic)',
            "edits": [{"file": "b.topic", "path": [], "action": "delete_file", "value": None}],
        },
    }
    assert any(issue["message"].startswith('View "a" has no schema.') for issue in found)
    assert issues(house, admin, "?limit=1") == found[:1]
    url = f"/api/v1/models/{house.model_id}/validate"
    assert admin.get(f"{url}?limit=0").status_code == 400
    assert admin.get(f"{url}?limit=x").status_code == 400


def test_unknown_attributes_are_found(house: House) -> None:
    admin = house.client()
    house.services.models.replace_files(
        house.model_id,
        {
            "model": "access_grants:\n  a: { user_attribute: omni_user_groups, allowed_values: [x] }\n"
            "  b: { user_attribute: no_such, allowed_values: [x] }\n",
        },
    )
    said = [issue["message"] for issue in issues(house, admin) if "attribute" in issue["message"]]
    assert said == ['No such user attribute "no_such". Define it, or set it for the users concerned.']


def test_who_may_ask(house: House) -> None:
    url = f"/api/v1/models/{house.model_id}/validate"
    assert house.client(None).get(url).status_code in (400, 401)
    unknown = "/api/v1/models/0b8a0000-0000-4000-8000-000000000000/validate"
    refused(
        house.client().get(unknown), 404, "Model with id 0b8a0000-0000-4000-8000-000000000000 does not exist"
    )
