"""The compiled form: right, remembered, and renewed when something changes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from holoscope.access.scope import Scopes
from holoscope.kit.errors import WarehouseError
from holoscope.kit.ids import new_id
from holoscope.modeling.types import Catalog
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.errors import NoSuchModel
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.schemas import list_schemas
from holoscope.storage.tables import models
from holoscope.storage.unit_of_work import open_database
from support.shelf import Shelf
from support.town import FILES, VIEW, Town


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def compiler(town: Town, shelf: Shelf) -> ModelCompiler:
    return ModelCompiler(town.database, shelf)


def test_the_model_is_that_of_the_files(town: Town, compiler: ModelCompiler, shelf: Shelf) -> None:
    model = compiler.load(town.model.id)
    assert model.label == "Shop"
    assert list(model.views) == ["sales"]
    assert list(model.topics) == ["sales"]
    assert model.catalog is shelf.catalog
    assert [
        str(found) for found in compiler.compile(town.model.id).diagnostics if found.severity == "error"
    ] == []


def test_it_is_compiled_once(town: Town, compiler: ModelCompiler, shelf: Shelf) -> None:
    first = compiler.load(town.model.id)
    assert compiler.load(town.model.id) is first
    assert shelf.reads == 1


def test_at_once_it_is_compiled_once(town: Town, compiler: ModelCompiler, shelf: Shelf) -> None:
    found: list[int] = []
    start = threading.Barrier(8)

    def load() -> None:
        start.wait()
        found.append(id(compiler.load(town.model.id)))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert shelf.reads == 1


def test_a_change_of_a_file_shows(town: Town, compiler: ModelCompiler) -> None:
    before = compiler.compile(town.model.id)
    town.store.replace_files(town.model.id, {**FILES, "model": "label: Changed\n"})
    after = compiler.compile(town.model.id)
    assert after.model.label == "Changed"
    assert after.fingerprint != before.fingerprint
    town.store.replace_files(town.model.id, FILES)
    assert compiler.compile(town.model.id).fingerprint == before.fingerprint


def test_a_change_of_the_catalog_shows(town: Town, compiler: ModelCompiler, shelf: Shelf) -> None:
    compiler.load(town.model.id)
    shelf.version, shelf.catalog = "2", Catalog()
    assert compiler.load(town.model.id).catalog is shelf.catalog


def test_a_change_of_the_base_shows(town: Town, compiler: ModelCompiler) -> None:
    compiler.load(town.model.id)
    base = {"main/returns.view": VIEW, "main/sales.view": VIEW.replace("sales", "elsewhere")}
    town.store.replace_files(str(town.model.base_model_id), base)
    views = compiler.load(town.model.id).views
    assert set(views) == {"sales", "returns"}
    assert views["sales"].table_name == "sales", "the model's own file stands in for the base's"


def test_bad_content_is_told_and_the_rest_is_served(
    town: Town, compiler: ModelCompiler, caplog: pytest.LogCaptureFixture
) -> None:
    town.store.replace_files(town.model.id, {**FILES, "main/broken.view": "dimensions: [\n"})
    compiled = compiler.compile(town.model.id)
    assert "sales" in compiled.model.views
    assert any(found.position.file == "main/broken.view" for found in compiled.diagnostics)
    assert "main/broken.view" in caplog.text


def test_unknown_and_deleted_models(town: Town, compiler: ModelCompiler) -> None:
    compiler.load(town.model.id)
    with town.database.writing() as connection:
        connection.execute(update(models).values(deleted_at=town.clock()))
    for id_ in (town.model.id, new_id()):
        with pytest.raises(NoSuchModel):
            compiler.load(id_)


def test_an_unreadable_catalog_is_tried_again(town: Town, compiler: ModelCompiler, shelf: Shelf) -> None:
    shelf.failure = WarehouseError("no such file")
    with pytest.raises(WarehouseError):
        compiler.load(town.model.id)
    shelf.failure = None
    assert compiler.load(town.model.id).label == "Shop"


def test_schemas(town: Town, compiler: ModelCompiler) -> None:
    extra = VIEW.replace("schema: main", "schema: Staging")
    town.store.replace_files(town.model.id, {**FILES, "staging/raw.view": extra})
    assert list_schemas(town.store, compiler, town.actor("vic"), town.model.id) == [
        "Staging",
        "archive",
        "main",
    ]
    with pytest.raises(NoSuchModel):
        list_schemas(town.store, compiler, town.actor("nora"), town.model.id)


def test_a_change_by_another_process_shows_within_a_second(
    town: Town, compiler: ModelCompiler, tmp_path: Path
) -> None:
    other = open_database(tmp_path / "meta.db")
    elsewhere = ModelStore(other, Scopes(other), town.clock)
    compiler.load(town.model.id)
    elsewhere.replace_files(town.model.id, {**FILES, "model": "label: Changed\n"})
    changed = time.monotonic()
    while compiler.load(town.model.id).label != "Changed":
        assert time.monotonic() - changed <= 1.0
        time.sleep(0.02)
    other.close()
