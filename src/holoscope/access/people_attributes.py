"""Values of user attributes as they arrive on the wire, set on members (platform digest §1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, update

from holoscope.access.actors import Actor
from holoscope.access.attributes import AttributeDefinition, load_definitions, set_attributes
from holoscope.access.system_attributes import TIME_ZONE
from holoscope.kit.errors import BadRequest
from holoscope.kit.time_zones import is_time_zone
from holoscope.storage.tables import memberships

LONGEST_VALUE = 2_000
MOST_VALUES = 1_000


def set_values(
    connection: Connection,
    organization_id: str,
    membership_id: str,
    wanted: Mapping[str, object],
    at: datetime,
    *,
    actor: Actor | None = None,
    skip_unknown: bool = False,
) -> None:
    """Set custom attributes of a member from wire values; null, "" and [] unset, the others stay.

    Args:
        connection: the caller's write transaction.
        organization_id: whose attributes.
        membership_id: the member, who exists.
        wanted: by reference: a text, number or boolean, or for several values an array of them.
        at: when.
        actor: who does it, for the audit log.
        skip_unknown: pass over attributes that are not defined, as SCIM does.

    Raises:
        BadRequest: an attribute that is not defined, a single value for an attribute of several, or
            values that do not suit it; the text names the attribute.
    """
    known = {item.reference: item for item in load_definitions(connection, organization_id)}
    unknown = sorted(wanted.keys() - known.keys())
    if unknown and not skip_unknown:
        raise BadRequest(f"{', '.join(unknown)} do not match the names of existing user attributes.")
    values = {name: wire_values(known[name], value) for name, value in wanted.items() if name in known}
    set_attributes(connection, organization_id, membership_id, values, actor=actor, at=at)


def wire_values(definition: AttributeDefinition, value: object) -> list[str]:
    """Read what a client sends for an attribute; an empty list unsets it.

    Raises:
        BadRequest: neither text, number, boolean nor an array of them, or no array where one is due.
    """
    if value is None or value in ("", [], {}):
        return []
    if definition.multiple_values and not isinstance(value, list):
        raise BadRequest(f"{definition.reference} takes several values: expected array.")
    found = [_text(definition.reference, item) for item in (value if isinstance(value, list) else [value])]
    if len(found) > MOST_VALUES:
        raise BadRequest(f"{definition.reference} takes at most {MOST_VALUES} values.")
    return found


def set_time_zone(connection: Connection, membership_id: str, value: object, at: datetime) -> None:
    """Set or, by null, "" or [], unset the time zone a member's queries are in.

    Raises:
        BadRequest: not the name of a zone of the IANA database.
    """
    unset = value is None or value in ("", [])
    if not unset and not (isinstance(value, str) and is_time_zone(value)):
        raise BadRequest(f"{TIME_ZONE}: {str(value)[:64]!r} is not an IANA time zone.")
    connection.execute(
        update(memberships)
        .where(memberships.c.id == membership_id)
        .values(time_zone=None if unset else value, updated_at=at)
    )


def _text(reference: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise BadRequest(f"{reference}: expected a text, a number or a boolean.")
    text = str(value)
    if len(text) > LONGEST_VALUE or "\0" in text:
        raise BadRequest(f"{reference}: a value has at most {LONGEST_VALUE} characters, none of them NUL.")
    return text
