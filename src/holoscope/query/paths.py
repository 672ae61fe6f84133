"""The join path a query asks for itself: `join_via_map` (query digest §2.1, modeling digest §7).

An entry says through which views the way to a view goes. Views it does not name keep their way.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from holoscope.kit.errors import InvalidQuery, NoJoinPath
from holoscope.modeling.joins import Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from holoscope.query.joins import Edge, JoinTree, find_edge, relationships_of
from holoscope.query.scope import Scope
from holoscope.query.told import Told

Via = Mapping[str, tuple[str, ...]]


def along(tree: JoinTree, via: Via, topic: Topic | None, model: Model, scope: Scope) -> JoinTree:
    """Give the tree in which every named view is reached through the views listed for it.

    A topic's views stay the only ones: no path leads outside it, nor is one named through what is hidden.

    Raises:
        NoJoinPath: two views that follow each other have no join, or a view is not in the topic.
        InvalidQuery: two entries reach one view from different sides, or a path returns to itself.
    """
    relationships, told = relationships_of(topic, model), Told(model, scope)
    chosen: dict[str, Edge] = {}
    for view, hops in via.items():
        for edge in _steps(tree, view, hops, relationships, told):
            known = chosen.setdefault(edge.child, edge)
            if known.parent != edge.parent:
                raise InvalidQuery(
                    f'query.join_via_map reaches "{edge.child}" from "{known.parent}" and from '
                    f'"{edge.parent}": give both entries the same way.'
                )
    if all(tree.edges.get(view) == edge for view, edge in chosen.items()):
        return tree
    return JoinTree(tree.base, _in_order(tree.base, {**tree.edges, **chosen}))


def _steps(
    tree: JoinTree, view: str, hops: tuple[str, ...], relationships: tuple[Relationship, ...], told: Told
) -> list[Edge]:
    between = hops[:-1] if hops[-1:] == (view,) else hops  # the whole way may be written too
    stops = [tree.base, *(hop for hop in (*between, view) if hop != tree.base)]
    if len(set(stops)) < len(stops):
        raise InvalidQuery(f'query.join_via_map: the way to "{view}" passes a view twice.')
    steps = []
    for parent, child in pairwise(stops):
        if child not in tree or not told.may_name(child):
            raise NoJoinPath(tree.base, child)
        edge = tree.edges.get(child)
        if edge is None or edge.parent != parent:
            edge = find_edge(parent, child, relationships, any_direction=False)
        if edge is None:
            raise NoJoinPath(parent, child)
        steps.append(edge)
    return steps


def _in_order(base: str, edges: Mapping[str, Edge]) -> dict[str, Edge]:
    """Put parents before their children; what hangs on nothing that leads to the base is in a circle."""
    ordered: dict[str, Edge] = {}
    waiting = dict(edges)
    while waiting:
        ready = [view for view, edge in waiting.items() if edge.parent == base or edge.parent in ordered]
        if not ready:
            raise InvalidQuery(f"query.join_via_map leads in a circle through {', '.join(sorted(waiting))}.")
        for view in ready:
            ordered[view] = waiting.pop(view)
    return ordered
