"""The contract is tested whole: what is published is served where it is published, or is listed as missing.

Where the published document lies beside the checkout, parameters and response shapes of what we
serve are compared with it too; `KNOWN_CONFLICTS` says where we follow observed behaviour instead.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from holoscope.http.application import describe

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "contract"
PUBLISHED_DOCUMENT = ROOT.parent / "shared" / "reference" / "openapi.json"
MISSING_LINES = (CONTRACT / "missing.txt").read_text().splitlines()
MISSING = set(MISSING_LINES)
Json = dict[str, Any]


def published() -> dict[str, tuple[str, str]]:
    with (CONTRACT / "operations.csv").open(newline="") as file:
        return {row["operationId"]: (row["method"], row["path"]) for row in csv.DictReader(file)}


PUBLISHED = published()
OURS = describe()


def operations(document: Json) -> Iterator[tuple[str, str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield operation["operationId"], method.upper(), path, operation


def by_id(document: Json) -> dict[str, Json]:
    return {name: operation for name, _, _, operation in operations(document)}


BY_ID = {name: (method, path) for name, method, path, _ in operations(OURS)}
SERVED = sorted(PUBLISHED.keys() - MISSING)


@pytest.mark.parametrize("name", SERVED)
def test_served(name: str) -> None:
    assert BY_ID.get(name) == PUBLISHED[name]


def test_the_missing_list_is_honest() -> None:
    assert BY_ID.keys() & MISSING == set(), "served now: strike it from contract/missing.txt"
    assert PUBLISHED.keys() >= MISSING, "listed as missing, but not a published operation"
    assert sorted(MISSING) == MISSING_LINES, "contract/missing.txt is sorted and has no repeats"


def test_whatever_else_we_serve_is_an_alias_or_ours() -> None:
    own = (CONTRACT / "own.txt").read_text().splitlines()
    extra = {
        name for name in BY_ID.keys() - PUBLISHED.keys() if not BY_ID[name][1].startswith("/api/unstable/")
    }
    assert sorted(extra) == own, "operations that nobody else publishes are listed in contract/own.txt"


def test_operation_ids_and_places_are_unique() -> None:
    names = [name for name, _, _, _ in operations(OURS)]
    assert len(names) == len(set(names))
    with (CONTRACT / "operations.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["operationId"] for row in rows}) == len(rows)
    assert len({(row["method"], row["path"]) for row in rows}) == len(rows)


def test_every_reference_resolves() -> None:
    known = OURS["components"]["schemas"].keys()
    for pointer in references(OURS):
        assert pointer.removeprefix("#/components/schemas/") in known


def test_every_guarded_operation_lists_its_refusals() -> None:
    assert OURS["openapi"].startswith("3.1")
    assert OURS["components"]["securitySchemes"]["bearerAuth"]["scheme"] == "bearer"
    for name, _, path, operation in operations(OURS):
        if operation.get("security") == []:
            continue
        assert {"400", "403", "429", "500"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            assert "HTTPValidationError" not in str(response), name
            assert status < "400" or response["description"], name
        assert ("404" in operation["responses"]) or "{" not in path, name


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


# --- against the published document, where it is present ---------------------------------------

needs_document = pytest.mark.skipif(
    not PUBLISHED_DOCUMENT.is_file(),
    reason="the published OpenAPI document is not beside the checkout (../shared/reference/openapi.json)",
)

KNOWN_CONFLICTS = {
    "queryRun response 200": "the published document says one JSON object; the service streams text/ndjson",
    "queryWait response 200": "the published document says one JSON object; the service streams text/ndjson",
    "queryRun body cache": "the published words are refused by the service; we accept both spellings",
    "modelsYamlDelete response 200": "published without a body; clients need fileName and success",
    "modelsValidate response 200": "published as one object; the service and its clients have a bare array",
    "queryWait param jobIds": "required there; either spelling, jobIds or job_ids, satisfies us",
}


@pytest.fixture(scope="module")
def theirs() -> Json:
    document: Json = json.loads(PUBLISHED_DOCUMENT.read_text())
    return document


@needs_document
def test_the_operation_list_holds_every_published_operation(theirs: Json) -> None:
    listed = {(name, *place) for name, place in PUBLISHED.items()}
    assert listed >= {(name, method, path) for name, method, path, _ in operations(theirs)}


@needs_document
@pytest.mark.parametrize("name", SERVED)
def test_parameters_are_those_published(theirs: Json, name: str) -> None:
    published_ = by_id(theirs).get(name)
    if published_ is None:
        pytest.skip("newer than the published document")
    own = by_id(OURS)[name]
    mine = {(each["name"], each["in"]): each for each in own.get("parameters", ())}
    for parameter in published_.get("parameters", ()):
        key = (parameter["name"], parameter["in"])
        assert key in mine, f"{name} does not take {key}"
        if f"{name} param {key[0]}" in KNOWN_CONFLICTS:
            continue
        assert mine[key].get("required", False) == parameter.get("required", False), key
        allowed = set(enum_of(parameter["schema"], theirs))
        taken = set(enum_of(mine[key]["schema"], OURS))
        assert allowed <= taken or not taken, key


@needs_document
@pytest.mark.parametrize("name", SERVED)
def test_success_shapes_hold_every_required_key(theirs: Json, name: str) -> None:
    published_ = by_id(theirs).get(name)
    if published_ is None:
        pytest.skip("newer than the published document")
    if f"{name} response 200" in KNOWN_CONFLICTS:
        pytest.skip(KNOWN_CONFLICTS[f"{name} response 200"])
    own = by_id(OURS)[name]
    status = success_of(published_)
    if status == "204":
        assert "content" not in own["responses"]["204"]
        return
    there = schema_of(published_["responses"][status])
    here = schema_of(own["responses"][status])
    compare(there, theirs, here, OURS, name)


@needs_document
def test_request_bodies_take_every_published_key(theirs: Json) -> None:
    published_ = by_id(theirs)
    for name, _, _, own in operations(OURS):
        if "requestBody" not in own or name not in published_:
            continue
        there = resolve(schema_of(published_[name]["requestBody"]), theirs)
        here = resolve(schema_of(own["requestBody"]), OURS)
        assert there.get("properties", {}).keys() <= here["properties"].keys(), name
        for key, value in there.get("properties", {}).items():
            if f"{name} body {key}" not in KNOWN_CONFLICTS:
                mine = enum_of(here["properties"][key], OURS)
                assert not mine or set(enum_of(value, theirs)) <= set(mine), (name, key)


@needs_document
def test_every_known_conflict_still_exists(theirs: Json) -> None:
    for conflict in KNOWN_CONFLICTS:
        assert conflict.split()[0] in PUBLISHED


def success_of(operation: Json) -> str:
    return min(status for status in operation["responses"] if status.startswith("2"))


def schema_of(response: Json) -> Json:
    content: Json = response["content"]
    media: Json = content.get("application/json") or content["application/scim+json"]
    schema: Json = media["schema"]
    return schema


def resolve(schema: Json, document: Json) -> Json:
    """Follow references and merge `allOf`; of a nullable union take the part that is not null."""
    if "$ref" in schema:
        return resolve(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    if "allOf" in schema:
        merged: Json = {}
        for part in schema["allOf"]:
            merged.update(resolve(part, document))
        return merged
    if "anyOf" in schema:
        parts = [part for part in schema["anyOf"] if part.get("type") != "null"]
        return resolve(parts[0], document) if parts else {}
    return schema


def enum_of(schema: Json, document: Json) -> list[Any]:
    found = resolve(schema, document)
    return list(found.get("enum", [found["const"]] if "const" in found else []))


def types_of(schema: Json) -> set[str]:
    kind = resolve(schema, {"components": {"schemas": {}}}).get("type") if "$ref" not in schema else None
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    return {"number" if each == "integer" else each for each in kinds} - {"null"}


def compare(there: Json, theirs: Json, here: Json, ours: Json, at: str) -> None:
    there, here = resolve(there, theirs), resolve(here, ours)
    if types_of(there) and types_of(here):
        assert types_of(there) & types_of(here), f"{at}: {types_of(there)} there, {types_of(here)} here"
    if there.get("items"):
        assert "items" in here, at
        compare(there["items"], theirs, here["items"], ours, f"{at}[]")
    for key in there.get("required", ()):
        assert key in here.get("properties", {}), f"{at}.{key} is published as required"
    for key, value in there.get("properties", {}).items():
        if key in here.get("properties", {}):
            compare(value, theirs, here["properties"][key], ours, f"{at}.{key}")


def test_the_description_names_no_papers_that_its_reader_cannot_see() -> None:
    assert "digest §" not in json.dumps(OURS, ensure_ascii=False)
