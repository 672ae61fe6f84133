"""The first organization of a server: made on the first start, found again on the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from holoscope.access import people
from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.attribute_definitions import define_attribute
from holoscope.access.attributes import set_attributes
from holoscope.access.errors import CredentialRefused
from holoscope.access.keyring import IssuedKey, KeyRing
from holoscope.access.organization_settings import find_renamed
from holoscope.access.passwords import hash_password, is_password
from holoscope.access.people import Member, Organization
from holoscope.access.people_file import People
from holoscope.access.people_groups import ensure_group, set_groups_of
from holoscope.access.people_users import left_at
from holoscope.access.roles import Holder, Target, assign_role
from holoscope.kit.clock import Clock
from holoscope.kit.errors import Conflict
from holoscope.kit.secrets import SecretText
from holoscope.storage.unit_of_work import Database

KEY_NAME = "First key"


class NoAdministrator(Conflict):
    """Who was the first administrator is an ordinary member now, or deactivated. Nothing was changed."""

    code = "no_administrator"

    def __init__(self, email: str, organization: str, remedy: str) -> None:
        super().__init__(
            f"{email} is no administrator of {organization} any more, and an organization key needs one. "
            f"Run 'holoscope users {remedy}' on this data folder first, or start it with 'holoscope serve'."
        )


@dataclass(frozen=True, slots=True)
class Founding:
    """What a start has to work with. `key` is a fresh one or the known one, if that still works.

    `password` is the administrator's, or None where somebody chose another than is known here.
    """

    organization: Organization
    admin: Member
    key: SecretText
    is_new_key: bool
    password: SecretText | None


def create_organization(  # noqa: PLR0913  (keywords)
    database: Database,
    keys: KeyRing,
    clock: Clock,
    *,
    name: str,
    admin_email: str,
    admin_name: str,
    admin_password: SecretText,
    known_key: SecretText | None = None,
    keeps_password: bool = False,
) -> Founding:
    """Make the organization, its administrator and an organization key, or reuse what is there.

    The organization is found by the name it has or began with, the administrator by e-mail. Key texts
    are not stored, so a caller that wants the same key again passes the one it kept as `known_key`; when
    that one does not work any more, a new key is issued. A changed `admin_password` replaces the old one,
    unless it `keeps_password`: then it is for an administrator who has none yet.

    Raises:
        NoAdministrator: somebody demoted or deactivated them since, so a key of theirs would open nothing.
    """
    with database.writing() as connection:
        now = clock()
        organization = people.find_organization(connection, name) or find_renamed(connection, name)
        if organization is None:
            organization = people.insert_organization(connection, name, now)
        admin = people.find_member_by_email(connection, organization.id, admin_email)
        if admin is None:
            if left_at(connection, organization.id, admin_email) is not None:
                raise NoAdministrator(admin_email, organization.name, f"invite --admin {admin_email}")
            admin = people.insert_member(
                connection,
                organization.id,
                email=admin_email,
                name=admin_name,
                role=OrgRole.ADMIN,
                at=now,
            )
        elif admin.role is not OrgRole.ADMIN:
            raise NoAdministrator(admin_email, organization.name, f"promote {admin_email}")
        stored = people.find_password_hash(connection, admin.user_id)
        fits = stored is not None and is_password(admin_password, stored)
        if stored is None or not (fits or keeps_password):
            people.store_password_hash(connection, admin.user_id, hash_password(admin_password))
            fits = True
    password = admin_password if fits else None
    if known_key is not None and _still_works(keys, known_key, organization.id):
        return Founding(organization, admin, known_key, is_new_key=False, password=password)
    issued = keys.issue(organization.id, admin.membership_id, name=KEY_NAME, kind=KeyKind.ORGANIZATION)
    return Founding(organization, admin, issued.text, is_new_key=True, password=password)


def add_people(
    database: Database,
    keys: KeyRing,
    clock: Clock,
    organization_id: str,
    wanted: People,
    *,
    roles_on: Target,
    issue_key_to: Callable[[Member], bool] = lambda _member: False,
) -> dict[str, IssuedKey]:
    """Add people with their groups, attributes and role on one model or connection; all or none.

    Who is there already is brought to the wanted attributes, groups and role, and keeps the keys
    and the role in the organization. Returns a fresh personal key by e-mail for each member
    that `issue_key_to` wants one for.

    Raises:
        BadRequest: an attribute that is not defined, or a value that does not suit it.
    """
    members: list[Member] = []
    with database.writing() as connection:
        now = clock()
        for definition in wanted.attributes:
            define_attribute(connection, organization_id, definition, now)
        for person in wanted.persons:
            member = people.find_member_by_email(connection, organization_id, person.email)
            if member is None:
                member = people.insert_member(
                    connection,
                    organization_id,
                    email=person.email,
                    name=person.name,
                    role=person.role,
                    at=now,
                )
            set_attributes(connection, organization_id, member.membership_id, person.attributes)
            held = [ensure_group(connection, organization_id, name, now) for name in person.groups]
            set_groups_of(connection, member.membership_id, [group.id for group in held])
            if person.model_role is not None:
                holder = Holder(membership_id=member.membership_id)
                assign_role(connection, organization_id, holder, roles_on, person.model_role)
            members.append(member)
    return {
        member.email: keys.issue(
            organization_id, member.membership_id, name=f"Key of {member.name}", kind=KeyKind.USER
        )
        for member in members
        if issue_key_to(member)
    }


def _still_works(keys: KeyRing, known_key: SecretText, organization_id: str) -> bool:
    try:
        actor = keys.load_actor(known_key.reveal())
    except CredentialRefused:
        return False
    return actor.organization_id == organization_id and actor.has_organization_key and actor.is_admin
