"""Rebuilding expressions of the base tables from columns that hold their values ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.filters.literals import floor
from holoscope.query.plan.grouping import tables_of
from holoscope.query.rollups.stored import Bound, StoredDimension
from holoscope.sql.trees import cast
from holoscope.sql.zones import wall_if_steady


class NoProofError(Exception):
    """Something of the question cannot be had from what is stored."""


def added(aggregate: Aggregate | None, value: exp.Expr, *, coalesce_zero: bool) -> exp.Expr:
    """Add up an aggregate's stored results.

    Raises:
        NoProofError: they do not add up.
    """
    zero = exp.Literal.number(0)
    match aggregate:
        case Aggregate.COUNT:
            return cast(exp.Coalesce(this=exp.Sum(this=value), expressions=[zero]), "bigint")
        case Aggregate.SUM:
            total = exp.Sum(this=value)
            return exp.Coalesce(this=total, expressions=[zero]) if coalesce_zero else total
        case Aggregate.MIN:
            return exp.Min(this=value)
        case Aggregate.MAX:
            return exp.Max(this=value)
    raise NoProofError("it does not add up")


class Reader:
    """Rebuilds expressions from the columns of a table in which `dimensions` are stored.

    What is rebuilt reads that table, and others only where `stays` says so of their names.
    """

    def __init__(self, dimensions: Iterable[StoredDimension], stays: Callable[[str], bool]) -> None:
        self._stays = stays
        self._patterns: dict[exp.Expr, exp.Expr] = {}
        self._bounds: dict[exp.Expr, list[Bound]] = {}
        for dimension in dimensions:
            for pattern, column in dimension.patterns:
                self._patterns.setdefault(pattern, column)
            for raw, bound in dimension.bounds:
                self._bounds.setdefault(raw, []).append(bound)

    def read(self, tree: exp.Expr) -> exp.Expr:
        """Give an equal expression over stored columns.

        Raises:
            NoProofError: a column that is not stored is left, or there is a query or aggregate inside.
        """
        if tree.find(exp.Query, exp.AggFunc, exp.Window) is not None:
            raise NoProofError("a query or aggregate is inside")
        rebuilt = tree.copy().transform(self._step, copy=False)
        left = [name for name in tables_of(rebuilt) if not self._stays(name)]
        if left:
            raise NoProofError(f"it reads what is not stored of {left[0]}")
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
        instant = _moment(node.expression)
        for bound in self._bounds.get(raw, ()):
            moment = None if instant is None else wall_if_steady(instant, bound.zone)
            if moment is not None and floor(moment, bound.unit, bound.week_start) == moment:
                literal = cast(exp.Literal.string(moment.isoformat(" ", "seconds")), "timestamp")
                return type(node)(this=bound.column.copy(), expression=literal)
        return node


_Rule = Callable[[Reader, exp.Expr], exp.Expr]
_RULES: dict[type[exp.Expr], _Rule] = {
    exp.Is: Reader._null,
    exp.GTE: Reader._bound,
    exp.LT: Reader._bound,
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
