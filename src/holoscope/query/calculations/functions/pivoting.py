"""Functions of pivot columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.pivots import pivot_at, pivot_number
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import Term

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator


@function("PIVOT", 2, ranges=True)
def _pivot(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Give the row's cell in the nth pivot column."""
    return pivot_at(t, nodes[0], nodes[1])


@function("PIVOTINDEX", 0)
def _pivot_index(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Number the pivot columns from 1."""
    return pivot_number(t)


@function("PIVOTROW", 1, ranges=True)
def _pivot_row(t: Translator, nodes: tuple[Node, ...]) -> Term:
    """Stand for a row's cells in all pivot columns, inside an aggregate."""
    raise BadCalculation("PIVOTROW stands for many cells: wrap it in SUM, say.")
