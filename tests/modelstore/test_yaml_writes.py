"""Writing files: only the delta is kept, bad text is refused with its place, nobody's write is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from holoscope.access.errors import PermissionDenied
from holoscope.kit.errors import BadRequest, HoloscopeError
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.errors import (
    FileChanged,
    InvalidModelFile,
    NoSuchFile,
    NoSuchModel,
    SchemaModelsAreMirrors,
)
from holoscope.modelstore.managing import Creation, create_model
from holoscope.modelstore.model_rows import ModelKind
from holoscope.modelstore.yaml import YamlRequest, read_yaml
from holoscope.modelstore.yaml_writes import YamlWrite, delete_yaml, write_yaml
from support.shelf import Shelf
from support.town import FILES, ROLES, VIEW, Town

SALES = "main/sales.view"


def write(town: Town, file: str, text: str, who: str = "ada", **more: Any) -> dict[str, Any]:
    return write_yaml(town.store, town.actor(who), town.model.id, YamlWrite(file, text, **more))


def read(town: Town, mode: str = "extension", model_id: str | None = None, **asked: Any) -> dict[str, str]:
    request = YamlRequest(mode=mode, **asked)
    files: dict[str, str] = read_yaml(town.store, town.actor("ada"), model_id or town.model.id, request)[
        "files"
    ]
    return files


def checksum(town: Town, file: str, mode: str = "combined") -> str:
    body = read_yaml(
        town.store, town.actor("ada"), town.model.id, YamlRequest(mode=mode, include_checksums=True)
    )
    text: str = body["checksums"][file]
    return text


@pytest.fixture
def layered(town: Town) -> Town:
    """The view lies in the schema layer; the shared model holds the rest."""
    town.store.replace_files(str(town.model.base_model_id), {SALES: VIEW})
    town.store.replace_files(town.model.id, {k: v for k, v in FILES.items() if k != SALES})
    return town


def test_only_what_differs_is_kept(layered: Town) -> None:
    whole = read(layered, "combined")[SALES] + "  total:\n    sql: ${id}\n    aggregate_type: sum\n"
    body = write(layered, SALES, whole)
    assert body["success"] is True
    assert body["files"][SALES] == read(layered, "combined")[SALES]
    assert body["viewNames"] == {SALES: "sales"}
    assert body["checksums"][SALES] == checksum(layered, SALES)
    delta = read(layered)[SALES]
    assert "total:" in delta
    assert "id:" not in delta
    assert "schema" not in delta
    write(layered, SALES, VIEW)
    assert SALES not in read(layered), "nothing differs any more"


def test_what_is_taken_away_is_ignored_or_undone(layered: Town) -> None:
    write(
        layered,
        SALES,
        VIEW.replace("  count:\n    aggregate_type: count\n", "  n:\n    aggregate_type: count\n"),
    )
    delta = read(layered)[SALES]
    assert "count:\n    ignored: true" in delta
    combined = read(layered, "combined")[SALES]
    assert "ignored: true" in combined
    write(layered, SALES, combined)
    assert read(layered, "combined")[SALES] == combined


def test_an_own_file_is_kept_whole_in_canonical_form(town: Town) -> None:
    write(town, "extra.view", "# mine\ndimensions: {id: {primary_key: true}}\nschema:   main\n")
    text = read(town)["extra.view"]
    assert "# mine\n" in text
    assert text.index("schema: main") < text.index("dimensions:")
    write(town, "extra.view", text)
    assert read(town)["extra.view"] == text


def test_comments_survive_layers(layered: Town) -> None:
    whole = VIEW.replace(
        "measures:\n", "measures:\n  # what was paid\n  paid:\n    sql: ${id}\n    aggregate_type: sum\n"
    )
    write(layered, SALES, whole)
    assert "# what was paid" in read(layered)[SALES]
    assert "# what was paid" in read(layered, "combined")[SALES]


def test_case_03_empty_text(layered: Town) -> None:
    """Extension: the delta goes and the inherited view is back. Combined: the view is ignored."""
    compiler = ModelCompiler(layered.database, Shelf())
    write(layered, SALES, "label: Sold\n", mode="extension")
    write(layered, SALES, "", mode="extension")
    assert SALES not in read(layered)
    assert not compiler.load(layered.model.id).views["sales"].ignored
    write(layered, SALES, "", mode="combined")
    assert read(layered)[SALES] == "ignored: true\n"
    compiled = compiler.compile(layered.model.id)
    assert "sales" not in compiled.model.views or compiled.model.views["sales"].ignored
    assert any("sales" in item.message for item in compiled.diagnostics if item.severity == "error")
    write(layered, SALES, "", mode="extension")
    assert not compiler.load(layered.model.id).views["sales"].ignored


def test_a_file_of_this_layer_alone_is_deleted(town: Town) -> None:
    write(town, "sales.topic", "")
    assert "sales.topic" not in read(town, "combined")
    with pytest.raises(NoSuchFile):
        write(town, "sales.topic", "")
    with pytest.raises(NoSuchFile):
        delete_yaml(town.store, town.actor("ada"), town.model.id, "other.view")


def test_an_inherited_topic_is_taken_away_and_comes_back(town: Town) -> None:
    branch = create_model(
        town.store,
        town.actor("ada"),
        Creation(town.connection.id, ModelKind.BRANCH, "fix", town.model.id),
    )
    compiler = ModelCompiler(town.database, Shelf())
    actor = town.actor("ada")
    gone = delete_yaml(town.store, actor, town.model.id, "sales.topic", branch_id=branch.id)
    assert gone == {"fileName": "sales.topic", "success": True}
    assert "sales" not in compiler.load(branch.id).topics
    assert "sales" in compiler.load(town.model.id).topics
    delete_yaml(town.store, actor, town.model.id, "sales.topic", mode="extension", branch_id=branch.id)
    assert "sales" in compiler.load(branch.id).topics


def test_relationships_are_kept_as_a_delta(layered: Town) -> None:
    base = (
        "- join_from_view: sales\n  join_to_view: people\n  on_sql: ${sales.id} = ${people.id}\n"
        "  relationship_type: many_to_one\n"
    )
    other = base.replace("people", "regions")
    layered.store.replace_files(str(layered.model.base_model_id), {SALES: VIEW, "relationships": base})
    write(layered, "relationships", base + "# by region\n" + other)
    delta = read(layered)["relationships"]
    assert "regions" in delta
    assert "people" not in delta
    assert "# by region" in delta
    write(layered, "relationships", other)
    assert "ignored: true" in read(layered)["relationships"]


@pytest.mark.parametrize(
    ("file", "text", "place", "message"),
    [
        (SALES, "schema: a\ndimnsions: {}\n", "2:1", '"dimnsions". Did you mean dimensions?'),
        (SALES, "schema: [ main\n", "", "Not valid YAML"),
        (SALES, "dimensions:\n  id:\n    hiden: true\n", "3:5", 'Invalid property name "hiden"'),
        (SALES, "dimensions:\n  id: {}\n  id: {}\n", "3:3", 'The key "id" is written twice'),
        (SALES, "dimensions: [ id ]\n", "1:13", 'Property "dimensions" must be a map'),
        ("relationships", "relationships: []\n", "1:1", "must be a list"),
        ("sales.topic", "base_view: sales\njoins:\n  people: {}\n", "3:3", "people"),
        ("model", "- a\n", "1:1", "must be a map"),
        ("model", "label: \x00\n", "1:8", "character"),
        ("model", "label: '\ud800'\n", "", "not valid Unicode"),
        ("z.view", "name: sales\n", "1:1", "stands in the file"),
    ],
)  # fmt: skip
def test_bad_text_is_refused_with_its_place(
    town: Town, file: str, text: str, place: str, message: str
) -> None:
    before = town.store.find_model(town.actor("ada"), town.model.id)
    for mode in ("combined", "extension"):
        with pytest.raises(InvalidModelFile) as refused:
            write(town, file, text, mode=mode)
        assert refused.value.detail.startswith(f"{file}:{place}")
        assert message in refused.value.detail
    assert town.store.find_model(town.actor("ada"), town.model.id) == before
    assert read(town) == FILES


def test_places_are_those_of_the_text_also_where_only_a_delta_is_kept(layered: Town) -> None:
    with pytest.raises(InvalidModelFile, match=rf"^{SALES}:10:1: "):
        write(layered, SALES, VIEW + "\nmeasure: {}\n")


def test_what_other_files_may_mend_is_saved(town: Town) -> None:
    write(town, SALES, VIEW + "  far:\n    sql: ${people.age}\n    aggregate_type: sum\n")
    write(town, "late.topic", "base_view: people\n")


def test_a_field_that_some_topics_cannot_reach_is_saved(town: Town) -> None:
    write(town, "people.view", "schema: main\ndimensions: { id: { primary_key: true } }\n")
    write(town, "alone.topic", "base_view: sales\njoins: {}\n")
    write(town, SALES, VIEW + "  far:\n    sql: ${people.id}\n    aggregate_type: sum\n")


def test_bombs_are_refused(town: Town) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(f'*{old}' for _ in range(9))}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for text in (bomb, "a: " + "[" * 5000, "label: " + "x" * 1_100_000, "- " * 3000):
        with pytest.raises(InvalidModelFile):
            write(town, "model", text)
    assert read(town) == FILES


@pytest.mark.parametrize(
    "name",
    ["", "models", "view", ".view", "a.yaml", "a.view.yaml", "/a.view", "../a.view", "a/../b.view",
     "a//b.view", "a\\b.view", "a\n.view", "./a.view", "model/", "sub/model", "x" * 600 + ".view"],
)  # fmt: skip
def test_file_names(town: Town, name: str) -> None:
    with pytest.raises(BadRequest, match="fileName"):
        write(town, name, VIEW)


def test_case_04_a_stale_checksum(layered: Town) -> None:
    for mode in ("combined", "extension"):
        first = checksum(layered, "model", mode)
        write(layered, "model", f"label: {mode}\n", previous_checksum=first, mode=mode)
        before = read(layered)
        with pytest.raises(FileChanged, match="File has been modified since it was fetched"):
            write(layered, "model", "label: Late\n", previous_checksum=first, mode=mode)
        assert read(layered) == before
    with pytest.raises(FileChanged):
        write(layered, "new.view", VIEW, previous_checksum="0" * 64)
    stale = checksum(layered, SALES)
    layered.store.replace_files(str(layered.model.base_model_id), {SALES: VIEW + "label: Below\n"})
    with pytest.raises(FileChanged):
        write(layered, SALES, VIEW, previous_checksum=stale)


def test_of_two_writers_at_once_one_wins(town: Town) -> None:
    actor = town.actor("moe")
    for turn in range(5):
        first = checksum(town, "model")
        start = threading.Barrier(4)
        outcomes: list[str] = []

        def run(
            number: int,
            turn: int = turn,
            first: str = first,
            start: Any = start,
            outcomes: list[str] = outcomes,
        ) -> None:
            start.wait()
            wanted = YamlWrite("model", f"label: {turn} {number}\n", previous_checksum=first)
            try:
                write_yaml(town.store, actor, town.model.id, wanted)
                outcomes.append(f"label: {turn} {number}\n")
            except FileChanged as error:
                outcomes.append(error.code)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [text for text in outcomes if text != "file_changed"]
        assert len(won) == 1
        assert len(outcomes) == 4
        assert read(town)["model"] == won[0]


def test_writers_of_different_files_all_succeed(town: Town) -> None:
    actor = town.actor("moe")
    start = threading.Barrier(4)

    def run(number: int) -> None:
        start.wait()
        write_yaml(town.store, actor, town.model.id, YamlWrite(f"v{number}.view", f"schema: s{number}\n"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"v{number}.view" for number in range(4)} <= read(town).keys()
    assert town.store.find_model(actor, town.model.id).version == 5


@pytest.mark.parametrize("who", [*ROLES, "nora", "eve"])
def test_roles(town: Town, who: str) -> None:
    refusal: type[HoloscopeError] = NoSuchModel if who in ("nora", "eve") else PermissionDenied
    if who in ("moe", "cara"):
        assert write(town, "model", "label: Mine\n", who)["success"] is True
        return
    with pytest.raises(refusal):
        write(town, "model", "label: Mine\n", who)
    with pytest.raises(refusal):
        delete_yaml(town.store, town.actor(who), town.model.id, SALES)


def test_schema_models_and_history_are_not_written(town: Town) -> None:
    with pytest.raises(SchemaModelsAreMirrors):
        write_yaml(town.store, town.actor("ada"), str(town.model.base_model_id), YamlWrite(SALES, VIEW))
    with pytest.raises(BadRequest, match="history cannot be written"):
        write(town, SALES, VIEW, mode="history")
    with pytest.raises(BadRequest, match="must end with"):
        delete_yaml(town.store, town.actor("ada"), town.model.id, "model")


def test_author_and_message_are_kept(town: Town) -> None:
    write(town, "model", "label: Mine\n", "moe", message="Because")
    body = read_yaml(town.store, town.actor("ada"), town.model.id, YamlRequest(mode="history"))
    assert body["history"][0]["message"] == "Because"
    assert body["history"][0]["author"]["name"] == "Moe"


def test_modes_of_a_branch(layered: Town) -> None:
    actor = layered.actor("ada")
    branch = create_model(
        layered.store, actor, Creation(layered.connection.id, ModelKind.BRANCH, "fix", layered.model.id)
    )
    write(layered, "model", "label: Shop\ndescription: Ours\n", branch_id=branch.id)
    write(layered, SALES, VIEW + "label: Sold\n", branch_id=branch.id)
    assert read(layered, branch_id=branch.id).keys() == {"model", SALES}
    staged = read(layered, "staged", branch_id=branch.id)
    assert staged.keys() == {"model", SALES}
    assert "aggregate_type: count" in staged[SALES]
    merged = read(layered, "merged", branch_id=branch.id)
    assert merged.keys() == {"model", "relationships", "sales.topic", SALES}
    assert "aggregate_type" not in merged[SALES]
    assert "label: Shop" in merged["model"]
    assert "label: Sold" not in read(layered, "combined")[SALES]
    write(layered, SALES, merged[SALES] + "description: More\n", mode="merged", branch_id=branch.id)
    assert "description: More" in read(layered, "combined", branch_id=branch.id)[SALES]
