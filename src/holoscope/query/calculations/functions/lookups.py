"""Look-ups: the value beside the first cell that equals a key, in this query or a referenced one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.cells import subselect
from holoscope.query.calculations.functions.operators import comparison, first_present
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import END, Area, Constant, Elsewhere, Field, Node, whole
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import NUMBER, Term, both, compare, number
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]
_FOUND = "found"


@function("XLOOKUP", 3, 6, ranges=True)
def _xlookup(t: Translator, nodes: Nodes) -> Term:
    """`XLOOKUP(value, keys, values[, if missing])`; only equal keys are found."""
    _only_exact(nodes[4:], "XLOOKUP")
    found = _looked_up(t, t.term(nodes[0]), nodes[1], nodes[2])
    missing = nodes[3] if len(nodes) > 3 else Constant(None)
    return found if missing == Constant(None) else first_present(t, [found, t.term(missing)])


@function("VLOOKUP", 3, 4, ranges=True)
def _vlookup(t: Translator, nodes: Nodes) -> Term:
    """`VLOOKUP(value, columns, number of the column)`; only equal keys are found."""
    _only_exact(nodes[3:], "VLOOKUP")
    area = nodes[1]
    place = nodes[2].value if isinstance(nodes[2], Constant) else None
    if isinstance(area, Field):
        area = whole(area)
    if not isinstance(area, (Area, Elsewhere)):
        raise BadCalculation("VLOOKUP looks into whole columns: A:C, or 'Tab'!A:C.")
    count = len(area.columns)
    if not isinstance(place, Decimal) or place % 1 or not 1 <= place <= count:
        raise BadCalculation(f"VLOOKUP needs the number of a column, 1 to {count}, written out.")
    keys, values = (
        Elsewhere(area.query, (area.columns[at],))
        if isinstance(area, Elsewhere)
        else Area((area.columns[at],), area.first, area.last)
        for at in (0, int(place) - 1)
    )
    return _looked_up(t, t.term(nodes[0]), keys, values)


@function("TLOOKUP", 3, 4, ranges=True)
def _tlookup(t: Translator, nodes: Nodes) -> Term:
    """Look up as XLOOKUP does, or as VLOOKUP where the third operand is a number."""
    return (_vlookup if isinstance(nodes[2], Constant) else _xlookup)(t, nodes)


def _only_exact(nodes: Nodes, name: str) -> None:
    for node in nodes:
        if not isinstance(node, Constant) or node.value not in (None, False, Decimal(0), Decimal(1)):
            raise BadCalculation(f"{name} finds equal keys alone: leave its last operands out.")
    if name == "VLOOKUP" and any(isinstance(node, Constant) and node.value == 1 for node in nodes):
        raise BadCalculation("VLOOKUP finds equal keys alone: write FALSE as its last operand.")


def _looked_up(t: Translator, value: Term, keys: Node, values: Node) -> Term:
    value = t.once(value)
    if isinstance(keys, Elsewhere) and isinstance(values, Elsewhere):
        return _in_reference(t, value, keys, values)
    keys, values = (whole(node) if isinstance(node, Field) else node for node in (keys, values))
    if not isinstance(keys, Area) or not isinstance(values, Area) or not (keys.is_whole and values.is_whole):
        raise BadCalculation("a look-up needs a whole column of keys, and one of values.")
    if len(keys.columns) != 1 or len(values.columns) != 1:
        raise BadCalculation("a look-up needs one column of keys, and one of values.")
    return _in_sheet(t, value, t.once(t.term(keys.columns[0])), t.once(t.term(values.columns[0])))


def _in_sheet(t: Translator, value: Term, key: Term, found: Term) -> Term:
    """Look into this result: the first row in its order, or the least value where it has no order."""
    where, place = t.rows.between(END, END)
    first = place.tree if t.sheet.is_sorted else found.tree
    window = exp.Window(
        this=exp.RowNumber(),
        partition_by=[*t.rows.partition(), copy_of(key.tree)],
        order=exp.Order(expressions=[exp.Ordered(this=copy_of(first), nulls_first=False)]),
    )
    number_of_key = t.kept(t.made(window, NUMBER, key, found, place))
    other = key.over(t.rows.other(key.tree), key.kind)
    same = comparison(t, exp.EQ, other, value)
    is_first = compare(exp.EQ, t.rows.other(number_of_key.tree), number(1))
    latest = t.made(exp.Null(), NUMBER, number_of_key, value, same)
    select = t.rows.select(t.rows.other(found.tree), both(where, is_first, same.tree), latest.stage)
    return subselect(t, select, latest, kind=found)


def _in_reference(t: Translator, value: Term, keys: Elsewhere, values: Elsewhere) -> Term:
    """Look into a referenced query, compiled for the same asker: its first row with the key."""
    if keys.query.lower() != values.query.lower():
        raise BadCalculation("a look-up needs keys and values of one query.")
    if len(keys.columns) != 1 or len(values.columns) != 1:
        raise BadCalculation("a look-up needs single full columns, as in 'Tab'!A:A.")
    table, key, found = t.open_reference(keys.query, keys.columns[0], values.columns[0])
    same = comparison(t, exp.EQ, key, value)
    source = exp.Table(this=exp.to_identifier(table), alias=exp.TableAlias(this=exp.to_identifier(_FOUND)))
    select = exp.select(copy_of(found.tree)).from_(source, copy=False).where(same.tree, copy=False)
    return subselect(t, select, value, kind=found)
