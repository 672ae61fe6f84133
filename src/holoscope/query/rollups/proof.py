"""The proof that a rollup table answers a question, and the question put to the table.

A pure function of the two. Everything the question reads is rebuilt from stored columns, piece by
piece; one piece that cannot be rebuilt, or a row the table may lack or hold twice, and there is no
proof. The rules (modeling digest §6.1; docs/decisions/0038):

- the table's rows are the question's rows, in groups: joins of either that drop or repeat rows must be
  joins of both, or are made again on stored keys;
- a predicate, a group or a condition of a measure is over stored columns alone;
- a measure adds up: sum, count, least and greatest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.filters.literals import floor
from holoscope.query.joins import Edge, Joined
from holoscope.query.plan.calls import is_strict
from holoscope.query.plan.grouping import Grouping, tables_of
from holoscope.query.plan.node import Join, Rows
from holoscope.query.rollups.stored import Bound, StoredDimension, StoredRollup
from holoscope.sql.trees import cast, copy_of

_KEEPS_ROWS = ("LEFT", "INNER")


class _NoProofError(Exception):
    """Something of the question cannot be had from the table."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the model allows: the topic asked from, whether a left join may be made on stored keys."""

    topic: str | None
    topic_has_having: bool = False
    may_join_left: bool = False


def prove(question: Grouping, stored: StoredRollup, terms: Terms) -> Grouping | None:
    """Put the question to the table; None when it is not proven that the answer stays the same."""
    if not _same_source(question, stored, terms):
        return None
    edges = {edge.child: edge for edge in question.joined.edges}
    for edge in stored.joined.edges:
        if not _is_neutral(edge) and edges.get(edge.child) != edge:
            return None
    try:
        return _rewrite(question, stored, terms)
    except _NoProofError:
        return None


def _same_source(question: Grouping, stored: StoredRollup, terms: Terms) -> bool:
    joined = question.joined
    if joined.base != stored.base or stored.view in joined.views:
        return False
    if stored.topic is not None and (stored.topic != terms.topic or terms.topic_has_having):
        return False
    if [join.table.view for join in question.rows.joins] != [edge.child for edge in joined.edges]:
        return False  # something else is joined than views of the model
    return all(_keeps_count(edge) for edge in (*joined.edges, *stored.joined.edges))


def _keeps_count(edge: Edge) -> bool:
    return edge.kind in _KEEPS_ROWS and not edge.multiplies_parent


def _is_neutral(edge: Edge) -> bool:
    """Tell whether a join leaves the rows of its parent as they are: each of them, once."""
    return edge.kind == "LEFT" and edge.relationship.where_sql is None and not edge.multiplies_parent


def _rewrite(question: Grouping, stored: StoredRollup, terms: Terms) -> Grouping:
    reader = _Reader(stored, _usable(question.joined, stored))
    where = _where(question, stored, reader)
    keys = tuple(reader.read(key) for key in question.keys)
    calls = tuple(_call(call, question.joined, stored, reader) for call in question.calls)
    trees = [*where, *keys, *(call.literal for call in calls if call.literal is not None)]
    read = frozenset().union(*(tables_of(tree) for tree in trees))
    edges, joins = _joins(question, stored, reader, read - {stored.view}, terms)
    present = {stored.view, *(edge.child for edge in edges)}
    if not read <= present:
        raise _NoProofError
    return replace(
        question,
        rows=Rows(stored.table, joins, tuple(where)),
        joined=Joined(stored.view, edges),
        keys=keys,
        calls=calls,
    )


def _usable(joined: Joined, stored: StoredRollup) -> list[StoredDimension]:
    """Keep the dimensions whose views the table reached by the very joins the question makes."""
    ours = {edge.child: edge for edge in joined.edges}
    theirs = {edge.child: edge for edge in stored.joined.edges}

    def same_way(view: str) -> bool:
        while view != stored.base:
            edge = theirs.get(view)
            if edge is None or ours.get(view) != edge:
                return False
            view = edge.parent
        return True

    return [one for one in stored.dimensions if all(same_way(view) for view in one.views)]


def _where(question: Grouping, stored: StoredRollup, reader: _Reader) -> list[exp.Expr]:
    """Read the predicates; those the table's rows have passed already need no column."""
    if not stored.pins <= set(question.rows.where):
        raise _NoProofError
    return [reader.read(part) for part in question.rows.where if part not in stored.pins]


def _joins(
    question: Grouping, stored: StoredRollup, reader: _Reader, read: frozenset[str], terms: Terms
) -> tuple[tuple[Edge, ...], tuple[Join, ...]]:
    """Make again, on stored keys, the joins that are read from or that drop rows the table still has."""
    absorbed = set(stored.joined.edges)
    wanted = set(read)
    for edge in question.joined.edges:
        if not _is_neutral(edge) and edge not in absorbed:
            wanted.add(edge.child)
    conditions: dict[str, exp.Expr | None] = {}
    chosen = {edge.child: edge for edge in question.joined.edges}
    waiting = list(wanted)
    while waiting:
        view = waiting.pop()
        if view in conditions:
            continue
        step, on = chosen.get(view), _on(question, view)
        if step is None or on is None or (step.kind != "INNER" and not terms.may_join_left):
            raise _NoProofError
        conditions[view] = rebuilt = reader.read(on)
        waiting += tables_of(rebuilt) - {stored.view}
    edges = tuple(
        replace(edge, parent=edge.parent if edge.parent in conditions else stored.view)
        for edge in question.joined.edges
        if edge.child in conditions
    )
    joins = tuple(
        replace(join, on=conditions[join.table.view])
        for join in question.rows.joins
        if join.table.view in conditions
    )
    return edges, joins


def _on(question: Grouping, view: str) -> exp.Expr | None:
    return next((join.on for join in question.rows.joins if join.table.view == view), None)


# -- calls ---------------------------------------------------------------------------------


def _call(call: Call, joined: Joined, stored: StoredRollup, reader: _Reader) -> Call:
    """Add up what is stored, or take the least or greatest of a stored dimension."""
    if call.literal is not None or call.once_per is not None or call.cancels:
        raise _NoProofError
    least = call.aggregate in (Aggregate.MIN, Aggregate.MAX)
    if call.views != {stored.base} and not (least and _never_missing(call, joined)):
        raise _NoProofError
    if joined.multiplies(call.views) and not least:
        raise _NoProofError
    value = stored.calls.get(call.key()) if _is_reached(call.reads, joined, stored) else None
    condition = None
    if value is None:
        plain = replace(call, condition=None, condition_views=frozenset())
        value = stored.calls.get(plain.key()) if _is_reached(plain.reads, joined, stored) else None
        condition = call.condition
    if value is None and least and call.operand is not None:
        value = reader.read(call.operand)
    if value is None:
        raise _NoProofError
    if condition is not None:
        value = exp.Case(ifs=[exp.If(this=reader.read(condition), true=copy_of(value))])
    whole = _added(call, copy_of(value))
    return Call(None, None, frozenset((stored.view,)), call.measure, literal=whole)


def _never_missing(call: Call, joined: Joined) -> bool:
    """Tell whether rows that a left join leaves out could not add a value of their own."""
    operand = call.operand
    return operand is not None and (is_strict(operand) or not call.views & joined.optional)


def _is_reached(views: Iterable[str], joined: Joined, stored: StoredRollup) -> bool:
    """Tell whether the table's calls read these views by the joins the question makes."""
    ours, theirs = set(joined.edges), {edge.child: edge for edge in stored.joined.edges}
    for view in views:
        at = view
        while at != stored.base:
            step = theirs.get(at)
            if step is None or step not in ours:
                return False
            at = step.parent
    return True


def _added(call: Call, value: exp.Expr) -> exp.Expr:
    zero = exp.Literal.number(0)
    match call.aggregate:
        case Aggregate.COUNT:
            return cast(exp.Coalesce(this=exp.Sum(this=value), expressions=[zero]), "bigint")
        case Aggregate.SUM:
            total = exp.Sum(this=value)
            return exp.Coalesce(this=total, expressions=[zero]) if call.coalesce_zero else total
        case Aggregate.MIN:
            return exp.Min(this=value)
        case Aggregate.MAX:
            return exp.Max(this=value)
    raise _NoProofError


# -- expressions -----------------------------------------------------------------------------


class _Reader:
    """Rebuilds expressions of the base tables from stored columns."""

    def __init__(self, stored: StoredRollup, usable: Iterable[StoredDimension]) -> None:
        self._base = stored.base
        self._patterns: dict[exp.Expr, exp.Expr] = {}
        self._bounds: dict[exp.Expr, list[Bound]] = {}
        for dimension in usable:
            for pattern, column in dimension.patterns:
                self._patterns.setdefault(pattern, column)
            for raw, bound in dimension.bounds:
                self._bounds.setdefault(raw, []).append(bound)

    def read(self, tree: exp.Expr) -> exp.Expr:
        """Give an equal expression over stored columns and views that are joined again.

        Raises:
            _NoProofError: a column of the base table is left, or there is a query or aggregate inside.
        """
        if tree.find(exp.Query, exp.AggFunc, exp.Window) is not None:
            raise _NoProofError
        rebuilt = tree.copy().transform(self._step, copy=False)
        if self._base in tables_of(rebuilt) or "" in tables_of(rebuilt):
            raise _NoProofError
        return rebuilt

    def _step(self, node: exp.Expr) -> exp.Expr:
        found = self._patterns.get(node)
        if found is not None:
            return found.copy()
        rule = _RULES.get(type(node))
        return node if rule is None else rule(self, node)

    def _null(self, node: exp.Expr) -> exp.Expr:
        """A period is NULL exactly where its time is."""
        bounds = self._bounds.get(_bare(node.this))
        if bounds is None or not isinstance(node.expression, exp.Null) or _bare(node.this) in self._patterns:
            return node
        return exp.Is(this=bounds[0].column.copy(), expression=exp.Null())

    def _bound(self, node: exp.Expr) -> exp.Expr:
        """`t >= m` and `t < m` hold for a time just when they hold for its period, if `m` begins one."""
        raw = _bare(node.this)
        if raw in self._patterns:
            return node
        moment = _moment(node.expression)
        for bound in self._bounds.get(raw, ()):
            if moment is not None and floor(moment, bound.unit, bound.week_start) == moment:
                literal = cast(exp.Literal.string(moment.isoformat(" ", "seconds")), "timestamp")
                return type(node)(this=bound.column.copy(), expression=literal)
        return node


_Rule = Callable[[_Reader, exp.Expr], exp.Expr]
_RULES: dict[type[exp.Expr], _Rule] = {
    exp.Is: _Reader._null,
    exp.GTE: _Reader._bound,
    exp.LT: _Reader._bound,
}


def _moment(node: exp.Expr) -> datetime | None:
    """Read a literal of a date or time, in UTC; None for anything else."""
    if not isinstance(node, exp.Cast) or not isinstance(node.this, exp.Literal):
        return None
    try:
        moment = datetime.fromisoformat(node.this.name)
    except ValueError:
        return None
    if moment.utcoffset():
        return None
    return moment.replace(tzinfo=None)


def _bare(tree: exp.Expr) -> exp.Expr:
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree
