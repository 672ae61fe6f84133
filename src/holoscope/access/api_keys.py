"""What people do with keys: make them, look at them, switch them off, revoke them (API digest §3.3).

Administrators care for every key; a member makes and revokes personal tokens of their own. A key makes
no keys: that takes a signed-in person.
"""

from __future__ import annotations

from typing import Any

from holoscope.access.actors import Actor, CredentialKind, KeyKind
from holoscope.access.errors import KeyNotAllowed, KeysNeedSession
from holoscope.access.guards import require_admin
from holoscope.access.key_rows import ApiKey
from holoscope.access.keyring import IssuedKey, KeyRing
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import Page, page_size_of

_KINDS = {"organization": KeyKind.ORGANIZATION, "personal": KeyKind.USER, "mcp": KeyKind.MCP}
_WORDS = {kind: word for word, kind in _KINDS.items()}
LONGEST_NAME = 128


def create_api_key(keys: KeyRing, actor: Actor, *, name: str, kind: str) -> IssuedKey:
    """Make a key of the actor's own: `kind` is the wire word `organization` or `personal`.

    Raises:
        KeysNeedSession: the actor came with a key or a grant.
        KeyNotAllowed: the actor may not hold such a key.
        BadRequest: the name is empty or too long.
    """
    if actor.credential_kind is not CredentialKind.SESSION:
        raise KeysNeedSession
    wanted = name.strip()
    if not wanted or len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise BadRequest(f"Bad Request: name: 1 to {LONGEST_NAME} visible characters")
    if not keys.allows(actor, _KINDS[kind]):
        raise KeyNotAllowed
    return keys.issue(actor.organization_id, actor.membership_id, name=wanted, kind=_KINDS[kind], by=actor)


def list_own_tokens(
    keys: KeyRing, actor: Actor, *, page_size: int | None = None, cursor: str | None = None
) -> Page[ApiKey]:
    """Return one page of the personal tokens of the actor's member, the newest first.

    Raises:
        BadCursor: the cursor is not the id of a key of this organization.
    """
    return keys.page(
        actor.organization_id,
        membership_id=actor.membership_id,
        kind=KeyKind.USER,
        after_id=cursor,
        size=page_size_of(page_size),
    )


def list_api_keys(
    keys: KeyRing,
    actor: Actor,
    *,
    kind: str | None = None,
    sort_field: str = "createdAt",
    sort_direction: str = "desc",
    page_size: int | None = None,
    cursor: str | None = None,
) -> Page[ApiKey]:
    """Return one page of the organization's keys; the cursor is the id of the last key seen.

    `kind` is the wire word `organization`, `personal` or `mcp`; `sort_field` is `createdAt` or `name`.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadCursor: the cursor is not the id of a key of this organization.
    """
    require_admin(actor)
    return keys.page(
        actor.organization_id,
        kind=_KINDS[kind] if kind else None,
        sort=sort_field,
        descending=sort_direction == "desc",
        after_id=cursor.lower() if cursor else None,
        size=page_size_of(page_size),
    )


def find_api_key(keys: KeyRing, actor: Actor, key_id: str) -> ApiKey:
    """Return one key.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchKey: unknown, revoked, or another organization's.
    """
    require_admin(actor)
    return keys.find(actor.organization_id, key_id.lower())


def update_api_key(keys: KeyRing, actor: Actor, key_id: str, *, enabled: bool) -> ApiKey:
    """Switch an organization key on or off; the key in use may switch itself off.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchKey: unknown, revoked, or another organization's.
        NotAnOrganizationKey: a personal key.
    """
    require_admin(actor)
    return keys.set_enabled(actor.organization_id, key_id.lower(), enabled=enabled, by=actor)


def delete_api_key(keys: KeyRing, actor: Actor, key_id: str) -> dict[str, Any]:
    """Revoke a key, the one in use included, and return the wire body.

    Administrators revoke keys of any kind, other members their own personal tokens and grants.

    Raises:
        PermissionDenied: neither an administrator's request nor through a session or that very key.
        NoSuchKey: unknown, already revoked, somebody else's, or another organization's.
    """
    own = key_id.lower() == actor.credential_id or actor.credential_kind is CredentialKind.SESSION
    if not own:
        require_admin(actor)
    own_of = None if actor.is_admin else actor.membership_id
    keys.revoke(actor.organization_id, key_id.lower(), by=actor, own_of=own_of)
    return {"success": True, "message": "API token revoked"}


def key_wire(key: ApiKey) -> dict[str, Any]:
    """Build the wire record; an organization key belongs to no member there, yet says who made it."""
    return {
        "id": key.id,
        "name": key.name,
        "type": _WORDS[key.kind],
        "enabled": key.enabled,
        "createdAt": wire_time(key.created_at),
        "membershipId": None if key.kind is KeyKind.ORGANIZATION else key.membership_id,
        "createdBy": {"membershipId": key.membership_id, "email": key.email, "name": key.owner},
        "lastUsedAt": None if key.last_used_at is None else wire_time(key.last_used_at),
    }
