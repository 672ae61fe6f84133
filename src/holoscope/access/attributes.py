"""User attributes: what row rules and grants compare with (API digest §3.17, platform digest §1.4).

A value set on the member wins over the definition's default; without either the attribute is
unset, which is not the same as empty: a row rule on an unset attribute fails. Groups set no values:
rules that go by groups compare with `omni_user_groups`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from holoscope.access.actors import Actor
from holoscope.access.audit.actions import Action
from holoscope.access.audit.record import record
from holoscope.access.system_attributes import load_system_values
from holoscope.kit.errors import BadRequest
from holoscope.storage.tables import user_attribute_definitions, user_attribute_values

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)


class AttributeType(StrEnum):
    STRING = "String"
    NUMBER = "Number"


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """An attribute an organization defines. `default` None means there is no default."""

    id: str
    reference: str
    label: str
    type: AttributeType
    multiple_values: bool
    default: tuple[str, ...] | None = None
    description: str | None = None


def load_attributes(connection: Connection, actor: Actor) -> dict[str, tuple[str, ...]]:
    """Read every attribute that is set for the actor's member, system ones included, as texts."""
    definitions = load_definitions(connection, actor.organization_id)
    own = load_own_values(connection, actor.organization_id, (actor.membership_id,))
    attributes = {item.reference: item.default for item in definitions if item.default}
    return attributes | own[actor.membership_id] | load_system_values(connection, actor)


def number_attributes(connection: Connection, organization_id: str) -> frozenset[str]:
    """Name the custom attributes that are declared numbers."""
    definitions = load_definitions(connection, organization_id)
    return frozenset(item.reference for item in definitions if item.type is AttributeType.NUMBER)


def load_definitions(connection: Connection, organization_id: str) -> tuple[AttributeDefinition, ...]:
    """Read the custom attributes of an organization, by reference."""
    table = user_attribute_definitions
    rows = connection.execute(
        select(table).where(table.c.organization_id == organization_id).order_by(table.c.reference)
    )
    return tuple(
        AttributeDefinition(
            id=row.id,
            reference=row.reference,
            label=row.label,
            type=AttributeType(row.type),
            multiple_values=row.multiple_values,
            default=None if row.default_values is None else tuple(row.default_values),
            description=row.description,
        )
        for row in rows
    )


def load_own_values(
    connection: Connection, organization_id: str, membership_ids: Sequence[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Read what is set on members themselves, for several at once: membership -> reference -> values."""
    definition, value = user_attribute_definitions, user_attribute_values
    found: dict[str, dict[str, tuple[str, ...]]] = {id_: {} for id_ in membership_ids}
    rows = connection.execute(
        select(definition.c.reference, value.c.membership_id, value.c["values"].label("own"))
        .join(value, value.c.definition_id == definition.c.id)
        .where(definition.c.organization_id == organization_id, value.c.membership_id.in_(membership_ids))
        .order_by(definition.c.reference)
    )
    for row in rows:
        found[row.membership_id][row.reference] = tuple(row.own)
    return found


def set_attributes(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    wanted: Mapping[str, Sequence[str]],
    *,
    actor: Actor | None = None,
    at: datetime | None = None,
) -> None:
    """Set attributes of a member by reference; an empty sequence unsets, the others stay as they are.

    What changes is told in the audit log, by name: values may be nobody else's business.

    Raises:
        BadRequest: no such attribute, or values that do not suit it.
    """
    known = {item.reference: item for item in load_definitions(connection, organization_id)}
    unknown = sorted(wanted.keys() - known.keys())
    if unknown:
        raise BadRequest(f"{', '.join(unknown)} do not match the names of existing user attributes.")
    own = load_own_values(connection, organization_id, (membership_id,))[membership_id]
    checked = {name: check_values(known[name], values) for name, values in wanted.items()}
    changed = {name: values for name, values in checked.items() if values != own.get(name, ())}
    for name, values in changed.items():
        _put_values(connection, membership_id, known[name].id, values)
    if changed:
        record(
            connection,
            organization_id,
            Action.USER_ATTRIBUTE_VALUES_SET,
            actor=actor,
            object_type="user",
            object_id=membership_id,
            details={"attributes": sorted(changed)},
            at=at,
        )


def check_values(definition: AttributeDefinition, values: Sequence[str]) -> tuple[str, ...]:
    """Return the values if they suit the definition.

    Raises:
        BadRequest: several values for a single-valued attribute, or a Number that is none.
    """
    name = definition.reference
    if len(values) > 1 and not definition.multiple_values:
        raise BadRequest(f"{name} takes a single value.")
    if definition.type is AttributeType.NUMBER:
        for value in values:
            if not _NUMBER.fullmatch(value):
                raise BadRequest(f"{name}: {value!r} is not a number.")
    return tuple(values)


def _put_values(
    connection: Connection, membership_id: str, definition_id: str, values: tuple[str, ...]
) -> None:
    table = user_attribute_values
    place = {"membership_id": membership_id, "definition_id": definition_id}
    connection.execute(
        delete(table).where(table.c.membership_id == membership_id, table.c.definition_id == definition_id)
    )
    if values:
        connection.execute(insert(table).values({**place, "values": list(values)}))
