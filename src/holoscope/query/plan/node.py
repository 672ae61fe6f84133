"""Nodes of a plan. Leaves hold SQL trees; shapes hold decisions. `generate` only writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.query.spec import NullSort
from holoscope.sql.quoting import identifier
from holoscope.sql.trees import copy_of


@dataclass(frozen=True, slots=True)
class Table:
    """A physical table, or a SELECT, under the name of its view."""

    view: str
    source: exp.Expr

    def named(self) -> exp.Expr:
        """Give the source for a FROM clause, under the view's name."""
        source = self.source.copy()
        if not (isinstance(source, exp.Table) and source.name == self.view):
            source.set("alias", exp.TableAlias(this=identifier(self.view)))
        return source


@dataclass(frozen=True, slots=True)
class Join:
    """`table` joined by `kind` (LEFT, INNER, RIGHT, FULL, CROSS) on a predicate.

    An `attached` one neither adds nor removes rows: whoever reads nothing of it may leave it out.
    """

    table: Table
    kind: str
    on: exp.Expr | None
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Joined rows that pass `where`; row rules of the asker are already among its parts."""

    base: Table
    joins: tuple[Join, ...]
    where: tuple[exp.Expr, ...]

    def read_by(self, trees: Iterable[exp.Expr]) -> Rows:
        """Leave out the attached tables that neither these expressions nor the rows themselves read."""
        if not any(join.attached for join in self.joins):
            return self
        read = {column.table for tree in (*trees, *self.where) for column in tree.find_all(exp.Column)}
        kept: list[Join] = []
        for join in reversed(self.joins):
            if join.attached and join.table.view not in read:
                continue
            kept.append(join)
            if join.on is not None:
                read |= {column.table for column in join.on.find_all(exp.Column)}
        return replace(self, joins=tuple(reversed(kept)))


@dataclass(frozen=True, slots=True)
class Part:
    """Aggregate rows to one row per group.

    `calls` pairs a call's number with its ready expression. With `once_per`, each combination of
    those key values counts once in a group: rows are grouped by them first and every operand
    in `operands` (one per call) keeps its value, then `calls` aggregate over `v<n>` columns.
    """

    calls: tuple[tuple[int, exp.Expr], ...]
    once_per: tuple[exp.Expr, ...] = ()
    operands: tuple[exp.Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A result column: an expression over `k<n>` keys and `a<n>` calls."""

    name: str
    value: exp.Expr


@dataclass(frozen=True, slots=True)
class OrderKey:
    """A sort. In a pivoted result it orders rows, or is `of_columns`.

    By a measure it orders rows by what stands `at` values of some pivots, by their position among the keys,
    and rolled up over the others.
    """

    value: exp.Expr
    descending: bool
    nulls: NullSort
    is_measure: bool = False
    of_columns: bool = False
    at: tuple[tuple[int, object], ...] | None = None


COLUMN_TOTAL = "column_total"
"""Marks the grand total among the classes of rows (query digest §2.4)."""


@dataclass(frozen=True, slots=True)
class Total:
    """A coarser grouping: the keys at the positions `keeps` stay, the rest roll up.

    `indicator` names its class of rows, "" for rows of data; `row_indicator` is not empty for the cells that
    total a row of a pivoted result. The rows of one that is not `shown` are there for sorts alone.
    """

    keeps: tuple[int, ...]
    indicator: str = ""
    row_indicator: str = ""
    shown: bool = True

    @property
    def is_grand(self) -> bool:
        """Tell whether it totals all rows."""
        return self.indicator == COLUMN_TOTAL


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Times from `low` to `high` in steps of `count` units; an end that is None is where the data ends."""

    low: exp.Expr | None
    high: exp.Expr | None
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Fill:
    """Values for which the key `number` has rows even where there is no data.

    Listed `values` come with their place in their order; `order_call` is the number of the call that
    holds this place for the groups of the data, where the query sorts by it.
    """

    number: int
    values: tuple[tuple[exp.Expr, int], ...]
    times: TimeRange | None = None
    order_call: int | None = None


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """Everything one SELECT computes. `grouped` False means rows as they are, without grouping.

    `shown` is what a group that is shown must meet, the grand total apart. `level_rows` are the rows
    of a total that keeps those keys, where they are not the rows of the data. A `numbered` one has a
    last column `ROW` with the place of each row in its order, from 1. `fills` add groups. `pivots` are the
    positions of the keys that become columns, None when nothing is pivoted.
    """

    rows: Rows
    keys: tuple[exp.Expr, ...]
    parts: tuple[Part, ...]
    outputs: tuple[Output, ...]
    having: tuple[exp.Expr, ...]
    order: tuple[OrderKey, ...]
    limit_rows: int | None
    offset_rows: int
    totals: tuple[Total, ...]
    total_order: tuple[OrderKey | None, ...]
    grouped: bool
    shown: exp.Expr | None = None
    level_rows: Mapping[tuple[int, ...], Rows] = field(default_factory=dict)
    numbered: bool = False
    fills: tuple[Fill, ...] = ()
    pivots: tuple[int, ...] | None = None

    @property
    def passing(self) -> tuple[exp.Expr, ...]:
        """What a group of data must meet."""
        return self.having if self.shown is None else (*self.having, self.shown)


ROW = "__omni_row"
"""The column of a numbered plan that holds each row's place."""
_SIDES = ("LEFT", "RIGHT", "FULL")


def select_rows(rows: Rows) -> exp.Select:
    """Start a SELECT over joined and filtered rows; it has no columns yet."""
    joins = [
        exp.Join(
            this=join.table.named(),
            on=None if join.on is None else copy_of(join.on),
            side=join.kind if join.kind in _SIDES else None,
            kind=None if join.kind in _SIDES else join.kind,
        )
        for join in rows.joins
    ]
    select = exp.Select(from_=exp.From(this=rows.base.named()), joins=joins)
    if rows.where:
        predicates = [copy_of(predicate) for predicate in rows.where]
        select.set("where", exp.Where(this=exp.and_(*predicates, copy=False)))
    return select


def call_column(number: int) -> str:
    return f"a{number}"


def key_column(number: int) -> str:
    return f"k{number}"
