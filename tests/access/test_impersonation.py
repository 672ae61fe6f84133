"""`?userId=`: who may act as whom."""

from __future__ import annotations

import pytest

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.errors import NoSuchUser, OnlyOneself
from holoscope.access.impersonation import impersonate
from holoscope.access.people import deactivate_member
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from support.town import Town


def test_an_organization_key_acts_as_any_member(town: Town) -> None:
    actor = town.actor("ada")
    for who in ("tess", "nora", "ada"):
        acting = impersonate(town.database, actor, town.people[who].membership_id)
        person = town.people[who]
        assert (acting.membership_id, acting.user_id, acting.email) == (
            person.membership_id,
            person.user_id,
            person.email,
        )
        assert acting.org_role is person.role
        assert (acting.credential_id, acting.credential_kind) == (
            actor.credential_id,
            actor.credential_kind,
        )


def test_it_takes_rights_away_too(town: Town) -> None:
    acting = impersonate(town.database, town.actor("ada"), town.people["tess"].membership_id)
    assert acting.org_role is OrgRole.MEMBER
    scope = town.scopes.scope_for(acting, town.model.id, town.connection.id)
    assert scope.attributes["region"] == ("East", "Süd")


@pytest.mark.parametrize("kind", [KeyKind.USER, KeyKind.MCP])
def test_a_personal_key_acts_as_its_owner_only(town: Town, kind: KeyKind) -> None:
    actor = town.actor("ada", kind)
    assert impersonate(town.database, actor, actor.membership_id) is actor
    assert impersonate(town.database, actor, actor.membership_id.upper()) is actor
    for somebody in (town.people["tess"].membership_id, new_id()):
        with pytest.raises(OnlyOneself) as refused:
            impersonate(town.database, actor, somebody)
        assert refused.value.status == 403
        assert refused.value.detail == (
            "User-scoped API keys can only be used to act on behalf of the authenticated user."
        )


def test_strangers_do_not_exist(town: Town) -> None:
    actor = town.actor("ada")
    with town.database.writing() as connection:
        deactivate_member(connection, town.organization.id, town.people["vic"].membership_id, town.clock())
    strangers = [
        new_id(),
        town.people["eve"].membership_id,
        town.people["tess"].user_id,
        town.people["vic"].membership_id,
    ]
    for stranger in strangers:
        with pytest.raises(NoSuchUser) as refused:
            impersonate(town.database, actor, stranger)
        assert refused.value.status == 404
        assert refused.value.detail == f"User with id {stranger} does not exist"


@pytest.mark.parametrize("text", ["", "1", "admin", "' OR 1=1 --", "0" * 32])
def test_what_is_no_uuid(town: Town, text: str) -> None:
    with pytest.raises(BadRequest, match="userId: Invalid uuid"):
        impersonate(town.database, town.actor("ada"), text)
