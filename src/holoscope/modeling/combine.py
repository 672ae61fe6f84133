"""Texts between layers: what several say together, and the least that one has to say (digest §1, §3).

Comments travel with what they stand at. Of two layers with a comment at one key the upper's is shown;
a layer keeps only comments that the layers below do not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from types import MappingProxyType
from typing import TypeVar

from holoscope.modeling import merge
from holoscope.modeling.comments import NO_COMMENTS, REFERENCE_LINE, Comments, read_comments
from holoscope.modeling.diagnostics import Diagnostic
from holoscope.modeling.layers import SHAPES, FileKind, Layer, LogicalFile, file_key, kind_of, lay, merge_of
from holoscope.modeling.reader.report import Path
from holoscope.modeling.reader.tree import Items, Node, Scalar, Spot, Table, read_tree
from holoscope.modeling.writer import write_tree

_NOWHERE = Spot(0, 0)
V = TypeVar("V")


def combined_text(layers: Sequence[Layer], file: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return one canonical text for all that the layers, low to high, say about a file.

    Views start with the line that names them. None without a reason: no layer has the file; None with
    reasons: one of the texts is no YAML.
    """
    found = _logical(layers, file)
    return (None, ()) if found is None else combine(found)


def combine(file: LogicalFile) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the canonical text of a laid file, or None and the reasons."""
    sides = _Sides(file)
    if sides.problems:
        return None, sides.problems
    comments = sides.comments
    if file.kind is FileKind.VIEW:
        comments = replace(comments, head=_referenced(comments.head, file.name))
    return write_tree(file.key, sides.tree, comments), ()


def delta_text(text: str, parents: Sequence[Layer], file: str) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """Return the least text that, laid over `parents`, says what `text` says.

    What `text` leaves out is taken away: properties by null, fields, views, topics and joins by
    `ignored: true`. It is empty when the parents say it all, comments included. None and the reasons
    when a text is no YAML. The order of keys and joins of the parents stays as it is.
    """
    whole, problems = read_tree(file, text)
    if problems:
        return None, problems
    kind = kind_of(file_key(file))
    parent = _logical(parents, file)
    if parent is None or kind is None:
        return write_tree(file, whole, read_comments(text)), ()
    sides = _Sides(parent)
    if sides.problems:
        return None, sides.problems
    if kind is FileKind.RELATIONSHIPS:
        tree, comments = _joins_delta(whole, read_comments(text), sides)
    else:
        tree, comments = _delta(whole, read_comments(text), sides, kind)
    comments = replace(comments, head=_new_lines(comments.head, sides.comments.head, parent))
    if tree is None and not comments.head:
        return "", ()
    return write_tree(file, tree, comments), ()


def with_comments_of(old: str, file: str, text: str) -> str:
    """Return the canonical text with those comments of `old` whose place it still has and that it omits.

    A text that is no YAML comes back as it is.
    """
    tree, problems = read_tree(file, text)
    before, old_problems = read_tree(file, old)
    if problems or old_problems or before is None:
        return text
    own, known = read_comments(text), read_comments(old)
    said = set(_lines(own))
    kept = _homed(known, tree)

    def missing(lines: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(line for line in lines if line and line not in said)

    def joined(
        theirs: Mapping[Path, tuple[str, ...]], ours: Mapping[Path, tuple[str, ...]]
    ) -> Mapping[Path, tuple[str, ...]]:
        merged = {path: (*missing(lines), *ours.get(path, ())) for path, lines in theirs.items()}
        return MappingProxyType({**ours, **{path: lines for path, lines in merged.items() if lines}})

    beside = {path: line for path, line in kept.beside.items() if line not in said}
    comments = Comments(
        (*missing(kept.head), *own.head),
        joined(kept.above, own.above),
        MappingProxyType({**beside, **own.beside}),
        joined(kept.below, own.below),
    )
    return write_tree(file, tree, comments)


def _lines(comments: Comments) -> Iterator[str]:
    yield from comments.head
    yield from comments.beside.values()
    for found in (comments.above, comments.below):
        for lines in found.values():
            yield from lines


@dataclass
class _Sides:
    """The trees and comments of a file's pieces, and what they are together."""

    file: LogicalFile
    trees: list[Node] = field(default_factory=list)
    tree: Node | None = None
    comments: Comments = NO_COMMENTS
    problems: tuple[Diagnostic, ...] = ()

    def __post_init__(self) -> None:
        notes: list[Comments] = []
        _, self.problems = self.file.read()
        if self.problems:
            return
        heads: list[str] = []
        for piece in self.file.pieces:
            tree, _ = read_tree(piece.origin.file, piece.origin.text)
            found = read_comments(piece.origin.text)
            heads.extend(line for line in found.head if line not in heads or not line)
            if tree is not None:
                self.trees.append(tree)
                notes.append(found)
        if self.trees:
            self.tree = reduce(merge_of(self.file.kind), self.trees)
            if len(self.trees) > 1:
                self.tree = merge.settle(self.tree, SHAPES[self.file.kind])
        if self.file.kind is FileKind.RELATIONSHIPS:
            notes = [
                _renumbered(found, _numbers(tree, self.tree))
                for tree, found in zip(self.trees, notes, strict=True)
            ]
        else:
            notes = [
                _holding(found, partial(self._shows, tree))
                for tree, found in zip(self.trees, notes, strict=True)
            ]
        self.comments = _homed(replace(reduce(_laid, notes, NO_COMMENTS), head=tuple(heads)), self.tree)

    def _shows(self, tree: Node, path: Path, inside: int) -> bool:
        """Tell whether a comment of `tree` inside a value belongs to the value that is shown."""
        shape = SHAPES[self.file.kind]
        atom = _atom(path, shape)
        is_inside = len(path) + inside > len(atom) and _is_atom(atom, shape)
        return not is_inside or _at(tree, atom) is _at(self.tree, atom)


def _logical(layers: Sequence[Layer], file: str) -> LogicalFile | None:
    key = file_key(file)
    laid = lay(layers).files
    if key in laid:
        return laid[key]
    return next(
        (known for known in laid.values() if any(piece.origin.file == key for piece in known.pieces)), None
    )


def _referenced(head: tuple[str, ...], name: str) -> tuple[str, ...]:
    rest = tuple(line for line in head if not REFERENCE_LINE.match(line))
    return (f"# Reference this view as {name}", *rest)


def _new_lines(head: tuple[str, ...], below: tuple[str, ...], parent: LogicalFile) -> tuple[str, ...]:
    """Drop the lines that the parents open with; the line that names the view too, when it is theirs."""
    named = f"# Reference this view as {parent.name}"
    lines = [line for line in head if line and line not in below and line != named]
    return tuple(lines)


# -- deltas


def _delta(
    whole: Node | None, comments: Comments, sides: _Sides, kind: FileKind
) -> tuple[Node | None, Comments]:
    shape = SHAPES[kind]
    lower = sides.tree if sides.tree is not None else Table({}, _NOWHERE, _NOWHERE)
    if whole is None or merge.says_nothing(whole):
        tombstone = shape.tombstone if isinstance(shape, merge.Record) else None
        whole = Table({}, _NOWHERE, _NOWHERE)
        if tombstone is not None and not merge.says_nothing(lower):
            entries = {tombstone: (_NOWHERE, merge.scalar(True))}
            return Table({**entries}, _NOWHERE, _NOWHERE), comments
    tree = merge.subtract(_spoken(whole, shape), lower, shape)
    kept = _Kept(tree, shape, sides.comments)
    kept.take(comments)
    return kept.tree, kept.comments()


def _spoken(tree: Node, shape: merge.Shape) -> Node:
    """Write `{}` for each thing and section that says nothing, so that null takes nothing over."""
    if isinstance(shape, merge.Atom):
        return tree
    if merge.says_nothing(tree):
        return Table({}, tree.mark, tree.end)
    if not isinstance(tree, Table):
        return tree
    return Table(
        {
            key: (mark, _spoken(value, merge.shape_of(shape, key)))
            for key, (mark, value) in tree.entries.items()
        },
        tree.mark,
        tree.end,
    )


class _Kept:
    """The comments a delta keeps; for a comment on something it does not say, it says `{}` there."""

    def __init__(self, tree: Node | None, shape: merge.Shape, below: Comments) -> None:
        self.tree = tree
        self._shape = shape
        self._known = below
        self._head: list[str] = []
        self._above: dict[Path, tuple[str, ...]] = {}
        self._beside: dict[Path, str] = {}
        self._below: dict[Path, tuple[str, ...]] = {}

    def take(self, comments: Comments) -> None:
        self._head = list(comments.head)
        for path, lines in comments.above.items():
            if self._is_new(path, lines, self._known.above):
                self._keep(path, lines, self._above)
        for path, line in comments.beside.items():
            if not self._is_new(path, line, self._known.beside):
                continue
            if _at(self.tree, path) is not None:
                self._beside[path] = line
            else:
                self._keep(path, (line,), self._above)
        for path, lines in comments.below.items():
            if self._is_new(path, lines, self._known.below):
                self._keep(path, lines, self._below)

    def comments(self) -> Comments:
        return Comments(
            tuple(self._head),
            MappingProxyType(self._above),
            MappingProxyType(self._beside),
            MappingProxyType(self._below),
        )

    def _is_new(self, path: Path, value: V, known: Mapping[Path, V]) -> bool:
        atom = _atom(path, self._shape)
        is_inside = len(path) > len(atom) and _at(self.tree, atom) is not None
        return is_inside or known.get(path) != value

    def _keep(self, path: Path, lines: tuple[str, ...], where: dict[Path, tuple[str, ...]]) -> None:
        if _at(self.tree, path) is not None:
            where[path] = (*where.get(path, ()), *lines)
            return
        place = _atom(path, self._shape)
        place = place[:-1] if _is_atom(place, self._shape) else path
        if not place:
            self._head.extend(lines)
            return
        self.tree = _made(self.tree, place)
        target = where if place == path else self._above
        target[place] = (*target.get(place, ()), *lines)


def _joins_delta(whole: Node | None, comments: Comments, sides: _Sides) -> tuple[Node | None, Comments]:
    if whole is None or merge.says_nothing(whole):
        whole = Items([], _NOWHERE, _NOWHERE)
    if not isinstance(whole, Items) or not isinstance(sides.tree, Items):
        return (None if sides.tree is not None and merge.same(whole, sides.tree) else whole), comments
    ours, theirs = _by_identity(whole), _by_identity(sides.tree)
    changed = {key for key, items in ours.items() if not _all_same(items, theirs.get(key, []))}
    kept = [item for item in whole.values if merge.join_identity(item) in changed]
    gone = [_tombstone(items[0]) for key, items in theirs.items() if key not in ours]
    tree = Items([*kept, *(item for item in gone if item is not None)], whole.mark, whole.end)
    numbers = _numbers(whole, tree)
    own = _renumbered(comments, numbers)
    known = sides.comments
    lost = [
        line
        for found, below in ((comments.above, known.above), (comments.below, known.below))
        for path, lines in found.items()
        if path and path[0] not in numbers and lines not in below.values()
        for line in lines
    ]
    lost.extend(
        line
        for path, line in comments.beside.items()
        if path[0] not in numbers and line not in known.beside.values()
    )
    return tree if tree.values else None, replace(own, head=(*comments.head, *lost))


def _by_identity(items: Items) -> dict[object, list[Node]]:
    found: dict[object, list[Node]] = {}
    for item in items.values:
        found.setdefault(merge.join_identity(item), []).append(item)
    return found


def _all_same(ours: list[Node], theirs: list[Node]) -> bool:
    return len(ours) == len(theirs) and all(map(merge.same, ours, theirs))


def _tombstone(item: Node) -> Node | None:
    """Return what takes a join away: its identity and `ignored: true`."""
    if not isinstance(item, Table):
        return None
    ignored = item.entries.get("ignored")
    if ignored is not None and isinstance(ignored[1], Scalar) and ignored[1].value is True:
        return None
    named = ("join_from_view", "join_to_view", "join_from_view_as", "join_to_view_as", "id")
    entries = {key: item.entries[key] for key in named if key in item.entries}
    return Table({**entries, "ignored": (_NOWHERE, merge.scalar(True))}, _NOWHERE, _NOWHERE)


# -- comments and paths


def _atom(path: Path, shape: merge.Shape) -> Path:
    """Return the part of a path that ends at the first value which layers replace whole."""
    for depth, part in enumerate(path):
        shape = merge.shape_of(shape, str(part))
        if isinstance(shape, merge.Atom):
            return path[: depth + 1]
    return path


def _is_atom(path: Path, shape: merge.Shape) -> bool:
    for part in path:
        shape = merge.shape_of(shape, str(part))
    return isinstance(shape, merge.Atom)


def _at(node: Node | None, path: Path) -> Node | None:
    for part in path:
        if isinstance(node, Table) and part in node.entries:
            node = node.entries[str(part)][1]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.values):
            node = node.values[part]
        else:
            return None
    return node


def _made(tree: Node | None, path: Path) -> Node:
    """Return the tree with empty maps on the way to `path`."""
    entries = dict(tree.entries) if isinstance(tree, Table) else {}
    if path:
        known = entries.get(str(path[0]))
        inner = _made(known[1] if known is not None else None, path[1:])
        entries[str(path[0])] = (_NOWHERE, inner)
    return Table(entries, _NOWHERE, _NOWHERE)


def _holding(comments: Comments, shows: Callable[[Path, int], bool]) -> Comments:
    """Return the comments at the paths that `shows` says yes to; its number counts steps inside."""

    def kept(found: Mapping[Path, V], inside: int) -> Mapping[Path, V]:
        return MappingProxyType({path: value for path, value in found.items() if shows(path, inside)})

    return Comments(comments.head, kept(comments.above, 0), kept(comments.beside, 0), kept(comments.below, 1))


def _homed(comments: Comments, tree: Node | None) -> Comments:
    """Move what stands at a key that merging dropped (it says nothing) above the next thing around it."""
    homeless = [
        (path, lines)
        for found in (comments.above, comments.below, {p: (line,) for p, line in comments.beside.items()})
        for path, lines in found.items()
        if _at(tree, path) is None
    ]
    if not homeless:
        return comments
    above, head = dict(comments.above), list(comments.head)
    for path, lines in homeless:
        place = path
        while place and _at(tree, place) is None:
            place = place[:-1]
        if place:
            above[place] = (*above.get(place, ()), *lines)
        else:
            head.extend(lines)
    return replace(comments, head=tuple(head), above=MappingProxyType(above))


def _laid(lower: Comments, upper: Comments) -> Comments:
    return Comments(
        (),
        MappingProxyType({**lower.above, **upper.above}),
        MappingProxyType({**lower.beside, **upper.beside}),
        MappingProxyType({**lower.below, **upper.below}),
    )


def _numbers(tree: Node, whole: Node | None) -> dict[int, int]:
    """Return where the items of one list stand in another that holds the same objects."""
    if not isinstance(tree, Items) or not isinstance(whole, Items):
        return {}
    places = {id(item): number for number, item in enumerate(whole.values)}
    return {number: places[id(item)] for number, item in enumerate(tree.values) if id(item) in places}


def _renumbered(comments: Comments, numbers: Mapping[int, int]) -> Comments:
    """Return the comments of the items that have a number, at that number; others are left out."""

    def moved(found: Mapping[Path, V]) -> Mapping[Path, V]:
        return MappingProxyType(
            {
                (numbers[int(path[0])], *path[1:]) if path else path: value
                for path, value in found.items()
                if not path or path[0] in numbers
            }
        )

    return Comments(comments.head, moved(comments.above), moved(comments.beside), moved(comments.below))
