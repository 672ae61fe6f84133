"""Shapes of the audit log; its operations are ours alone."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from holoscope.access.audit.reading import Wanted, read_actions, read_instant
from holoscope.http.paging import PageSize
from holoscope.http.wire import PageInfo, StrictQuery, Uuid, Wire
from holoscope.kit.paging import DEFAULT_PAGE_SIZE


class EventsFilter(StrictQuery):
    """Which events; all that is said must hold."""

    action: str | None = Field(None, description="One action, or several separated by commas.")
    membership_id: Uuid | None = Field(None, description="Who acted.")
    object_type: str | None = Field(
        None,
        pattern="^[a-z_]{1,32}$",
        description="What kind of thing it was done to, such as `user` or `model`.",
    )
    object_id: str | None = Field(
        None, max_length=512, pattern=r"^[^\x00]*$", description="The id of that thing."
    )
    outcome: str | None = Field(None, pattern="^(success|refused|failed)$")
    credential_id: Uuid | None = Field(None, description="The key, grant or session it was done with.")
    since: str | None = Field(None, alias="from", description="The first instant, as `2026-01-31T09:00:00Z`.")
    until: str | None = Field(None, alias="to", description="The instant after the last.")

    def wanted(self) -> Wanted:
        """Return what was asked for.

        Raises:
            BadRequest: an unknown action, or an instant that is none.
        """
        return Wanted(
            actions=read_actions(self.action),
            membership_id=self.membership_id,
            object_type=self.object_type,
            object_id=self.object_id,
            outcome=self.outcome,
            credential_id=self.credential_id,
            since=read_instant("from", self.since),
            until=read_instant("to", self.until),
        )


class EventsQuery(EventsFilter):
    cursor: str | None = None
    page_size: PageSize = DEFAULT_PAGE_SIZE


class EventActor(Wire):
    membership_id: str
    email: str | None = Field(description="As known now; null where the person is gone.")
    name: str | None


class EventCredential(Wire):
    kind: str
    id: str | None


class EventObject(Wire):
    type: str
    id: str | None


class AuditEvent(Wire):
    id: str
    at: str
    action: str
    outcome: str
    actor: EventActor | None = Field(description="Null where nobody was known, or the server itself acted.")
    credential: EventCredential | None
    address: str | None
    user_agent: str | None
    request_id: str | None
    object: EventObject | None
    details: dict[str, Any] = Field(description="What changed; never what opens a door.")


class AuditEventsResponse(Wire):
    page_info: PageInfo
    records: list[AuditEvent]
