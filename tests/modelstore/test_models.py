"""Models as records: making, listing, finding."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from holoscope.access.actors import Actor
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.kit.paging import BadCursor, encode_cursor
from holoscope.modelstore.errors import NoSuchConnection, NoSuchModel, SchemaModelExists, SchemaModelMissing
from holoscope.modelstore.listing import ModelFilter, model_wire
from holoscope.modelstore.model_rows import StoredModel
from holoscope.storage.tables import connections, models
from support.town import FILES, ROLES, Town


def listed(town: Town, actor: Actor, wanted: ModelFilter = ModelFilter(), **asked: Any) -> list[StoredModel]:  # noqa: B008
    return list(town.store.list_models(actor, wanted, page_size=100, **asked).records)


def names(found: list[StoredModel]) -> list[str | None]:
    return [model.name for model in found]


@pytest.fixture
def many(town: Town) -> Town:
    """Shop (made with the town), then Beta, alpha, Ärger; updated in the order Shop, Beta, alpha, Ärger."""
    for name in ("Beta", "alpha", "Ärger"):
        town.store.create_shared_model(town.connection.id, name, {})
    return town


def delete(town: Town, model_id: str) -> None:
    with town.database.writing() as connection:
        connection.execute(update(models).where(models.c.id == model_id).values(deleted_at=town.clock()))


def test_a_record_on_the_wire(town: Town) -> None:
    model = town.store.find_model(town.actor("ada"), town.model.id.upper())
    assert model == town.model
    assert model_wire(model) == {
        "id": model.id,
        "name": "Shop",
        "modelKind": "SHARED",
        "connectionId": town.connection.id,
        "baseModelId": model.base_model_id,
        "createdAt": wire_time(model.created_at),
        "updatedAt": wire_time(model.updated_at),
        "deletedAt": None,
    }
    assert model_wire(model, [("b1", "fix")])["branches"] == [{"id": "b1", "name": "fix"}]


def test_a_schema_model_has_no_name_and_no_base(town: Town) -> None:
    (schema,) = listed(town, town.actor("ada"), ModelFilter(model_kind="SCHEMA"))
    assert (schema.name, schema.base_model_id) == (None, None)
    assert schema.id == town.model.base_model_id


def test_a_connection_has_one_schema_model_and_others_stand_on_it(town: Town) -> None:
    with pytest.raises(SchemaModelExists, match="Schema model already exists for the connection"):
        town.store.create_schema_model(town.connection.id)
    with pytest.raises(NoSuchConnection):
        town.store.create_shared_model(new_id(), "x", {})
    delete(town, str(town.model.base_model_id))
    with pytest.raises(SchemaModelMissing):
        town.store.create_shared_model(town.connection.id, "x", {})
    town.store.create_schema_model(town.connection.id)


@pytest.mark.parametrize(
    ("field", "direction", "expected"),
    [
        ("updatedAt", "desc", ["Ärger", "alpha", "Beta", "Shop", None]),
        ("createdAt", "asc", [None, "Shop", "Beta", "alpha", "Ärger"]),
        ("name", "asc", [None, "alpha", "Beta", "Shop", "Ärger"]),
        ("name", "desc", ["Ärger", "Shop", "Beta", "alpha", None]),
    ],
)
def test_orders(many: Town, field: str, direction: str, expected: list[str | None]) -> None:
    actor = many.actor("ada")
    assert names(listed(many, actor, sort_field=field, sort_direction=direction)) == expected


@pytest.mark.parametrize(
    "field", ["name", "modelKind", "connectionId", "baseModelId", "createdAt", "updatedAt"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_hold_each_model_once(many: Town, field: str, direction: str, size: int) -> None:
    actor, found, cursor, totals = many.actor("ada"), [], None, set()
    while True:
        page = many.store.list_models(
            actor, ModelFilter(), sort_field=field, sort_direction=direction, page_size=size, cursor=cursor
        )
        found += page.records
        totals.add(page.total_records)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert totals == {5}
    assert found == listed(many, actor, sort_field=field, sort_direction=direction)


def test_a_page_is_not_disturbed_by_what_comes_and_goes(many: Town) -> None:
    actor = many.actor("ada")
    first = many.store.list_models(actor, ModelFilter(), sort_field="name", sort_direction="asc", page_size=2)
    many.store.create_shared_model(many.connection.id, "aaa", {})
    delete(many, first.records[1].id)
    following = many.store.list_models(
        actor, ModelFilter(), sort_field="name", sort_direction="asc", page_size=2, cursor=first.next_cursor
    )
    assert names(list(following.records)) == ["Beta", "Shop"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        encode_cursor(("name", "asc", "a")),
        encode_cursor(("createdAt", "desc", "2026", "x")),
        encode_cursor(("updatedAt", "asc", "2026-01-01T00:00:00+00:00", "x")),
        encode_cursor(("updatedAt", "desc", "yesterday", "x")),
        encode_cursor(("updatedAt", "desc", "2026-01-01T00:00:00", "x")),
    ],
)
def test_cursors_that_are_not_ours(town: Town, cursor: str) -> None:
    with pytest.raises(BadCursor):
        town.store.list_models(town.actor("ada"), ModelFilter(), cursor=cursor)


def test_sizes(town: Town) -> None:
    for size in (0, 101):
        with pytest.raises(BadRequest, match="Page size"):
            town.store.list_models(town.actor("ada"), ModelFilter(), page_size=size)


def test_filters(many: Town) -> None:
    actor = many.actor("ada")
    shop = many.model
    cases: list[tuple[ModelFilter, list[str | None]]] = [
        (ModelFilter(name="ALPHA"), ["alpha"]),
        (ModelFilter(name="ärger"), ["Ärger"]),
        (ModelFilter(name="alph"), []),
        (ModelFilter(name=""), ["Ärger", "alpha", "Beta", "Shop", None]),
        (ModelFilter(model_id=shop.id), ["Shop"]),
        (ModelFilter(model_id=shop.id.upper()), ["Shop"]),
        (ModelFilter(model_id=new_id()), []),
        (ModelFilter(connection_id=shop.connection_id), ["Ärger", "alpha", "Beta", "Shop", None]),
        (ModelFilter(connection_id=new_id()), []),
        (ModelFilter(base_model_id=shop.base_model_id), ["Ärger", "alpha", "Beta", "Shop"]),
        (ModelFilter(model_kind="SHARED"), ["Ärger", "alpha", "Beta", "Shop"]),
        (ModelFilter(model_kind="SCHEMA"), [None]),
        (ModelFilter(model_kind="BRANCH"), []),
        (ModelFilter(name="shop", model_kind="SCHEMA"), []),
    ]
    for wanted, expected in cases:
        assert names(listed(many, actor, wanted)) == expected, wanted


def test_deleted_models_show_on_request(many: Town) -> None:
    actor = many.actor("ada")
    delete(many, many.model.id)
    assert "Shop" not in names(listed(many, actor))
    (found,) = listed(many, actor, ModelFilter(name="shop", include_deleted=True))
    assert model_wire(found)["deletedAt"] is not None
    with pytest.raises(NoSuchModel, match=f"Model with id {many.model.id} does not exist"):
        many.store.find_model(actor, many.model.id)


@pytest.mark.parametrize("who", list(ROLES))
def test_members_see_what_they_have_a_role_on(many: Town, who: str) -> None:
    actor = many.actor(who)
    assert names(listed(many, actor)) == ["Shop"]
    assert many.store.find_model(actor, many.model.id) == many.model
    page = many.store.list_models(actor, ModelFilter())
    assert page.total_records == 1


@pytest.mark.parametrize("who", ["nora", "eve"])
def test_others_see_nothing(many: Town, who: str) -> None:
    actor = many.actor(who)
    assert listed(many, actor, ModelFilter(include_deleted=True)) == []
    for id_ in (many.model.id, many.model.base_model_id, new_id(), "x"):
        with pytest.raises(NoSuchModel):
            many.store.find_model(actor, str(id_))


def test_no_access_is_not_a_role(many: Town) -> None:
    nora = many.actor("nora")
    with many.database.writing() as connection:
        assign_role(
            connection,
            many.organization.id,
            Holder(membership_id=nora.membership_id),
            Target(model_id=many.model.id),
            Role.NO_ACCESS,
        )
    assert listed(many, nora) == []


def test_a_role_on_the_connection_opens_all_its_models(many: Town) -> None:
    with many.database.writing() as connection:
        connection.execute(update(connections).values(base_role="VIEWER"))
    assert len(listed(many, many.actor("nora"))) == 5


def test_versions_grow_with_content_alone(town: Town) -> None:
    assert town.model.version == 1
    same = town.store.replace_files(town.model.id, dict(reversed(FILES.items())))
    assert same == town.model
    spelled = town.store.replace_files(town.model.id, {f"{path}.yaml": text for path, text in FILES.items()})
    assert spelled == town.model
    changed = town.store.replace_files(town.model.id, {"model": "label: Other\n"})
    assert changed.version == 2
    assert changed.updated_at > town.model.updated_at
    assert changed == town.store.find_model(town.actor("ada"), town.model.id)
    with pytest.raises(NoSuchModel):
        town.store.replace_files(new_id(), {})
    with pytest.raises(BadRequest):
        town.store.replace_files(town.model.id, {"x.view": "", "x.view.yaml": ""})


def test_finding_by_name(many: Town) -> None:
    assert many.store.find_shared_model(many.connection.id, "SHOP") == many.model
    assert many.store.find_shared_model(many.connection.id, "nothing") is None
    assert many.store.find_shared_model(new_id(), "Shop") is None
