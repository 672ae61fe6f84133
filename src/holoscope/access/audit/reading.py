"""Reading the audit log: pages for a screen, a stream for what ships it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.guards import require_admin
from holoscope.kit.clock import wire_time
from holoscope.kit.errors import BadRequest
from holoscope.kit.paging import BadCursor, Page, decode_cursor, encode_cursor, page_size_of
from holoscope.kit.text import near
from holoscope.storage.keyset import Order, load_page, select_after
from holoscope.storage.tables import audit_events, memberships, users
from holoscope.storage.unit_of_work import Database

_AT_ONCE = 500
_LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: all that is said must hold. `since` is the first instant, `until` the one after the last.

    `membership_id` is who acted; `object_type` and `object_id` what it was done to.
    """

    actions: tuple[Action, ...] = ()
    membership_id: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    outcome: str | None = None
    credential_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def read_actions(text: str | None) -> tuple[Action, ...]:
    """Read `SIGN_IN,USER_INVITE`, letter case ignored.

    Raises:
        BadRequest: naming what is no action, and its nearest neighbour.
    """
    names = [part.strip() for part in (text or "").split(",") if part.strip()]
    if len(names) > _LONGEST_LIST:
        raise BadRequest(f"Bad Request: action: at most {_LONGEST_LIST} names")
    found = []
    for name in names:
        try:
            found.append(Action(name.upper()))
        except ValueError:
            close = near(name.upper(), [action.value for action in Action], limit=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise BadRequest(f'Bad Request: action: There is no action "{name}".{hint}') from None
    return tuple(dict.fromkeys(found))


def read_instant(key: str, text: str | None) -> datetime | None:
    """Read an ISO 8601 instant, which must say its offset or `Z`.

    Raises:
        BadRequest: naming the key.
    """
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadRequest(f"Bad Request: {key}: Expected an instant like 2026-01-31T09:00:00Z, with its offset")


def page_of_events(
    database: Database,
    actor: Actor,
    wanted: Wanted,
    *,
    page_size: int | None = None,
    cursor: str | None = None,
) -> Page[dict[str, Any]]:
    """Return one page of the organization's events, the newest first, each as the API tells it.

    Pages go on after the last event seen, so what is written meanwhile shifts nothing.

    Raises:
        PermissionDenied: the actor is no administrator.
        BadCursor: the cursor is not ours.
        BadRequest: the page size is out of its range.
    """
    require_admin(actor)
    size = page_size_of(page_size)
    after = None if cursor is None else _position(cursor)
    with database.reading() as connection:
        found = load_page(
            connection, _rows(actor.organization_id, wanted), _order(descending=True), after=after, size=size
        )
    following = None
    if found.last is not None:
        at, last_id = found.last
        following = encode_cursor((at.isoformat(), last_id))
    return Page(tuple(event_wire(row) for row in found.rows), size, found.total, following)


def stream_events(
    database: Database, organization_id: str, wanted: Wanted, *, newest_first: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """Yield an organization's events in lists of at most 500, the oldest first unless said.

    Each list is read by itself: no transaction stays open while somebody reads slowly.
    """
    order = _order(descending=newest_first)
    rows = _rows(organization_id, wanted)
    after: tuple[datetime, str] | None = None
    while True:
        with database.reading() as connection:
            found = _read(connection, rows, order, after)
        if found:
            yield [event_wire(row) for row in found]
        if len(found) < _AT_ONCE:
            return
        after = (found[-1].position_sort, found[-1].position_id)


def event_wire(row: Row[Any]) -> dict[str, Any]:
    """Return an event as the API and exports tell it; names of people are those of today."""
    actor = None
    if row.membership_id is not None:
        actor = {"membershipId": row.membership_id, "email": row.email, "name": row.name}
    credential = None
    if row.credential_kind is not None:
        credential = {"kind": row.credential_kind, "id": row.credential_id}
    about = None
    if row.object_type is not None:
        about = {"type": row.object_type, "id": row.object_id}
    details: Mapping[str, Any] = row.details
    return {
        "id": row.id,
        "at": wire_time(row.at),
        "action": row.action,
        "outcome": row.outcome,
        "actor": actor,
        "credential": credential,
        "address": row.address,
        "userAgent": row.user_agent,
        "requestId": row.request_id,
        "object": about,
        "details": dict(details),
    }


def _order(*, descending: bool) -> Order:
    return Order(audit_events.c.at, audit_events.c.id, descending)


def _read(
    connection: Connection, rows: Select[Any], order: Order, after: tuple[datetime, str] | None
) -> list[Row[Any]]:
    return list(connection.execute(select_after(rows, order, after).limit(_AT_ONCE)).all())


def _rows(organization_id: str, wanted: Wanted) -> Select[Any]:
    events = audit_events.c
    rows = (
        select(audit_events, users.c.email, users.c.name)
        .outerjoin(memberships, memberships.c.id == events.membership_id)
        .outerjoin(users, users.c.id == memberships.c.user_id)
        .where(events.organization_id == organization_id)
    )
    if wanted.actions:
        rows = rows.where(events.action.in_([action.value for action in wanted.actions]))
    if wanted.since is not None:
        rows = rows.where(events.at >= wanted.since)
    if wanted.until is not None:
        rows = rows.where(events.at < wanted.until)
    said = (
        (events.membership_id, wanted.membership_id),
        (events.object_type, wanted.object_type),
        (events.object_id, wanted.object_id),
        (events.outcome, wanted.outcome),
        (events.credential_id, wanted.credential_id),
    )
    for column, value in said:
        if value is not None:
            rows = rows.where(column == value)
    return rows


def _position(cursor: str) -> tuple[datetime, str]:
    text, last_id = decode_cursor(cursor, parts=2)
    try:
        at = read_instant("cursor", text)
    except BadRequest:
        raise BadCursor from None
    if at is None:
        raise BadCursor
    return at, last_id
