"""One change to the text of a model file; everything else, comments included, stays."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Literal, TypeVar

from holoscope.modeling.comments import Comments, read_comments
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.merge import same, scalar
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Items, Node, Scalar, Spot, Table, read_tree
from holoscope.modeling.writer import write_tree

_NOWHERE = Spot(0, 0)
V = TypeVar("V")


class _Removal(Enum):
    REMOVED = "removed"


REMOVED: Final = _Removal.REMOVED


def edited_text(
    file: str, text: str, path: Path, value: object | Literal[_Removal.REMOVED]
) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the canonical text in which `path` has `value`, or is gone with `REMOVED`.

    `value` is data as JSON has it. Maps on the way are made; a list item can be set only where one is.
    Comments on a removed key go with it; those inside a replaced value move above its key. None and
    the reasons when the text is no YAML.

    Raises:
        KeyError: the path leads through something that is no map and no list with that item.
        TypeError: `value` is not what JSON could hold.
    """
    tree, problems = read_tree(file, text)
    if problems:
        return None, problems
    root = tree if tree is not None else Table({}, _NOWHERE, _NOWHERE)
    comments = read_comments(text)
    before = _find(root, path)
    if value is REMOVED:
        root = root if before is None else _set(root, path, None)
        return write_tree(file, root, _without(comments, path)), ()
    after = node_of(value)
    if before is None or not same(before, after):
        root = _set(root, path, after)
        comments = _above(comments, path)
    return write_tree(file, root, comments), ()


def node_of(value: object) -> Node:
    """Return the tree of JSON-like data.

    Raises:
        TypeError: the value has something JSON has not.
    """
    if isinstance(value, Mapping):
        entries: dict[str, Any] = {str(key): (_NOWHERE, node_of(inner)) for key, inner in value.items()}
        return Table(entries, _NOWHERE, _NOWHERE)
    if isinstance(value, (list, tuple)):
        return Items([node_of(inner) for inner in value], _NOWHERE, _NOWHERE)
    if value is None or isinstance(value, (str, bool)):
        return scalar(value)
    if isinstance(value, int):
        return Scalar(value, str(value), _NOWHERE, _NOWHERE)
    if isinstance(value, (float, Decimal)):
        written = str(value)
        return Scalar(Decimal(written), written, _NOWHERE, _NOWHERE)
    raise TypeError(f"{type(value).__name__} has no place in a model file.")


def _find(node: Node, path: Path) -> Node | None:
    for part in path:
        found = _step(node, part)
        if found is None:
            return None
        node = found
    return node


def _step(node: Node, part: str | int) -> Node | None:
    if isinstance(node, Table) and isinstance(part, str):
        return node.entries[part][1] if part in node.entries else None
    if isinstance(node, Items) and isinstance(part, int) and 0 <= part < len(node.values):
        return node.values[part]
    return None


def _set(node: Node, path: Path, value: Node | None) -> Node:
    """Return a copy of `node` with `value` at `path`; without that entry when `value` is None."""
    if not path:
        return value if value is not None else Table({}, _NOWHERE, _NOWHERE)
    part, rest = path[0], path[1:]
    inner = _step(node, part)
    if isinstance(node, Items) and isinstance(part, int) and inner is not None:
        values = list(node.values)
        values[part : part + 1] = [_set(inner, rest, value)] if rest or value is not None else []
        return Items(values, node.mark, node.end)
    if isinstance(node, Scalar) and node.value is None:
        node = Table({}, node.mark, node.end)
    if not isinstance(node, Table) or not isinstance(part, str):
        raise KeyError(part)
    entries = dict(node.entries)
    if not rest and value is None:
        entries.pop(part, None)
    else:
        below = inner if inner is not None else Table({}, _NOWHERE, _NOWHERE)
        entries[part] = (entries[part][0] if part in entries else _NOWHERE, _set(below, rest, value))
    return Table(entries, node.mark, node.end)


def _without(comments: Comments, path: Path) -> Comments:
    """Drop the comments at and below a path; list items behind it move up."""

    def moved(found: Mapping[Path, V]) -> Mapping[Path, V]:
        return MappingProxyType(
            {_moved_up(key, path): value for key, value in found.items() if key[: len(path)] != path}
        )

    return Comments(comments.head, moved(comments.above), moved(comments.beside), moved(comments.below))


def _moved_up(key: Path, gone: Path) -> Path:
    depth = len(gone) - 1
    last, part = gone[depth], key[depth] if len(key) > depth else None
    if isinstance(last, int) and isinstance(part, int) and key[:depth] == gone[:depth] and part > last:
        return (*key[:depth], part - 1, *key[depth + 1 :])
    return key


def _above(comments: Comments, path: Path) -> Comments:
    """Move the comments inside the value at `path` above its key."""
    inner: list[str] = []

    def is_inside(key: Path, depth: int) -> bool:
        return len(key) >= depth and key[: len(path)] == path

    for key, lines in comments.above.items():
        inner.extend(lines if is_inside(key, len(path) + 1) else ())
    inner.extend(line for key, line in comments.beside.items() if is_inside(key, len(path) + 1))
    for key, lines in comments.below.items():
        inner.extend(lines if is_inside(key, len(path)) else ())
    if not inner:
        return comments
    above = {key: value for key, value in comments.above.items() if not is_inside(key, len(path) + 1)}
    above[path] = (*above.get(path, ()), *inner)
    beside = {key: value for key, value in comments.beside.items() if not is_inside(key, len(path) + 1)}
    below = {key: value for key, value in comments.below.items() if not is_inside(key, len(path))}
    return Comments(comments.head, MappingProxyType(above), MappingProxyType(beside), MappingProxyType(below))


def renamed_text(file: str, text: str, path: Path, name: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the canonical text in which the key at `path` is called `name`, its place and comments kept.

    None and the reasons when the text is no YAML.

    Raises:
        KeyError: there is no such key, or one of the new name stands beside it.
    """
    tree, problems = read_tree(file, text)
    if problems:
        return None, problems
    *parents, key = path
    holder = _find(tree, tuple(parents)) if tree is not None else None
    if not isinstance(holder, Table) or not isinstance(key, str) or key not in holder.entries:
        raise KeyError(key)
    if name in holder.entries:
        raise KeyError(name)
    renamed = Table(
        {name if known == key else known: entry for known, entry in holder.entries.items()},
        holder.mark,
        holder.end,
    )
    assert tree is not None  # noqa: S101  (it holds `holder`)
    comments, new = read_comments(text), (*parents, name)

    def moved(found: Mapping[Path, V]) -> Mapping[Path, V]:
        return MappingProxyType(
            {
                (*new, *place[len(path) :]) if place[: len(path)] == path else place: value
                for place, value in found.items()
            }
        )

    kept = Comments(comments.head, moved(comments.above), moved(comments.beside), moved(comments.below))
    return write_tree(file, _set(tree, tuple(parents), renamed), kept), ()
