"""Between trees and texts: what several layers say together, and what one says beyond those below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from holoscope.modeling import merge
from holoscope.modeling.comments import Comments, read_comments
from holoscope.modeling.layers import SHAPES, FileKind, LogicalFile
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Items, Mark, Node, Scalar, Spot, Table, read_tree
from holoscope.modeling.writer import write_tree

_NOWHERE: Mark = Spot(0, 0)
_JOIN_NAMES = ("join_from_view", "join_to_view", "join_from_view_as", "join_to_view_as", "id")
T = TypeVar("T")


def combined_text(file: LogicalFile) -> str:
    """Return what all pieces of a file say, as one text with their comments.

    A piece that is no YAML cannot be merged; then the text of the highest piece is shown.
    """
    if len(file.pieces) == 1:
        return file.pieces[0].origin.text
    tree, problems = file.read()
    if problems or tree is None:
        return file.pieces[-1].origin.text
    joined = Comments()
    for piece in file.pieces:
        own, _ = read_tree(piece.origin.file, piece.origin.text)
        comments = read_comments(piece.origin.text)
        if isinstance(tree, Items):
            comments = _moved(comments, own, tree)
        joined = _over(joined, comments, own)
    return write_tree(file.key, tree, joined)


def delta_text(file: str, kind: FileKind, whole: str, lower: Node | None) -> str | None:
    """Return what a text says beyond the tree below it, with the comments there; None: nothing.

    What the tree below has and the text has not is taken away: a property by null, a named thing by
    `ignored: true`. The text must be good YAML.
    """
    tree, _ = read_tree(file, whole)
    if tree is None:
        tree = Items([], _NOWHERE, _NOWHERE) if kind is FileKind.RELATIONSHIPS else table({})
    rest = tree if lower is None else subtract(tree, lower, kind)
    if rest is None:
        return None
    comments = read_comments(whole)
    if rest is not tree and isinstance(rest, Items):
        comments = _moved(comments, tree, rest)
    return write_tree(file, rest, comments)


def subtract(whole: Node, lower: Node, kind: FileKind) -> Node | None:
    """Return the least tree that gives `whole` over `lower`; None when nothing differs."""
    if kind is not FileKind.RELATIONSHIPS:
        return merge.subtract(whole, lower, SHAPES[kind])
    if not (isinstance(whole, Items) and isinstance(lower, Items)):
        return None if merge.same(whole, lower) else whole
    above, below = _grouped(whole), _grouped(lower)
    kept: list[Node] = []
    for name, group in above.items():
        known = below.get(name, [])
        if len(known) != len(group) or not all(map(merge.same, group, known)):
            kept.extend(group)
    for name, group in below.items():
        if name not in above and not is_ignored(group[0]):
            kept.append(_tombstone(group[0]))
    return Items(kept, whole.mark, whole.end) if kept else None


def is_ignored(node: Node) -> bool:
    """Tell whether a mapping says `ignored: true`."""
    entry = node.entries.get("ignored") if isinstance(node, Table) else None
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


def table(entries: Mapping[str, Node]) -> Table:
    """Make a mapping that stands in no file."""
    return Table({key: (_NOWHERE, value) for key, value in entries.items()}, _NOWHERE, _NOWHERE)


def _grouped(joins: Items) -> dict[object, list[Node]]:
    groups: dict[object, list[Node]] = {}
    for item in joins.values:
        groups.setdefault(merge.join_identity(item), []).append(item)
    return groups


def _tombstone(join: Node) -> Table:
    said = {
        key: join.entries[key][1] for key in _JOIN_NAMES if isinstance(join, Table) and key in join.entries
    }
    return table({**said, "ignored": merge.scalar(True)})


def _moved(comments: Comments, source: Node | None, target: Items) -> Comments:
    """Return the comments of a list of joins where the same joins stand in another list."""
    places: dict[int, int] = {}
    if isinstance(source, Items):
        wanted = {merge.join_identity(item): number for number, item in enumerate(target.values)}
        for number, item in enumerate(source.values):
            place = wanted.get(merge.join_identity(item))
            if place is not None:
                places.setdefault(number, place)

    def moved(lines: Mapping[Path, T]) -> Mapping[Path, T]:
        found: dict[Path, T] = {}
        for path, value in lines.items():
            if not path:
                found[path] = value
            elif isinstance(path[0], int) and path[0] in places:
                found[(places[path[0]], *path[1:])] = value
        return MappingProxyType(found)

    return Comments(comments.head, moved(comments.above), moved(comments.beside), moved(comments.below))


def _over(lower: Comments, upper: Comments, tree: Node | None) -> Comments:
    """Return the comments of both; those in lists that the upper text replaces go."""

    def joined(below: Mapping[Path, T], above: Mapping[Path, T]) -> Mapping[Path, T]:
        kept = {path: value for path, value in below.items() if not _is_replaced(path, tree)}
        return MappingProxyType({**kept, **above})

    head = (*lower.head, *(line for line in upper.head if line not in lower.head))
    return Comments(
        head,
        joined(lower.above, upper.above),
        joined(lower.beside, upper.beside),
        joined(lower.below, upper.below),
    )


def _is_replaced(path: Path, tree: Node | None) -> bool:
    node = tree
    for part in path:
        if isinstance(part, int):
            return isinstance(tree, Table) and node is not None
        entry = node.entries.get(part) if isinstance(node, Table) else None
        if entry is None:
            return False
        node = entry[1]
    return False
