"""Finding members for commands of the operator, who may look into every organization of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from holoscope.kit.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from holoscope.access.people import Member
    from holoscope.storage.unit_of_work import Database

T = TypeVar("T")


def organization_ids(database: Database) -> list[str]:
    """Return the ids of all organizations, the oldest first."""
    from holoscope.access.people import load_organizations

    with database.reading() as connection:
        return [organization.id for organization in load_organizations(connection)]


def delete_first(
    database: Database,
    find: Callable[[Connection, str], T | None],
    delete: Callable[[Connection, str, T], None],
) -> T | None:
    """Delete what `find` returns in the first organization that has it; return it, None when none has."""
    for organization_id in organization_ids(database):
        with database.writing() as connection:
            found = find(connection, organization_id)
            if found is not None:
                delete(connection, organization_id, found)
                return found
    return None


def load_member(database: Database, email: str | None) -> Member:
    """Return the active member with that e-mail, or for None the administrator who is one longest.

    Raises:
        NotFound: there is none in any organization.
    """
    from holoscope.access.people import find_first_admin, find_member_by_email

    for organization_id in organization_ids(database):
        with database.reading() as connection:
            found = (
                find_first_admin(connection, organization_id)
                if email is None
                else find_member_by_email(connection, organization_id, email)
            )
        if found is not None:
            return found
    raise NotFound("There is no administrator yet." if email is None else f"No active member is {email}.")
