"""The key routes: listing, switching off, revoking."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from holoscope.access.actors import KeyKind
from holoscope.access.api_keys import delete_api_key, find_api_key, key_wire, list_api_keys, update_api_key
from holoscope.access.errors import (
    InvalidToken,
    NoSuchKey,
    NoSuchUser,
    NotAnOrganizationKey,
    PermissionDenied,
)
from holoscope.kit.clock import wire_time
from holoscope.kit.ids import new_id
from holoscope.kit.paging import BadCursor
from support.town import Town


def walk(town: Town, size: int, **asked: str) -> tuple[list[str], set[int]]:
    """Names on all pages, and the totals the pages gave."""
    actor = town.actor("ada")
    found, totals, cursor = [], set(), None
    while True:
        page = list_api_keys(town.keys, actor, page_size=size, cursor=cursor, **asked)
        found += [key.name for key in page.records]
        totals.add(page.total_records)
        assert len(page.records) <= size
        cursor = page.next_cursor
        if cursor is None:
            return found, totals


def test_pages(town: Town) -> None:
    for number in range(7):
        town.issue("ada", name=f"key {number % 3}")
    town.actor("ada")
    for size in (1, 2, 3, 9, 100):
        names, totals = walk(town, size)
        assert len(names) == (count := totals.pop())
        assert totals == set(), "the total is the same on every page"
        assert names[-7:] == [f"key {number % 3}" for number in reversed(range(7))], "newest first"
        assert count >= 8
    assert walk(town, 2, sort_field="name", sort_direction="asc")[0][-7:] == sorted(
        f"key {number % 3}" for number in range(7)
    )
    oldest_first = walk(town, 4, sort_direction="asc")[0]
    assert oldest_first[:7] == [f"key {number % 3}" for number in range(7)]


def test_kinds(town: Town) -> None:
    town.issue("tess", KeyKind.USER, name="mine")
    town.issue("tess", KeyKind.MCP, name="grant")
    actor = town.actor("ada")
    found = {
        kind: [key.name for key in list_api_keys(town.keys, actor, kind=kind).records]
        for kind in ("personal", "mcp")
    }
    assert found == {"personal": ["mine"], "mcp": ["grant"]}
    personal = list_api_keys(town.keys, actor, kind="personal").records[0]
    assert key_wire(personal) == {
        "id": personal.id,
        "name": "mine",
        "type": "personal",
        "enabled": True,
        "createdAt": wire_time(personal.created_at),
        "membershipId": town.people["tess"].membership_id,
        "createdBy": {
            "membershipId": town.people["tess"].membership_id,
            "email": town.people["tess"].email,
            "name": town.people["tess"].name,
        },
        "lastUsedAt": None,
    }


def test_an_organization_key_names_no_member(town: Town) -> None:
    wire = key_wire(town.issue("ada").key)
    assert (wire["type"], wire["membershipId"]) == ("organization", None)
    assert wire["createdBy"]["email"] == town.people["ada"].email, "but who made it"
    assert wire["createdAt"].endswith("Z")


def test_a_cursor_survives_the_revocation_of_its_key(town: Town) -> None:
    issued = [town.issue("ada", name=str(number)).key for number in range(4)]
    actor = town.actor("ada")
    page = list_api_keys(town.keys, actor, page_size=2, sort_direction="asc")
    assert page.next_cursor == issued[1].id
    delete_api_key(town.keys, actor, issued[1].id)
    following = list_api_keys(town.keys, actor, page_size=2, sort_direction="asc", cursor=page.next_cursor)
    assert [key.name for key in following.records] == ["2", "3"]


def test_foreign_and_made_up_cursors(town: Town) -> None:
    foreign = town.issue("eve").key.id
    for cursor in (foreign, new_id(), "x"):
        with pytest.raises(BadCursor):
            list_api_keys(town.keys, town.actor("ada"), cursor=cursor)


def test_only_administrators(town: Town) -> None:
    key = town.issue("ada").key
    for actor in (town.actor("moe"), town.actor("cara", KeyKind.USER)):
        for ask in (
            lambda actor=actor: list_api_keys(town.keys, actor),
            lambda actor=actor: find_api_key(town.keys, actor, key.id),
            lambda actor=actor: update_api_key(town.keys, actor, key.id, enabled=False),
            lambda actor=actor: delete_api_key(town.keys, actor, key.id),
        ):
            with pytest.raises(PermissionDenied):
                ask()
    assert find_api_key(town.keys, town.actor("ada", KeyKind.USER), key.id.upper()).enabled


def test_foreign_missing_and_revoked_keys_look_the_same(town: Town) -> None:
    actor, revoked = town.actor("ada"), town.issue("ada").key.id
    assert delete_api_key(town.keys, actor, revoked) == {"success": True, "message": "API token revoked"}
    for id_ in (town.issue("eve").key.id, new_id(), revoked):
        for ask in (
            lambda id_=id_: find_api_key(town.keys, actor, id_),
            lambda id_=id_: update_api_key(town.keys, actor, id_, enabled=False),
            lambda id_=id_: delete_api_key(town.keys, actor, id_),
        ):
            with pytest.raises(NoSuchKey) as refused:
                ask()
            assert refused.value.detail == f"API token with id {id_} does not exist"


def test_disabling_twice_is_the_same_as_once(town: Town) -> None:
    actor, key = town.actor("ada"), town.issue("ada").key
    for enabled in (False, False, True, True):
        assert update_api_key(town.keys, actor, key.id, enabled=enabled).enabled is enabled
        assert find_api_key(town.keys, actor, key.id).enabled is enabled


@pytest.mark.parametrize("kind", [KeyKind.USER, KeyKind.MCP])
def test_personal_keys_are_revoked_not_disabled(town: Town, kind: KeyKind) -> None:
    issued = town.issue("tess", kind)
    with pytest.raises(NotAnOrganizationKey):
        update_api_key(town.keys, town.actor("ada"), issued.key.id, enabled=False)
    delete_api_key(town.keys, town.actor("ada"), issued.key.id)
    with pytest.raises(InvalidToken):
        town.authenticator.authenticate(f"Bearer {issued.text.reveal()}")


def test_the_key_in_use_may_be_revoked(town: Town) -> None:
    issued = town.issue("ada")
    header = f"Bearer {issued.text.reveal()}"
    delete_api_key(town.keys, town.authenticator.authenticate(header), issued.key.id)
    with pytest.raises(InvalidToken):
        town.authenticator.authenticate(header)


def test_of_many_who_revoke_at_once_one_succeeds(town: Town) -> None:
    actor, key = town.actor("ada"), town.issue("ada").key

    def revoke(_: int) -> bool:
        try:
            delete_api_key(town.keys, actor, key.id)
        except NoSuchKey:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(revoke, range(8))) == 1


def test_a_key_needs_an_active_owner_in_the_organization(town: Town) -> None:
    for owner in (new_id(), town.people["eve"].membership_id, town.people["ada"].user_id):
        with pytest.raises(NoSuchUser):
            town.keys.issue(town.organization.id, owner, name="x", kind=KeyKind.ORGANIZATION)
