"""Acting as another member: `?userId=` (API digest §1.7)."""

from __future__ import annotations

from dataclasses import replace

from holoscope.access.actors import Actor
from holoscope.access.errors import NoSuchUser, OnlyOneself
from holoscope.access.people import find_member
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import is_uuid
from holoscope.storage.unit_of_work import Database


def impersonate(database: Database, actor: Actor, membership_id: str) -> Actor:
    """Return the actor for a member of the same organization, still through the same key.

    Everything the returned actor sees is what that member sees: roles, attributes, row rules.
    A personal key may name its own member only.

    Raises:
        BadRequest: not a UUID.
        OnlyOneself: a personal key named somebody else, whether or not that person exists.
        NoSuchUser: the organization has no such active member; a global user id is none.
    """
    if not is_uuid(membership_id):
        raise BadRequest("Bad Request: userId: Invalid uuid")
    wanted = membership_id.lower()
    if wanted == actor.membership_id:
        return actor
    if not actor.has_organization_key:
        raise OnlyOneself
    with database.reading() as connection:
        member = find_member(connection, actor.organization_id, wanted)
    if member is None:
        raise NoSuchUser(membership_id)
    acting = member.acting(actor.credential_id, actor.credential_kind)
    return replace(acting, rate_limit=actor.rate_limit, impersonated_by=actor.membership_id)
