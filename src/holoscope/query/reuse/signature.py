"""What a result holds, said in the expressions of the tables it was made from."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from sqlglot import exp

from holoscope.query.aggregates import Call
from holoscope.query.joins import Joined
from holoscope.query.plan.node import OrderKey, Output, Rows
from holoscope.query.reuse.kinds import Kind


@dataclass(frozen=True, slots=True)
class Time:
    """The time a key is computed from: `wall` on the query's clock, `raw` as stored, at a grain.

    `begins`: the key is the first moment of the grain's period. `zone` is the clock on which wall is read
    from raw, None where that is not all: then bounds on one say nothing of the other. `text` writes the key
    as people read it, over the key's own column, where the query does.
    """

    wall: exp.Expr
    raw: exp.Expr
    grain: str
    week_start: int
    begins: bool
    zone: str | None
    date_only: bool
    text: exp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A group of the result (a column of its rows where nothing is grouped): its expression over rows."""

    tree: exp.Expr
    kind: Kind
    time: Time | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The question that a result answers, before any rewrite of how it is computed.

    `rules` are the predicates that the topic and the joins demand, row rules among them; `filters` are
    the query's own, taken apart at AND. `kinds` are those of what the calls aggregate.
    """

    dialect: str
    rollup: str | None
    rows: Rows
    joined: Joined
    rules: frozenset[exp.Expr]
    filters: frozenset[exp.Expr]
    keys: tuple[Key, ...]
    calls: tuple[Call, ...]
    kinds: tuple[Kind, ...]
    outputs: tuple[Output, ...]
    having: frozenset[exp.Expr]
    order: tuple[OrderKey, ...]
    limit_rows: int | None
    offset_rows: int
    grouped: bool

    @property
    def relation(self) -> Hashable:
        """Equal for signatures that may contain one another: the same table under the same rules.

        The rules of who asks are among them, value by value, so that nobody's rows serve another.
        """
        base = self.rows.base
        return self.dialect, self.rollup, self.grouped, base.view, base.source, self.rules


def conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """Take a predicate apart at AND."""
    if isinstance(tree, exp.Paren):
        return conjuncts(tree.this) if isinstance(tree.this, (exp.And, exp.Paren)) else [tree.this]
    if isinstance(tree, exp.And):
        return [*conjuncts(tree.left), *conjuncts(tree.right)]
    return [tree]


def bare(tree: exp.Expr) -> exp.Expr:
    """Take the brackets around an expression off."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    return tree
