"""The proof that a finished result contains the answer to another question.

A pure function of two signatures. What it does not know it does not find, and the warehouse answers. The
rules (docs/decisions/0049):

- the rows are the same: one table, the same rules, the same joins but for those that change no rows;
- the wider question has every group: its own filters hold wherever those of the narrower one do, and the
  rest of those are about stored groups alone;
- the groups are the same, or each is a group of the narrower question or lies within one; then only what
  adds up is added up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlglot import exp

from holoscope.query.joins import Edge
from holoscope.query.plan.node import QueryPlan
from holoscope.query.reuse.derive import Derived, derive
from holoscope.query.reuse.implied import holds_in
from holoscope.query.reuse.match import Match
from holoscope.query.reuse.safe import is_settled
from holoscope.query.reuse.signature import Signature
from holoscope.query.rollups.reader import NoProofError
from holoscope.sql.dialect import Dialect


class How(StrEnum):
    """What has to be done with the rows of the wider result."""

    CUT = "its first rows"
    CHOSEN = "rows and columns of it"
    REGROUPED = "groups of it added up"


@dataclass(frozen=True, slots=True)
class Derivation:
    """A plan over the rows of the wider result, as a table named `derive.KEPT`.

    `copied` are, for each output, the column of the wider result whose type it has, None where the value
    is worked out anew. `kinds` are what stored columns must turn out to hold for the proof to stand; `exact`
    are columns that must be whole numbers or decimals, since they are added up; `years` are times whose years
    must have four digits, since they are written as text. `is_foreign`: the result is of a warehouse of
    another kind than the engine, which may choose the types of numbers by their values.
    """

    how: How
    plan: QueryPlan
    copied: tuple[str | None, ...]
    kinds: tuple[tuple[str, str], ...]
    exact: frozenset[str]
    years: frozenset[str] = frozenset()
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it is not proven; for people who look for the reason."""

    reason: str


def contain(wide: Signature, narrow: Signature, *, is_whole: bool, engine: Dialect) -> Derivation | Refusal:
    """Derive the answer to `narrow` from the result of `wide`.

    `is_whole`: the wide result was not cut by its limit. `engine` is the dialect of what will derive.
    """
    try:
        _same_rows(wide, narrow)
        if not is_whole or wide.offset_rows:
            return _first_rows(wide, narrow, engine)
        derived = derive(wide, narrow, engine)
    except NoProofError as reason:
        return Refusal(str(reason))
    return _told(How.REGROUPED if derived.regroups else How.CHOSEN, derived)


def is_provable(signature: Signature) -> bool:
    """Tell whether anything can be proven of a question at all: nothing in it changes by itself."""
    rows = signature.rows
    trees = [rows.base.source, *rows.where, *(key.tree for key in signature.keys)]
    trees += [tree for join in rows.joins for tree in (join.table.source, join.on) if tree is not None]
    for call in signature.calls:
        trees += [tree for tree in (call.operand, call.condition, call.literal) if tree is not None]
        trees += call.once_per or ()
    trees += [output.value for output in signature.outputs]
    trees += [key.value for key in signature.order] + list(signature.having)
    return is_settled(trees)


# -- rows ----------------------------------------------------------------------------------


def _same_rows(wide: Signature, narrow: Signature) -> None:
    """Check that both questions are about the same rows, each of them once."""
    if wide.relation != narrow.relation:
        raise NoProofError("it is about another table, or under other rules")
    theirs, ours = _joins(wide), _joins(narrow)
    for view, join in ours.items():
        if theirs.get(view) != join:
            raise NoProofError(f"{view} is not joined, or joined in another way")
    if [view for view in theirs if view in ours] != list(ours):
        raise NoProofError("views are joined in another order")
    for view, (edge, *_) in theirs.items():
        if view not in ours and not _is_neutral(edge):
            raise NoProofError(f"the join of {view} may drop or repeat rows")
    if not all(holds_in(part, narrow.filters) for part in wide.filters):
        raise NoProofError("it is filtered by what the question does not filter")


def _joins(signature: Signature) -> dict[str, tuple[Edge, str, exp.Expr, exp.Expr | None]]:
    edges = {edge.child: edge for edge in signature.joined.edges}
    joins = {join.table.view: join for join in signature.rows.joins}
    if edges.keys() != joins.keys() or len(joins) != len(signature.rows.joins):
        raise NoProofError("something else is joined than views of the model")
    return {
        view: (edges[view], join.kind, join.table.source, join.on)
        for view, join in joins.items()
        if not join.attached
    }


def _is_neutral(edge: Edge) -> bool:
    """Tell whether a join leaves the rows of its parent as they are: each of them, once."""
    return edge.kind == "LEFT" and edge.relationship.where_sql is None and not edge.multiplies_parent


# -- a result that was cut -----------------------------------------------------------------


def _first_rows(wide: Signature, narrow: Signature, engine: Dialect) -> Derivation:
    """Take the first rows of a result in the same order; it lacks all others."""
    if wide.offset_rows or wide.limit_rows is None:
        raise NoProofError("it begins in the middle")
    if narrow.limit_rows is None or narrow.offset_rows + narrow.limit_rows > wide.limit_rows:
        raise NoProofError("its limit cut off rows of the question")
    if narrow.filters != wide.filters:
        raise NoProofError("its limit cut off rows that the filters would show")
    derived = derive(replace(wide, order=()), replace(narrow, order=()), engine)
    if derived.regroups or derived.restricts or not _is_same_order(Match(wide, narrow, engine)):
        raise NoProofError("its limit cut off rows in another order")
    return Derivation(How.CUT, derived.plan, derived.copied, derived.kinds, derived.exact)


def _told(how: How, derived: Derived) -> Derivation:
    return Derivation(
        how,
        derived.plan,
        derived.copied,
        derived.kinds,
        derived.exact,
        derived.years,
        derived.is_foreign,
    )


def _is_same_order(match: Match) -> bool:
    theirs = [(key.value, key.descending, key.nulls) for key in match.wide.order]
    ours = [(match.translated(key.value), key.descending, key.nulls) for key in match.narrow.order]
    return theirs == ours
