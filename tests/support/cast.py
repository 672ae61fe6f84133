"""A house with somebody of every role, and a credential of every kind: who is asked in matrices of access."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from httpx2 import Response
from sqlalchemy import update
from starlette.testclient import TestClient

from holoscope.access.actors import KeyKind, MemberKind, OrgRole
from holoscope.access.keys import new_key_text
from holoscope.access.people import deactivate_member, insert_member
from holoscope.access.roles import Holder, Role, Target, assign_role
from holoscope.access.roles_custom_api import CustomRoles
from holoscope.access.session_rows import SessionKind
from holoscope.http.application import create_app
from holoscope.http.cookies import EMBED, SESSION
from holoscope.http.same_origin import TOKEN_HEADER
from holoscope.kit.clock import system_clock
from holoscope.storage.tables import memberships
from support.house import House, build_house
from support.house_model import FILES

CUSTOM = "Modeler who only looks"
NOBODIES = ("no_key", "malformed", "unknown", "disabled", "revoked", "deactivated")
"""Callers who prove nothing; the last has a sound token, and is no active member any more."""
PEOPLE = (
    "foreign",
    "organization",
    "admin",
    *(role.value.lower() for role in reversed(Role)),
    "custom",
    "session",
    "client",
    "embedded",
)
"""Callers who prove who they are: the administrator of another organization, the administrator's
organization key, personal tokens of the administrator and of one member for each role, a browser in which
the modeler is signed in, a client program that the querier allowed, and an embedded page of somebody who
may query topics."""
BROWSERS = {"session": "modeler", "viewer": "viewer", "no_access": "no_access", "embedded": "embedded"}
"""Callers who are signed in, by the member they are: roles that may ask nothing hold no tokens."""
CALLERS = (*NOBODIES, *PEOPLE)


@dataclass
class Cast:
    """`members` are membership ids by caller, `headers` what each caller sends with a request.

    Roles are on the connection, so that they count on every model that a test makes there.
    """

    house: House
    client: TestClient
    members: dict[str, str] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    custom_role_id: str = ""
    second_model_id: str = ""
    stands: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def fresh(self, word: str) -> str:
        """Return a name that nothing has yet."""
        self.made += 1
        return f"{word}{self.made}"

    def standing(self, what: str, make: Callable[[Cast], str]) -> str:
        """Return the id of the one thing of a kind that refused calls are aimed at, making it at first."""
        if what not in self.stands:
            self.stands[what] = make(self)
        return self.stands[what]

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

    def newcomer(self, word: str = "newcomer") -> str:
        """Add a member without a role, who is signed in; return the name of the caller that is then."""
        name = self.fresh(word)
        self.members[name] = self.add_member(name)
        self.headers[name] = self.sign_in(self.members[name])[1]
        return name

    def personal_token(self, membership_id: str) -> dict[str, str]:
        keys = self.house.services.keys
        issued = keys.issue(self.house.organization_id, membership_id, name="token", kind=KeyKind.USER)
        return {"Authorization": f"Bearer {issued.text.reveal()}"}

    def client_grant(self, caller: str) -> tuple[str, dict[str, str]]:
        """Let a client program act as a caller; return the grant's id and what the client sends."""
        services = self.house.services
        actor = services.authenticator.authenticate(self.headers[caller]["Authorization"])
        verifier, redirect = secrets.token_urlsafe(48), "http://localhost:8000/callback"
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        code = services.grants.allow(actor, redirect_uri=redirect, challenge=challenge)
        tokens = services.grants.exchange(code.reveal(), redirect_uri=redirect, verifier=verifier)
        newest = services.grants.page(actor.organization_id, membership_id=actor.membership_id).records[0]
        return newest.id, {"Authorization": f"Bearer {tokens.access.reveal()}"}

    def sign_in(self, membership_id: str) -> tuple[str, dict[str, str]]:
        """Open a session; return its id and what the browser and our page send."""
        sessions, database = self.house.services.sessions, self.house.database
        is_embedded = membership_id == self.members.get("embedded")
        with database.writing() as connection:
            opened = sessions.open(
                connection,
                self.house.organization_id,
                membership_id,
                kind=SessionKind.EMBED if is_embedded else SessionKind.WEB,
                details={},
                lifetime=timedelta(hours=1),
            )
        text = opened.text.reveal()
        return opened.id, {
            "Cookie": f"{EMBED if is_embedded else SESSION}={text}",
            "Sec-Fetch-Site": "same-origin",
            TOKEN_HEADER: sessions.csrf_token(text),
        }

    def request(
        self,
        caller: str,
        method: str,
        path: str,
        json: object = None,
        params: dict[str, str] | None = None,
    ) -> Response:
        """Ask as a caller, over one running server."""
        self.client.cookies.clear()
        answer = self.client.request(method, path, json=json, params=params, headers=self.headers[caller])
        self.client.cookies.clear()
        return answer


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
    cast.members["embedded"] = cast.add_member("embedded")
    _give(cast, "embedded", Role.QUERY_TOPICS, place)
    with house.database.writing() as connection:
        values = {"kind": MemberKind.EMBED.value, "embed_external_id": "e1", "embed_entity": "tenant"}
        mine = memberships.c.id == cast.members["embedded"]
        connection.execute(update(memberships).where(mine).values(**values))
    cast.members["admin"] = house.admin_id
    cast.members["deactivated"] = cast.add_member("deactivated")
    _give(cast, "deactivated", Role.CONNECTION_ADMIN, place)
    for name, id_ in cast.members.items():
        if name not in BROWSERS:
            cast.headers[name] = cast.personal_token(id_)
    with house.database.writing() as connection:
        deactivate_member(connection, house.organization_id, cast.members["deactivated"], system_clock())
    said = {
        "malformed": f"Basic {house.admin_key}",
        "unknown": f"Bearer {new_key_text().reveal()}",
        "disabled": f"Bearer {house.disabled_key}",
        "revoked": f"Bearer {house.revoked_key}",
        "foreign": f"Bearer {house.foreign_key}",
        "organization": f"Bearer {house.admin_key}",
    }
    cast.headers |= {name: {"Authorization": text} for name, text in said.items()}
    cast.headers["no_key"] = {}
    cast.headers["client"] = cast.client_grant("querier")[1]
    for caller, member in BROWSERS.items():
        cast.headers[caller] = cast.sign_in(cast.members[member])[1]
    cast.second_model_id = house.services.models.create_shared_model(house.connection_id, "Second", FILES).id
    return cast


def _give(cast: Cast, name: str, role: Role, place: Target) -> None:
    holder = Holder(membership_id=cast.members[name])
    with cast.house.database.writing() as connection:
        assign_role(connection, cast.house.organization_id, holder, place, role)
