"""A house with somebody of every role, and a credential of every kind: who is asked in matrices of access."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, OrgRole
from holoscope.access.keys import new_key_text
from holoscope.access.people import deactivate_member, insert_member
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.roles_custom import CustomRoles
from holoscope.http.application import create_app
from holoscope.kit.clock import system_clock
from support.house import House, build_house

CUSTOM = "Modeler who only looks"
CREDENTIALS = ("no_key", "malformed", "unknown", "disabled", "revoked", "deactivated")
"""Callers who prove nothing."""
PEOPLE = ("foreign", "organization", "admin", *(role.value.lower() for role in reversed(Role)), "custom")
"""Callers who prove who they are: an administrator of another organization, the administrator's
organization key, and personal tokens of the administrator and of one member for each role."""
CALLERS = (*CREDENTIALS, *PEOPLE)


@dataclass
class Cast:
    """`members` are membership ids by caller, `headers` the `Authorization` of each caller.

    Roles are on the connection, so that they count on every model that a test makes there.
    """

    house: House
    client: TestClient
    members: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str | None] = field(default_factory=dict)
    custom_role_id: str = ""
    made: int = 0

    def fresh(self, word: str) -> str:
        """Return a name that nothing has yet."""
        self.made += 1
        return f"{word}{self.made}"

    def add_member(self, name: str, role: OrgRole = OrgRole.MEMBER) -> str:
        with self.house.database.writing() as connection:
            made = insert_member(
                connection,
                self.house.organization_id,
                email=f"{name}@cast.example",
                name=name.title(),
                role=role,
                at=system_clock(),
            )
        return made.membership_id

    def personal_token(self, membership_id: str) -> str:
        keys = self.house.services.keys
        issued = keys.issue(self.house.organization_id, membership_id, name="token", kind=KeyKind.USER)
        return issued.text.reveal()

    def request(
        self, caller: str, method: str, path: str, json: object = None, params: dict[str, str] | None = None
    ):  # type: ignore[no-untyped-def]
        """Ask as a caller, over one running server."""
        said = self.headers[caller]
        headers = {} if said is None else {"Authorization": said}
        return self.client.request(method, path, json=json, params=params, headers=headers)


@contextmanager
def build_cast(folder: Path) -> Iterator[Cast]:
    house = build_house(folder, base_role=Role.NO_ACCESS)
    try:
        with TestClient(create_app(house.services), base_url="https://testserver") as client:
            yield _gather(Cast(house, client))
    finally:
        house.close()


def _gather(cast: Cast) -> Cast:
    house = cast.house
    admin = house.services.authenticator.authenticate(f"Bearer {house.admin_key}")
    custom = CustomRoles(house.database, system_clock).create(
        admin,
        name=CUSTOM,
        description=None,
        base_role=Role.MODELER,
        denied=["UPDATE", "QUERY_SQL", "VIEW_SQL"],
    )
    cast.custom_role_id = custom.id
    place = Target(connection_id=house.connection_id)
    for role in Role:
        name = role.value.lower()
        cast.members[name] = cast.add_member(name)
        _give(cast, name, role, place)
    cast.members["custom"] = cast.add_member("custom")
    with house.database.writing() as connection:
        holder = Holder(membership_id=cast.members["custom"])
        assign_role(connection, house.organization_id, holder, place, custom.held)
    cast.members["admin"] = house.admin_id
    cast.members["deactivated"] = cast.add_member("deactivated")
    _give(cast, "deactivated", Role.CONNECTION_ADMIN, place)
    cast.headers = {name: f"Bearer {cast.personal_token(id_)}" for name, id_ in cast.members.items()}
    with house.database.writing() as connection:
        deactivate_member(connection, house.organization_id, cast.members["deactivated"], system_clock())
    cast.headers |= {
        "no_key": None,
        "malformed": f"Basic {house.admin_key}",
        "unknown": f"Bearer {new_key_text().reveal()}",
        "disabled": f"Bearer {house.disabled_key}",
        "revoked": f"Bearer {house.revoked_key}",
        "foreign": f"Bearer {house.foreign_key}",
        "organization": f"Bearer {house.admin_key}",
    }
    return cast


def _give(cast: Cast, name: str, role: Role, place: Target) -> None:
    holder = Holder(membership_id=cast.members[name])
    with cast.house.database.writing() as connection:
        assign_role(connection, cast.house.organization_id, holder, place, role)
