"""Custom roles as administrators care for them over the API; operations of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.access.actors import Actor
from holoscope.access.guards import require_admin
from holoscope.access.roles_capabilities import CAPABILITIES
from holoscope.access.roles_custom import (
    CustomRole,
    change_custom_role,
    checked_role,
    create_custom_role,
    delete_custom_role,
    find_custom_role,
    load_custom_roles,
    read_permissions,
)
from holoscope.access.roles_tiers import PERMISSIONS, PRIORITIES, parse_role
from holoscope.kit.clock import Clock, wire_time
from holoscope.kit.ids import new_id
from holoscope.storage.unit_of_work import Database


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
        wanted = checked_role(
            CustomRole(new_id(), name, description, parse_role(base_role), read_permissions(denied), now, now)
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
            before = find_custom_role(connection, actor.organization_id, role_id)
            after = checked_role(
                CustomRole(
                    before.id,
                    said.get("name", before.name),
                    said.get("description", before.description),
                    parse_role(said["base_role"]) if "base_role" in said else before.base_role,
                    read_permissions(said["denied"]) if "denied" in said else before.denied,
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
            found = find_custom_role(connection, actor.organization_id, role_id)
            delete_custom_role(connection, actor.organization_id, found, actor=actor)


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


def tiers_wire() -> dict[str, Any]:
    """Build what the API tells of the built-in roles: each with its permissions, and what these open."""
    return {
        "tiers": [
            {"name": role.value, "priority": PRIORITIES[role], "permissions": sorted(held)}
            for role, held in PERMISSIONS.items()
        ],
        "capabilities": [{"text": each.text, "permission": each.permission.value} for each in CAPABILITIES],
    }
