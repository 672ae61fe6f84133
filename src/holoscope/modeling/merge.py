"""One tree over another: what a layer, `extends` or a topic's `views:` block means (modeling digest §1).

How deep two mappings merge depends on what they are. A view merges down to the properties of its
fields; a property, whatever its value, is replaced whole. Shapes say so, once for every kind of file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from holoscope.modeling.reader.tree import Items, Mark, Node, Scalar, Spot, Table

_NOWHERE = Spot(0, 0)


@dataclass(frozen=True, slots=True)
class Atom:
    """A value that is replaced whole. Null means: not said, also where something below says it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; keys that `shapes` does not name are atoms. `tombstone` hides one whole.

    With `defined_by`, one without any of these keys only adds to something defined elsewhere: taken
    away, its properties go and that something stays.
    """

    shapes: Mapping[str, Shape] = field(default_factory=lambda: MappingProxyType({}))
    tombstone: str | None = None
    defined_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from names of one kind to things of one shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Recursive:
    """A mapping from names to mappings of the same kind, such as a tree of joins."""


Shape = Atom | Record | Named | Recursive
Merger = Callable[[Node, Node], Node]

ATOM = Atom()
FIELD = Record(tombstone="ignored")
VIEW = Record(
    MappingProxyType({"dimensions": Named(FIELD), "measures": Named(FIELD), "filters": Named(FIELD)}),
    tombstone="ignored",
)
_TOPIC_FIELD = Record(tombstone="ignored", defined_by=("sql", "aggregate_type"))
_TOPIC_VIEW = Record(
    MappingProxyType({section: Named(_TOPIC_FIELD) for section in ("dimensions", "measures", "filters")})
)
TOPIC = Record(
    MappingProxyType(
        {
            "views": Named(_TOPIC_VIEW),
            "default_filters": Named(ATOM),
            "always_where_filters": Named(ATOM),
            "always_having_filters": Named(ATOM),
            "sample_queries": Named(ATOM),
        }
    ),
    tombstone="ignored",
)
COMPOSITE_TOPIC = Record(
    MappingProxyType(
        {
            "shared_dimensions": Named(ATOM),
            "shared_measures": Named(ATOM),
            "default_filters": Named(ATOM),
            "sample_queries": Named(ATOM),
        }
    ),
    tombstone="ignored",
)
MODEL = Record(
    MappingProxyType(
        {
            key: Named(ATOM)
            for key in (
                "access_grants",
                "ai_settings",
                "cache_policies",
                "constants",
                "custom_calendars",
                "custom_formats",
                "dynamic_schemas",
                "sample_queries",
            )
        }
    )
)


def merge(lower: Node, upper: Node, shape: Shape) -> Node:
    """Return `lower` with everything that `upper` says said instead. Neither is changed.

    Merging is associative, and merging an empty mapping changes nothing. Keys of the upper tree come
    after those of the lower, so generated columns keep the order of the database.
    """
    if isinstance(shape, Atom):
        return upper
    if says_nothing(upper):
        return lower
    if says_nothing(lower) or not (isinstance(lower, Table) and isinstance(upper, Table)):
        return upper
    entries = dict(lower.entries)
    for key, (mark, value) in upper.entries.items():
        known = entries.get(key)
        merged = value if known is None else merge(known[1], value, shape_of(shape, key))
        entries[key] = known if known is not None and merged is known[1] else (mark, merged)
    return Table(entries, upper.mark, upper.end)


def merge_joins(lower: Node, upper: Node) -> Node:
    """Return the list of joins `lower` with those of `upper` instead of the same ones.

    Joins are the same when views, aliases and `id` are. A replaced join keeps its place, so that the
    first of several ways stays the first. What is no list wins, so that its error is told.
    """
    if not isinstance(lower, Items):
        return upper if says_nothing(lower) else lower
    if not isinstance(upper, Items):
        return lower if says_nothing(upper) else upper
    above: dict[object, list[Node]] = {}
    for item in upper.values:
        above.setdefault(join_identity(item), []).append(item)
    values: list[Node] = []
    placed: set[object] = set()
    for item in lower.values:
        identity = join_identity(item)
        if identity not in above:
            values.append(item)
        elif identity not in placed:
            placed.add(identity)
            values.extend(above[identity])
    values.extend(item for item in upper.values if join_identity(item) not in placed)
    return Items(values, upper.mark, upper.end)


def join_identity(item: Node) -> object:
    """Name a join by its views, aliases and `id`; what is no join is like nothing else."""
    if not isinstance(item, Table):
        return id(item)

    def said(key: str) -> str:
        value = item.entries[key][1] if key in item.entries else None
        return value.text if isinstance(value, Scalar) and value.value is not None else ""

    left, right = said("join_from_view"), said("join_to_view")
    return left, right, said("join_from_view_as") or left, said("join_to_view_as") or right, said("id")


def subtract(whole: Node, lower: Node, shape: Shape) -> Node | None:
    """Return the least tree that gives `whole` when merged over `lower`; None when nothing differs.

    What `lower` has and `whole` lacks is taken away: a property by null, a named thing by its tombstone.
    """
    if isinstance(shape, Atom) or not (isinstance(whole, Table) and isinstance(lower, Table)):
        silent = not isinstance(shape, Atom) and says_nothing(whole) and says_nothing(lower)
        return None if silent or same(whole, lower) else whole
    entries: dict[str, tuple[Mark, Node]] = {}
    for key, (mark, value) in whole.entries.items():
        known = lower.entries.get(key)
        rest = value if known is None else subtract(value, known[1], shape_of(shape, key))
        if rest is not None:
            entries[key] = (mark, rest)
    for key, (_, value) in lower.entries.items():
        inner = shape_of(shape, key)
        if key not in whole.entries and not (says_nothing(value) and _tombstone(value, inner) is None):
            entries[key] = (_NOWHERE, _away(value, inner))
    return Table(entries, whole.mark, whole.end) if entries else None


def settle(tree: Node, shape: Shape) -> Node:
    """Drop what says nothing, once every layer has had its say: null properties and empty sections.

    A field that says nothing is a field all the same: the column of its name.
    """
    if isinstance(shape, Atom) or not isinstance(tree, Table):
        return tree
    entries: dict[str, tuple[Mark, Node]] = {}
    for key, (mark, value) in tree.entries.items():
        inner = shape_of(shape, key)
        if isinstance(inner, Record) and says_nothing(value):
            entries[key] = (mark, Table({}, value.mark, value.end))
        elif not (says_nothing(value) if isinstance(inner, Named) else _is_null(value)):
            entries[key] = (mark, settle(value, inner))
    return Table(entries, tree.mark, tree.end)


def shape_of(shape: Shape, key: str) -> Shape:
    """Give the shape of the value under `key`."""
    if isinstance(shape, Named):
        return shape.shape
    if isinstance(shape, Recursive):
        return shape
    return shape.shapes.get(key, ATOM) if isinstance(shape, Record) else ATOM


def same(one: Node, other: Node) -> bool:
    """Tell whether two trees say the same, whatever their places and the order of their keys."""
    if isinstance(one, Scalar) and isinstance(other, Scalar):
        return one.value == other.value and type(one.value) is type(other.value)
    if isinstance(one, Table) and isinstance(other, Table):
        return one.entries.keys() == other.entries.keys() and all(
            same(value, other.entries[key][1]) for key, (_, value) in one.entries.items()
        )
    if isinstance(one, Items) and isinstance(other, Items):
        return len(one.values) == len(other.values) and all(
            same(a, b) for a, b in zip(one.values, other.values, strict=True)
        )
    return False


def says_nothing(node: Node) -> bool:
    """Tell whether a value is null or an empty mapping."""
    if isinstance(node, Scalar):
        return node.value is None
    return isinstance(node, Table) and not node.entries


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def scalar(value: str | bool | None) -> Scalar:
    """Make a value that stands in no file."""
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else value
    return Scalar(value, text, _NOWHERE, _NOWHERE)


def _away(value: Node, shape: Shape) -> Node:
    if isinstance(shape, Atom):
        return scalar(None)
    tombstone = _tombstone(value, shape)
    if tombstone is not None:
        return Table({tombstone: (_NOWHERE, scalar(True))}, _NOWHERE, _NOWHERE)
    if not isinstance(value, Table):
        return scalar(None)
    entries: dict[str, tuple[Mark, Node]] = {
        key: (_NOWHERE, _away(inner, shape_of(shape, key))) for key, (_, inner) in value.entries.items()
    }
    return Table(entries, _NOWHERE, _NOWHERE)


def _tombstone(value: Node, shape: Shape) -> str | None:
    """Return the key that hides `value` whole, when there is one and it is a thing of its own."""
    if not isinstance(shape, Record) or not shape.defined_by:
        return shape.tombstone if isinstance(shape, Record) else None
    is_defined = isinstance(value, Table) and any(key in value.entries for key in shape.defined_by)
    return shape.tombstone if is_defined else None
