"""Custom roles: a tier with some of its permissions switched off (platform digest §2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import AlreadyTaken, InvalidRole, NoSuchRole, RoleInUse
from holoscope.access.people_users import fold
from holoscope.access.roles_tiers import PERMISSIONS, Held, Role, custom_held, parse_role, tier
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.query.scope import Permission
from holoscope.storage.tables import custom_roles, model_roles

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1_000

_P = Permission
NEEDS: Mapping[Permission, frozenset[Permission]] = MappingProxyType(
    {
        _P.QUERY_FULL_MODEL: frozenset({_P.QUERY_TOPICS}),
        _P.QUERY_SQL: frozenset({_P.QUERY_TOPICS, _P.QUERY_FULL_MODEL}),
        _P.UPDATE: frozenset({_P.QUERY_TOPICS, _P.QUERY_FULL_MODEL, _P.QUERY_SQL, _P.VIEW_SQL}),
        _P.MANAGE_MODEL: frozenset(
            {_P.QUERY_TOPICS, _P.QUERY_FULL_MODEL, _P.QUERY_SQL, _P.VIEW_SQL, _P.UPDATE}
        ),
    }
)
"""Permissions that reach what others guard: who writes SQL sees every view, who models writes SQL. A role
that kept the first and lacked the second would promise what it does not hold."""


@dataclass(frozen=True, slots=True)
class CustomRole:
    """A role of an organization's own. `denied` is what its tier allows and this role does not."""

    id: str
    name: str
    description: str | None
    base_role: Role
    denied: frozenset[Permission]
    created_at: datetime
    updated_at: datetime

    @property
    def held(self) -> Held:
        """Return the role as somebody holds it."""
        return custom_held(self.base_role, self.name, sorted(self.denied), self.id)


def load_custom_roles(connection: Connection, organization_id: str) -> tuple[CustomRole, ...]:
    """Read the custom roles of an organization, by name."""
    rows = connection.execute(
        select(custom_roles)
        .where(custom_roles.c.organization_id == organization_id)
        .order_by(custom_roles.c.name_key)
    )
    return tuple(_role_of(row) for row in rows)


def find_role(connection: Connection, organization_id: str, name: str) -> Held:
    """Return a tier or custom role by its name, letter case ignored.

    Raises:
        InvalidRole: there is none of that name.
    """
    row = connection.execute(
        select(custom_roles).where(
            custom_roles.c.organization_id == organization_id, custom_roles.c.name_key == fold(name)
        )
    ).one_or_none()
    return tier(parse_role(name)) if row is None else _role_of(row).held


def put_custom_role(
    connection: Connection,
    organization_id: str,
    *,
    name: str,
    description: str | None,
    base_role: str,
    denied: Iterable[str],
    at: datetime,
) -> CustomRole:
    """Make a custom role, or bring the one of that name to this definition.

    Raises:
        InvalidRole, BadRequest: as `checked_role`.
    """
    wanted = checked_role(
        CustomRole(new_id(), name, description, parse_role(base_role), read_permissions(denied), at, at)
    )
    for known in load_custom_roles(connection, organization_id):
        if fold(known.name) == fold(wanted.name):
            after = replace(wanted, id=known.id, created_at=known.created_at, updated_at=known.updated_at)
            return change_custom_role(connection, organization_id, known, after, at)
    return create_custom_role(connection, organization_id, wanted)


def create_custom_role(
    connection: Connection, organization_id: str, wanted: CustomRole, *, actor: Actor | None = None
) -> CustomRole:
    """Insert a checked role; which `checked_role` gave."""
    _refuse_taken(connection, organization_id, wanted)
    connection.execute(
        insert(custom_roles).values(
            id=wanted.id,
            organization_id=organization_id,
            created_at=wanted.created_at,
            **_columns(wanted),
        )
    )
    _tell(connection, organization_id, Action.CUSTOM_ROLE_CREATE, wanted, actor)
    return wanted


def change_custom_role(
    connection: Connection,
    organization_id: str,
    before: CustomRole,
    after: CustomRole,
    at: datetime,
    *,
    actor: Actor | None = None,
) -> CustomRole:
    """Bring a role to another definition, and the tier of whoever holds it."""
    if after == before:
        return before
    _refuse_taken(connection, organization_id, after)
    changed = replace(after, updated_at=at)
    connection.execute(update(custom_roles).where(custom_roles.c.id == before.id).values(**_columns(changed)))
    connection.execute(
        update(model_roles)
        .where(model_roles.c.custom_role_id == before.id)
        .values(role_name=changed.base_role.value)
    )
    _tell(connection, organization_id, Action.CUSTOM_ROLE_UPDATE, changed, actor)
    return changed


def delete_custom_role(
    connection: Connection, organization_id: str, found: CustomRole, *, actor: Actor | None = None
) -> None:
    """Take a role away that nobody holds.

    Raises:
        RoleInUse: somebody holds it.
    """
    held = select(func.count()).where(model_roles.c.custom_role_id == found.id)
    holders = connection.execute(held).scalar_one()
    if holders:
        raise RoleInUse(found.name, holders)
    connection.execute(delete(custom_roles).where(custom_roles.c.id == found.id))
    _tell(connection, organization_id, Action.CUSTOM_ROLE_DELETE, found, actor)


def find_custom_role(connection: Connection, organization_id: str, role_id: str) -> CustomRole:
    """Return a custom role by its id.

    Raises:
        NoSuchRole: there is none with that id.
    """
    row = connection.execute(
        select(custom_roles).where(
            custom_roles.c.organization_id == organization_id, custom_roles.c.id == role_id.lower()
        )
    ).one_or_none()
    if row is None:
        raise NoSuchRole(role_id)
    return _role_of(row)


def _refuse_taken(connection: Connection, organization_id: str, wanted: CustomRole) -> None:
    taken = select(custom_roles.c.id).where(
        custom_roles.c.organization_id == organization_id,
        custom_roles.c.name_key == fold(wanted.name),
        custom_roles.c.id != wanted.id,
    )
    if connection.execute(taken).first() is not None:
        raise AlreadyTaken(f"A custom role with the name {wanted.name} already exists")


def read_permissions(words: Iterable[str]) -> frozenset[Permission]:
    """Read names of permissions, letter case ignored.

    Raises:
        BadRequest: there is no such permission.
    """
    found = set()
    for word in words:
        try:
            found.add(Permission(word.strip().upper()))
        except ValueError:
            known = ", ".join(sorted(Permission))
            raise BadRequest(
                f"Bad Request: deniedPermissions: no such permission {word!r}; there are {known}"
            ) from None
    return frozenset(found)


def checked_role(role: CustomRole) -> CustomRole:
    """Return the role with its texts stripped, if it can be.

    Raises:
        BadRequest: says what to change.
    """
    name, description = role.name.strip(), (role.description or "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(
            f"Bad Request: name: between 1 and {LONGEST_NAME} characters, none of them invisible"
        )
    if _is_tier(name):
        raise BadRequest(f"Bad Request: name: {name} is the name of a tier")
    if len(description) > LONGEST_DESCRIPTION:
        raise BadRequest(f"Bad Request: description: at most {LONGEST_DESCRIPTION} characters")
    _check_denied(role)
    return replace(role, name=name, description=description or None)


def _check_denied(role: CustomRole) -> None:
    allowed = PERMISSIONS[role.base_role]
    if role.base_role is Role.NO_ACCESS:
        raise BadRequest("Bad Request: baseRole: NO_ACCESS has nothing to switch off")
    if _P.READ in role.denied:
        raise BadRequest(
            "Bad Request: deniedPermissions: without READ the role would be NO_ACCESS: give that"
        )
    foreign = sorted(role.denied - allowed)
    if foreign:
        raise BadRequest(
            f"Bad Request: deniedPermissions: {role.base_role} does not have {', '.join(foreign)}"
        )
    for permission in sorted(allowed - role.denied):
        lost = sorted(NEEDS.get(permission, frozenset()) & role.denied)
        if lost:
            raise BadRequest(
                f"Bad Request: deniedPermissions: {permission} reaches what {', '.join(lost)} guards: "
                f"switch off {permission} too, or take a lower baseRole"
            )


def _is_tier(name: str) -> bool:
    try:
        parse_role(name)
    except InvalidRole:
        return False
    return True


def _columns(role: CustomRole) -> dict[str, Any]:
    return {
        "name": role.name,
        "name_key": fold(role.name),
        "description": role.description,
        "base_role": role.base_role.value,
        "denied": sorted(role.denied),
        "updated_at": role.updated_at,
    }


def _role_of(row: Row[Any]) -> CustomRole:
    return CustomRole(
        row.id,
        row.name,
        row.description,
        Role(row.base_role),
        frozenset(Permission(word) for word in row.denied),
        row.created_at,
        row.updated_at,
    )


def _tell(
    connection: Connection, organization_id: str, action: Action, role: CustomRole, actor: Actor | None
) -> None:
    record(
        connection,
        organization_id,
        action,
        actor=actor,
        object_type="custom_role",
        object_id=role.id,
        details={"name": role.name, "base_role": role.base_role.value, "denied": sorted(role.denied)},
    )
