"""What a client wants a member to be: read from a body (POST, PUT) or changed step by step (PATCH)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from holoscope.access.attributes import AttributeDefinition, check_values
from holoscope.access.people_attributes import wire_values
from holoscope.access.people_users import checked_email, checked_name, fold
from holoscope.access.scim_errors import BadScimPath, BadScimSyntax, NoScimTarget, ScimImmutable, ScimRefused
from holoscope.access.scim_filter import Compare, PatchPath, parse_path
from holoscope.access.scim_names import (
    ATTRIBUTES_PREFIX,
    ENTERPRISE_PREFIX,
    EXTENSION_PREFIX,
    NOT_KEPT,
    short_name,
)
from holoscope.kit.text import is_plain

LONGEST_EXTERNAL_ID = 256
MOST_OPERATIONS = 1_000
_MIRRORED = frozenset({"emails", "password"})
_READ_ONLY = frozenset({"id", "meta", "schemas", "groups"})

Definitions = Mapping[str, AttributeDefinition]
"""The organization's attributes, by reference."""


@dataclass(slots=True)
class WantedUser:
    """A member as it shall be. `attributes` holds the values of every attribute that is set."""

    email: str
    name: str
    external_id: str | None = None
    is_active: bool = True
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a PATCH. `verb` is add, replace or remove."""

    verb: str
    path: str | None
    value: object


def read_user(body: object, definitions: Definitions) -> WantedUser:
    """Read a whole user; what is not kept here is passed over, undefined attributes among it.

    Raises:
        ScimRefused: a value of the wrong shape.
        BadRequest: no e-mail, or attribute values that do not suit their definition.
    """
    given = folded(body)
    if not isinstance(given.get("username"), str):
        raise ScimRefused("userName: Required")
    email = checked_email(given["username"], "userName")
    wanted = WantedUser(email, _name_in(given) or email)
    wanted.external_id = external_id(given.get("externalid"))
    wanted.is_active = truth(given.get("active", True))
    for key, value in given.items():
        if key.startswith(ATTRIBUTES_PREFIX):
            _set_attributes(wanted, definitions, key, value, lambda _old, new: new)
    return wanted


def read_operations(body: object) -> list[Operation]:
    """Read the operations of a PATCH; the letter case of keys and verbs does not matter.

    Raises:
        BadScimSyntax: no operations, too many, or an unknown verb.
    """
    operations = folded(body).get("operations")
    if not isinstance(operations, list) or not operations:
        raise BadScimSyntax("Operations: expected at least one operation")
    if len(operations) > MOST_OPERATIONS:
        raise BadScimSyntax(f"Operations: at most {MOST_OPERATIONS}")
    found = []
    for number, each in enumerate(operations):
        given = folded(each)
        verb, path = str(given.get("op", "")).lower(), given.get("path")
        if verb not in ("add", "replace", "remove"):
            raise BadScimSyntax(f"Operations.{number}.op: expected add, replace or remove")
        if not isinstance(path, str | None):
            raise BadScimSyntax(f"Operations.{number}.path: expected string")
        if verb != "remove" and "value" not in given:
            raise BadScimSyntax(f"Operations.{number}.value: Required")
        if verb == "remove" and not path:
            raise NoScimTarget(f"Operations.{number}.path: Required to remove something")
        found.append(Operation(verb, path or None, given.get("value")))
    return found


def patch_user(wanted: WantedUser, operation: Operation, definitions: Definitions) -> None:
    """Carry out one operation on what is wanted.

    Raises:
        BadScimPath: the path names nothing a user has.
        ScimImmutable: it names what cannot be changed.
        ScimRefused: the value does not suit.
    """
    if operation.path is None:
        for key, value in folded(operation.value).items():
            if not _is_passed_over(key, in_body=True):
                _apply(wanted, operation.verb, PatchPath(key), value, definitions)
        return
    path = _path(operation.path)
    if not _is_passed_over(short_name(path.attribute), in_body=False):
        _apply(wanted, operation.verb, path, operation.value, definitions)


def folded(body: object) -> dict[str, Any]:
    """Return an object with its keys in lower case, the standard's own URN cut off.

    Raises:
        BadScimSyntax: it is no object.
    """
    if not isinstance(body, Mapping):
        raise BadScimSyntax("body: expected object")
    return {short_name(str(key)): value for key, value in body.items()}


def external_id(value: object) -> str | None:
    """Read an external id, the provider's name for a thing; it means nothing here.

    Raises:
        ScimRefused: no text, or longer than 256 characters, or with characters that do not show.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_EXTERNAL_ID or not is_plain(value):
        raise ScimRefused(f"externalId: expected a text of at most {LONGEST_EXTERNAL_ID} characters")
    return value


def truth(value: object) -> bool:
    """Read a boolean, which some providers send as text."""
    if isinstance(value, str):
        value = {"true": True, "false": False}.get(value.lower())
    if not isinstance(value, bool):
        raise ScimRefused("active: expected boolean")
    return value


def _path(text: str) -> PatchPath:
    """Read a path; references of attributes may hold what no other name does."""
    own = ATTRIBUTES_PREFIX + ":"
    if text.strip().lower().startswith(own) and "[" not in text:
        return PatchPath(text.strip())
    return parse_path(text)


def _is_passed_over(name: str, *, in_body: bool) -> bool:
    """Tell whether an attribute is taken without effect; a body may hold anything (RFC 7644 §3.3)."""
    head = name.partition(".")[0]
    if head in NOT_KEPT | _MIRRORED or name.startswith((ENTERPRISE_PREFIX, EXTENSION_PREFIX)):
        return True
    if head in _READ_ONLY:
        if in_body:
            return True
        hint = ": change the members of the group" if head == "groups" else ""
        raise ScimImmutable(f"path: {head} is read-only{hint}")
    return in_body and not _is_known(name)


def _is_known(name: str) -> bool:
    return name in ("username", "displayname", "active", "externalid") or name.startswith(ATTRIBUTES_PREFIX)


def _apply(wanted: WantedUser, verb: str, path: PatchPath, value: object, definitions: Definitions) -> None:
    name = short_name(path.attribute)
    if name == ATTRIBUTES_PREFIX or name.startswith(ATTRIBUTES_PREFIX + ":"):
        _patch_attributes(wanted, verb, path, value, definitions)
        return
    if path.chosen is not None or path.sub is not None:
        raise BadScimPath(f"{path.attribute} has no parts to choose from")
    if name == "username":
        if verb == "remove" or not isinstance(value, str) or fold(value) != fold(wanted.email):
            raise ScimImmutable("userName: cannot be changed; the e-mail names the user for good")
    elif name == "displayname":
        wanted.name = wanted.email if verb == "remove" or not value else checked_text(value, "displayName")
    elif name == "externalid":
        wanted.external_id = None if verb == "remove" else external_id(value)
    elif name == "active":
        wanted.is_active = True if verb == "remove" else truth(value)
    else:
        raise BadScimPath(f"a user has no attribute {path.attribute[:200]!r}")


def checked_text(value: object, at: str) -> str:
    """Return a name; see `checked_name`.

    Raises:
        ScimRefused: it is no text.
        BadRequest: it is empty or too long.
    """
    if not isinstance(value, str):
        raise ScimRefused(f"{at}: expected string")
    return checked_name(value, at)


def _patch_attributes(
    wanted: WantedUser, verb: str, path: PatchPath, value: object, definitions: Definitions
) -> None:
    name = path.attribute.strip()
    if verb == "remove":
        if path.chosen is not None:
            _remove_value(wanted, path, definitions)
        elif len(name) == len(ATTRIBUTES_PREFIX):
            wanted.attributes.clear()
        else:
            found = _defined(definitions, name[len(ATTRIBUTES_PREFIX) + 1 :])
            wanted.attributes.pop(found.reference if found else "", None)
        return
    if path.chosen is not None:
        raise BadScimPath(f"{name}: only remove takes a filter")

    def added(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*old, *new)))

    _set_attributes(wanted, definitions, name, value, added if verb == "add" else lambda _old, new: new)


def _remove_value(wanted: WantedUser, path: PatchPath, definitions: Definitions) -> None:
    found = _defined(definitions, path.attribute[len(ATTRIBUTES_PREFIX) + 1 :])
    chosen = path.chosen
    if not isinstance(chosen, Compare) or (chosen.path.lower(), chosen.operator) != ("value", "eq"):
        raise BadScimPath(f'{path.attribute}: choose values by value eq "…"')
    if found is None:
        return
    left = tuple(each for each in wanted.attributes.get(found.reference, ()) if each != str(chosen.value))
    if left:
        wanted.attributes[found.reference] = left
    else:
        wanted.attributes.pop(found.reference, None)


def _set_attributes(
    wanted: WantedUser,
    definitions: Definitions,
    name: str,
    value: object,
    combine: Callable[[tuple[str, ...], tuple[str, ...]], tuple[str, ...]],
) -> None:
    """Set one attribute, or several by an object; what is not defined is passed over without a word."""
    if len(name) > len(ATTRIBUTES_PREFIX):
        given: Mapping[Any, Any] = {name[len(ATTRIBUTES_PREFIX) + 1 :]: value}
    elif value is None:
        return
    elif isinstance(value, Mapping):
        given = value
    else:
        raise ScimRefused("urn:omni:params:1.0:UserAttribute: expected object")
    for reference, said in given.items():
        found = _defined(definitions, str(reference))
        if found is None:
            continue
        values = tuple(wire_values(found, said))
        if values and found.multiple_values:
            values = combine(wanted.attributes.get(found.reference, ()), values)
        if values:
            wanted.attributes[found.reference] = check_values(found, values)
        else:
            wanted.attributes.pop(found.reference, None)


def _defined(definitions: Definitions, reference: str) -> AttributeDefinition | None:
    """Find a definition; letter case matters only between references that differ by nothing else."""
    exact = definitions.get(reference)
    if exact is not None:
        return exact
    same = [item for name, item in definitions.items() if name.lower() == reference.lower()]
    return same[0] if len(same) == 1 else None


def _name_in(given: Mapping[str, Any]) -> str | None:
    """Find a name to show: `displayName`, or else what stands in `name`."""
    shown = given.get("displayname")
    if shown is not None and shown != "":
        return checked_text(shown, "displayName")
    name = given.get("name")
    if not isinstance(name, Mapping):
        return None
    parts = {str(key).lower(): value for key, value in name.items() if isinstance(value, str)}
    full = parts.get("formatted") or " ".join(
        parts[key] for key in ("givenname", "familyname") if parts.get(key)
    )
    return checked_name(full, "name") if full.strip() else None
