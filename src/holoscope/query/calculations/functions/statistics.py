"""Statistics of series: spread, middle, what is frequent, and how two series go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.areas import (
    aggregate,
    cells_of,
    gathered,
    numbers_in,
    over_gathered,
    window_ends,
)
from holoscope.query.calculations.cells import VALUE, Cells, subselect
from holoscope.query.calculations.functions.aggregates import all_cells
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.node import Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import Term, call, compare, is_present, number
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

Nodes = tuple[Node, ...]


def _numbers(t: Translator, nodes: Nodes) -> list[Cells]:
    cells = numbers_in(t, all_cells(t, nodes))
    if not cells:
        raise BadCalculation("it needs numbers, and its ranges hold none.")
    return [Cells(t.as_double(item.item), item.first, item.last, item.where) for item in cells]


def _spread(name: str, word: str) -> None:
    @function(name, 1, None, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        cells = _numbers(t, nodes)
        if len(cells) == 1 and not cells[0].is_one:
            return aggregate(t, word, cells[0])
        return over_gathered(t, cells, call(word, exp.column(VALUE)))


for _name, _word in {
    "STDEV": "stddev_samp",
    "STDEV.P": "stddev_pop",
    "VAR": "var_samp",
    "VAR.P": "var_pop",
}.items():
    _spread(_name, _word)


@function("MEDIAN", 1, None, ranges=True)
def _median(t: Translator, nodes: Nodes) -> Term:
    cells = _numbers(t, nodes)
    if len(cells) == 1 and not cells[0].is_one and not cells[0].where and t.dialect.has_windowed_median:
        only = cells[0]
        ends = window_ends(only)
        if ends is not None:
            item = t.rows.counted(only.item)
            return t.rows.over(t.dialect.median(copy_of(item.tree)), item, first=ends[0], last=ends[1])
    return over_gathered(t, cells, t.dialect.median(exp.column(VALUE)))


@function("MODE", 1, None, ranges=True)
def _mode(t: Translator, nodes: Nodes) -> Term:
    """Give the most frequent number, the least of several; blank if none comes twice."""
    source, latest = gathered(t, _numbers(t, nodes))
    value, often = exp.column(VALUE), exp.Count(this=exp.Star())
    select = (
        exp.select(value)
        .from_(source, copy=False)
        .where(is_present(value), copy=False)
        .group_by(value.copy(), copy=False)
        .having(compare(exp.GT, often, number(1)), copy=False)
        .limit(1, copy=False)
    )
    terms = [
        exp.Ordered(this=often.copy(), desc=True, nulls_first=False),
        exp.Ordered(this=value.copy(), nulls_first=False),
    ]
    select.set("order", exp.Order(expressions=terms))
    return subselect(t, select, latest)


def _paired(name: str, word: str) -> None:
    @function(name, 2, ranges=True)
    def _of(t: Translator, nodes: Nodes) -> Term:
        first, second = _series(t, nodes[0]), _series(t, nodes[1])
        if (first.first, first.last) != (second.first, second.last):
            raise BadCalculation(f"{name} needs two ranges over the same rows.")
        if first.is_one or first.where or second.where:
            raise BadCalculation(f"{name} needs two ranges of rows, such as whole columns.")
        one, other = t.once(t.as_double(first.item)), t.once(t.as_double(second.item))
        return aggregate(t, word, Cells(one, first.first, first.last), other)


def _series(t: Translator, node: Node) -> Cells:
    cells = cells_of(t, node)
    if len(cells) != 1:
        raise BadCalculation("a series is one column.")
    found = numbers_in(t, cells)
    # Text has no numbers: the result is blank.
    return found[0] if found else Cells(t.as_double(t.constant(None)), cells[0].first, cells[0].last)


_paired("CORREL", "corr")
_paired("COVARIANCE.S", "covar_samp")
_paired("COVARIANCE.P", "covar_pop")
# In both, the values that are explained come first, as in regr_slope(y, x).
_paired("SLOPE", "regr_slope")
_paired("INTERCEPT", "regr_intercept")
