"""Bringing an embedded member level with what its host application said. Nothing not said remains.

An attribute, a role or a group that a former link gave and this one does not is taken away: what is
missing never widens what somebody sees.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, select, update

from holoscope.access.actors import Actor, MemberKind
from holoscope.access.attributes import load_definitions
from holoscope.access.embed.entities import ensure_entity_folder, ensure_entity_group
from holoscope.access.embed.parameters import BadParameter, EmbedParameters
from holoscope.access.errors import InvalidRole, Unprocessable
from holoscope.access.people import Member, find_member, insert_membership
from holoscope.access.people_attributes import set_values
from holoscope.access.people_groups import set_groups_of
from holoscope.access.people_users import ensure_user, fold, store_name
from holoscope.access.roles import Holder, Role, Target, assign_role, take_other_roles
from holoscope.access.roles_assigned import find_named
from holoscope.access.roles_custom import find_role
from holoscope.access.roles_tiers import Held
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.storage.tables import groups, memberships, models

_TIERS = frozenset({Role.NO_ACCESS, Role.VIEWER, Role.QUERY_TOPICS, Role.QUERIER})


def upsert_member(
    connection: Connection,
    organization_id: str,
    said: EmbedParameters,
    *,
    host: str,
    at: datetime,
    actor: Actor | None = None,
) -> Member:
    """Make or change the embedded member of `said.external_id`; `host` ends its made-up e-mail.

    `actor` is who asked for it, None where a signed address did.

    Raises:
        BadParameter: an attribute, group, connection, model, branch or role that there is not.
    """
    _require_branch(connection, organization_id, said.branch)
    membership_id = _ensure_membership(connection, organization_id, said, host, at)
    _set_attributes(connection, organization_id, membership_id, said, at)
    _set_roles(connection, organization_id, membership_id, said, actor)
    group_ids = _group_ids(connection, organization_id, said)
    if said.entity is not None:
        group = ensure_entity_group(connection, organization_id, said, at)
        group_ids.append(group.id)
        ensure_entity_folder(
            connection, organization_id, said, group_id=group.id, membership_id=membership_id, at=at
        )
    set_groups_of(connection, membership_id, list(dict.fromkeys(group_ids)))
    member = find_member(connection, organization_id, membership_id)
    assert member is not None  # noqa: S101  (just written)
    return member


def _require_branch(connection: Connection, organization_id: str, name: str | None) -> None:
    """Refuse a branch that is none: any text would do else, and a renamed parameter's too."""
    if name is None:
        return
    branches = select(models.c.id).where(
        models.c.organization_id == organization_id,
        models.c.kind == "BRANCH",
        models.c.name_key == fold(name),
        models.c.deleted_at.is_(None),
    )
    if connection.execute(branches.limit(1)).first() is None:
        raise BadParameter("branch", "There is no branch of that name")


def _ensure_membership(
    connection: Connection, organization_id: str, said: EmbedParameters, host: str, at: datetime
) -> str:
    row = connection.execute(
        select(memberships.c.id, memberships.c.user_id).where(
            memberships.c.organization_id == organization_id,
            memberships.c.embed_external_id == said.external_id,
            memberships.c.active,
        )
    ).one_or_none()
    if row is None:
        key = hashlib.sha256(f"{organization_id}\0{said.external_id}".encode()).hexdigest()[:32]
        user_id = ensure_user(connection, f"embed-user-{key}@{host}", said.name, at)
        membership_id = insert_membership(
            connection, organization_id, user_id, kind=MemberKind.EMBED, at=at
        ).membership_id
    else:
        membership_id = row.id
        store_name(connection, row.user_id, said.name)
    connection.execute(
        update(memberships)
        .where(memberships.c.id == membership_id)
        .values(
            embed_external_id=said.external_id,
            embed_entity=said.entity,
            embed_email=said.email,
            last_login_at=at,
            updated_at=at,
        )
    )
    return membership_id


def _set_attributes(
    connection: Connection, organization_id: str, membership_id: str, said: EmbedParameters, at: datetime
) -> None:
    definitions = {each.reference: each for each in load_definitions(connection, organization_id)}
    wanted: dict[str, object] = dict.fromkeys(definitions)
    for name, value in said.user_attributes.items():
        takes_several = name in definitions and definitions[name].multiple_values
        wanted[name] = [value] if takes_several and not isinstance(value, list) else value
    try:
        set_values(connection, organization_id, membership_id, wanted, at)
    except BadRequest as error:
        raise BadParameter("userAttributes", error.detail) from None


def _set_roles(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    said: EmbedParameters,
    actor: Actor | None,
) -> None:
    asked = {
        "connectionRoles": {Target(connection_id=id_): name for id_, name in said.connection_roles.items()},
        "modelRoles": {Target(model_id=id_): name for id_, name in said.model_roles.items()},
    }
    wanted: dict[Target, Held] = {}
    for at, roles in asked.items():
        for target, name in roles.items():
            _require_target(connection, organization_id, at, target)
            wanted[target] = _role(connection, organization_id, at, name)
    take_other_roles(connection, organization_id, membership_id, wanted, actor=actor)
    for target, held in wanted.items():
        assign_role(connection, organization_id, Holder(membership_id), target, held, actor=actor)


def _require_target(connection: Connection, organization_id: str, at: str, target: Target) -> None:
    try:
        named = find_named(connection, organization_id, target.model_id, target.connection_id)
        assert named is not None  # noqa: S101  (a target has one of the two)
        named.require_roles()
    except (NotFound, Unprocessable):
        what = f"shared model {target.model_id}" if target.model_id else f"connection {target.connection_id}"
        raise BadParameter(at, f"There is no {what}") from None


def _role(connection: Connection, organization_id: str, at: str, name: str) -> Held:
    """Return a role that embedded members may have: a tier, or a custom role of such a tier."""
    try:
        held = find_role(connection, organization_id, name)
    except InvalidRole:
        raise BadParameter(at, f"There is no role {name!r}") from None
    if held.role not in _TIERS:
        raise BadParameter(at, "Expected VIEWER, RESTRICTED_QUERIER, QUERIER or a custom role of such a tier")
    return held


def _group_ids(connection: Connection, organization_id: str, said: EmbedParameters) -> list[str]:
    """Find the groups named; the group of a tenant is reached by the entity alone."""
    wanted = {fold(name): name for name in said.groups}
    rows = connection.execute(
        select(groups.c.id, groups.c.name_key).where(
            groups.c.organization_id == organization_id,
            groups.c.name_key.in_(wanted),
            groups.c.embed_entity.is_(None),
        )
    ).all()
    lacking = [name for key, name in wanted.items() if key not in {row.name_key for row in rows}]
    if lacking:
        raise BadParameter("groups", f"There is no group {', '.join(map(repr, lacking[:5]))}")
    return [row.id for row in rows]
