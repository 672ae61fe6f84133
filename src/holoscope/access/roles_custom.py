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
from holoscope.access.guards import require_admin
from holoscope.access.people_users import fold
from holoscope.access.roles_tiers import PERMISSIONS, Held, Role, custom_held, parse_role, tier
from holoscope.kit.clock import Clock, wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.query.scope import Permission
from holoscope.storage.tables import custom_roles, model_roles
from holoscope.storage.unit_of_work import Database

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


@dataclass(frozen=True, slots=True)
class CustomRoles:
    """The custom roles of organizations, for administrators. Safe between threads."""

    database: Database
    clock: Clock

    def all(self, actor: Actor) -> tuple[CustomRole, ...]:
        """Return the roles of the actor's organization, by name.

        Raises:
            PermissionDenied: the actor is no administrator.
        """
        require_admin(actor)
        with self.database.reading() as connection:
            return load_custom_roles(connection, actor.organization_id)

    def create(
        self, actor: Actor, *, name: str, description: str | None, base_role: str, denied: Iterable[str]
    ) -> CustomRole:
        """Make a role.

        Raises:
            PermissionDenied: the actor is no administrator.
            InvalidRole: no such tier.
            BadRequest: a name that cannot be used, or permissions that cannot be switched off.
            AlreadyTaken: a role has that name, letter case ignored.
        """
        require_admin(actor)
        now = self.clock()
        wanted = _checked(
            CustomRole(new_id(), name, description, parse_role(base_role), _permissions(denied), now, now)
        )
        with self.database.writing() as connection:
            return create_custom_role(connection, actor.organization_id, wanted, actor=actor)

    def change(self, actor: Actor, role_id: str, said: Mapping[str, Any]) -> CustomRole:
        """Change what `said` names, by the fields of `CustomRole`; whoever holds the role has it at once.

        Raises:
            PermissionDenied: the actor is no administrator.
            NoSuchRole: there is none with that id.
            InvalidRole, BadRequest, AlreadyTaken: as `create`.
        """
        require_admin(actor)
        with self.database.writing() as connection:
            before = _find(connection, actor.organization_id, role_id)
            after = _checked(
                CustomRole(
                    before.id,
                    said.get("name", before.name),
                    said.get("description", before.description),
                    parse_role(said["base_role"]) if "base_role" in said else before.base_role,
                    _permissions(said["denied"]) if "denied" in said else before.denied,
                    before.created_at,
                    before.updated_at,
                )
            )
            return change_custom_role(
                connection, actor.organization_id, before, after, self.clock(), actor=actor
            )

    def delete(self, actor: Actor, role_id: str) -> None:
        """Take a role away that nobody holds.

        Raises:
            PermissionDenied: the actor is no administrator.
            NoSuchRole: there is none with that id.
            RoleInUse: somebody holds it.
        """
        require_admin(actor)
        with self.database.writing() as connection:
            found = _find(connection, actor.organization_id, role_id)
            delete_custom_role(connection, actor.organization_id, found, actor=actor)


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


def create_custom_role(
    connection: Connection, organization_id: str, wanted: CustomRole, *, actor: Actor | None = None
) -> CustomRole:
    """Insert a checked role; see `CustomRoles.create`."""
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
    """Bring a role to another definition, and the tier of whoever holds it; see `CustomRoles.change`."""
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
    """Take a role away; see `CustomRoles.delete`."""
    held = select(func.count()).where(model_roles.c.custom_role_id == found.id)
    holders = connection.execute(held).scalar_one()
    if holders:
        raise RoleInUse(found.name, holders)
    connection.execute(delete(custom_roles).where(custom_roles.c.id == found.id))
    _tell(connection, organization_id, Action.CUSTOM_ROLE_DELETE, found, actor)


def custom_role_wire(role: CustomRole) -> dict[str, Any]:
    """Build the wire record; permissions are sorted by name."""
    return {
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "baseRole": role.base_role.value,
        "deniedPermissions": sorted(role.denied),
        "permissions": sorted(role.held.permissions),
        "createdAt": wire_time(role.created_at),
        "updatedAt": wire_time(role.updated_at),
    }


def _find(connection: Connection, organization_id: str, role_id: str) -> CustomRole:
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


def _permissions(words: Iterable[str]) -> frozenset[Permission]:
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


def _checked(role: CustomRole) -> CustomRole:
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
