"""What a branch and its base changed in two ways since they were level: found by tree, not by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holoscope.modeling import merge
from holoscope.modeling.layers import SHAPES, FileKind, Layer, LogicalFile, lay
from holoscope.modeling.merge import Atom, Named, Record, Shape
from holoscope.modeling.reader.tree import Items, Node, Scalar, Spot, Table

Identity = tuple[FileKind, str]


def find_conflicts(
    before: Sequence[Layer], now: Sequence[Layer], branch: Sequence[Layer], touched: set[Identity]
) -> list[str]:
    """Return `<file>: <path>` of everything that both sides changed, and not to the same.

    `before` are the layers of the base when the branch was level with it, `now` its present ones,
    `branch` those of `before` with the branch's own on top. Only the files in `touched` are looked at.
    Changes of different files, fields or properties do not meet; taking away what the other side
    changed does.
    """
    sides = [
        {(file.kind, file.name): file for file in lay(side).files.values()} for side in (before, now, branch)
    ]
    found: list[str] = []
    for identity in sorted(touched):
        files = [side.get(identity) for side in sides]
        base, ours, theirs = (_tree(file) for file in files)
        key = next(file.key for file in reversed(files) if file is not None)
        if identity[0] is FileKind.RELATIONSHIPS:
            places = _joins(base, ours, theirs)
        else:
            places = _conflicts(base, ours, theirs, SHAPES[identity[0]], ())
        found.extend(f"{key}: {'.'.join(place) or 'the whole file'}" for place in places)
    return sorted(found)


def _tree(file: LogicalFile | None) -> Node | None:
    if file is None:
        return None
    tree = file.read()[0]
    return None if tree is None else merge.settle(tree, SHAPES[file.kind])


def _conflicts(
    base: Node | None, ours: Node | None, theirs: Node | None, shape: Shape, path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    if _same(base, theirs) or _same(base, ours) or _same(ours, theirs):
        return
    if isinstance(shape, Named):  # a section that is not there yet is an empty one
        base, ours, theirs = (node or _EMPTY for node in (base, ours, theirs))
    tables = [node for node in (base, ours, theirs) if isinstance(node, Table)]
    if isinstance(shape, Atom) or len(tables) < 3 or _is_taken_away(tables, shape):
        yield path
        return
    for key in dict.fromkeys(key for table in tables for key in table.entries):
        base, ours, theirs = (table.entries[key][1] if key in table.entries else None for table in tables)
        yield from _conflicts(base, ours, theirs, merge.shape_of(shape, key), (*path, key))


def _is_taken_away(tables: list[Table], shape: Shape) -> bool:
    """Tell whether one side ignores a thing in which the other changed something."""
    if not isinstance(shape, Record) or shape.tombstone is None:
        return False
    base, ours, theirs = (_says_true(table, shape.tombstone) for table in tables)
    return not base and ours != theirs


def _joins(base: Node | None, ours: Node | None, theirs: Node | None) -> Iterator[tuple[str, ...]]:
    groups = [_grouped(node) for node in (base, ours, theirs)]
    for identity in dict.fromkeys(key for group in groups for key in group):
        before, now, branch = (group.get(identity, []) for group in groups)
        if not (_all_same(before, branch) or _all_same(before, now) or _all_same(now, branch)):
            names = identity if isinstance(identity, tuple) else ("a join",)
            yield (" to ".join(str(name) for name in names[2:4] or names),)


def _grouped(node: Node | None) -> dict[object, list[Node]]:
    groups: dict[object, list[Node]] = {}
    for item in node.values if isinstance(node, Items) else ():
        groups.setdefault(merge.join_identity(item), []).append(item)
    return groups


def _all_same(one: list[Node], other: list[Node]) -> bool:
    return len(one) == len(other) and all(map(merge.same, one, other))


def _same(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return one is other
    return merge.same(one, other)


def _says_true(table: Table, key: str) -> bool:
    entry = table.entries.get(key)
    return entry is not None and isinstance(entry[1], Scalar) and entry[1].value is True


_EMPTY = Table({}, Spot(0, 0), Spot(0, 0))
