"""What tells the rows of a view apart, and whether a row of it is there at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlglot import exp

from holoscope.query.plan.calls import PresenceOf, is_strict
from holoscope.query.plan.node import Rows
from holoscope.query.resolve import Resolver
from holoscope.sql.trees import copy_of


@dataclass(frozen=True, slots=True)
class Keys:
    """Finds the keys of views in the expressions of one query."""

    resolver: Resolver

    def of_view(self, name: str) -> tuple[exp.Expr, ...]:
        """Give the expressions of a view's primary key, none where it has no key."""
        view = self.resolver.model.views[name]
        keys: list[exp.Expr] = []
        for part in view.primary_key:
            dimension = view.dimensions.get(part)
            if dimension is not None:
                keys.append(self.resolver.raw(dimension).tree)
            elif part in view.key_sql:
                keys.append(self.resolver.expression(view.key_sql[part], name).tree)
        return tuple(keys)

    def presence_in(self, rows: Rows) -> PresenceOf:
        """Give what finds, for a view of these rows, a column that is NULL just where its row is missing."""

        def presence(name: str) -> exp.Expr | None:
            key = next((key for key in self.of_view(name) if is_strict(key)), None)
            return _met_by_join(rows, name) if key is None else copy_of(key)

        return presence


def _met_by_join(rows: Rows, view: str) -> exp.Expr | None:
    """Find a column that a join's condition makes non-null just where `view` has a row."""
    before: set[str] = {rows.base.view}
    is_base_there = view == rows.base.view
    for join in rows.joins:
        # A row that a FULL or RIGHT join keeps without a match may hold NULL there.
        if join.on is None:
            continue
        if join.table.view == view and join.kind in ("LEFT", "INNER"):
            return _joined_column(join.on, {view})
        # What stands before a RIGHT join is there exactly where it has met its condition; the base is
        # in every row of what stands before, while nothing else was kept without it.
        if join.kind == "RIGHT" and join.table.view != view:
            found = _joined_column(join.on, before if is_base_there else {view})
            if found is not None:
                return found
        before.add(join.table.view)
        is_base_there = is_base_there and join.kind in ("LEFT", "INNER")
    return None


def _joined_column(on: exp.Expr, views: Collection[str]) -> exp.Expr | None:
    """Find a column of one of `views` that an equality of the join condition makes non-null."""
    for equality in on.find_all(exp.EQ):
        if equality.find_ancestor(exp.Or, exp.Not):
            continue
        for side in (equality.left, equality.right):
            if isinstance(side, exp.Column) and side.table in views:
                return copy_of(side)
    return None
