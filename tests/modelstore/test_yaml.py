"""Reading a model's files."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Any

import pytest

from holoscope.access.actors import Actor
from holoscope.access.errors import PermissionDenied
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore.errors import NoSuchBranchModel, NoSuchModel, SchemaModelsHaveNoBranches
from holoscope.modelstore.yaml import YamlRequest, matching_paths, read_yaml
from holoscope.modelstore.yaml_writes import YamlWrite, write_yaml
from support.town import FILES, VIEW, Town


def read(town: Town, actor: Actor | None = None, model_id: str | None = None, **asked: Any) -> dict[str, Any]:
    return read_yaml(town.store, actor or town.actor("ada"), model_id or town.model.id, YamlRequest(**asked))


def test_everything(town: Town) -> None:
    assert read(town) == {"files": FILES, "version": 1, "viewNames": {"main/sales.view": "sales"}}


def test_checksums_are_those_of_the_text(town: Town) -> None:
    assert read(town, include_checksums=True)["checksums"] == {
        path: sha256(text.encode()).hexdigest() for path, text in FILES.items()
    }


def test_view_names_follow_the_reference_line(town: Town) -> None:
    named = "# Reference this view as archive__old\n" + VIEW
    town.store.replace_files(town.model.id, {**FILES, "archive/old.view": named})
    answer = read(town)
    assert answer["viewNames"] == {"main/sales.view": "sales", "archive/old.view": "archive__old"}
    assert answer["version"] == 2


def test_modes(town: Town) -> None:
    base = {"main/returns.view": VIEW, "main/sales.view": VIEW}
    town.store.replace_files(str(town.model.base_model_id), base)
    assert read(town, mode="extension")["files"] == FILES
    combined = read(town)["files"]
    assert combined.keys() == {**base, **FILES}.keys()
    assert combined["main/returns.view"] == VIEW
    assert "count:\n    aggregate_type: count" in combined["main/sales.view"]
    assert read(town, model_id=town.model.base_model_id)["files"] == base
    assert read(town, mode="merged")["files"].keys() == {**base, **FILES}.keys()
    with pytest.raises(BadRequest, match="staged needs a branch"):
        read(town, mode="staged")
    with pytest.raises(BadRequest, match="version"):
        read(town, version=1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model", ["model"]),
        ("main/sales.view", ["main/sales.view"]),
        ("sales", ["main/sales.view", "sales.topic"]),
        (r"\.topic$", ["sales.topic"]),
        ("^sales", ["sales.topic"]),
        (r"(view|topic)$", ["main/sales.view", "sales.topic"]),
        ("nothing", []),
        ("", sorted(FILES)),
    ],
)
def test_file_names(town: Town, name: str, expected: list[str]) -> None:
    assert sorted(read(town, file_name=name)["files"]) == expected


@pytest.mark.parametrize(
    "pattern", ["(", "[", "*", "(?=x)", r"(a)\1", "(?P<n", "((a{1000}){1000}){1000}", "a" * 5000, "\ud800"]
)
def test_patterns_that_are_refused(pattern: str) -> None:
    with pytest.raises(BadRequest, match="fileName"):
        matching_paths(["model"], pattern)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "(a|aa)+$", "(.*)*x", "a?" * 30 + "a" * 30, "(x+x+)+y"]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    started = time.process_time()
    matching_paths(["a" * 5000 + "!", "x" * 5000], pattern)
    assert time.process_time() - started < 1.0


def test_one_schema(town: Town) -> None:
    other = VIEW.replace("schema: main", "schema: Archive")
    without = VIEW.replace("schema: main\n", "")
    town.store.replace_files(town.model.id, {**FILES, "archive/old.view": other, "free.view": without})
    assert set(read(town, include_schemas="archive")["files"]) == {
        "model",
        "relationships",
        "sales.topic",
        "archive/old.view",
        "free.view",
    }
    with pytest.raises(BadRequest, match="exactly one"):
        read(town, include_schemas="main,archive")


def test_branches_do_not_exist(town: Town) -> None:
    with pytest.raises(NoSuchBranchModel, match="Branch model with id"):
        read(town, branch_id=new_id())
    with pytest.raises(SchemaModelsHaveNoBranches, match="Schema models do not have branches"):
        read(town, model_id=town.model.base_model_id, branch_id=new_id())


def test_fully_resolved_goes_with_combined(town: Town) -> None:
    assert read(town, fully_resolved=True) == read(town)
    with pytest.raises(BadRequest, match="fullyResolved"):
        read(town, fully_resolved=True, mode="extension")
    town.store.replace_files(town.model.id, {**FILES, "b.view": "extends: [ sales ]\n"})
    plain = read(town)["files"]
    resolved = read(town, fully_resolved=True)["files"]
    assert "extends" not in resolved["b.view"]
    assert "aggregate_type: count" in resolved["b.view"]
    assert {**resolved, "b.view": ""} == {**plain, "b.view": ""}
    with pytest.raises(BadRequest, match=r"b\.view extends others"):
        write_yaml(
            town.store,
            town.actor("ada"),
            town.model.id,
            YamlWrite("b.view", resolved["b.view"], fully_resolved=True),
        )


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("nora", NoSuchModel),
        ("eve", NoSuchModel),
        ("vic", PermissionDenied),
        ("tess", PermissionDenied),
        ("quinn", None),
        ("moe", None),
        ("cara", None),
    ],
)
def test_files_are_for_those_to_whom_the_whole_model_is_open(
    town: Town, who: str, refusal: type[Exception] | None
) -> None:
    actor = town.actor(who)
    if refusal is None:
        assert read(town, actor)["files"] == FILES
        return
    with pytest.raises(refusal):
        read(town, actor)
