"""Groups through SCIM: list, look at, make, change, take away (API digest §3.16; RFC 7644)."""

from __future__ import annotations

from holoscope.access.actors import Actor
from holoscope.access.group_store import GroupChange, hold_group, make_group, remove_group
from holoscope.access.scim_access import require_directory, writing
from holoscope.access.scim_choice import choose
from holoscope.access.scim_group_changes import GroupPatch, read_group
from holoscope.access.scim_group_rows import ORDER, filterable, load_groups, select_groups
from holoscope.access.scim_listing import Asked, Positions, Resource, list_response, load_window, remembered
from holoscope.access.scim_user_changes import read_operations
from holoscope.kit.clock import Clock, system_clock
from holoscope.storage.unit_of_work import Database

EVERYTHING = Asked()
_BY = "scim"


def list_groups(
    database: Database, actor: Actor, asked: Asked, positions: Positions | None = None
) -> Resource:
    """Return the list response of groups, in the order they were made.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        BadScimFilter: the filter does not parse or fit.
        ScimRefused: nothing can be sorted by `sort_by`.
    """
    require_directory(actor)
    rows, sorts = choose(select_groups(actor.organization_id), filterable(), asked, "groups")
    known = remembered(positions, database.changes, actor, "group", asked)
    with database.reading() as connection:
        window = load_window(connection, rows, ORDER, asked, sorts=sorts, known=known)
        found = load_groups(connection, actor.organization_id, window.ids, asked)
        return list_response(asked, window.total, found)


def find_group_resource(
    database: Database, actor: Actor, group_id: str, asked: Asked = EVERYTHING
) -> Resource:
    """Return one group.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchGroup: the organization has no such group.
    """
    require_directory(actor)
    with database.reading() as connection:
        group = hold_group(connection, actor, group_id)
        return load_groups(connection, actor.organization_id, [group.id], asked)[0]


def create_group_resource(
    database: Database,
    actor: Actor,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Make a group with its members.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        AlreadyTaken: a group has that name, letter case ignored.
        ScimRefused, BadRequest: the body does not suit, or a member is not there.
    """
    require_directory(actor)
    whole = read_group(body)
    with writing(database) as connection:
        at = clock()
        wanted = whole.wanted
        group = make_group(
            connection, actor, wanted.name, whole.members, at, by=_BY, external_id=wanted.external_id
        )
        return load_groups(connection, actor.organization_id, [group.id], asked)[0]


def replace_group(
    database: Database,
    actor: Actor,
    group_id: str,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Bring a group to exactly what the body says, its members included.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchGroup: the organization has no such group.
        AlreadyTaken: another group has that name, letter case ignored.
        ScimRefused, BadRequest: the body does not suit, or a member is not there.
    """
    require_directory(actor)
    whole = read_group(body)
    with writing(database) as connection:
        group = hold_group(connection, actor, group_id)
        change = GroupChange(connection, group, whole.wanted.name, whole.wanted.external_id)
        change.replace(whole.members)
        change.finish(actor, clock(), by=_BY)
        return load_groups(connection, actor.organization_id, [group.id], asked)[0]


def update_group(
    database: Database,
    actor: Actor,
    group_id: str,
    body: object,
    asked: Asked = EVERYTHING,
    *,
    clock: Clock = system_clock,
) -> Resource:
    """Change a group by the operations of a PATCH: all of them, in order, or none.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchGroup: the organization has no such group.
        AlreadyTaken: another group has that name, letter case ignored.
        ScimRefused, BadRequest: an operation does not suit, or a member is not there.
    """
    require_directory(actor)
    operations = read_operations(body)
    with writing(database) as connection:
        group = hold_group(connection, actor, group_id)
        change = GroupChange(connection, group, group.name, group.external_id)
        for operation in operations:
            GroupPatch(change).apply(operation)
        change.finish(actor, clock(), by=_BY)
        return load_groups(connection, actor.organization_id, [group.id], asked)[0]


def delete_group_resource(
    database: Database, actor: Actor, group_id: str, *, clock: Clock = system_clock
) -> None:
    """Take a group away, with the roles it gives; its members stay.

    Raises:
        ScimNeedsOrganizationKey, PermissionDenied: not an administrator's organization key.
        NoSuchGroup: the organization has no such group.
    """
    require_directory(actor)
    with writing(database) as connection:
        group = hold_group(connection, actor, group_id)
        remove_group(connection, actor, group, clock(), by=_BY)
