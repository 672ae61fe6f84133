"""The ready-made calculations: running totals, shares and changes (`OMNI_RUNNING_TOTAL` and the like)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holoscope.query.calculations.areas import aggregate
from holoscope.query.calculations.cells import Cells
from holoscope.query.calculations.functions.aggregates import total
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import END, HERE, Bound, Node
from holoscope.query.calculations.term import NUMBER, Term, divided, minus

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]


@function("RUNNING_TOTAL", 1)
def _running_total(t: Translator, nodes: Nodes) -> Term:
    """Add up the rows from the first to this one."""
    return total(t, [Cells(t.number(nodes[0]), END, HERE)])


@function("PERCENT_OF_TOTAL", 1)
def _share(t: Translator, nodes: Nodes) -> Term:
    """Divide by the sum over all rows; 1 is the whole."""
    value = t.once(t.double(nodes[0]))
    whole = aggregate(t, "sum", Cells(value, END, END))
    return t.made(divided(value.tree, whole.tree), NUMBER, value, whole)


def _with_previous(t: Translator, node: Node) -> tuple[Term, Term]:
    value = t.once(t.double(node))
    return value, t.rows.cell(value, Bound(-1))


@function("PERCENT_OF_PREVIOUS", 1)
def _of_previous(t: Translator, nodes: Nodes) -> Term:
    """Divide by the value of the row before; blank in the first row."""
    value, previous = _with_previous(t, nodes[0])
    return t.made(divided(value.tree, previous.tree), NUMBER, value, previous)


@function("PERCENT_CHANGE_FROM_PREVIOUS", 1)
def _change(t: Translator, nodes: Nodes) -> Term:
    """Divide the difference from the row before by that row's value; blank in the first row."""
    value, previous = _with_previous(t, nodes[0])
    return t.made(divided(minus(value.tree, previous.tree), previous.tree), NUMBER, value, previous)
