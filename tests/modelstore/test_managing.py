"""Making, renaming and deleting models, by every role."""

from __future__ import annotations

from typing import Any

import pytest

from holoscope.access.errors import PermissionDenied
from holoscope.access.roles import Role
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.modelstore.errors import (
    NameTaken,
    NoSuchBranch,
    NoSuchBranchModel,
    NoSuchConnection,
    NoSuchModel,
    SchemaModelExists,
)
from holoscope.modelstore.listing import ModelFilter
from holoscope.modelstore.managing import (
    Creation,
    Grant,
    create_model,
    delete_branch,
    delete_model,
    rename,
)
from holoscope.modelstore.model_rows import ModelKind, StoredModel
from holoscope.modelstore.yaml import YamlRequest, read_yaml
from support.town import ROLES, Town


def make(town: Town, kind: ModelKind, name: str | None = None, who: str = "ada", **more: Any) -> StoredModel:
    return create_model(town.store, town.actor(who), Creation(town.connection.id, kind, name, **more))


def branch(town: Town, name: str = "fix", who: str = "ada", base: str | None = None) -> StoredModel:
    return make(town, ModelKind.BRANCH, name, who, base_model_id=base or town.model.id)


def test_kinds_stand_on_each_other(town: Town) -> None:
    extension = make(town, ModelKind.SHARED_EXTENSION, "Wholesale", base_model_id=town.model.id)
    above = branch(town, "tenant/one", base=extension.id)
    assert (extension.base_model_id, above.base_model_id) == (town.model.id, extension.id)
    assert above.base_version == 1
    for kind, base in (
        (ModelKind.SHARED_EXTENSION, extension.id),
        (ModelKind.SHARED_EXTENSION, town.model.base_model_id),
        (ModelKind.BRANCH, above.id),
        (ModelKind.SHARED, town.model.id),
    ):
        with pytest.raises(BadRequest, match=f"a {kind} model stands on"):
            make(town, kind, "x", base_model_id=base)
    for kind in (ModelKind.SHARED_EXTENSION, ModelKind.BRANCH):
        with pytest.raises(BadRequest, match="baseModelId: Required"):
            make(town, kind, "x")
        with pytest.raises(NoSuchModel):
            make(town, kind, "x", base_model_id=new_id())
    with pytest.raises(SchemaModelExists):
        make(town, ModelKind.SCHEMA)
    with pytest.raises(NoSuchConnection):
        create_model(town.store, town.actor("ada"), Creation(new_id(), ModelKind.SHARED))


def test_a_model_without_a_name_is_called_as_its_connection(town: Town) -> None:
    assert make(town, ModelKind.SHARED).name == "Shop data"


def test_a_grant_named_twice_is_refused(town: Town) -> None:
    twice = [Grant("east", "region", ["East"]), Grant("east", "region", ["West"])]
    with pytest.raises(BadRequest, match=r'accessGrants\.1\.name: "east" is named twice'):
        make(town, ModelKind.SHARED, "Twice", grants=twice)


def test_a_model_may_start_with_grants(town: Town) -> None:
    grants = [Grant("east", "region", ["East", "no"], access_boostable=True), Grant("none", None, [])]
    model = make(town, ModelKind.SHARED, "Granted", grants=grants)
    text = read_yaml(town.store, town.actor("ada"), model.id, YamlRequest(mode="extension"))["files"]["model"]
    assert "access_grants:\n  east:\n" in text
    assert "user_attribute: region" in text
    assert "access_boostable: true" in text


@pytest.mark.parametrize("name", ["", " ", "a b", "a//b", "/a", "a/", "a..b", "ä", "a\nb", "x" * 256])
def test_bad_branch_names(town: Town, name: str) -> None:
    with pytest.raises(BadRequest, match="modelName"):
        branch(town, name)


def test_names_are_unique_by_kind_and_base(town: Town) -> None:
    fix = branch(town, "feature/one")
    with pytest.raises(NameTaken, match='A branch named "Feature/One" already exists'):
        branch(town, "Feature/One")
    for clash in ("feature", "feature/one/more"):
        with pytest.raises(BadRequest, match="cannot both exist"):
            branch(town, clash)
    branch(town, "feature-one")
    with pytest.raises(NameTaken, match='A model named "shop"'):
        make(town, ModelKind.SHARED, "shop")
    with pytest.raises(NameTaken):
        rename(town.store, town.actor("ada"), fix.id, "feature-one")
    assert rename(town.store, town.actor("ada"), fix.id, "feature/one").name == "feature/one"
    assert rename(town.store, town.actor("ada"), fix.id, "other").name == "other"
    assert branch(town, "feature/one/more").name == "feature/one/more"
    delete_branch(town.store, town.actor("ada"), town.model.id, "OTHER")
    assert branch(town, "other").id != fix.id


CAN_BRANCH = {"quinn", "moe", "cara"}
CAN_WRITE = {"moe", "cara"}


@pytest.mark.parametrize("who", list(ROLES))
def test_roles_on_a_model(town: Town, who: str) -> None:
    """Everybody here has a role on the model alone, not on the connection."""
    actor = town.actor(who)
    if who in CAN_BRANCH:
        branch(town, "mine", who)
    else:
        with pytest.raises(PermissionDenied):
            branch(town, "mine", who)
        branch(town, "mine")
    with pytest.raises(PermissionDenied):
        make(town, ModelKind.SHARED, "Mine", who)
    found = town.store.list_models(actor, ModelFilter(model_kind="BRANCH"))
    assert [item.name for item in found.records] == ["mine"]
    mine = found.records[0]
    if who not in CAN_WRITE:
        with pytest.raises(PermissionDenied):
            rename(town.store, actor, mine.id, "yours")
        with pytest.raises(PermissionDenied):
            delete_branch(town.store, actor, town.model.id, "mine")
    else:
        rename(town.store, actor, mine.id, "yours")
        delete_branch(town.store, actor, town.model.id, "yours")
    if who != "cara":
        for change in (lambda: rename(town.store, actor, town.model.id, "x"),
                       lambda: delete_model(town.store, actor, town.model.id)):  # fmt: skip
            with pytest.raises(PermissionDenied):
                change()
    else:
        rename(town.store, actor, town.model.id, "Renamed")
        delete_model(town.store, actor, town.model.id)


@pytest.mark.parametrize("who", ["nora", "eve"])
def test_strangers_learn_nothing(town: Town, who: str) -> None:
    mine = branch(town)
    actor = town.actor(who)
    with pytest.raises(NoSuchModel):
        branch(town, "x", who)
    with pytest.raises(NoSuchConnection):
        make(town, ModelKind.SHARED, "x", who)
    for id_ in (town.model.id, mine.id):
        with pytest.raises(NoSuchModel):
            rename(town.store, actor, id_, "x")
    with pytest.raises(NoSuchModel):
        delete_branch(town.store, actor, town.model.id, "fix")
    assert town.store.list_models(actor, ModelFilter(include_deleted=True)).records == ()


def test_deleting_takes_everything_above_along(town: Town) -> None:
    extension = make(town, ModelKind.SHARED_EXTENSION, "Wholesale", base_model_id=town.model.id)
    above, mine = branch(town, "one", base=extension.id), branch(town, "two")
    with pytest.raises(BadRequest, match="BRANCH models cannot be deleted here"):
        delete_model(town.store, town.actor("ada"), mine.id)
    with pytest.raises(BadRequest, match="SCHEMA models"):
        delete_model(town.store, town.actor("ada"), str(town.model.base_model_id))
    delete_model(town.store, town.actor("ada"), town.model.id)
    for gone in (town.model, extension, above, mine):
        with pytest.raises(NoSuchModel):
            town.store.find_model(town.actor("ada"), gone.id)
    everything = town.store.list_models(town.actor("ada"), ModelFilter(include_deleted=True)).records
    assert {item.id for item in everything} >= {town.model.id, extension.id, above.id, mine.id}


def test_a_branch_belongs_to_its_model(town: Town) -> None:
    other = make(town, ModelKind.SHARED, "Other")
    mine = branch(town)
    actor = town.actor("ada")
    assert town.store.find_layer(actor, town.model.id, mine.id) == mine
    assert town.store.find_layer(actor, mine.id, mine.id) == mine
    assert town.store.find_layer(actor, town.model.id, None).id == town.model.id
    for model_id, branch_id in ((other.id, mine.id), (town.model.id, other.id), (town.model.id, new_id())):
        with pytest.raises(NoSuchBranchModel, match=f"Branch model with id {branch_id} does not exist"):
            town.store.find_layer(actor, model_id, branch_id)
    with pytest.raises(NoSuchBranch, match="Branch does not exist"):
        delete_branch(town.store, actor, other.id, "fix")


def test_a_connection_admin_makes_models(town: Town) -> None:
    from holoscope.access.roles import Holder, Target, assign_role

    with town.database.writing() as connection:
        holder = Holder(membership_id=town.people["cara"].membership_id)
        target = Target(connection_id=town.connection.id)
        assign_role(connection, town.organization.id, holder, target, Role.CONNECTION_ADMIN)
    assert make(town, ModelKind.SHARED, "Mine", "cara").name == "Mine"
