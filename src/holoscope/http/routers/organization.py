"""Settings of the organization; operations of our own."""

from __future__ import annotations

from typing import Any

from pydantic import Field, StrictBool

from holoscope.access.organization_settings import OrganizationSettings, change_settings, show_settings
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.wire import StrictBody, Wire

routes = router("Organization")
_PATH = "/v1/organization"


class Organization(Wire):
    id: str
    name: str
    default_time_zone: str | None = Field(
        description="IANA name; the time zone of members who have none of their own. Queries keep theirs."
    )
    personal_tokens: bool = Field(description="Whether members may have personal access tokens.")


class OrganizationUpdateBody(StrictBody):
    """What is named changes, the rest stays; null takes the default time zone away."""

    name: str | None = None
    default_time_zone: str | None = None
    personal_tokens: StrictBool | None = None


@serve(routes, "GET", _PATH, "organizationGet", Organization)
def get_organization(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return the settings of the organization; administrators only."""
    return _wire(actor.organization_id, show_settings(called.database, actor))


@serve(routes, "PATCH", _PATH, "organizationUpdate", Organization)
def patch_organization(body: OrganizationUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Change settings of the organization; administrators only."""
    said = body.model_dump(exclude_unset=True)
    changes = {key: value for key, value in said.items() if value is not None or key == "default_time_zone"}
    return _wire(actor.organization_id, change_settings(called.database, actor, changes))


def _wire(id_: str, settings: OrganizationSettings) -> dict[str, Any]:
    return {
        "id": id_,
        "name": settings.name,
        "defaultTimeZone": settings.default_time_zone,
        "personalTokens": settings.personal_tokens,
    }
