"""Aggregate the base by its foreign key first, then join: fewer rows to join, and no fan-out left.

`order_items LEFT JOIN users` grouped by `users.state` reads every order item, joins it, groups
it. Grouping the items by `user_id` first leaves one row per user, so that the join is small and
a measure of `users` meets each user once. NULL and orphaned keys keep their groups, because the
join stays a LEFT join. Measured in performance notes: docs/decisions/0020.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.modeling.joins import Cardinality
from holoscope.query.aggregates import REPEATABLE, Call
from holoscope.query.joins import Edge, Joined
from holoscope.query.passes.partials import decompose, is_decomposable
from holoscope.query.plan.grouping import Grouping, tables_of
from holoscope.query.plan.node import Rows, Table
from holoscope.sql.capabilities import Capabilities
from holoscope.sql.quoting import column
from holoscope.sql.trees import replaced

_KEY = "join_key"
_PAYS_FROM = 8  # rows of the base for each row of the joined table, where nothing fans out


@dataclass(frozen=True, slots=True)
class _Split:
    """Where to cut: the one edge that leaves the base, its key column, and the predicates on either side."""

    edge: Edge
    key: exp.Column
    inside: tuple[exp.Expr, ...]
    outside: tuple[exp.Expr, ...]


def aggregate_before_join(grouping: Grouping, facts: Capabilities) -> Grouping:
    """Rewrite when the answer stays exactly the same and the rewrite pays; else return it unchanged."""
    if not facts.aggregate_before_join_pays:
        return grouping
    split = _split(grouping)
    if split is None or not _calls_allow(grouping) or not _pays(grouping, split):
        return grouping
    return _rewrite(grouping, split)


def _split(grouping: Grouping) -> _Split | None:
    base = grouping.joined.base
    leaving = [edge for edge in grouping.joined.edges if edge.parent == base]
    if len(leaving) != 1 or leaving[0].kind != "LEFT" or leaving[0].multiplies_parent:
        return None
    if any(base in tables_of(key) for key in grouping.keys):
        return None
    # A row that such a join keeps without its base would pass a filter that went below the join.
    if any(join.kind in ("RIGHT", "FULL") for join in grouping.rows.joins):
        return None
    on = next(join.on for join in grouping.rows.joins if join.table.view == leaving[0].child)
    key = _key_of_base(on, base)
    later = [join.on for join in grouping.rows.joins if join.table.view != leaving[0].child]
    if key is None or any(on is not None and base in tables_of(on) for on in later):
        return None
    inside, outside = [], []
    for predicate in grouping.rows.where:
        tables = tables_of(predicate)
        if tables == {base}:
            inside.append(predicate)
        elif base in tables:
            return None
        else:
            outside.append(predicate)
    return _Split(leaving[0], key, tuple(inside), tuple(outside))


def _key_of_base(on: exp.Expr | None, base: str) -> exp.Column | None:
    """Find the base's column when the join condition is one equality with a column of the other side."""
    if not isinstance(on, exp.EQ):
        return None
    sides = (on.left, on.right)
    if not all(isinstance(side, exp.Column) for side in sides):
        return None
    mine = [side for side in sides if isinstance(side, exp.Column) and side.table == base]
    return mine[0] if len(mine) == 1 else None


def _reads_base(call: Call, base: str) -> bool:
    return base in call.reads


def _calls_allow(grouping: Grouping) -> bool:
    """Calls over the base must add up from partial results; other calls must not read the base."""
    base = grouping.joined.base
    for call in grouping.calls:
        if _reads_base(call, base) and (call.reads != {base} or not is_decomposable(call)):
            return False
    return not grouping.joined.multiplies(frozenset((base,)))


def _pays(grouping: Grouping, split: _Split) -> bool:
    joined, base = grouping.joined, grouping.joined.base
    for call in grouping.calls:
        if not _reads_base(call, base) and call.aggregate not in REPEATABLE and joined.multiplies(call.views):
            return True
    counts = dict(grouping.row_counts)
    many, few = counts.get(base), counts.get(split.edge.child)
    return many is not None and few is not None and many >= _PAYS_FROM * max(few, 1)


def _rewrite(grouping: Grouping, split: _Split) -> Grouping:
    base = grouping.joined.base
    inner = exp.select(exp.alias_(split.key.copy(), _KEY)).from_(grouping.rows.base.named(), copy=False)
    for predicate in split.inside:
        inner = inner.where(predicate, copy=True)
    calls: list[Call] = []
    for call in grouping.calls:
        if not _reads_base(call, base):
            calls.append(call)
            continue
        partials, whole = decompose(call, base, len(calls))
        for name, partial in partials:
            inner = inner.select(exp.alias_(partial, name), copy=False)
        calls.append(whole)
    inner = inner.group_by(exp.Literal.number(1), copy=False)
    edges = tuple(
        replace(edge, cardinality=Cardinality.ONE_TO_ONE) if edge is split.edge else edge
        for edge in grouping.joined.edges
    )
    joins = tuple(
        replace(join, on=_on_key(join.on, split.key, base)) if join.table.view == split.edge.child else join
        for join in grouping.rows.joins
    )
    rows = Rows(Table(base, inner.subquery(copy=False)), joins, split.outside)
    return replace(grouping, rows=rows, joined=Joined(base, edges), calls=tuple(calls))


def _on_key(on: exp.Expr | None, key: exp.Column, base: str) -> exp.Expr | None:
    if on is None:
        return None

    return replaced(on, lambda node: column(_KEY, base) if node == key else node)
