"""The file that names people, groups and attributes for a new organization (`users.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.access.actors import OrgRole
from holoscope.access.attributes import AttributeDefinition, AttributeType
from holoscope.access.errors import InvalidRole
from holoscope.access.roles import Role, parse_role
from holoscope.kit.errors import BadRequest
from holoscope.kit.text import title


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to add. `model_role` None leaves the base role of the connection to decide."""

    email: str
    name: str
    role: OrgRole
    model_role: Role | None
    groups: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class People:
    """Everything the file says."""

    attributes: tuple[AttributeDefinition, ...]
    persons: tuple[Person, ...]


def parse_people(content: Mapping[str, Any]) -> People:
    """Read the file's content.

    `attributes` have name, label, type, multiple_values and default; `users` have email, name,
    organization_admin, model_role, groups and attributes.

    Raises:
        BadRequest: an unknown key, a missing one, or a value of the wrong shape; the text says where.
    """
    _known(content, {"attributes", "users"}, "people")
    return People(
        tuple(_definition(entry) for entry in _entries(content, "attributes")),
        tuple(_person(entry) for entry in _entries(content, "users")),
    )


def _definition(entry: Mapping[str, Any]) -> AttributeDefinition:
    name = _text(entry, "name", "attributes")
    _known(entry, {"name", "label", "type", "multiple_values", "default"}, f"attributes.{name}")
    default = entry.get("default")
    try:
        type_ = AttributeType(entry.get("type", AttributeType.STRING))
    except ValueError:
        raise BadRequest(f"attributes.{name}.type: Expected 'String' | 'Number'") from None
    return AttributeDefinition(
        id="",
        reference=name,
        label=str(entry.get("label") or title(name)),
        type=type_,
        multiple_values=_flag(entry, "multiple_values", f"attributes.{name}"),
        default=None if default is None else _texts(default, f"attributes.{name}.default"),
    )


def _person(entry: Mapping[str, Any]) -> Person:
    email = _text(entry, "email", "users")
    at = f"users.{email}"
    _known(entry, {"email", "name", "organization_admin", "model_role", "groups", "attributes"}, at)
    if email.count("@") != 1 or any(character.isspace() for character in email):
        raise BadRequest(f"{at}.email: Invalid email")
    attributes = {} if entry.get("attributes") is None else entry["attributes"]
    if not isinstance(attributes, Mapping):
        raise BadRequest(f"{at}.attributes: Expected object")
    model_role = entry.get("model_role")
    return Person(
        email=email,
        name=str(entry.get("name") or email),
        role=OrgRole.ADMIN if _flag(entry, "organization_admin", at) else OrgRole.MEMBER,
        model_role=None if model_role is None else _role(str(model_role), at),
        groups=_texts(entry.get("groups") or [], f"{at}.groups"),
        attributes={
            str(name): _texts(value, f"{at}.attributes.{name}") for name, value in attributes.items()
        },
    )


def _role(name: str, at: str) -> Role:
    try:
        return parse_role(name)
    except InvalidRole as error:
        raise BadRequest(f"{at}.model_role: {error.detail}") from None


def _entries(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = content.get(key)
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise BadRequest(f"{key}: Expected an array of objects")
    return entries


def _known(entry: Mapping[str, Any], keys: Iterable[str], at: str) -> None:
    unknown = sorted(str(key) for key in entry.keys() - set(keys))
    if unknown:
        raise BadRequest(f"{at}: Unrecognized key(s) in object: {', '.join(unknown)}")


def _text(entry: Mapping[str, Any], key: str, at: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(f"{at}.{key}: Required")
    return value.strip()


def _flag(entry: Mapping[str, Any], key: str, at: str) -> bool:
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise BadRequest(f"{at}.{key}: Expected boolean")
    return value


def _texts(value: object, at: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in values):
        raise BadRequest(f"{at}: Expected a text, a number, or an array of them")
    return tuple(str(item) for item in values)
