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

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.joins import Edge, Joined
from holoscope.query.plan.calls import is_strict
from holoscope.query.plan.grouping import Grouping, tables_of
from holoscope.query.plan.node import Join, Rows
from holoscope.query.rollups.reader import NoProofError, Reader, added
from holoscope.query.rollups.stored import StoredDimension, StoredRollup
from holoscope.sql.trees import copy_of

_KEEPS_ROWS = ("LEFT", "INNER")


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
    except NoProofError:
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
    reader = Reader(_usable(question.joined, stored), lambda name: name not in (stored.base, ""))
    where = _where(question, stored, reader)
    keys = tuple(reader.read(key) for key in question.keys)
    calls = tuple(_call(call, question.joined, stored, reader) for call in question.calls)
    trees = [*where, *keys, *(call.literal for call in calls if call.literal is not None)]
    read = frozenset().union(*(tables_of(tree) for tree in trees))
    edges, joins = _joins(question, stored, reader, read - {stored.view}, terms)
    present = {stored.view, *(edge.child for edge in edges)}
    if not read <= present:
        raise NoProofError
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


def _where(question: Grouping, stored: StoredRollup, reader: Reader) -> list[exp.Expr]:
    """Read the predicates; those the table's rows have passed already need no column."""
    if not stored.pins <= set(question.rows.where):
        raise NoProofError
    return [reader.read(part) for part in question.rows.where if part not in stored.pins]


def _joins(
    question: Grouping, stored: StoredRollup, reader: Reader, read: frozenset[str], terms: Terms
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
            raise NoProofError
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


def _call(call: Call, joined: Joined, stored: StoredRollup, reader: Reader) -> Call:
    """Add up what is stored, or take the least or greatest of a stored dimension."""
    if call.literal is not None or call.once_per is not None or call.cancels:
        raise NoProofError
    least = call.aggregate in (Aggregate.MIN, Aggregate.MAX)
    if call.views != {stored.base} and not (least and _never_missing(call, joined)):
        raise NoProofError
    if joined.multiplies(call.views) and not least:
        raise NoProofError
    value = stored.calls.get(call.key()) if _is_reached(call.reads, joined, stored) else None
    condition = None
    if value is None:
        plain = replace(call, condition=None, condition_views=frozenset())
        value = stored.calls.get(plain.key()) if _is_reached(plain.reads, joined, stored) else None
        condition = call.condition
    if value is None and least and call.operand is not None:
        value = reader.read(call.operand)
    if value is None:
        raise NoProofError
    if condition is not None:
        value = exp.Case(ifs=[exp.If(this=reader.read(condition), true=copy_of(value))])
    whole = added(call.aggregate, copy_of(value), coalesce_zero=call.coalesce_zero)
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
