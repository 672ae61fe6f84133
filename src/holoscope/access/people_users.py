"""Users: persons of this server, whatever organizations they are members of. One e-mail, one user."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from holoscope.access.actors import MemberKind
from holoscope.access.errors import NameIsShared
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.kit.text import is_plain
from holoscope.storage.tables import memberships, users

LONGEST_EMAIL = 254
LONGEST_NAME = 256


def fold(text: str) -> str:
    """Return the form of an e-mail or name that uniqueness and look-ups go by."""
    return text.strip().casefold()


def checked_email(text: str, at: str) -> str:
    """Return an e-mail address without the spaces around it; `at` says where it stands, for the refusal.

    Raises:
        BadRequest: it is none: one `@` between two texts, no spaces, 254 characters at most.
    """
    email = text.strip()
    name, _, host = email.partition("@")
    odd = "@" in host or not is_plain(email) or any(each.isspace() for each in email)
    if not name or not host or odd or len(email) > LONGEST_EMAIL:
        raise BadRequest(f"Bad Request: {at}: Invalid email")
    return email


def checked_name(text: str, at: str) -> str:
    """Return a name without the spaces around it.

    Raises:
        BadRequest: empty, longer than 256 characters, or with characters that do not show.
    """
    name = text.strip()
    if not name:
        raise BadRequest(f"Bad Request: {at}: Required")
    if len(name) > LONGEST_NAME:
        raise BadRequest(f"Bad Request: {at}: At most {LONGEST_NAME} characters")
    if not is_plain(name):
        raise BadRequest(f"Bad Request: {at}: Control characters are not allowed")
    return name


def ensure_user(connection: Connection, email: str, name: str, at: datetime) -> str:
    """Return the id of the user with that e-mail; made, or renamed if nobody's member at present."""
    key = fold(email)
    user_id = connection.execute(select(users.c.id).where(users.c.email_key == key)).scalar_one_or_none()
    if user_id is None:
        user_id = new_id()
        connection.execute(
            insert(users).values(
                id=user_id,
                email=email.strip(),
                email_key=key,
                name=name,
                name_key=fold(name),
                created_at=at,
            )
        )
    elif not is_member_anywhere(connection, user_id):
        store_name(connection, user_id, name)
    return user_id


def rename_user(connection: Connection, organization_id: str, user_id: str, name: str) -> None:
    """Change the name of a user on behalf of one organization.

    Raises:
        NameIsShared: the user is a member of another organization too, which sees the same name.
    """
    if is_member_elsewhere(connection, user_id, organization_id):
        raise NameIsShared
    store_name(connection, user_id, name)


def store_name(connection: Connection, user_id: str, name: str) -> None:
    connection.execute(update(users).where(users.c.id == user_id).values(name=name, name_key=fold(name)))


def is_member_anywhere(connection: Connection, user_id: str) -> bool:
    """Tell whether the user is an active member of any organization."""
    active = select(memberships.c.id).where(memberships.c.user_id == user_id, memberships.c.active)
    return connection.execute(active).first() is not None


def is_member_elsewhere(connection: Connection, user_id: str, organization_id: str) -> bool:
    """Tell whether the user is an active member of another organization than this."""
    active = select(memberships.c.id).where(
        memberships.c.user_id == user_id,
        memberships.c.active,
        memberships.c.organization_id != organization_id,
    )
    return connection.execute(active).first() is not None


def left_at(connection: Connection, organization_id: str, email: str) -> datetime | None:
    """Return when the person with that e-mail was last deactivated in an organization, None for never."""
    left: datetime | None = connection.execute(
        select(func.max(memberships.c.updated_at))
        .join(users, users.c.id == memberships.c.user_id)
        .where(
            memberships.c.organization_id == organization_id,
            users.c.email_key == fold(email),
            memberships.c.kind == MemberKind.STANDARD.value,
            memberships.c.active.is_(False),
        )
    ).scalar()
    return left
