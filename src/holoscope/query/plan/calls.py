"""How each aggregate call is computed over joined rows, fan-out included.

A call counts every combination of rows of its views once. Where the joins repeat such a
combination, `count` counts distinct keys and sum, average, median and percentile are computed
over one row per key (modeling digest §18.4; docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from holoscope.kit.errors import FanOutNeedsKey, InvalidQuery
from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import REPEATABLE, Call
from holoscope.query.joins import Joined
from holoscope.query.plan.grouping import tables_of
from holoscope.query.plan.node import Part
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import copy_of

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.DPipe)
_STRICT = (exp.Column, exp.Identifier, exp.Paren, exp.Literal, exp.Cast, exp.DataType, *_ARITHMETIC)
KeyOf = Callable[[str], tuple[exp.Expr, ...]]
PresenceOf = Callable[[str], exp.Expr | None]


class CallPlanner:
    """Turns calls into parts for one query's joins."""

    def __init__(self, joined: Joined, dialect: Dialect, key_of: KeyOf, presence_of: PresenceOf) -> None:
        """Take the joins, and how to find a view's key and a column that is NULL when its row is missing."""
        self._joined = joined
        self._dialect = dialect
        self._key_of = key_of
        self._presence_of = presence_of

    def plan(self, calls: Sequence[Call]) -> tuple[Part, ...]:
        """Group the calls into parts: the plain ones, then one part for each key rows are counted by.

        Raises:
            FanOutNeedsKey: an exact answer needs the key of a view that has none.
        """
        plain: list[tuple[int, exp.Expr]] = []
        once: dict[tuple[exp.Expr, ...], list[tuple[int, Call]]] = {}
        for number, call in enumerate(calls):
            if call.once_per is not None:
                once.setdefault(call.once_per, []).append((number, call))
            elif not self._needs_key(call):
                plain.append((number, self._plain(call)))
            elif call.aggregate is Aggregate.COUNT:
                plain.append((number, self._count_keys(call)))
            else:
                keys = self._keys(call.measure, self._key_views(call))
                once.setdefault(tuple(keys), []).append((number, call))
        parts = [Part(tuple(plain))] if plain or not once else []
        parts += [self._once(keys, numbered) for keys, numbered in once.items()]
        return tuple(parts)

    def require_keys(self, calls: Sequence[Call]) -> None:
        """Check that every call the joins repeat could be counted by a key.

        A rewrite may do without the key, but whether a question is answered must not depend on it.

        Raises:
            FanOutNeedsKey: a view whose rows repeat has no primary key.
        """
        for call in calls:
            if call.once_per is None and self._needs_key(call):
                self._keys(call.measure, self._key_views(call))

    def _needs_key(self, call: Call) -> bool:
        repeated = self._joined.multiplies(call.views)
        if repeated and call.literal is not None:
            raise InvalidQuery(
                f'Measure "{call.measure}" aggregates in its own SQL, which cannot be kept exact when a join '
                "repeats its rows: give it an aggregate_type."
            )
        return repeated and call.aggregate not in REPEATABLE

    # -- operands ---------------------------------------------------------------------

    def _missing_guard(self, call: Call) -> exp.Expr | None:
        """Condition that the rows counted really exist, where an outer join may have left them out.

        They are the rows of the measure's own view; a measure may read other views beside it.
        """
        owner = call.owner
        if not call.views:  # values of a grain of their own, whose NULL is a group like others
            return None
        if owner not in self._joined.optional or is_strict_in(call, owner):
            return None
        presence = self._presence_of(owner)
        if presence is None:
            raise FanOutNeedsKey(call.measure, owner)
        return exp.Not(this=exp.Is(this=presence, expression=exp.Null()))

    def _operand(self, call: Call, value: exp.Expr) -> exp.Expr:
        """Keep `value` only where the call's condition holds and its row exists."""
        conditions = [part for part in (call.condition, self._missing_guard(call)) if part is not None]
        if not conditions:
            return copy_of(value)
        test = exp.and_(*(copy_of(part) for part in conditions), copy=False)
        return exp.Case(ifs=[exp.If(this=test, true=copy_of(value))])

    # -- plain aggregates -------------------------------------------------------------

    def _plain(self, call: Call) -> exp.Expr:
        if call.literal is not None:
            return copy_of(call.literal)
        if call.operand is None:
            counted = self._operand(call, exp.Literal.number(1))
            return exp.Count(this=exp.Star() if isinstance(counted, exp.Literal) else counted)
        return self._aggregate(call, self._operand(call, call.operand))

    def _aggregate(self, call: Call, value: exp.Expr) -> exp.Expr:
        dialect = self._dialect
        match call.aggregate:
            case Aggregate.COUNT:
                return exp.Count(this=value)
            case Aggregate.COUNT_DISTINCT:
                return exp.Count(this=exp.Distinct(expressions=[value]))
            case Aggregate.SUM:
                total = exp.Sum(this=value)
                if not call.coalesce_zero:
                    return total
                return exp.Coalesce(this=total, expressions=[exp.Literal.number(0)])
            case Aggregate.AVERAGE:
                return dialect.average(value)
            case Aggregate.MIN:
                return exp.Min(this=value)
            case Aggregate.MAX:
                return exp.Max(this=value)
            case Aggregate.MEDIAN:
                return dialect.median(value)
            case Aggregate.PERCENTILE:
                if call.percentile is None:
                    raise InvalidQuery(f'Measure "{call.measure}" needs a percentile.')
                return dialect.percentile(value, call.percentile / 100)
            case Aggregate.LIST:
                return dialect.list_distinct(value)
        raise InvalidQuery(f'Measure "{call.measure}" has no aggregate.')

    # -- keyed aggregates -------------------------------------------------------------

    def _key_views(self, call: Call) -> tuple[str, ...]:
        """Give the views whose keys tell apart what the call counts, rows that miss a partner included."""
        views = self._joined.key_views(call.views)
        if call.aggregate is Aggregate.COUNT:
            return views
        certain = all(view not in self._joined.optional or is_strict_in(call, view) for view in views)
        return views if certain else tuple(sorted(call.views))

    def _keys(self, call_measure: str, views: tuple[str, ...]) -> list[exp.Expr]:
        keys: list[exp.Expr] = []
        for view in views:
            found = self._key_of(view)
            if not found:
                raise FanOutNeedsKey(call_measure, view)
            if view in self._joined.optional and not any(is_strict(key) for key in found):
                found = self._where_present(call_measure, view, found)
            keys.extend(copy_of(key) for key in found)
        return keys

    def _where_present(self, measure: str, view: str, keys: tuple[exp.Expr, ...]) -> tuple[exp.Expr, ...]:
        """Make keys NULL where their row is missing: an expression may have a value of its own there."""
        presence = self._presence_of(view)
        if presence is None:
            raise FanOutNeedsKey(measure, view)
        test = exp.Not(this=exp.Is(this=presence, expression=exp.Null()))
        return tuple(exp.Case(ifs=[exp.If(this=test.copy(), true=copy_of(key))]) for key in keys)

    def _count_keys(self, call: Call) -> exp.Expr:
        """Count distinct keys; a row whose operand is NULL does not count."""
        views = self._joined.key_views(call.views)
        keys = self._keys(call.measure, views)
        conditions = [call.condition] if call.condition is not None else []
        guard = self._missing_guard(call) if call.owner not in views else None
        conditions += [guard] if guard is not None else []
        if call.operand is not None:
            conditions.append(exp.Not(this=exp.Is(this=call.operand, expression=exp.Null())))
        if len(keys) > 1:
            conditions += [exp.Not(this=exp.Is(this=key, expression=exp.Null())) for key in keys]
        value = self._dialect.row_key(keys)
        if conditions:
            test = exp.and_(*(copy_of(part) for part in conditions), copy=False)
            value = exp.Case(ifs=[exp.If(this=test, true=value)])
        return exp.Count(this=exp.Distinct(expressions=[value]))

    def _once(self, keys: tuple[exp.Expr, ...], numbered: list[tuple[int, Call]]) -> Part:
        operands = []
        calls = []
        for position, (number, call) in enumerate(numbered):
            if call.operand is None:
                raise InvalidQuery(f'Measure "{call.measure}" needs sql.')
            operands.append(self._operand(call, call.operand))
            calls.append((number, self._aggregate(call, exp.column(f"v{position}"))))
        return Part(tuple(calls), keys, tuple(operands))


def is_strict_in(call: Call, view: str) -> bool:
    """Tell whether what a call aggregates is certainly NULL where the row of `view` is missing."""
    operand = call.operand
    return operand is not None and view in tables_of(operand) and is_strict(operand)


def is_strict(tree: exp.Expr) -> bool:
    """Tell whether an expression is certainly NULL when the row it reads is missing."""
    if not all(isinstance(node, _STRICT) or _takes_a_part(node) for node in tree.walk()):
        return False
    return tree.find(exp.Column) is not None


def _takes_a_part(node: exp.Expr) -> bool:
    """Tell whether a node takes a calendar part, such as the month, in the words of either engine."""
    return isinstance(node, (exp.Extract, exp.Var)) or (
        isinstance(node, exp.Anonymous) and node.name.lower() == "date_part"
    )
