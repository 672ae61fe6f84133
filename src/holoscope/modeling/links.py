"""What a file stands on, by name: read from its tree once for a content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from holoscope.modeling.inherit import SECTIONS, words
from holoscope.modeling.layers import FileKind
from holoscope.modeling.reader.tree import Items, Node, Scalar, Table

INHERITING = (FileKind.VIEW, FileKind.TOPIC)


@dataclass(frozen=True, slots=True)
class Links:
    """What a file stands on: what the thing extends, and the views whose fields its fields extend.

    `inside` tells of a topic with a `views:` block; then `views` are also those that it changes.
    """

    things: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    inside: bool = False


def links_of(node: Node | None, kind: FileKind) -> Links:
    """Read what a file of some kind stands on."""
    if not isinstance(node, Table) or kind not in INHERITING:
        return Links()
    things = tuple(_extended(node))
    if kind is FileKind.VIEW:
        return Links(things, tuple(dict.fromkeys(_extended_by_fields(node))))
    entry = node.entries.get("views")
    block = entry[1].entries if entry is not None and isinstance(entry[1], Table) else {}
    views: list[str] = []
    for name, (_, body) in block.items():
        views.extend((name, *_extended(body), *_extended_by_fields(body)))
    return Links(things, tuple(dict.fromkeys(views)), inside=bool(block))


def joined_names(joins: Node | None) -> dict[str, str]:
    """Give the aliases of a list of joins, each with the view it stands for."""
    found: dict[str, str] = {}
    for item in joins.values if isinstance(joins, Items) else ():
        for side in ("join_from_view", "join_to_view"):
            view, alias = _word(item, side), _word(item, f"{side}_as")
            if view and alias and alias != view:
                found.setdefault(alias, view)
    return found


def _extended(thing: Node) -> Iterator[str]:
    entry = thing.entries.get("extends") if isinstance(thing, Table) else None
    if entry is not None:
        yield from (name for name, _ in words(entry[1]))


def _extended_by_fields(view: Node) -> Iterator[str]:
    if not isinstance(view, Table):
        return
    for section in SECTIONS:
        entry = view.entries.get(section)
        if entry is not None and isinstance(entry[1], Table):
            for _, body in entry[1].entries.values():
                yield from (name.partition(".")[0] for name in _extended(body) if "." in name)


def _word(item: Node, key: str) -> str | None:
    entry = item.entries.get(key) if isinstance(item, Table) else None
    return entry[1].text if entry is not None and isinstance(entry[1], Scalar) else None
