"""The cells that an aggregate is over, and the one value of a sub-select."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.node import HERE, Bound
from holoscope.query.calculations.term import NUMBER, Term

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

VALUE = "v"
"""The column of a sub-select that gathers cells."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column between two rows; `is_one` is a single value in the row at hand.

    `where` tells the cells in other words, over the row at hand and the `other` row: those of pivot columns.
    """

    item: Term
    first: Bound = HERE
    last: Bound = HERE
    where: exp.Expr | None = None

    @property
    def is_one(self) -> bool:
        return self.where is None and self.first == HERE and self.last == HERE


def subselect(t: Translator, select: exp.Query, *of: Term, kind: Term | None = None) -> Term:
    """Keep the one value of a sub-select; NULL in total rows. Without `kind` it is a number."""
    made = t.made(t.rows.in_data(select.subquery(copy=False)), NUMBER, *of)
    if kind is not None:
        made = Term(made.tree, kind.kind, made.stage, date_only=kind.date_only)
    return t.kept(made)
