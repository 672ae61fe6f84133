"""Where a query reads from: its topic or bare view, the tables behind views, and the joins between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from holoscope.kit.errors import Forbidden, InvalidQuery
from holoscope.kit.text import near
from holoscope.modeling.model import Model
from holoscope.modeling.topics import Topic
from holoscope.query.calendars import calendar_condition, calendar_table, with_calendars
from holoscope.query.grants import grants_hold, topic_is_visible
from holoscope.query.inside import model_inside
from holoscope.query.joins import Edge, Joined, JoinTree, tree_of_topic, tree_of_view
from holoscope.query.lookup import find_view
from holoscope.query.paths import along
from holoscope.query.plan.node import Join, Rows
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Permission, Scope
from holoscope.query.selects import table_of
from holoscope.query.spec import QuerySpec
from holoscope.query.value import is_inner


@dataclass(frozen=True, slots=True)
class Source:
    """A join tree to ask from, and the topic whose rules govern it (None for a bare view).

    `usual` is the topic's own tree, where the query asks along another one.
    """

    tree: JoinTree
    topic: Topic | None
    usual: JoinTree | None = None


def choose_source(spec: QuerySpec, model: Model, scope: Scope) -> Source:
    """Find what the query asks from.

    Raises:
        Forbidden: the asker may not query topics, or only topics.
        InvalidQuery: no such topic or view, as this asker sees the model.
    """
    if not scope.may(Permission.QUERY_TOPICS):
        raise Forbidden("Permission denied")
    if spec.topic is None and not scope.may(Permission.QUERY_FULL_MODEL):
        raise Forbidden("queries without a Topic specified are restricted.")
    return find_source(spec, model, scope)


def find_source(spec: QuerySpec, model: Model, scope: Scope) -> Source:
    """As `choose_source`, for a query that stands in the model itself: no permission is asked for.

    Raises:
        InvalidQuery: no such topic or view, as this asker sees the model.
    """
    if spec.topic is not None:
        topic = model.topics.get(spec.topic)
        if topic is None or not topic_is_visible(topic, model, scope):
            known = [name for name, item in model.topics.items() if topic_is_visible(item, model, scope)]
            raise InvalidQuery(_no_such("topic", spec.topic, known) + " or access not permitted")
        tree = _tree(
            topic.name, model, lambda: with_calendars(tree_of_topic(topic, model), model_inside(model, topic))
        )
        if not spec.join_via:
            return Source(tree, topic)
        return Source(along(tree, spec.join_via, topic, model, scope), topic, usual=tree)
    name = spec.table or (spec.fields[0].partition(".")[0] if spec.fields else "")
    view = find_view(model, name)
    if view is None or view.ignored or not grants_hold(view.required_access_grants, model, scope):
        visible = [
            item.name
            for item in model.views.values()
            if not item.hidden and not item.ignored and grants_hold(item.required_access_grants, model, scope)
        ]
        raise InvalidQuery(_no_such("view", name, visible))
    tree = _tree((view.name,), model, lambda: with_calendars(tree_of_view(view.name, model), model))
    return Source(along(tree, spec.join_via, None, model, scope) if spec.join_via else tree, None)


def require_usual_joins(source: Source, views: frozenset[str], resolver: Resolver) -> None:
    """Refuse a query that reaches what restricts its rows by other joins than the topic's own.

    Raises:
        InvalidQuery: the rule would be about other rows than its author meant.
    """
    if source.usual is None or source.topic is None:
        return
    if any(map(is_inner, views)):  # computed from rows: any of the joins may matter
        views = frozenset(source.usual.views)
    ways = (build_rows(tree, views, [], resolver)[1] for tree in (source.tree, source.usual))
    asked, usual = (frozenset(joined.edges) for joined in ways)
    if asked != usual:
        changed = ", ".join(sorted({f'"{edge.child}"' for edge in asked ^ usual}))
        raise InvalidQuery(
            f'query.join_via_map changes how the topic "{source.topic.name}" reaches {changed}, which its '
            "rules about rows read: leave that way as it is."
        )


def _tree(key: object, model: Model, build: Callable[[], JoinTree]) -> JoinTree:
    """Build a join tree once for a model."""
    found = model.derived.get(("tree", key))
    if not isinstance(found, JoinTree):
        found = build()
        model.derived["tree", key] = found
    return found


def _no_such(kind: str, name: str, known: list[str]) -> str:
    candidates = near(name, known)
    return f'No such {kind} "{name}"' + (f" (did you mean {', '.join(candidates)}?)" if candidates else "")


def build_rows(
    tree: JoinTree, needed: frozenset[str], where: list[exp.Expr], resolver: Resolver
) -> tuple[Rows, Joined]:
    """Join the needed views and whatever their join conditions read."""
    joined = tree.prune(sorted(needed))
    while True:
        conditions = {edge: _condition(edge, resolver) for edge in joined.edges}
        extra = frozenset().union(*(found.views for found in conditions.values())) - set(joined.views)
        if not extra:
            break
        needed |= extra
        joined = tree.prune(sorted(needed))
    joined = _ready_in_order(joined, conditions)
    joins = tuple(
        Join(calendar_table(edge.child, resolver), edge.kind, conditions[edge].on) for edge in joined.edges
    )
    extra_where = [conditions[edge].where for edge in joined.edges]
    predicates = tuple(predicate for predicate in (*where, *extra_where) if predicate is not None)
    return Rows(table_of(joined.base, resolver), joins, predicates), joined


@dataclass(frozen=True, slots=True)
class _Condition:
    """What a join demands: `on`, read from `on_views`, and `where`; `views` are those of both."""

    on: exp.Expr | None
    where: exp.Expr | None
    on_views: frozenset[str]
    views: frozenset[str]


def _ready_in_order(joined: Joined, conditions: Mapping[Edge, _Condition]) -> Joined:
    """Join every view after the views its condition reads, otherwise in the tree's order.

    Raises:
        InvalidQuery: two joins wait for each other.
    """
    ordered: list[Edge] = []
    present = {joined.base}
    waiting = list(joined.edges)
    while waiting:
        ready = next(
            (
                edge
                for edge in waiting
                if edge.parent in present and conditions[edge].on_views <= present | {edge.child}
            ),
            None,
        )
        if ready is None:
            names = ", ".join(f'"{edge.child}"' for edge in waiting)
            raise InvalidQuery(f"The join conditions of {names} wait for each other: change their on_sql.")
        waiting.remove(ready)
        ordered.append(ready)
        present.add(ready.child)
    return joined if tuple(ordered) == joined.edges else Joined(joined.base, tuple(ordered))


def _condition(edge: Edge, resolver: Resolver) -> _Condition:
    relationship = edge.relationship
    names = {relationship.left_view: relationship.left, relationship.right_view: relationship.right}
    names = {original: name for original, name in names.items() if original}
    if relationship.left_view == relationship.right_view:
        # A self join: the original name means the left side, the alias the right.
        names = {relationship.left_view: relationship.left}
    calendar = calendar_condition(edge.child, resolver)
    if calendar is not None:
        return _Condition(calendar.tree, None, calendar.views, calendar.views)
    on = where = None
    on_views = views = frozenset[str]()
    if relationship.on_sql is not None and edge.kind != "CROSS":
        value = resolver.expression(relationship.on_sql, relationship.left, names=names)
        on, on_views = value.tree, value.views
    if relationship.where_sql is not None:
        value = resolver.expression(relationship.where_sql, relationship.left, names=names)
        where, views = exp.Paren(this=value.tree), value.views
    return _Condition(on, where, on_views, views | on_views)
