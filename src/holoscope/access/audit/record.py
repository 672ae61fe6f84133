"""Adding one event to the audit log, inside the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.origin import current_origin
from holoscope.kit.clock import system_clock
from holoscope.kit.ids import new_id
from holoscope.storage.tables import audit_events

Detail = str | int | bool | None | list[str]
_SECRET_WORDS = ("password", "secret", "token", "cookie", "authorization", "digest", "signature")


def record(  # noqa: PLR0913  (one argument is one column)
    connection: Connection,
    organization_id: str,
    action: Action,
    *,
    actor: Actor | None = None,
    object_type: str | None = None,
    object_id: str | None = None,
    details: Mapping[str, Detail] | None = None,
    outcome: str = "success",
    at: datetime | None = None,
) -> None:
    """Add an event; it becomes true with the caller's transaction, or not at all.

    Args:
        connection: the caller's write transaction.
        organization_id: whose log.
        action: what was done.
        actor: who did it; None where nobody was known, or the server itself acted.
        object_type: `user`, `group`, `api_key`, … as the API calls the thing.
        object_id: its id there.
        details: what changed, without anything that opens a door.
        outcome: `success` or `refused`.
        at: when; now by default.

    Raises:
        ValueError: a detail is named like a secret; a mistake of the caller's.
    """
    connection.execute(
        insert(audit_events).values(
            event_row(
                organization_id,
                action,
                actor=actor,
                object_type=object_type,
                object_id=object_id,
                details=details,
                outcome=outcome,
                at=at,
            )
        )
    )


def event_row(
    organization_id: str,
    action: Action,
    *,
    actor: Actor | None,
    object_type: str | None,
    object_id: str | None,
    details: Mapping[str, Detail] | None,
    outcome: str = "success",
    at: datetime | None = None,
) -> dict[str, Any]:
    """Return the row of an event; see `record`, which adds it.

    Raises:
        ValueError: a detail is named like a secret.
    """
    told = dict(details or {})
    for name in told:
        if any(word in name.lower() for word in _SECRET_WORDS):
            raise ValueError(f"the audit log keeps no {name}")
    if actor is not None and actor.impersonated_by is not None:
        told["impersonatedBy"] = actor.impersonated_by
    origin = current_origin()
    return {
        "id": new_id(),
        "organization_id": organization_id,
        "at": at or system_clock(),
        "action": action.value,
        "outcome": outcome,
        "membership_id": None if actor is None else actor.membership_id,
        "credential_kind": None if actor is None else actor.credential_kind.value,
        "credential_id": None if actor is None else actor.credential_id,
        "address": origin.address,
        "user_agent": origin.user_agent,
        "request_id": origin.request_id,
        "object_type": object_type,
        "object_id": object_id,
        "details": told,
    }
