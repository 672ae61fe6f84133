"""Attributes that an organization defines: listing, adding, changing, taking away (API digest §3.17)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.attributes import (
    AttributeDefinition,
    AttributeType,
    check_values,
    load_definitions,
)
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import Detail, record
from holoscope.access.errors import AlreadyTaken, NoSuchAttribute
from holoscope.access.guards import require_admin
from holoscope.access.people_attributes import wire_values
from holoscope.access.system_attributes import SYSTEM_ATTRIBUTES, SYSTEM_PREFIX
from holoscope.kit.clock import Clock
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.storage.tables import user_attribute_definitions, user_attribute_values
from holoscope.storage.unit_of_work import Database

_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
LONGEST_LABEL = 128
LONGEST_DESCRIPTION = 1_000


@dataclass(frozen=True, slots=True)
class Attributes:
    """The definitions of organizations, for administrators. Safe between threads."""

    database: Database
    clock: Clock

    def records(self, actor: Actor) -> list[dict[str, Any]]:
        """Return the wire records: system attributes first, then custom ones by name.

        Raises:
            PermissionDenied: the actor is no administrator.
        """
        require_admin(actor)
        with self.database.reading() as connection:
            own = load_definitions(connection, actor.organization_id)
        return [*_system_records(), *map(attribute_wire, own)]

    def create(
        self, actor: Actor, wanted: AttributeDefinition, default: object = None
    ) -> AttributeDefinition:
        """Add a custom attribute with a default as the wire says it; its `id` is given here.

        Raises:
            PermissionDenied: the actor is no administrator.
            BadRequest: the name cannot be used, or the default does not suit the type.
            AlreadyTaken: there is an attribute of that name, letter case ignored.
        """
        require_admin(actor)
        wanted = replace(wanted, default=tuple(wire_values(wanted, default)))
        with self.database.writing() as connection:
            return create_attribute(connection, actor.organization_id, wanted, self.clock(), actor=actor)

    def change(self, actor: Actor, attribute_id: str, said: Mapping[str, Any]) -> AttributeDefinition:
        """Change what `said` names of a custom attribute, by the keys of the wire; the rest stays.

        Raises:
            PermissionDenied: the actor is no administrator.
            NoSuchAttribute: there is none with that id.
            BadRequest: its name would change, or values that are set do not suit the new definition.
        """
        require_admin(actor)
        with self.database.writing() as connection:
            before = _find(connection, actor.organization_id, attribute_id)
            after = _changed(before, said)
            return change_attribute(connection, actor.organization_id, before, after, actor=actor)

    def delete(self, actor: Actor, attribute_id: str) -> None:
        """Take a custom attribute away, and with it the value of everybody.

        Raises:
            PermissionDenied: the actor is no administrator.
            NoSuchAttribute: there is none with that id.
        """
        require_admin(actor)
        with self.database.writing() as connection:
            found = _find(connection, actor.organization_id, attribute_id)
            delete_attribute(connection, actor.organization_id, found, actor=actor)


def attribute_wire(item: AttributeDefinition) -> dict[str, Any]:
    """Build the wire record. Numbers go out as texts, for precision."""
    default: str | list[str] | None = None
    if item.default:
        default = list(item.default) if item.multiple_values else item.default[0]
    return {
        "id": item.id,
        "name": item.reference,
        "label": item.label,
        "type": item.type.value,
        "multiple_values": item.multiple_values,
        "description": item.description,
        "default_value": default,
        "system": False,
    }


def define_attribute(
    connection: Connection, organization_id: str, wanted: AttributeDefinition, at: datetime
) -> AttributeDefinition:
    """Add a custom attribute, or bring the one with that reference to the wanted definition.

    Raises:
        BadRequest: the reference cannot be used, the default does not suit the type, or values that
            are set would not.
        AlreadyTaken: another attribute has that name in another letter case.
    """
    for known in load_definitions(connection, organization_id):
        if known.reference == wanted.reference:
            after = replace(wanted, id=known.id)
            return change_attribute(connection, organization_id, known, after)
    return create_attribute(connection, organization_id, wanted, at)


def create_attribute(
    connection: Connection,
    organization_id: str,
    wanted: AttributeDefinition,
    at: datetime,
    *,
    actor: Actor | None = None,
) -> AttributeDefinition:
    """Add a custom attribute; see `Attributes.create`."""
    _check_reference(wanted.reference)
    for known in load_definitions(connection, organization_id):
        if known.reference.casefold() == wanted.reference.casefold():
            raise AlreadyTaken(f"A user attribute with the name {known.reference} already exists")
    checked = replace(_checked(wanted), id=new_id())
    connection.execute(
        insert(user_attribute_definitions).values(
            id=checked.id,
            organization_id=organization_id,
            reference=checked.reference,
            created_at=at,
            **_columns(checked),
        )
    )
    _tell(connection, organization_id, Action.USER_ATTRIBUTE_CREATE, checked, actor)
    return checked


def change_attribute(
    connection: Connection,
    organization_id: str,
    before: AttributeDefinition,
    after: AttributeDefinition,
    *,
    actor: Actor | None = None,
) -> AttributeDefinition:
    """Bring a custom attribute to another definition; see `Attributes.change`."""
    checked = _checked(after)
    if checked == before:
        return before
    if (checked.type, checked.multiple_values) != (before.type, before.multiple_values):
        _check_set_values(connection, checked)
    table = user_attribute_definitions
    connection.execute(update(table).where(table.c.id == checked.id).values(**_columns(checked)))
    _tell(connection, organization_id, Action.USER_ATTRIBUTE_UPDATE, checked, actor)
    return checked


def delete_attribute(
    connection: Connection,
    organization_id: str,
    found: AttributeDefinition,
    *,
    actor: Actor | None = None,
) -> None:
    """Take a custom attribute and all its values away."""
    values, definitions = user_attribute_values, user_attribute_definitions
    connection.execute(delete(values).where(values.c.definition_id == found.id))
    connection.execute(delete(definitions).where(definitions.c.id == found.id))
    _tell(connection, organization_id, Action.USER_ATTRIBUTE_DELETE, found, actor)


def _find(connection: Connection, organization_id: str, attribute_id: str) -> AttributeDefinition:
    for item in load_definitions(connection, organization_id):
        if item.id == attribute_id.lower():
            return item
    raise NoSuchAttribute(attribute_id)


def _changed(before: AttributeDefinition, said: Mapping[str, Any]) -> AttributeDefinition:
    """Put what the wire says over a definition; null unsets a description or default, and else nothing."""
    told = {key: value for key, value in said.items() if value is not None}
    if told.get("name", before.reference) != before.reference:
        raise BadRequest(
            "Bad Request: name: models and embed links refer to an attribute by its name, "
            "which therefore stays; define another one"
        )
    several = bool(told.get("multiple_values", before.multiple_values))
    after = replace(
        before,
        label=told.get("label", before.label),
        type=AttributeType(told.get("type", before.type)),
        multiple_values=several,
        description=said.get("description", before.description),
    )
    if "default_value" not in said:
        return after
    return replace(after, default=tuple(wire_values(after, said["default_value"])))


def _check_reference(reference: str) -> None:
    if reference.lower().startswith(SYSTEM_PREFIX):
        raise BadRequest(f"Bad Request: name: {reference!r} is reserved")
    if not _REFERENCE.fullmatch(reference):
        raise BadRequest(
            f"Bad Request: name: {reference!r} is no name for an attribute: it begins with a letter and has "
            "letters, digits and _, at most 64 of them, so that models can refer to it"
        )


def _checked(item: AttributeDefinition) -> AttributeDefinition:
    label, description = item.label.strip(), (item.description or "").strip()
    if not label or len(label) > LONGEST_LABEL:
        raise BadRequest(f"Bad Request: label: between 1 and {LONGEST_LABEL} characters")
    if len(description) > LONGEST_DESCRIPTION:
        raise BadRequest(f"Bad Request: description: at most {LONGEST_DESCRIPTION} characters")
    default = check_values(item, item.default) if item.default else None
    return replace(item, label=label, description=description or None, default=default)


def _check_set_values(connection: Connection, wanted: AttributeDefinition) -> None:
    """Refuse a definition that the values members have would not suit."""
    table = user_attribute_values
    rows = connection.execute(select(table.c["values"]).where(table.c.definition_id == wanted.id))
    for values in rows.scalars():
        try:
            check_values(wanted, values)
        except BadRequest as error:
            raise BadRequest(f"{error.detail} A member has that value: change it first.") from None


def _columns(item: AttributeDefinition) -> dict[str, Any]:
    return {
        "label": item.label,
        "description": item.description,
        "type": item.type.value,
        "multiple_values": item.multiple_values,
        "default_values": None if item.default is None else list(item.default),
    }


def _tell(
    connection: Connection,
    organization_id: str,
    action: Action,
    item: AttributeDefinition,
    actor: Actor | None,
) -> None:
    details: dict[str, Detail] = {
        "name": item.reference,
        "label": item.label,
        "type": item.type.value,
        "multiple_values": item.multiple_values,
        "default_value": None if item.default is None else list(item.default),
    }
    record(
        connection,
        organization_id,
        action,
        actor=actor,
        object_type="user_attribute",
        object_id=item.id,
        details=details,
    )


def _system_records() -> list[dict[str, Any]]:
    return [
        {
            "id": "",
            "name": name,
            "label": item.label,
            "type": AttributeType.STRING.value,
            "multiple_values": item.multiple_values,
            "description": item.description,
            "default_value": None,
            "system": True,
        }
        for name, item in SYSTEM_ATTRIBUTES.items()
    ]
