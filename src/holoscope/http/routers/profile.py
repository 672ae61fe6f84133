"""One's own profile; operations of our own."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, StrictStr

from holoscope.access.profile import Profile, ProfileChange, change_profile, show_profile
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.wire import StrictBody, Wire
from holoscope.kit.clock import wire_time

routes = router("Sessions")
_PLACE = "/v1/profile"
Appearance = Literal["system", "light", "dark"]


class ProfileOrganization(Wire):
    id: str
    name: str


class ProfileResponse(Wire):
    id: str = Field(description="The membership's, which every operation calls the user's id.")
    user_id: str
    email: str
    name: str
    kind: Literal["standard", "embed", "email_only", "support"]
    org_role: Literal["ORG_ADMIN", "MEMBER"]
    organization: ProfileOrganization
    time_zone: str | None = Field(description="One's own; null where the organization's counts.")
    effective_time_zone: str | None = Field(description="Own or the organization's; null without either.")
    appearance: Appearance
    has_password: bool
    can_change_password: bool = Field(description="There is a password, and passwords may be used here.")
    can_change_name: bool
    created_at: str
    last_login_at: str | None


class ProfileUpdateBody(StrictBody):
    """What is named changes, the rest stays; null takes the time zone away."""

    name: StrictStr | None = None
    time_zone: StrictStr | None = None
    appearance: Appearance | None = None


@serve(routes, "GET", _PLACE, "profileGet", ProfileResponse)
def get_profile(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Return what one may know and change of oneself."""
    return _wire(show_profile(called.database, actor), called)


@serve(routes, "PATCH", _PLACE, "profileUpdate", ProfileResponse, refusals={409: "Others see the name too"})
def patch_profile(body: ProfileUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Change one's own name, time zone or appearance; not for embedded users."""
    change = ProfileChange(
        name=body.name,
        time_zone=body.time_zone,
        has_time_zone="time_zone" in body.model_fields_set,
        appearance=body.appearance,
    )
    return _wire(change_profile(called.database, actor, change), called)


def _wire(profile: Profile, called: Services) -> dict[str, Any]:
    member = profile.member
    return {
        "id": member.membership_id,
        "userId": member.user_id,
        "email": member.email,
        "name": member.name,
        "kind": member.kind.value,
        "orgRole": member.role.value,
        "organization": {"id": member.organization_id, "name": profile.settings.name},
        "timeZone": member.time_zone,
        "effectiveTimeZone": profile.time_zone,
        "appearance": profile.appearance,
        "hasPassword": profile.has_password,
        "canChangePassword": profile.has_password and called.sign_in.rules.takes_password(member.email),
        "canChangeName": profile.can_rename,
        "createdAt": wire_time(member.created_at),
        "lastLoginAt": None if member.last_login_at is None else wire_time(member.last_login_at),
    }
