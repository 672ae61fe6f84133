"""The plan that answers a question from the rows of a wider result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.modeling.types import Aggregate
from holoscope.query.aggregates import Call
from holoscope.query.plan.calls import is_strict_in
from holoscope.query.plan.node import OrderKey, Output, Part, QueryPlan, Rows, Table, call_column, key_column
from holoscope.query.reuse.kinds import Kind
from holoscope.query.reuse.match import KEPT, Match
from holoscope.query.reuse.safe import is_safe
from holoscope.query.reuse.signature import Signature
from holoscope.query.rollups.reader import NoProofError, added
from holoscope.query.spec import NullSort
from holoscope.sql.dialect import Dialect
from holoscope.sql.quoting import column, identifier
from holoscope.sql.trees import replaced

_NUMBERS = (
    Aggregate.COUNT, Aggregate.COUNT_DISTINCT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.MEDIAN,
    Aggregate.PERCENTILE,
)  # fmt: skip
_PLAIN_TEXTS = ("date", "month", "quarter", "year")
"""Grains that every engine writes alike, for years of four digits."""
_LEAST = (Aggregate.MIN, Aggregate.MAX)


@dataclass(frozen=True, slots=True)
class Derived:
    """A plan over the kept rows; see `containment.Derivation`. `restricts`: some rows are left out by it."""

    plan: QueryPlan
    copied: tuple[str | None, ...]
    kinds: tuple[tuple[str, str], ...]
    exact: frozenset[str]
    regroups: bool
    restricts: bool
    years: frozenset[str]
    is_foreign: bool


def derive(wide: Signature, narrow: Signature, engine: Dialect) -> Derived:
    """Plan the answer to `narrow` over the rows of `wide`, which has them all.

    Raises:
        NoProofError: something asked for is not in the result.
    """
    if wide.grouped and narrow.keys and not wide.keys:
        raise NoProofError("it has no groups")
    match = Match(wide, narrow, engine)
    if wide.grouped and not match.has_same_groups:
        return _Regrouped(match).make()
    try:
        return _Chosen(match).make()
    except NoProofError:
        if not wide.grouped:
            raise
    # Parts of what was asked may still be there: equal groups are put together to themselves.
    return _Regrouped(Match(wide, narrow, engine)).make()


class _Maker(ABC):
    """Makes the plan; the two kinds differ in what stands for a value of the question."""

    regroups = False

    def __init__(self, match: Match) -> None:
        self.match = match
        self.wide, self.narrow = match.wide, match.narrow
        self.exact: set[str] = set()
        self.years: set[str] = set()
        extra = [part for part in self.narrow.filters if part not in self.wide.filters]
        self.where = [match.read(part) for part in sorted(extra, key=_text)]

    def rows(self) -> Rows:
        table = exp.Table(this=identifier(KEPT))
        return Rows(Table(KEPT, table), (), tuple(self.where))

    def derived(self, plan: QueryPlan, copied: tuple[str | None, ...]) -> Derived:
        kinds = tuple(sorted((name, str(kind)) for name, kind in self.match.kinds.items()))
        if any(kind == Kind.UNCERTAIN for _, kind in kinds):
            raise NoProofError("it is not certain what a column holds")
        restricts, exact = bool(plan.passing or self.where), frozenset(self.exact)
        years, is_foreign = frozenset(self.years), not self.match.same_engine
        return Derived(plan, copied, kinds, exact, self.regroups, restricts, years, is_foreign)

    def plan(self) -> QueryPlan:
        """Begin a plan with the question's limit and nothing else."""
        narrow = self.narrow
        return QueryPlan(
            rows=self.rows(),
            keys=(),
            parts=(),
            outputs=(),
            having=(),
            order=(),
            limit_rows=narrow.limit_rows,
            offset_rows=narrow.offset_rows,
            totals=(),
            total_order=(),
            grouped=False,
        )

    def need(self, name: str, kind: Kind) -> None:
        """Note what a stored column must hold: its values are compared or grouped."""
        if kind is Kind.UNCERTAIN:
            raise NoProofError(f"it is not certain what {name} holds")
        self.match.kinds[name] = kind

    def ordered(self, key: OrderKey, kind: Kind) -> None:
        """Check that the engine sorts as the warehouse does."""
        if self.match.same_engine:
            return
        if kind is Kind.TEXT:
            raise NoProofError("the warehouse sorts text in its own way")
        if key.nulls is NullSort.DIALECT_DEFAULT:
            raise NoProofError("the warehouse places NULL in its own way")

    def call_kind(self, call: Call, kind: Kind) -> Kind:
        """Say what a call yields."""
        if call.aggregate in _NUMBERS:
            return Kind.NUMBER
        if call.aggregate in _LEAST:
            return kind
        return Kind.TEXT if call.aggregate is Aggregate.LIST else Kind.UNCERTAIN

    def safe(self, tree: exp.Expr) -> exp.Expr:
        if not is_safe(tree, same_engine=self.match.same_engine):
            raise NoProofError("an expression may mean something else away from its warehouse")
        return tree

    @abstractmethod
    def make(self) -> Derived:
        """Give the plan over the stored result."""


class _Chosen(_Maker):
    """The groups stay: rows and columns of the result are chosen, and perhaps sorted anew."""

    def make(self) -> Derived:
        match = self.match
        held = self._having()
        outputs: list[Output] = []
        copied: list[str | None] = []
        for item in self.narrow.outputs:
            name = match.stored(item.value)
            value = column(name, KEPT) if name is not None else self._made(item.value)
            outputs.append(Output(item.name, value))
            copied.append(name)
        order = tuple(self._order(key) for key in self.narrow.order)
        self.where += held
        plan = replace(self.plan(), rows=self.rows(), outputs=tuple(outputs), order=order)
        return self.derived(plan, tuple(copied))

    def _made(self, tree: exp.Expr) -> exp.Expr:
        """Work an output out, where its type is certain to be the warehouse's."""
        if not self.match.same_engine:
            raise NoProofError("the warehouse gives what is worked out a type of its own")
        for node in tree.find_all(exp.Column):
            call = self.narrow.calls[int(node.name[1:])] if _is_call(node) else None
            if call is not None and call.aggregate is not Aggregate.COUNT:
                raise NoProofError(f"what is made of {call.measure} may have another type here")
        return self._value(tree)

    def _having(self) -> list[exp.Expr]:
        """Give what groups must meet beyond what those of the result have met."""
        if not self.wide.grouped:
            return []
        known = (
            {self.match.translated(tree): tree for tree in self.narrow.having} if self.narrow.having else {}
        )
        if not self.wide.having <= known.keys():
            raise NoProofError("its groups were chosen by what the question does not ask")
        return [
            self._value(tree)
            for translated, tree in sorted(known.items(), key=lambda pair: _text(pair[0]))
            if translated not in self.wide.having
        ]

    def _order(self, key: OrderKey) -> OrderKey:
        name = self.match.stored(key.value)
        if name is None:
            value = self._value(key.value)
            self.ordered(key, Kind.TEXT)
            return replace(key, value=value)
        kind = self._kind(self.match.translated(key.value))
        self.need(name, kind)
        self.ordered(key, kind)
        return replace(key, value=column(name, KEPT))

    def _kind(self, value: exp.Expr) -> Kind:
        """Say what a stored value is; of a measure made of several calls only that it must be a number."""
        if not isinstance(value, exp.Column):
            return Kind.NUMBER
        number = int(value.name[1:])
        if value.name.startswith("k"):
            return self.wide.keys[number].kind
        kind = self.call_kind(self.wide.calls[number], self.wide.kinds[number])
        return Kind.NUMBER if kind is Kind.UNCERTAIN else kind

    def _value(self, tree: exp.Expr) -> exp.Expr:
        """Put stored columns into an expression over groups and measures, or over rows."""
        if not self.wide.grouped and any(node.table for node in tree.find_all(exp.Column)):
            return self.match.read(tree)

        def change(node: exp.Expr) -> exp.Expr:
            number = int(node.name[1:])
            if node.name.startswith("k"):
                found = self.match.key(number)
                if number in self.match.keys:
                    self.need(found.name, self.wide.keys[self.match.keys[number]].kind)
                return found
            if number not in self.match.calls:
                raise NoProofError("a measure is not in the result")
            held = self.match.calls[number]
            name = self.match.call_name(held)
            self.need(name, self._kind(exp.column(call_column(held))))
            return column(name, KEPT)

        return self.safe(replaced(tree, change))


class _Regrouped(_Maker):
    """The groups of the result are put together to coarser ones; their measures add up."""

    regroups = True

    def make(self) -> Derived:
        narrow = self.narrow
        if self.wide.having:
            raise NoProofError("it lacks groups that were not shown")
        keys = tuple(self._key(number) for number in range(len(narrow.keys)))
        calls = tuple((number, self._call(number)) for number in range(len(narrow.calls)))
        for tree in narrow.having:
            self._check(tree, compared=True)
        for key in narrow.order:
            self._check(key.value, compared=True)
            self.ordered(key, self._kind(key.value))
        outputs = tuple(self._output(item, keys) for item in narrow.outputs)
        plan = replace(
            self.plan(),
            rows=self.rows(),
            keys=keys,
            parts=(Part(calls),),
            outputs=outputs,
            having=tuple(sorted(narrow.having, key=_text)),
            order=narrow.order,
            grouped=True,
        )
        return self.derived(plan, tuple(self._copied(item.value) for item in narrow.outputs))

    def _key(self, number: int) -> exp.Expr:
        found = self.match.key(number)
        if number in self.match.keys:
            self.need(found.name, self.wide.keys[self.match.keys[number]].kind)
        return found

    def _output(self, item: Output, keys: tuple[exp.Expr, ...]) -> Output:
        """Give an output over groups and measures; the text of a period is written in the engine's words."""
        if not self.match.same_engine:
            for number, key in enumerate(self.narrow.keys):
                time = key.time
                if time is not None and time.text == item.value and time.grain in _PLAIN_TEXTS:
                    self.years.update(part.name for part in keys[number].find_all(exp.Column))
                    value = self.match.engine.format_time(exp.column(key_column(number)), time.grain)
                    return Output(item.name, value)
        self._check(item.value)
        return item

    # -- measures -------------------------------------------------------------------------

    def _call(self, number: int) -> exp.Expr:
        call = self.narrow.calls[number]
        if call.literal is not None or call.once_per is not None or call.cancels:
            raise NoProofError(f"{call.measure} does not add up")
        held = self._held(number)
        if held is not None:
            return held
        return self._of_groups(number)

    def _held(self, number: int) -> exp.Expr | None:
        """Add up the call's own results, or those without its condition where groups tell the condition."""
        call = self.narrow.calls[number]
        position, condition = self.match.calls.get(number), None
        if position is None and call.condition is not None:
            plain = replace(call, condition=None, condition_views=frozenset())
            position, condition = self._position(plain), call.condition
        if position is None:
            return None
        if call.aggregate not in _LEAST and self._is_repeated(call):
            raise NoProofError(f"{call.measure} counts rows that joins repeat")
        try:
            name = self.match.call_name(position)
        except NoProofError:
            return None
        value: exp.Expr = column(name, KEPT)
        if call.aggregate in _LEAST:
            kind = self.wide.kinds[position]
            self._require_order(kind, call)
            self.need(name, kind)
        else:
            self.exact.add(name)
        if condition is not None:
            value = exp.Case(ifs=[exp.If(this=self.match.read(condition), true=value)])
        return added(call.aggregate, value, coalesce_zero=call.coalesce_zero)

    def _position(self, plain: Call) -> int | None:
        for number, call in enumerate(self.wide.calls):
            if call.key() == plain.key() and call.owner == plain.owner and not call.condition_views:
                return number
        return None

    def _is_repeated(self, call: Call) -> bool:
        return self.wide.joined.multiplies(call.views) or self.narrow.joined.multiplies(call.views)

    def _of_groups(self, number: int) -> exp.Expr:
        """Take the least, greatest or different values of what the result is grouped by."""
        call = self.narrow.calls[number]
        if call.operand is None or call.aggregate not in (*_LEAST, Aggregate.COUNT_DISTINCT):
            raise NoProofError(f"{call.measure} is not in the result")
        owner = call.owner
        if owner in self.narrow.joined.optional and not is_strict_in(call, owner):
            raise NoProofError(f"{call.measure} may count rows that a join leaves out")
        kind = self.narrow.kinds[number]
        if call.aggregate in _LEAST:
            self._require_order(kind, call)
        if kind is Kind.UNCERTAIN:
            raise NoProofError(f"it is not certain what {call.measure} aggregates")
        value = self.match.read(call.operand)
        if call.condition is not None:
            value = exp.Case(ifs=[exp.If(this=self.match.read(call.condition), true=value)])
        if call.aggregate is Aggregate.COUNT_DISTINCT:
            return exp.Count(this=exp.Distinct(expressions=[value]))
        return added(call.aggregate, value, coalesce_zero=False)

    def _require_order(self, kind: Kind, call: Call) -> None:
        if kind is Kind.TEXT and not self.match.same_engine:
            raise NoProofError(f"the warehouse sorts what {call.measure} aggregates in its own way")

    # -- what is made of groups and measures ------------------------------------------------

    def _check(self, tree: exp.Expr, *, compared: bool = False) -> None:
        """Check an expression over groups and measures: the engine must work it out alike, type and all."""
        if isinstance(tree, exp.Column) and not tree.table:
            if compared and self._kind(tree) is Kind.UNCERTAIN:
                raise NoProofError("it is not certain what is compared")
            return
        self.safe(tree)
        if not self.match.same_engine and not compared:
            raise NoProofError("the warehouse gives what is worked out a type of its own")
        for node in tree.find_all(exp.Column):
            if node.table:
                raise NoProofError("it reads rows")
            kind, call = self._kind(node), self._of(node)
            if call is not None and call.aggregate in _LEAST and kind is not Kind.TIME:
                raise NoProofError("a least or greatest value may have another type here")

    def _of(self, node: exp.Column) -> Call | None:
        return self.narrow.calls[int(node.name[1:])] if node.name.startswith("a") else None

    def _kind(self, tree: exp.Expr) -> Kind:
        if not isinstance(tree, exp.Column):
            return Kind.NUMBER
        call, number = self._of(tree), int(tree.name[1:])
        if call is None:
            return self.narrow.keys[number].kind
        return self.call_kind(call, self.narrow.kinds[number])

    def _copied(self, value: exp.Expr) -> str | None:
        """Name the column of the result whose type an output has."""
        if not isinstance(value, exp.Column):
            return None
        number = int(value.name[1:])
        try:
            if value.name.startswith("k"):
                held = self.match.keys.get(number)
                return None if held is None else self.match.key_name(held)
            position = self.match.calls.get(number)
            if position is None:
                call = self.narrow.calls[number]
                plain = replace(call, condition=None, condition_views=frozenset())
                position = self._position(plain)
            return None if position is None else self.match.call_name(position)
        except NoProofError:
            return None


def _is_call(node: exp.Column) -> bool:
    return not node.table and node.name.startswith("a")


def _text(tree: exp.Expr) -> str:
    return tree.sql()
