"""E-mail-only users: list, make, change (API digest §3.17)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from holoscope.access.people_email_only import MOST_PER_PAGE, Recipient, list_recipients, upsert_recipients
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.shapes.email_only import (
    EmailOnlyBody,
    EmailOnlyBulkBody,
    EmailOnlyBulkResponse,
    EmailOnlyListResponse,
    EmailOnlyQuery,
    EmailOnlyResponse,
)
from holoscope.kit.errors import BadRequest

routes = router("Users")


@serve(
    routes,
    "GET",
    "/v1/users/email-only",
    "usersListEmailOnly",
    EmailOnlyListResponse,
    aliases=[("unstableUsersListEmailOnly", "/unstable/users/email-only")],
)
def list_email_only(
    query: Annotated[EmailOnlyQuery, Query()], actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """List people who are only sent e-mails; administrators only, 20 to a page."""
    if query.page_size < 1:
        raise BadRequest("Bad Request: pageSize: Page size must be at least 1")
    if query.page_size > MOST_PER_PAGE:
        raise BadRequest(f"Bad Request: pageSize: Page size cannot exceed {MOST_PER_PAGE}")
    found = list_recipients(
        called.database,
        actor,
        email=query.email,
        is_descending=query.sort_direction == "desc",
        size=query.page_size,
        cursor=query.cursor,
    )
    return found.wire(
        lambda each: {"email": each.email, "user_attributes": dict(each.attributes), "user_id": each.id}
    )


@serve(
    routes,
    "POST",
    "/v1/users/email-only",
    "usersCreateEmailOnly",
    EmailOnlyResponse,
    aliases=[("unstableUsersCreateEmailOnly", "/unstable/users/email-only")],
)
def create_email_only(body: EmailOnlyBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make or change somebody who is only sent e-mails; administrators' organization keys only."""
    return _wire(upsert_recipients(called.database, actor, [body.wanted()])[0])


@serve(
    routes,
    "POST",
    "/v1/users/email-only/bulk",
    "usersCreateEmailOnlyBulk",
    EmailOnlyBulkResponse,
    status=201,
    aliases=[("unstableUsersCreateEmailOnlyBulk", "/unstable/users/email-only/bulk")],
)
def create_email_only_bulk(body: EmailOnlyBulkBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Make or change up to 20 such people, all of them or none."""
    made = upsert_recipients(called.database, actor, [each.wanted() for each in body.users])
    return {"results": [_wire(each) for each in made]}


def _wire(recipient: Recipient) -> dict[str, Any]:
    return {"email": recipient.email, "userId": recipient.id}
