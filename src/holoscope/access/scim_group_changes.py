"""What a client wants a group to be: read from a body (POST, PUT), or step by step (PATCH)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.access.group_store import LONGEST_NAME, GroupChange
from holoscope.access.people_groups import ids_in_group
from holoscope.access.scim_errors import BadScimPath, NoScimTarget, ScimImmutable, ScimRefused
from holoscope.access.scim_filter import PatchPath, parse_path
from holoscope.access.scim_group_rows import chosen_members, wire_id
from holoscope.access.scim_names import short_name
from holoscope.access.scim_user_changes import Operation, checked_text, external_id, folded

_READ_ONLY = frozenset({"id", "meta", "schemas"})


@dataclass(slots=True)
class WantedGroup:
    """A group's own attributes as they shall be."""

    name: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class WholeGroup:
    """A group as a body describes it; `members` holds ids of users and groups."""

    wanted: WantedGroup
    members: list[str]


def read_group(body: object) -> WholeGroup:
    """Read a whole group; what is not kept here is passed over.

    Raises:
        ScimRefused, BadRequest: no name, one of more than 64 characters, or members of another shape.
    """
    given = folded(body)
    wanted = WantedGroup(group_name(given.get("displayname")), external_id(given.get("externalid")))
    return WholeGroup(wanted, member_ids(given.get("members")))


def group_name(value: object) -> str:
    """Return the name of a group.

    Raises:
        ScimRefused, BadRequest: no text, empty, or more than 64 characters.
    """
    name = checked_text("" if value is None else value, "displayName")
    if len(name) > LONGEST_NAME:
        raise ScimRefused(f"displayName: at most {LONGEST_NAME} characters")
    return name


def member_ids(value: object) -> list[str]:
    """Return the ids in a list of `{value}` or `{$ref}`; a single one may stand without the list.

    Raises:
        ScimRefused: another shape.
    """
    if value is None:
        return []
    found = []
    for number, each in enumerate(value if isinstance(value, list) else [value]):
        given: Mapping[str, Any] = folded(each) if isinstance(each, Mapping) else {}
        id_ = given.get("value") or str(given.get("$ref") or "").rpartition("/")[2]
        if not isinstance(id_, str) or not id_:
            raise ScimRefused(f"members.{number}.value: Required")
        found.append(wire_id(id_))
    return found


@dataclass(frozen=True, slots=True)
class GroupPatch:
    """Carries out operations on one group inside the caller's transaction."""

    change: GroupChange

    def apply(self, operation: Operation) -> None:
        """Carry out one operation.

        Raises:
            BadScimPath: the path names nothing a group has.
            ScimImmutable: it names what cannot be changed.
            NoScimTarget: a member to replace is not there.
            ScimRefused, BadRequest: the value does not suit.
        """
        if operation.path is not None:
            self._apply(operation.verb, parse_path(operation.path), operation.value)
            return
        for key, value in folded(operation.value).items():
            if key in ("displayname", "externalid", "members"):
                self._apply(operation.verb, PatchPath(key), value)

    def _apply(self, verb: str, path: PatchPath, value: object) -> None:
        name = short_name(path.attribute)
        if name == "members":
            self._members(verb, path, value)
        elif path.chosen is not None or path.sub is not None:
            raise BadScimPath(f"{path.attribute} has no parts to choose from")
        elif name == "displayname":
            if verb == "remove":
                raise ScimRefused("displayName: a group needs a name")
            self.change.name = group_name(value)
        elif name == "externalid":
            self.change.external_id = None if verb == "remove" else external_id(value)
        elif name.partition(".")[0] in _READ_ONLY:
            raise ScimImmutable(f"path: {path.attribute} is read-only")
        elif name.startswith("members."):
            raise ScimImmutable("path: members are added and removed, not changed")
        else:
            raise BadScimPath(f"a group has no attribute {path.attribute[:200]!r}")

    def _members(self, verb: str, path: PatchPath, value: object) -> None:
        change = self.change
        if path.chosen is None:
            if verb == "add":
                change.add(member_ids(value))
            elif verb == "replace":
                change.replace(member_ids(value))
            else:
                # Some providers name whom to remove in `value` and not in the path.
                change.take(member_ids(value) if value else ids_in_group(change.connection, change.group.id))
            return
        if path.sub is not None:
            raise ScimImmutable("path: members are added and removed, not changed")
        if verb == "add":
            raise BadScimPath("add takes members without a filter")
        chosen = chosen_members(change.connection, change.group.id, path.chosen)
        if verb == "replace" and not chosen:
            raise NoScimTarget("path: no member satisfies the filter")
        change.take(chosen)
        if verb == "replace":
            change.add(member_ids(value))
