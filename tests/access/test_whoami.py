"""What a key learns about itself."""

from __future__ import annotations

import pytest

from holoscope.access.actors import KeyKind
from holoscope.access.roles import PERMISSIONS
from holoscope.access.whoami import MOST_MODELS, WhoAmI
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.kit.ids import new_id
from holoscope.query.scope import Permission
from support.town import ROLES, Town


@pytest.fixture
def whoami(town: Town) -> WhoAmI:
    return WhoAmI(town.database, town.scopes)


def test_an_administrator(town: Town, whoami: WhoAmI) -> None:
    ada = town.people["ada"]
    assert whoami.answer(town.actor("ada")) == {
        "user": {"id": ada.user_id, "membershipId": ada.membership_id},
        "keyScope": "organization",
        "orgRole": "ORG_ADMIN",
        "rolesByModel": {
            town.model.id: {
                "roleName": "CONNECTION_ADMIN",
                "baseRole": "CONNECTION_ADMIN",
                "connectionId": town.connection.id,
                "permissions": sorted(Permission),
            }
        },
        "rolesByModelTruncated": False,
    }


@pytest.mark.parametrize(("who", "role"), list(ROLES.items()))
def test_members_through_personal_keys(town: Town, whoami: WhoAmI, who: str, role: str) -> None:
    answer = whoami.answer(town.actor(who, KeyKind.MCP), [town.model.id])
    assert (answer["keyScope"], answer["orgRole"]) == ("user", "MEMBER")
    found = answer["rolesByModel"][town.model.id]
    assert found["roleName"] == role
    assert found["permissions"] == sorted(PERMISSIONS[ROLES[who]])


def test_somebody_without_a_role_has_no_models(town: Town, whoami: WhoAmI) -> None:
    assert whoami.answer(town.actor("nora"))["rolesByModel"] == {}
    with pytest.raises(NotFound) as refused:
        whoami.answer(town.actor("nora"), [town.model.id])
    assert refused.value.detail == f"Model(s) not found: {town.model.id}"


def test_filtering(town: Town, whoami: WhoAmI) -> None:
    second = town.store.create_shared_model(town.connection.id, "Second", {})
    actor = town.actor("ada")
    both = [town.model.id, second.id]
    assert list(whoami.answer(actor)["rolesByModel"]) == both
    assert list(whoami.answer(actor, [second.id])["rolesByModel"]) == [second.id]
    for spelled in (both, [",".join(both)], [f" {both[0]} , {both[1].upper()},"], [both[0], ",".join(both)]):
        assert list(whoami.answer(actor, spelled)["rolesByModel"]) == both
    assert list(whoami.answer(actor, [""])["rolesByModel"]) == both


def test_unknown_schema_and_foreign_models_are_404(town: Town, whoami: WhoAmI) -> None:
    schema = town.model.base_model_id
    assert schema is not None
    stranger = new_id()
    for unknown in (schema, stranger):
        with pytest.raises(NotFound) as refused:
            whoami.answer(town.actor("ada"), [town.model.id, unknown])
        assert refused.value.detail == f"Model(s) not found: {unknown}"
    with pytest.raises(NotFound):
        whoami.answer(town.actor("eve"), [town.model.id])
    assert whoami.answer(town.actor("eve"))["rolesByModel"] == {}


@pytest.mark.parametrize("text", ["x", "1", "a,b", "%"])
def test_what_is_no_uuid(town: Town, whoami: WhoAmI, text: str) -> None:
    with pytest.raises(BadRequest, match="modelId: Invalid uuid"):
        whoami.answer(town.actor("ada"), [text])


def test_many_models_are_cut_short_unless_named(town: Town, whoami: WhoAmI) -> None:
    models = [town.store.create_shared_model(town.connection.id, f"M{n}", {}).id for n in range(MOST_MODELS)]
    answer = whoami.answer(town.actor("ada"))
    assert len(answer["rolesByModel"]) == MOST_MODELS
    assert answer["rolesByModelTruncated"] is True
    assert list(whoami.answer(town.actor("ada"), [models[-1]])["rolesByModel"]) == [models[-1]]


def test_it_is_remembered_until_something_changes(town: Town, whoami: WhoAmI) -> None:
    actor = town.actor("ada")
    assert whoami.find_remembered(actor) is None
    answer = whoami.answer(actor)
    assert whoami.find_remembered(actor) is answer
    town.store.create_shared_model(town.connection.id, "Second", {})
    assert whoami.find_remembered(actor) is None
    assert len(whoami.answer(actor)["rolesByModel"]) == 2
