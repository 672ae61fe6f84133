"""What an organization settles for all of its members (platform digest §1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.access.guards import require_admin
from holoscope.access.people import Organization
from holoscope.kit.errors import BadRequest
from holoscope.kit.time_zones import is_time_zone
from holoscope.storage.tables import organizations
from holoscope.storage.unit_of_work import Database

LONGEST_NAME = 128
_FOUNDED_AS = "founded_as"


@dataclass(frozen=True, slots=True)
class OrganizationSettings:
    """The settings of one organization.

    `default_time_zone` is that of members who have none of their own; queries keep theirs. Without
    `personal_tokens` no personal access token is made, and those that exist are refused.
    """

    name: str
    default_time_zone: str | None = None
    personal_tokens: bool = True


def load_settings(connection: Connection, organization_id: str) -> OrganizationSettings:
    """Read the settings of an organization that exists; what was never set has its default."""
    row = connection.execute(
        select(organizations.c.name, organizations.c.settings).where(organizations.c.id == organization_id)
    ).one()
    return settings_of(row.name, row.settings)


def settings_of(name: str, stored: Mapping[str, Any]) -> OrganizationSettings:
    """Read what `organizations.settings` holds; keys of others' are let be."""
    return OrganizationSettings(
        name=name,
        default_time_zone=stored.get("default_time_zone"),
        personal_tokens=stored.get("personal_tokens", True),
    )


def find_renamed(connection: Connection, first_name: str) -> Organization | None:
    """Find the organization that began with this name, the oldest of several."""
    rows = connection.execute(select(organizations).order_by(organizations.c.created_at, organizations.c.id))
    found = (row for row in rows if row.settings.get(_FOUNDED_AS) == first_name)
    return next((Organization(row.id, row.name) for row in found), None)


def show_settings(database: Database, actor: Actor) -> OrganizationSettings:
    """Return the settings of the actor's organization.

    Raises:
        PermissionDenied: the actor is no administrator.
    """
    require_admin(actor)
    with database.reading() as connection:
        return load_settings(connection, actor.organization_id)


def change_settings(database: Database, actor: Actor, changes: Mapping[str, Any]) -> OrganizationSettings:
    """Change some settings, by the names that `OrganizationSettings` has, and return all of them.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadRequest: an empty or too long name, or a time zone that is not in the IANA list.
    """
    require_admin(actor)
    organization_id = actor.organization_id
    with database.writing() as connection:
        before = load_settings(connection, organization_id)
        name = _name(changes["name"]) if "name" in changes else before.name
        zone = changes.get("default_time_zone", before.default_time_zone)
        if zone is not None and not is_time_zone(zone):
            raise BadRequest("Bad Request: defaultTimeZone: Time zone must be IANA valid.")
        after = OrganizationSettings(name, zone, changes.get("personal_tokens", before.personal_tokens))
        if after == before:
            return after
        stored = connection.execute(
            select(organizations.c.settings).where(organizations.c.id == organization_id)
        ).scalar_one()
        stored = {
            _FOUNDED_AS: before.name,
            **stored,
            "default_time_zone": after.default_time_zone,
            "personal_tokens": after.personal_tokens,
        }
        connection.execute(
            update(organizations)
            .where(organizations.c.id == organization_id)
            .values(name=after.name, settings=stored)
        )
        record(
            connection,
            organization_id,
            Action.ORGANIZATION_SETTINGS_UPDATE,
            actor=actor,
            object_type="organization",
            object_id=organization_id,
            details=_differences(before, after),
        )
    return after


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise BadRequest("Bad Request: name: Required")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"Bad Request: name: at most {LONGEST_NAME} characters, none of them invisible")
    return name


def _differences(before: OrganizationSettings, after: OrganizationSettings) -> dict[str, Detail]:
    """Tell what changed, from what to what."""
    told: dict[str, Detail] = {}
    if after.name != before.name:
        told |= {"name": after.name, "former_name": before.name}
    if after.default_time_zone != before.default_time_zone:
        told |= {
            "default_time_zone": after.default_time_zone,
            "former_default_time_zone": before.default_time_zone,
        }
    if after.personal_tokens != before.personal_tokens:
        told["personal_keys"] = after.personal_tokens
    return told
