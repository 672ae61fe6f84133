"""Merging branches: by tree, whole or not at all."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from holoscope.access.errors import PermissionDenied
from holoscope.kit.errors import HoloscopeError
from holoscope.modelstore.branches import Merge, merge_branch
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.errors import InvalidModelFile, MergeConflict, NoSuchBranch, NoSuchModel
from holoscope.modelstore.managing import Creation, create_model
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.yaml import YamlRequest, read_yaml
from holoscope.modelstore.yaml_writes import YamlWrite, write_yaml
from support.shelf import Shelf
from support.town import FILES, ROLES, VIEW, Town

SALES = "main/sales.view"
TOTAL = "  total:\n    # what was paid\n    sql: ${id}\n    aggregate_type: sum\n"


def branch(town: Town, name: str = "fix/it") -> StoredModel:
    asked = Creation(town.connection.id, ModelKind.BRANCH, name, town.model.id)
    return create_model(town.store, town.actor("ada"), asked)


def write(town: Town, file: str, text: str, on: StoredModel | None = None, mode: str = "combined") -> None:
    wanted = YamlWrite(file, text, mode, None if on is None else on.id)
    write_yaml(town.store, town.actor("ada"), town.model.id, wanted)


def read(town: Town, on: StoredModel | None = None, mode: str = "combined") -> dict[str, str]:
    request = YamlRequest(mode=mode, branch_id=None if on is None else on.id)
    files: dict[str, str] = read_yaml(town.store, town.actor("ada"), town.model.id, request)["files"]
    return files


def said(files: dict[str, str]) -> dict[str, Any]:
    return {path: yaml.safe_load(text) for path, text in files.items()}


def merge(town: Town, name: str = "fix/it", who: str = "ada", **how: Any) -> StoredModel:
    return merge_branch(town.store, town.actor(who), town.model.id, name, Merge(**how))


@pytest.fixture(params=["own", "inherited"])
def shop(town: Town, request: pytest.FixtureRequest) -> Town:
    """The view is the shared model's own, or the schema model's."""
    if request.param == "inherited":
        town.store.replace_files(str(town.model.base_model_id), {SALES: VIEW})
        town.store.replace_files(town.model.id, {k: v for k, v in FILES.items() if k != SALES})
    return town


def test_what_a_branch_says_the_model_says_after_the_merge(shop: Town) -> None:
    mine = branch(shop)
    write(shop, SALES, VIEW + TOTAL, mine)
    write(shop, "new.view", "schema: main\n", mine)
    write(shop, "sales.topic", "", mine)
    there = said(read(shop, mine))
    merged = merge(shop, message="Totals")
    assert said(read(shop)) == there
    compiled = ModelCompiler(shop.database, Shelf()).load(shop.model.id)
    assert (list(compiled.topics), set(compiled.views)) == ([], {"sales", "new"})
    assert "# what was paid" in read(shop)[SALES]
    assert read(shop, mine, "extension") == {}
    assert read(shop, mine) == read(shop)
    history = read_yaml(shop.store, shop.actor("ada"), shop.model.id, YamlRequest(mode="history"))["history"]
    assert (history[0]["version"], history[0]["message"]) == (merged.version, "Totals")
    assert history[0]["author"]["name"] == "Ada"


def test_edits_that_do_not_overlap_merge(shop: Town) -> None:
    mine = branch(shop)
    write(shop, SALES, VIEW.replace("primary_key: true", "primary_key: true\n    label: Key") + TOTAL, mine)
    more = "  other:\n    sql: ${id}\n    aggregate_type: max\n"
    write(shop, SALES, VIEW.replace("primary_key: true", "primary_key: true\n    hidden: true") + more)
    write(shop, "model", "label: Changed\n")
    merge(shop)
    view = ModelCompiler(shop.database, Shelf()).load(shop.model.id).views["sales"]
    assert (view.dimensions["id"].label, view.dimensions["id"].hidden) == ("Key", True)
    assert {"count", "total", "other"} == set(view.measures)
    assert read(shop)["model"] == "label: Changed\n"
    assert read(shop, mine) == read(shop)


def test_each_conflict_is_named_and_nothing_is_stored(shop: Town) -> None:
    mine = branch(shop)
    write(shop, SALES, VIEW.replace("primary_key: true", "primary_key: true\n    label: Key") + TOTAL, mine)
    write(shop, "model", "label: Mine\ndescription: Same\n", mine)
    write(shop, SALES, VIEW.replace("primary_key: true", "primary_key: true\n    label: Number"))
    write(shop, "model", "label: Yours\ndescription: Same\n")
    before = read(shop), read(shop, mine, "extension")
    with pytest.raises(MergeConflict) as refused:
        merge(shop)
    assert refused.value.detail.splitlines()[1:] == [f"{SALES}: dimensions.id.label", "model: label"]
    assert (read(shop), read(shop, mine, "extension")) == before
    write(shop, "model", "label: Yours\ndescription: Same\n", mine)
    write(
        shop, SALES, VIEW.replace("primary_key: true", "primary_key: true\n    label: Number") + TOTAL, mine
    )
    merge(shop)
    write(shop, "model", "label: Mine\ndescription: Same\n", mine)
    merge(shop)
    assert "label: Mine" in read(shop)["model"]


def test_taking_away_meets_a_change(town: Town) -> None:
    mine = branch(town)
    write(town, SALES, VIEW.replace("aggregate_type: count", "aggregate_type: count\n    label: Sold"), mine)
    write(town, "sales.topic", "", mine)
    write(town, SALES, VIEW.replace("measures:\n  count:\n    aggregate_type: count\n", ""))
    write(town, "sales.topic", "base_view: sales\nlabel: New\n")
    with pytest.raises(MergeConflict) as refused:
        merge(town)
    assert refused.value.detail.splitlines()[1:] == [
        f"{SALES}: measures.count",
        "sales.topic: the whole file",
    ]


def test_two_things_of_one_name_conflict_unless_they_are_the_same(town: Town) -> None:
    mine = branch(town)
    write(town, "new.view", "schema: main\nlabel: One\n", mine)
    write(town, SALES, VIEW + TOTAL, mine)
    write(town, "new.view", "schema: main\nlabel: Two\n")
    write(town, SALES, VIEW + TOTAL)
    with pytest.raises(MergeConflict) as refused:
        merge(town)
    assert refused.value.detail.splitlines()[1:] == ["new.view: the whole file"]


JOIN = (
    "- join_from_view: {0}\n  join_to_view: {1}\n  on_sql: ${{{0}.id}} = ${{{1}.id}}\n"
    "  relationship_type: {2}\n"
)


def test_joins_merge_one_by_one(town: Town) -> None:
    first = JOIN.format("sales", "people", "many_to_one")
    write(town, "relationships", first)
    mine = branch(town)
    write(town, "relationships", first + JOIN.format("sales", "regions", "many_to_one"), mine)
    write(town, "relationships", JOIN.format("people", "regions", "many_to_one") + first)
    merge(town)
    text = read(town)["relationships"]
    assert text.count("join_from_view") == 3
    write(town, "relationships", text.replace("many_to_one", "one_to_one"), mine)
    write(town, "relationships", text.replace("many_to_one", "many_to_many", 1))
    with pytest.raises(MergeConflict) as refused:
        merge(town)
    assert len(refused.value.detail.splitlines()) == 2
    assert refused.value.detail.splitlines()[1].startswith("relationships: ")


def test_what_would_come_out_is_checked(town: Town) -> None:
    joined = JOIN.format("sales", "people", "many_to_one")
    write(town, "people.view", "schema: main\ndimensions:\n  id: {primary_key: true}\n")
    write(town, "relationships", joined)
    mine = branch(town)
    write(town, "far.topic", "base_view: sales\njoins:\n  people: {}\n", mine)
    write(town, "relationships", "[]\n")
    with pytest.raises(InvalidModelFile, match="No join path"):
        merge(town)
    assert "far.topic" not in read(town)


def test_the_branch_may_go_with_the_merge(town: Town) -> None:
    mine = branch(town)
    write(town, "model", "label: Mine\n", mine)
    merge(town, "FIX/IT", delete_branch=True)
    assert read(town)["model"] == "label: Mine\n"
    with pytest.raises(NoSuchModel):
        town.store.find_model(town.actor("ada"), mine.id)
    with pytest.raises(NoSuchBranch):
        merge(town)


def test_an_empty_branch_changes_nothing(town: Town) -> None:
    mine = branch(town)
    write(town, "model", "label: Later\n")
    before = town.store.find_model(town.actor("ada"), town.model.id)
    assert merge(town).version == before.version
    assert town.store.find_model(town.actor("ada"), mine.id).base_version == before.version


@pytest.mark.parametrize("who", [*ROLES, "nora", "eve"])
def test_roles(town: Town, who: str) -> None:
    branch(town)
    refusal: type[HoloscopeError] = NoSuchModel if who in ("nora", "eve") else PermissionDenied
    if who not in ("moe", "cara"):
        with pytest.raises(refusal):
            merge(town, who=who)
        return
    merge(town, who=who)
    if who == "moe":
        with pytest.raises(PermissionDenied):
            merge(town, who=who, override_git_settings=True)
    else:
        merge(town, who=who, override_git_settings=True)


def random_view(dice: random.Random) -> str:
    """A view whose fields and properties are drawn from few, so that edits meet now and then."""
    lines = ["schema: main", "table_name: sales", "dimensions:", "  id:", "    primary_key: true"]
    for name in dice.sample("abcd", dice.randint(0, 4)):
        lines += [f"  {name}:", f"    sql: '\"{name}\"'"]
        lines += [f"    {key}: {value}" for key, value in
                  dice.sample([("label", "L1"), ("description", "D1"), ("hidden", "true"), ("tags", "[ t ]")],
                              dice.randint(0, 3))]  # fmt: skip
    lines += ["measures:", "  count:", "    aggregate_type: count"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(12))
def test_after_any_merge_nothing_differs(shop: Town, seed: int) -> None:
    """A branch without changes is its base; a merged one too; a refused one left everything as it was."""
    dice = random.Random(seed)
    write(shop, SALES, random_view(dice))
    mine = branch(shop)
    assert read(shop, mine) == read(shop)
    for _ in range(3):
        write(shop, SALES, random_view(dice), mine)
        if dice.random() < 0.5:
            write(shop, SALES, random_view(dice))
        wanted = said(read(shop, mine))
        moved = mine.base_version != shop.store.find_model(shop.actor("ada"), shop.model.id).version
        before = read(shop), read(shop, mine, "extension")
        try:
            merge(shop)
        except MergeConflict:
            assert (read(shop), read(shop, mine, "extension")) == before
            write(shop, SALES, "", mine, "extension") if read(shop, mine, "extension") else None
            merge(shop)
        else:
            if not moved:
                assert said(read(shop)) == wanted
        mine = shop.store.find_model(shop.actor("ada"), mine.id)
        assert read(shop, mine, "extension") == {}
        assert read(shop, mine) == read(shop)
