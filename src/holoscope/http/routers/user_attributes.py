"""Definitions of user attributes (API digest §2.2, §3.17)."""

from __future__ import annotations

from typing import Any

from holoscope.access.attribute_definitions import Attributes, attribute_wire
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.http.operation import Called, CurrentActor, router, serve
from holoscope.http.ports import Services
from holoscope.http.shapes.models import Done
from holoscope.http.shapes.user_attributes import (
    UserAttribute,
    UserAttributesCreateBody,
    UserAttributesListResponse,
    UserAttributesUpdateBody,
)
from holoscope.http.wire import Uuid
from holoscope.kit.text import title

routes = router("User Attributes")
_LIST = "/user-attributes"
_ONE = "/user-attributes/{id}"


@serve(
    routes,
    "GET",
    f"/v1{_LIST}",
    "userAttributesList",
    UserAttributesListResponse,
    aliases=[("unstableUserAttributesList", f"/unstable{_LIST}")],
)
def list_attributes(actor: CurrentActor, called: Called) -> dict[str, Any]:
    """List every definition, those of the system first; administrators only."""
    return {"records": _attributes(called).records(actor)}


@serve(
    routes,
    "POST",
    f"/v1{_LIST}",
    "userAttributesCreate",
    UserAttribute,
    status=201,
    aliases=[("unstableUserAttributesCreate", f"/unstable{_LIST}")],
    refusals={409: "Another attribute has the name"},
)
def post_attribute(body: UserAttributesCreateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Define an attribute; administrators only."""
    wanted = AttributeDefinition(
        id="",
        reference=body.name,
        label=body.label or title(body.name),
        type=AttributeType(body.type),
        multiple_values=body.multiple_values,
        description=body.description,
    )
    return attribute_wire(_attributes(called).create(actor, wanted, body.default_value))


def _patch(id: str, body: UserAttributesUpdateBody, actor: CurrentActor, called: Called) -> dict[str, Any]:
    return attribute_wire(_attributes(called).change(actor, id, body.model_dump(exclude_unset=True)))


@serve(
    routes,
    "PATCH",
    f"/v1{_ONE}",
    "userAttributesUpdate",
    UserAttribute,
    aliases=[("unstableUserAttributesUpdate", f"/unstable{_ONE}")],
)
def patch_attribute(
    id: Uuid, body: UserAttributesUpdateBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Change a definition; administrators only. Values that members have must suit it."""
    return _patch(id, body, actor, called)


@serve(routes, "PUT", f"/v1{_ONE}", "userAttributesUpdateByPut", UserAttribute)
def put_attribute(
    id: Uuid, body: UserAttributesUpdateBody, actor: CurrentActor, called: Called
) -> dict[str, Any]:
    """Do what PATCH does: clients differ in which of the two they send."""
    return _patch(id, body, actor, called)


@serve(
    routes,
    "DELETE",
    f"/v1{_ONE}",
    "userAttributesDelete",
    Done,
    aliases=[("unstableUserAttributesDelete", f"/unstable{_ONE}")],
)
def remove_attribute(id: Uuid, actor: CurrentActor, called: Called) -> dict[str, Any]:
    """Take a definition away, and with it everybody's value; administrators only."""
    _attributes(called).delete(actor, id)
    return {"success": True}


def _attributes(called: Services) -> Attributes:
    return Attributes(called.database, called.models.clock)
