"""The language over HTTP; what it holds is tested in tests/modeling/test_language.py."""

from __future__ import annotations

from starlette.testclient import TestClient

from support.house import House


def test_the_language_is_told_to_everybody(house: House) -> None:
    answer = house.browser("bo@example.test").get("/api/v1/model-language")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    places = {place["name"]: place for place in said["places"]}
    assert (places["dimension"]["file"], places["dimension"]["path"]) == ("view", ["dimensions", "*"])
    assert places["access_filter"]["path"] == ["access_filters", "[]"]
    keys = {key["name"]: key for key in places["dimension"]["keys"]}
    assert keys["primary_key"] == {
        "name": "primary_key",
        "types": ["boolean"],
        "words": [],
        "itemWords": [],
        "itemList": None,
        "status": "used",
        "description": "this identifies a row",
    }
    assert keys["timeframes"]["itemList"] == "timeframes"
    assert keys["nested_on_field"]["status"] == "refused"
    assert "sum" in said["lists"]["aggregateTypes"]
    assert {"name": "between", "description": "both ends included", "hasNot": True} in said["filterOperators"]


def test_it_is_the_same_each_time(admin: TestClient) -> None:
    assert admin.get("/api/v1/model-language").content == admin.get("/api/v1/model-language").content
