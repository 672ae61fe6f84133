"""One view, topic or field changed at a time (modeling digest §3.3): each an edit of the layer's YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.access.actors import Actor
from holoscope.kit.errors import BadRequest, NotFound
from holoscope.modeling.combine import combine
from holoscope.modeling.layers import FileKind
from holoscope.modelstore import moving
from holoscope.modelstore.models import ModelStore
from holoscope.modelstore.parts import (
    Part,
    Target,
    Workshop,
    change,
    data_of,
    is_ignored,
    section_of,
)
from holoscope.modelstore.saving import file_kind
from holoscope.modelstore.yaml_writes import TOMBSTONE, Place

Said = Mapping[str, Any]
"""Properties by their YAML names; None takes one back."""


def update_view(store: ModelStore, actor: Actor, where: Target, view: str, said: Said) -> None:
    """Set properties of a view.

    Raises:
        NotFound: no such view, besides what `parts.change` raises.
    """

    def make(shop: Workshop) -> None:
        part = shop.view(view)
        for key, value in said.items():
            part.put((key,), value)
        shop.keep(part)

    change(store, actor, where, make)


def delete_part(store: ModelStore, actor: Actor, where: Target, kind: FileKind, name: str, mode: str) -> None:
    """Take a view or topic away, as an empty file does in the mode of that name.

    Raises:
        NotFound: no such view or topic, or none in this layer.
    """
    if mode == "MERGED" and kind is FileKind.TOPIC:
        mode = "COMBINED"

    def make(shop: Workshop) -> None:
        part = shop.view(name) if kind is FileKind.VIEW else shop.topic(name)
        shop.changes.update(Place.find(shop.stack, part.path, kind, mode.lower()).without())

    change(store, actor, where, make)


def update_topic(
    store: ModelStore, actor: Actor, where: Target, topic: str, said: Said, new_name: str | None = None
) -> None:
    """Set properties of a topic and, with `new_name`, call it otherwise.

    Raises:
        NotFound: no such topic.
        BadRequest: a topic of the new name exists, or it is no name.
    """

    def make(shop: Workshop) -> None:
        part = shop.topic(topic)
        for key, value in said.items():
            part.put((key,), value)
        if new_name is None or new_name == topic:
            shop.keep(part)
        else:
            _rename_topic(shop, part, new_name)

    change(store, actor, where, make)


def create_field(
    store: ModelStore,
    actor: Actor,
    where: Target,
    view: str,
    name: str,
    said: Said,
    topic: str | None = None,
) -> None:
    """Add a field to a view, or to a topic's own `views:`; with `aggregate_type` it is a measure.

    Raises:
        NotFound: no such view or topic.
        BadRequest: the name is taken, or no name.
    """
    moving.check_field_name(name, "fieldName")
    section = "measures" if said.get("aggregate_type") else "dimensions"
    value = {key: entry for key, entry in said.items() if entry is not None}

    def make(shop: Workshop) -> None:
        part, prefix = _holder(shop, view, topic)
        known = section_of(part.whole, name, prefix)
        if known is not None:
            if not is_ignored(part.said((*prefix, known, name))):
                raise BadRequest(f'Bad Request: fieldName: Field "{view}.{name}" already exists')
            if known != section:
                part.take((*prefix, known, name))
        path = (*prefix, section, name)
        revived = {"ignored": False} if is_ignored(part.inherited(path)) else {}
        part.put(path, {**value, **revived})
        shop.keep(part)

    change(store, actor, where, make)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What to set of a field, in the context of a topic or everywhere, and where it goes then."""

    said: Said
    topic: str | None = None
    group_filters: list[Any] | None = None
    group_names: list[str] | None = None
    new_name: str | None = None
    new_view: str | None = None


def update_field(
    store: ModelStore, actor: Actor, where: Target, view: str, name: str, wanted: FieldChange
) -> None:
    """Set properties of a field; then rename it or move it to another view, where that is asked.

    Raises:
        NotFound: no such view, field or topic.
        BadRequest: groups do not pair up, the new name is taken, or the field cannot move.
    """

    def make(shop: Workshop) -> None:
        part, prefix = _holder(shop, view, wanted.topic)
        section = _section(shop, part, prefix, view, name)
        path = (*prefix, section, name)
        for key, value in wanted.said.items():
            part.put((*path, key), value)
        if wanted.group_filters is not None or wanted.group_names is not None:
            known = data_of(part.said(path)).get("groups") or []
            part.put((*path, "groups"), _groups(known, wanted.group_filters, wanted.group_names))
        shop.keep(part)
        if wanted.new_view not in (None, view):
            _refuse_topic(wanted.topic, "newViewName")
            moving.move_field(shop, part, section, name, str(wanted.new_view), wanted.new_name or name)
        elif wanted.new_name not in (None, name):
            _refuse_topic(wanted.topic, "newFieldName")
            moving.rename_field(shop, part, section, name, str(wanted.new_name))

    change(store, actor, where, make)


def delete_field(
    store: ModelStore, actor: Actor, where: Target, view: str, name: str, topic: str | None = None
) -> None:
    """Take a field away from a view, or from a topic's own `views:`.

    Raises:
        NotFound: no such view, field or topic.
    """

    def make(shop: Workshop) -> None:
        part, prefix = _holder(shop, view, topic)
        section = section_of(part.whole, name, prefix)
        if section is None or is_ignored(part.said((*prefix, section, name))):
            raise NotFound(f'No such field "{view}.{name}"')
        part.take((*prefix, section, name))
        shop.keep(part)

    change(store, actor, where, make)


def _holder(shop: Workshop, view: str, topic: str | None) -> tuple[Part, tuple[str, ...]]:
    """Return the file that holds a view's fields, and the path to them: the topic's or the view's own."""
    if topic is None:
        return shop.view(view), ()
    shop.view(view)
    return shop.topic(topic), ("views", view)


def _section(shop: Workshop, part: Part, prefix: tuple[str, ...], view: str, name: str) -> str:
    """Return the section that holds a field; a topic may speak of a field that only the view has."""
    found = section_of(part.whole, name, prefix)
    if found is None and prefix:
        found = section_of(shop.view(view).whole, name)
    if found is None:
        raise NotFound(f'No such field "{view}.{name}"')
    return found


def _groups(known: list[Any], filters: list[Any] | None, names: list[str] | None) -> list[dict[str, Any]]:
    filters = [group.get("filter") for group in known] if filters is None else filters
    names = [group.get("name") for group in known] if names is None else names
    if len(filters) != len(names):
        raise BadRequest("Bad Request: groupNames: groupFilters and groupNames must be of one length")
    return [{"filter": condition, "name": name} for condition, name in zip(filters, names, strict=True)]


def _refuse_topic(topic: str | None, key: str) -> None:
    if topic is not None:
        raise BadRequest(f"Bad Request: {key}: a field in the context of a topic keeps its name and view")


def _rename_topic(shop: Workshop, part: Part, new_name: str) -> None:
    if shop.has_topic(new_name):
        raise BadRequest(f'Bad Request: newTopicName: Topic "{new_name}" already exists')
    folder = part.path.rpartition("/")[0]
    path = f"{folder}/{new_name}.topic" if folder else f"{new_name}.topic"
    if not new_name or "/" in new_name:
        raise BadRequest("Bad Request: newTopicName: a topic's name is not empty and holds no /")
    file_kind(path)
    if not part.is_inherited:
        shop.changes[part.path] = None
        shop.changes[path] = part.text
        return
    after = Workshop.of(shop.stack.changed({part.path: part.text}))
    file = next(
        item for item in after.laid.files.values() if item.kind is FileKind.TOPIC and item.name == part.name
    )
    whole, _ = combine(file)
    shop.changes[path] = whole
    shop.changes[part.path] = TOMBSTONE
