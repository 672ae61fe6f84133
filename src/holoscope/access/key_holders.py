"""Who may hold a key of which kind; asked when one is made and again at every look at one."""

from __future__ import annotations

from sqlalchemy import Connection

from holoscope.access.actors import Actor, KeyKind
from holoscope.access.organization_settings import load_settings
from holoscope.access.roles import load_roles
from holoscope.query.scope import Permission


def may_hold(connection: Connection, holder: Actor, kind: KeyKind) -> bool:
    """Tell whether an active member may hold a key of a kind (platform digest §1.5).

    An organization key reaches everything, so its holder must administer the organization, not only when
    it is made. A personal token needs the organization to allow them and a role that may ask topics
    somewhere. A grant to a connector is for any member. See docs/decisions/0075-who-may-hold-a-key.md.
    """
    if kind is KeyKind.ORGANIZATION:
        return holder.is_admin
    if kind is KeyKind.MCP:
        return True
    return load_settings(connection, holder.organization_id).personal_tokens and _may_ask(connection, holder)


def _may_ask(connection: Connection, holder: Actor) -> bool:
    roles = load_roles(connection, holder)
    held = (*roles.by_connection.values(), *roles.by_model.values())
    return roles.is_admin or any(each.may(Permission.QUERY_TOPICS) for each in held)
