"""Which views are joined, along which path, and whose rows that multiplies.

Rules: query digest §4.1, modeling digest §18.3-§18.4. Only the views a query needs are joined,
plus the hops between; `always_left` joins that nothing needs are pruned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from holoscope.kit.errors import NoJoinPath
from holoscope.modeling.joins import Cardinality, JoinNode, JoinType, Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic

_MIRROR = {
    Cardinality.ONE_TO_MANY: Cardinality.MANY_TO_ONE,
    Cardinality.MANY_TO_ONE: Cardinality.ONE_TO_MANY,
}
_KINDS = {  # as declared, and when walked backwards
    JoinType.ALWAYS_LEFT: ("LEFT", "LEFT"),
    JoinType.INNER: ("INNER", "INNER"),
    JoinType.FULL_OUTER: ("FULL", "FULL"),
    JoinType.CROSS: ("CROSS", "CROSS"),
    JoinType.LEFT_RIGHT: ("LEFT", "RIGHT"),
    JoinType.RIGHT_LEFT: ("RIGHT", "LEFT"),
    JoinType.ALWAYS_RIGHT: ("RIGHT", "RIGHT"),
}
_TO_MANY = (Cardinality.ONE_TO_MANY, Cardinality.MANY_TO_MANY)


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of the join tree: `child` is joined to `parent` by a `kind` of join (LEFT, INNER, ...)."""

    parent: str
    child: str
    kind: str
    cardinality: Cardinality
    relationship: Relationship

    @property
    def multiplies_parent(self) -> bool:
        return self.cardinality in _TO_MANY

    @property
    def multiplies_child(self) -> bool:
        return _MIRROR.get(self.cardinality, self.cardinality) in _TO_MANY

    @property
    def label(self) -> str | None:
        """The name this join gives its child in pickers, None when it gives none."""
        forward = self.child == self.relationship.right
        return self.relationship.right_label if forward else self.relationship.left_label


class JoinTree:
    """The joins a topic, or a bare view, offers: every reachable view with the edge that reaches it."""

    def __init__(self, base: str, edges: Mapping[str, Edge]) -> None:
        self.base = base
        self.edges = edges

    def __contains__(self, view: str) -> bool:
        return view == self.base or view in self.edges

    @property
    def views(self) -> tuple[str, ...]:
        return (self.base, *self.edges)

    def path(self, view: str) -> tuple[Edge, ...]:
        """Give the edges from the base to `view`, in join order.

        Raises:
            NoJoinPath: the view is not reachable.
        """
        steps: list[Edge] = []
        while view != self.base:
            edge = self.edges.get(view)
            if edge is None:
                raise NoJoinPath(self.base, view)
            steps.append(edge)
            view = edge.parent
        return tuple(reversed(steps))

    def prune(self, needed: Iterable[str]) -> Joined:
        """Keep the joins that lead to the needed views, in the tree's order."""
        kept: dict[str, Edge] = {}
        for view in needed:
            for edge in self.path(view):
                kept.setdefault(edge.child, edge)
        order = {view: position for position, view in enumerate(self.edges)}
        return Joined(self.base, tuple(sorted(kept.values(), key=lambda edge: order[edge.child])))


@dataclass(frozen=True)
class Joined:
    """The joins of one query and what they do to rows."""

    base: str
    edges: tuple[Edge, ...]

    @property
    def views(self) -> tuple[str, ...]:
        return (self.base, *(edge.child for edge in self.edges))

    def multiplies(self, views: frozenset[str]) -> bool:
        """Tell whether a combination of rows of `views` may occur more than once in the join.

        It may when some join outside the part of the tree that connects `views` leads to many rows.
        """
        known = self._multiplied.get(views)
        if known is None:
            inside = self._connect(views)
            known = any(self._leads_to_many(edge, views) for edge in self.edges if edge not in inside)
            self._multiplied[views] = known
        return known

    @cached_property
    def _multiplied(self) -> dict[frozenset[str], bool]:
        return {}

    def determines(self, one: str, other: str) -> bool:
        """Tell whether a row of `one` meets at most one row of `other`."""
        up, down = self._to_base(one), self._to_base(other)
        climbs = [edge for edge in up if edge not in down]
        descents = [edge for edge in down if edge not in up]
        return not any(edge.multiplies_child for edge in climbs) and not any(
            edge.multiplies_parent for edge in descents
        )

    def key_views(self, views: frozenset[str]) -> tuple[str, ...]:
        """Give the fewest of `views` whose rows tell a combination of rows of all of them apart."""
        kept = sorted(views, key=lambda view: (len(self._to_base(view)), view))
        for view in tuple(reversed(kept)):
            if any(other != view and self.determines(other, view) for other in kept):
                kept.remove(view)
        return tuple(kept)

    @cached_property
    def optional(self) -> frozenset[str]:
        """Views whose rows may be missing (all NULL) beside rows of others."""
        optional: set[str] = set()
        present = {self.base}
        for edge in self.edges:
            if edge.kind in ("RIGHT", "FULL"):
                optional |= present
            if edge.kind in ("LEFT", "FULL") or (edge.kind != "RIGHT" and edge.parent in optional):
                optional.add(edge.child)
            present.add(edge.child)
        return frozenset(optional)

    @cached_property
    def _up(self) -> dict[str, Edge]:
        return {edge.child: edge for edge in self.edges}

    def _to_base(self, view: str) -> list[Edge]:
        steps = []
        while view != self.base:
            edge = self._up[view]
            steps.append(edge)
            view = edge.parent
        return steps

    def _connect(self, views: frozenset[str]) -> frozenset[Edge]:
        """Edges of the smallest subtree that holds all of `views`."""
        paths = [self._to_base(view) for view in views]
        count: dict[Edge, int] = {}
        for path in paths:
            for edge in path:
                count[edge] = count.get(edge, 0) + 1
        return frozenset(edge for edge, times in count.items() if times < len(paths))

    def _leads_to_many(self, edge: Edge, views: frozenset[str]) -> bool:
        """Walk `edge` away from the subtree: up to its parent when it lies above all views, else down."""
        above = all(edge in self._to_base(view) for view in views)
        return edge.multiplies_child if above else edge.multiplies_parent


def relationships_of(topic: Topic | None, model: Model) -> tuple[Relationship, ...]:
    """Give the joins that hold in a topic, its own first; for one pair of views they replace the model's."""
    if topic is None or not topic.relationships:
        return model.relationships
    own = {frozenset((item.left, item.right)) for item in topic.relationships}
    others = (item for item in model.relationships if frozenset((item.left, item.right)) not in own)
    return (*topic.relationships, *others)


def tree_of_topic(topic: Topic, model: Model) -> JoinTree:
    """Build a topic's join tree: its `joins` map, or every view reachable without fan-out."""
    relationships = relationships_of(topic, model)
    if topic.joins is None:
        return _spread(topic.base_view, relationships, fan_out=False)
    edges: dict[str, Edge] = {}

    def add(parent: str, nodes: tuple[JoinNode, ...]) -> None:
        for node in nodes:
            edge = find_edge(parent, node.view, relationships)
            if edge is None:
                raise NoJoinPath(parent, node.view)
            edges[node.view] = edge
            add(node.view, node.children)

    add(topic.base_view, topic.joins)
    return JoinTree(topic.base_view, edges)


def tree_of_view(view: str, model: Model) -> JoinTree:
    """Build the join tree of a bare-view query from the model's relationships."""
    return _spread(view, model.relationships, fan_out=True)


def _spread(base: str, relationships: tuple[Relationship, ...], *, fan_out: bool) -> JoinTree:
    """Walk relationships breadth first, nearest first, declared direction or reversible."""
    outgoing: dict[str, list[Edge]] = {}
    for relationship in relationships:
        forward = _edge(relationship, backward=False)
        outgoing.setdefault(forward.parent, []).append(forward)
        if goes_back(relationship):
            backward = _edge(relationship, backward=True)
            outgoing.setdefault(backward.parent, []).append(backward)
    edges: dict[str, Edge] = {}
    queue = deque([base])
    while queue:
        for edge in outgoing.get(queue.popleft(), ()):
            if edge.child == base or edge.child in edges or (edge.multiplies_parent and not fan_out):
                continue
            edges[edge.child] = edge
            queue.append(edge.child)
    return JoinTree(base, edges)


def goes_back(relationship: Relationship) -> bool:
    """Tell whether a join may be walked from its right side: declared so, or the same either way."""
    both = relationship.cardinality in (Cardinality.ONE_TO_ONE, Cardinality.MANY_TO_MANY)
    return relationship.reversible or both


def find_edge(
    parent: str, child: str, relationships: tuple[Relationship, ...], *, any_direction: bool = True
) -> Edge | None:
    """Find the first join between two views: as declared, else backwards where that is allowed."""
    for relationship in relationships:
        if (relationship.left, relationship.right) == (parent, child):
            return _edge(relationship, backward=False)
    for relationship in relationships:
        if (relationship.left, relationship.right) == (child, parent) and (
            any_direction or goes_back(relationship)
        ):
            return _edge(relationship, backward=True)
    return None


def _edge(relationship: Relationship, *, backward: bool) -> Edge:
    cardinality = relationship.cardinality
    parent, child = relationship.left, relationship.right
    if backward:
        parent, child = child, parent
        cardinality = _MIRROR.get(cardinality, cardinality)
    if relationship.join_type is JoinType.CROSS:
        cardinality = Cardinality.MANY_TO_MANY
    kind = _KINDS[relationship.join_type][backward]
    return Edge(parent, child, kind, cardinality, relationship)
