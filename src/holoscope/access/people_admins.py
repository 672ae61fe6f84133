"""The role in the organization: promoting, demoting, and never fewer than one active administrator."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from holoscope.access.actors import Actor, MemberKind, OrgRole
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.errors import LastAdministrator, NoSuchUser, OnlyPeopleAdminister
from holoscope.storage.tables import memberships, organizations


def set_org_role(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    role: OrgRole,
    at: datetime,
    *,
    actor: Actor | None = None,
) -> bool:
    """Give an active member a role in the organization; False when that is the role already.

    Counts from the next request on, also for keys and sessions that exist.

    Raises:
        NoSuchUser: no active member has that id.
        OnlyPeopleAdminister: an embed, e-mail-only or support user is to administer.
        LastAdministrator: nobody would administer the organization any more.
    """
    lock_organization(connection, organization_id)
    row = connection.execute(
        select(memberships.c.role, memberships.c.kind).where(
            memberships.c.id == membership_id,
            memberships.c.organization_id == organization_id,
            memberships.c.active,
        )
    ).one_or_none()
    if row is None:
        raise NoSuchUser(membership_id)
    if row.role == role.value:
        return False
    if role is OrgRole.ADMIN and row.kind != MemberKind.STANDARD.value:
        raise OnlyPeopleAdminister
    if role is not OrgRole.ADMIN:
        require_another_admin(connection, organization_id, membership_id)
    connection.execute(
        update(memberships).where(memberships.c.id == membership_id).values(role=role.value, updated_at=at)
    )
    record(
        connection,
        organization_id,
        Action.USER_ROLE_CHANGE,
        actor=actor,
        object_type="user",
        object_id=membership_id,
        details={"from": row.role, "to": role.value},
        at=at,
    )
    return True


def lock_organization(connection: Connection, organization_id: str) -> None:
    """Let nobody else count or change administrators until this transaction ends.

    SQLite has one writer at a time anyway and ignores the lock.
    """
    connection.execute(
        select(organizations.c.id).where(organizations.c.id == organization_id).with_for_update()
    )


def require_another_admin(connection: Connection, organization_id: str, membership_id: str) -> None:
    """Refuse to lose the administrator `membership_id` when there is no other; call under the lock.

    Who is no administrator may always go.

    Raises:
        LastAdministrator: it is the only active one.
    """
    admins = select(memberships.c.id).where(
        memberships.c.organization_id == organization_id,
        memberships.c.active,
        memberships.c.role == OrgRole.ADMIN.value,
        memberships.c.kind == MemberKind.STANDARD.value,
    )
    is_one = connection.execute(admins.where(memberships.c.id == membership_id)).first() is not None
    others = admins.where(memberships.c.id != membership_id).subquery()
    if is_one and connection.execute(select(func.count()).select_from(others)).scalar_one() == 0:
        raise LastAdministrator
