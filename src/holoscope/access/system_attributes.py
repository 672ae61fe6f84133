"""Attributes that every organization has, and nobody sets by hand (platform digest §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, select

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.organization_settings import settings_of
from holoscope.access.people_groups import held_groups
from holoscope.storage.tables import groups, memberships, organizations

SYSTEM_PREFIX = "omni_"
TIME_ZONE = "omni_user_timezone"


@dataclass(frozen=True, slots=True)
class SystemAttribute:
    """How a system attribute is listed; all of them are texts."""

    label: str
    description: str
    multiple_values: bool = False


SYSTEM_ATTRIBUTES: Mapping[str, SystemAttribute] = MappingProxyType(
    {
        "omni_user_id": SystemAttribute("User ID", "The user's id, the same in every organization."),
        "omni_user_email": SystemAttribute("User Email", "The user's e-mail address."),
        "omni_user_name": SystemAttribute("User Name", "The user's name."),
        "omni_user_groups": SystemAttribute(
            "User Groups",
            "The names of the groups the user is in, those that hold such a group included.",
            multiple_values=True,
        ),
        "omni_user_embed_entity": SystemAttribute(
            "Embed Entity", "The tenant that an embedded user belongs to; unset for everybody else."
        ),
        "omni_is_org_admin": SystemAttribute(
            "Organization Admin", "true for administrators of the organization, false for everybody else."
        ),
        TIME_ZONE: SystemAttribute(
            "User Time Zone", "The user's own time zone, or else the organization's; unset without either."
        ),
        "omni_allows_personal_content": SystemAttribute(
            "Personal Content", "true for those who may keep content of their own, false for embedded users."
        ),
    }
)


def load_system_values(connection: Connection, actor: Actor) -> dict[str, tuple[str, ...]]:
    """Read the system attributes that are set for the actor's member; none when that one is gone."""
    row = connection.execute(
        select(
            memberships.c.time_zone,
            memberships.c.embed_entity,
            organizations.c.name,
            organizations.c.settings,
        )
        .join(organizations, organizations.c.id == memberships.c.organization_id)
        .where(memberships.c.id == actor.membership_id)
    ).one_or_none()
    if row is None:
        return {}
    names = connection.execute(
        select(groups.c.name).where(groups.c.id.in_(held_groups(actor.membership_id))).order_by(groups.c.name)
    ).scalars()
    zone = row.time_zone or settings_of(row.name, row.settings).default_time_zone
    said = {
        "omni_user_id": (actor.user_id,),
        "omni_user_email": (actor.email,),
        "omni_user_name": (actor.name,),
        "omni_user_groups": tuple(names),
        "omni_user_embed_entity": (row.embed_entity,),
        "omni_is_org_admin": ("true" if actor.is_admin else "false",),
        TIME_ZONE: (zone,),
        "omni_allows_personal_content": ("true" if actor.member_kind is MemberKind.STANDARD else "false",),
    }
    return {name: values for name, values in said.items() if values and values[0]}
