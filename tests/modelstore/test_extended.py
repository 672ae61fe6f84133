"""Models that others extend, and extensions that people are sent to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holoscope.modelstore.chain import load_chain, unknown_models
from holoscope.modelstore.compile import ModelCompiler
from holoscope.modelstore.managing import Creation, create_model
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.routed import NoSuchExtension, load_for
from holoscope.query.scope import Scope
from support.shelf import Shelf
from support.town import FILES, VIEW, Town

ROUTES = """\
dynamic_shared_extensions:
  - user_attribute: region
    mappings: { Wholesale: { values_for_model: [ north ] }, Gone: { values_for_model: [ south ] } }
"""
FAR = "dimensions:\n  far: { sql: '1' }\n"


def make(
    town: Town, kind: ModelKind, name: str, files: dict[str, str], base: str | None = None
) -> StoredModel:
    model = create_model(
        town.store, town.actor("ada"), Creation(town.connection.id, kind, name, base_model_id=base)
    )
    return town.store.replace_files(model.id, files)


@pytest.fixture
def compiler(town: Town) -> ModelCompiler:
    return ModelCompiler(town.database, Shelf())


def names(town: Town, model: StoredModel) -> list[str | None]:
    with town.database.reading() as connection:
        return [layer.name for layer in load_chain(connection, model)]


def test_what_is_extended_stands_below(town: Town, compiler: ModelCompiler) -> None:
    make(town, ModelKind.SHARED, "Ground", {"main/sales.view": "label: Ground\n" + FAR})
    make(town, ModelKind.SHARED, "Hub", {"model": "extends: [Ground]\n", "main/sales.view": "label: Hub\n"})
    own = town.store.replace_files(town.model.id, {**FILES, "model": "label: Shop\nextends: [hub]\n"})
    assert names(town, own) == [None, "Ground", "Hub", own.name]
    view = compiler.load(own.id).views["sales"]
    assert (view.label, list(view.dimensions)) == ("Hub", ["far", "id"])
    town.store.replace_files(
        own.id, {**FILES, "model": "extends: [Hub]\n", "main/sales.view": "label: Own\n" + VIEW}
    )
    assert compiler.load(own.id).views["sales"].label == "Own"


def test_a_change_of_what_is_extended_shows(town: Town, compiler: ModelCompiler) -> None:
    hub = make(town, ModelKind.SHARED, "Hub", {"main/sales.view": "label: Hub\n"})
    own = town.store.replace_files(town.model.id, {**FILES, "model": "extends: [Hub]\n"})
    assert compiler.load(own.id).views["sales"].label == "Hub"
    town.store.replace_files(hub.id, {"main/sales.view": "label: New\n"})
    assert compiler.load(own.id).views["sales"].label == "New"


def test_circles_end_and_unknown_models_are_told(town: Town, compiler: ModelCompiler) -> None:
    hub = make(town, ModelKind.SHARED, "Hub", {"model": f"extends: [{town.model.name}, Hub]\n"})
    own = town.store.replace_files(town.model.id, {**FILES, "model": "extends: [Hub, Nowhere]\n"})
    assert names(town, own) == [None, "Hub", own.name]
    assert names(town, hub) == [None, own.name, "Hub"]
    with town.database.reading() as connection:
        assert unknown_models(connection, own) == ("Nowhere",)
    assert "sales" in compiler.load(own.id).views


def test_a_person_is_sent_to_an_extension(town: Town, compiler: ModelCompiler) -> None:
    own = town.store.replace_files(town.model.id, {**FILES, "model": ROUTES})
    extension = make(town, ModelKind.SHARED_EXTENSION, "Wholesale", {"main/sales.view": FAR}, own.id)

    def fields(region: tuple[str, ...], model: StoredModel = own) -> list[str]:
        scope = Scope({"region": region} if region else {}, frozenset())
        return list(load_for(compiler, town.database, model, scope).views["sales"].dimensions)

    assert fields(("north", "east")) == ["id", "far"]
    assert fields(("east",)) == fields(()) == ["id"]
    assert fields(("north",), replace(extension)) == ["id", "far"]
    with pytest.raises(NoSuchExtension, match='"Gone"'):
        fields(("south",))
