"""Rules of access repeat no row that is told as it is, and add none (docs/decisions/0084).

A rule about a field behind a join to many would join every row it permits, and so repeat the rows that the
query tells; behind an outer join that keeps rows of the other side it would add these. Such rules become a
SELECT of the keys whose rows they show, which the rows must meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import RowsNeedKey
from holoscope.query.attach import Level
from holoscope.query.facts import Facts, views_that_change_rows
from holoscope.query.joins import Edge, Joined
from holoscope.query.plan.calls import is_strict
from holoscope.query.plan.grouping import tables_of
from holoscope.query.plan.node import Join, Rows, Table, key_column, select_rows
from holoscope.query.relax import Where
from holoscope.query.source import build_rows
from holoscope.sql.quoting import column
from holoscope.sql.trees import copy_of

_SHOWN = "$shown"


def keeps_other_side(edges: Iterable[Edge]) -> bool:
    """Tell whether a join keeps rows of the view it joins without a partner."""
    return any(edge.kind in ("RIGHT", "FULL") for edge in edges)


def rules_of_keys(level: Level, alone: Joined, rules: Sequence[Where], *, grouped: bool) -> tuple[Where, ...]:
    """Give the rules whose joins would repeat rows, which groups bear, or add some.

    `alone` are the joins that the query needs without them.
    """
    outside = tuple(rule for rule in rules if not rule.views <= set(alone.views))
    if not outside:
        return ()
    _, beside = _beside(level.facts, alone, outside)
    adds = keeps_other_side(edge for edge in beside.edges if edge not in alone.edges)
    return outside if adds or not (grouped or not beside.multiplies(frozenset(alone.views))) else ()


def meeting_shown(rows: Rows, level: Level, alone: Joined, rules: tuple[Where, ...]) -> Rows:
    """Keep the rows whose key is among those that the rules show.

    The rules hold together for one combination of the rows they read, as they do in any other query. A row
    without a key meets none.

    Raises:
        RowsNeedKey: a view that the rules start from has no key to tell its rows apart.
    """
    facts = level.facts
    found, beside = _beside(facts, alone, rules)
    read = [item.views for item in rules]
    read += [
        tables_of(part) for join in found.joins if join.table.view not in alone.views for part in _on(join)
    ]
    read += [tables_of(part) for part in found.where]
    read.append(frozenset(edge.parent for edge in beside.edges if edge not in alone.edges))
    ties = frozenset[str]().union(*read) & set(alone.views)
    keys = [key for view in beside.key_views(ties) for key in _keys(view, beside, facts)]
    changing = views_that_change_rows(beside) & set(alone.views)
    needed = frozenset((facts.tree.base, *ties, *changing)).union(*(item.views for item in rules))
    shown, _ = build_rows(facts.tree, needed, [copy_of(item.tree) for item in rules], facts.resolver)
    select = select_rows(shown).distinct()
    names = [key_column(number) for number in range(len(keys))]
    select.set("expressions", [exp.alias_(copy_of(key), name) for key, name in zip(keys, names, strict=True)])
    meets = [
        exp.EQ(this=copy_of(key), expression=column(name, _SHOWN))
        for key, name in zip(keys, names, strict=True)
    ]
    join = Join(Table(_SHOWN, select.subquery(copy=False)), "INNER", exp.and_(*meets, copy=False))
    return replace(rows, joins=(*rows.joins, join))


def _beside(facts: Facts, alone: Joined, rules: Sequence[Where]) -> tuple[Rows, Joined]:
    """Join what the rules read beside what the query needs."""
    needed = frozenset(alone.views).union(*(item.views for item in rules))
    return build_rows(facts.tree, needed, [], facts.resolver)


def _on(join: Join) -> list[exp.Expr]:
    return [] if join.on is None else [join.on]


def _keys(view: str, beside: Joined, facts: Facts) -> tuple[exp.Expr, ...]:
    keys = facts.key_of(view)
    if not keys or (view in beside.optional and not all(map(is_strict, keys))):
        raise RowsNeedKey(view)
    return keys
