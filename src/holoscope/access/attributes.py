"""User attributes: what row rules and grants compare with (API digest §3.17, platform digest §1.4).

A value set on the member wins over the definition's default; without either the attribute is
unset, which is not the same as empty: a row rule on an unset attribute fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from sqlalchemy import Connection, and_, delete, insert, select, update

from holoscope.access.actors import Actor
from holoscope.access.people_groups import held_groups
from holoscope.kit.errors import BadRequest
from holoscope.kit.ids import new_id
from holoscope.storage.tables import groups, user_attribute_definitions, user_attribute_values

SYSTEM_PREFIX = "omni_"
SYSTEM_ATTRIBUTES = (
    "omni_user_id",
    "omni_user_email",
    "omni_user_name",
    "omni_user_groups",
    "omni_is_org_admin",
)


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


def load_attributes(connection: Connection, actor: Actor) -> dict[str, tuple[str, ...]]:
    """Read every attribute that is set for the actor's member, system ones included, as texts."""
    definitions = load_definitions(connection, actor.organization_id)
    own = load_own_values(connection, actor.organization_id, (actor.membership_id,))
    attributes = {item.reference: item.default for item in definitions if item.default}
    attributes.update(own[actor.membership_id])
    names = connection.execute(
        select(groups.c.name).where(groups.c.id.in_(held_groups(actor.membership_id))).order_by(groups.c.name)
    ).scalars()
    said = (
        (actor.user_id,),
        (actor.email,),
        (actor.name,),
        tuple(names),
        ("true" if actor.is_admin else "false",),
    )
    system = zip(SYSTEM_ATTRIBUTES, said, strict=True)
    attributes.update({name: values for name, values in system if values and values[0]})
    return attributes


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


def define_attribute(
    connection: Connection, organization_id: str, wanted: AttributeDefinition, at: datetime
) -> AttributeDefinition:
    """Add a custom attribute, or bring the one with that reference to the wanted definition.

    Raises:
        BadRequest: the reference is reserved, or the default does not suit the type.
    """
    if wanted.reference.startswith(SYSTEM_PREFIX) or not wanted.reference:
        raise BadRequest(f"Bad Request: name: {wanted.reference!r} is reserved")
    default = None if wanted.default is None else check_values(wanted, wanted.default)
    table = user_attribute_definitions
    values = {
        "label": wanted.label,
        "type": wanted.type.value,
        "multiple_values": wanted.multiple_values,
        "default_values": None if default is None else list(default),
    }
    same = and_(table.c.organization_id == organization_id, table.c.reference == wanted.reference)
    known = connection.execute(select(table.c.id).where(same)).scalar_one_or_none()
    if known is not None:
        connection.execute(update(table).where(table.c.id == known).values(**values))
        return _with_id(wanted, known, default)
    fresh = new_id()
    connection.execute(
        insert(table).values(
            id=fresh, organization_id=organization_id, reference=wanted.reference, created_at=at, **values
        )
    )
    return _with_id(wanted, fresh, default)


def set_attributes(
    connection: Connection, organization_id: str, membership_id: str, wanted: Mapping[str, Sequence[str]]
) -> None:
    """Set attributes of a member by reference; an empty sequence unsets, the others stay as they are.

    Raises:
        BadRequest: no such attribute, or values that do not suit it.
    """
    known = {item.reference: item for item in load_definitions(connection, organization_id)}
    unknown = sorted(wanted.keys() - known.keys())
    if unknown:
        raise BadRequest(f"{', '.join(unknown)} do not match the names of existing user attributes.")
    table = user_attribute_values
    for reference, values in wanted.items():
        definition = known[reference]
        checked = check_values(definition, values)
        connection.execute(
            delete(table).where(
                table.c.membership_id == membership_id, table.c.definition_id == definition.id
            )
        )
        if checked:
            connection.execute(
                insert(table).values(
                    {"membership_id": membership_id, "definition_id": definition.id, "values": list(checked)}
                )
            )


def check_values(definition: AttributeDefinition, values: Sequence[str]) -> tuple[str, ...]:
    """Return the values if they suit the definition.

    Raises:
        BadRequest: several values for a single-valued attribute, or a Number that is none.
    """
    if len(values) > 1 and not definition.multiple_values:
        raise BadRequest(f"{definition.reference} takes a single value.")
    if definition.type is AttributeType.NUMBER:
        for value in values:
            if not _is_number(value):
                raise BadRequest(f"{definition.reference}: {value!r} is not a number.")
    return tuple(values)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _with_id(wanted: AttributeDefinition, id_: str, default: tuple[str, ...] | None) -> AttributeDefinition:
    return AttributeDefinition(
        id_, wanted.reference, wanted.label, wanted.type, wanted.multiple_values, default
    )
