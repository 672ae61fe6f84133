"""The key routes: metadata for administrators, and switching off (API digest §1.6, §3.3)."""

from __future__ import annotations

from typing import Any

from holoscope.access.actors import Actor, KeyKind
from holoscope.access.errors import PermissionDenied
from holoscope.access.key_rows import ApiKey
from holoscope.access.keyring import KeyRing
from holoscope.kit.clock import wire_time
from holoscope.kit.paging import Page, page_size_of

_KINDS = {"organization": KeyKind.ORGANIZATION, "personal": KeyKind.USER, "mcp": KeyKind.MCP}
_WORDS = {kind: word for word, kind in _KINDS.items()}


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
    _require_admin(actor)
    size = page_size_of(page_size)
    found = keys.page(
        actor.organization_id,
        kind=_KINDS[kind] if kind else None,
        sort=sort_field,
        descending=sort_direction == "desc",
        after_id=cursor.lower() if cursor else None,
        size=size,
    )
    return Page(found.keys, size, found.total, found.last_id)


def find_api_key(keys: KeyRing, actor: Actor, key_id: str) -> ApiKey:
    """Return one key.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchKey: unknown, revoked, or another organization's.
    """
    _require_admin(actor)
    return keys.find(actor.organization_id, key_id.lower())


def update_api_key(keys: KeyRing, actor: Actor, key_id: str, *, enabled: bool) -> ApiKey:
    """Switch an organization key on or off; the key in use may switch itself off.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchKey: unknown, revoked, or another organization's.
        NotAnOrganizationKey: a personal key.
    """
    _require_admin(actor)
    return keys.set_enabled(actor.organization_id, key_id.lower(), enabled=enabled)


def delete_api_key(keys: KeyRing, actor: Actor, key_id: str) -> dict[str, Any]:
    """Revoke a key of any kind, also the one in use; return the wire body.

    Raises:
        PermissionDenied: the actor is no administrator.
        NoSuchKey: unknown, already revoked, or another organization's.
    """
    _require_admin(actor)
    keys.revoke(actor.organization_id, key_id.lower())
    return {"success": True, "message": "API token revoked"}


def key_wire(key: ApiKey) -> dict[str, Any]:
    """Build the wire record; an organization key belongs to no member there."""
    return {
        "id": key.id,
        "name": key.name,
        "type": _WORDS[key.kind],
        "enabled": key.enabled,
        "createdAt": wire_time(key.created_at),
        "membershipId": None if key.kind is KeyKind.ORGANIZATION else key.membership_id,
    }


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise PermissionDenied
