"""The OMNI_ functions of the language (query digest §4.8), written out before anything is planned.

Of a bare time field they mean its timeframe, `OMNI_MONTH(${t})` being `${t[month]}`; of any other time
they are the calendar's. Row functions over the result are window functions: the offsets, running totals
and changes go by the statement's own ORDER BY.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from holoscope.kit.errors import HoloscopeError, InvalidQuery
from holoscope.kit.text import read_whole
from holoscope.modeling.types import Aggregate
from holoscope.query.calculations.problems import CalculationNeedsSort
from holoscope.query.filters.literals import add_duration, resolve
from holoscope.query.filters.target import Context
from holoscope.sql.trees import atom, cast, copy_of

_PREFIX = "OMNI_"
_TRUNCATIONS = ("DATE", "WEEK", "MONTH", "QUARTER", "YEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND")
_PARTS = {
    "DAY_OF_MONTH": "day_of_month",
    "DAY_OF_QUARTER": "day_of_quarter",
    "DAY_OF_WEEK_INDEX": "day_of_week_num",
    "DAY_OF_WEEK_NUM": "day_of_week_num",
    "DAY_OF_YEAR": "day_of_year",
    "HOUR_OF_DAY": "hour_of_day",
    "MONTH_NUM": "month_num",
    "QUARTER_OF_YEAR": "quarter_of_year",
    "WEEK_OF_YEAR": "week_of_year",
    "EPOCH": "epoch",
}
_TEXTS = {
    "DAY_OF_WEEK": "day_of_week_name",
    "DAY_OF_WEEK_NAME": "day_of_week_name",
    "MONTH_NAME": "month_name",
}
_GRAINS = {**{word: word.lower() for word in _TRUNCATIONS}, **_PARTS, **_TEXTS}
_AGGREGATES = {"AVG": "AVERAGE", **{kind.name: kind.name for kind in Aggregate if not kind.is_distinct_on}}
_OF_MEASURES = frozenset(("MEASURE", *(kind.wire_name for kind in Aggregate)))
_NOT_HERE = frozenset({"DIMENSIONALIZE", "PIVOT", "PIVOT_ROW"})


@dataclass(frozen=True, slots=True)
class Functions:
    """Writes the functions of one SELECT out.

    `at_grain` gives the settled timeframe of a settled column, None where the column is no time field of
    the model; `is_measure` tells whether a settled column is a measure. `order` is the ORDER BY.
    """

    context: Context
    week_start: int
    at_grain: Callable[[exp.Expr, str], exp.Expr | None]
    is_measure: Callable[[exp.Expr], bool]
    order: Sequence[exp.Expr] = ()

    def expand(self, tree: exp.Expr) -> exp.Expr:
        """Give the tree with every OMNI_ function written out, innermost first.

        Raises:
            InvalidQuery: there is no such function, or its arguments are not what it takes.
        """

        def change(node: exp.Expr) -> exp.Expr:
            fresh = node.copy()
            for child in list(fresh.iter_expressions()):
                child.replace(change(child))
            return self._function(fresh) if isinstance(fresh, exp.Anonymous) else fresh

        return change(tree) if any(map(_is_ours, tree.find_all(exp.Anonymous))) else tree

    def _function(self, node: exp.Anonymous) -> exp.Expr:
        if not _is_ours(node):
            return node
        word = node.name.upper()[len(_PREFIX) :]
        if word in _NOT_HERE:
            return node
        if word in _OF_MEASURES or word in _AGGREGATES:
            return self._aggregate(word, node)
        if word in _GRAINS:
            return self._time(word, _one(node))
        if word.startswith("DATETIME_"):
            return self._moment(word, node)
        window = self._window(word, node)
        if window is None:
            raise InvalidQuery(f"There is no function {node.name.upper()} in this server's OmniSQL.")
        return window

    # -- aggregates -------------------------------------------------------------------

    def _aggregate(self, word: str, node: exp.Anonymous) -> exp.Expr:
        """Take a measure as it is, whatever aggregate is written around it; aggregate anything else."""
        of = _one(node) if node.expressions else None
        if of is not None and self.is_measure(of):
            return of
        if word == "COUNT" and (of is None or isinstance(of, exp.Star)):
            return exp.Count(this=exp.Star())
        if word not in _AGGREGATES or word == "PERCENTILE" or of is None:
            raise InvalidQuery(f"{node.name.upper()} takes a measure: ${{view.measure}}.")
        return exp.AnonymousAggFunc(this=f"{_PREFIX}{_AGGREGATES[word]}", expressions=[of])

    # -- times ------------------------------------------------------------------------

    def _time(self, word: str, of: exp.Expr) -> exp.Expr:
        grain = _GRAINS[word]
        known = self.at_grain(of, grain)
        if known is not None:
            return known
        dialect = self.context.dialect
        if word in _TEXTS:
            return dialect.format_time(of, grain)
        if word in _PARTS:
            return dialect.extract(of, grain, week_start=self.week_start)
        return dialect.truncate(of, grain, week_start=self.week_start)

    def _moment(self, word: str, node: exp.Anonymous) -> exp.Expr:
        given = node.expressions
        if word == "DATETIME_LITERAL":
            return self._literal(resolve(_text(node, 0), self.context.clock).start)
        if word == "DATETIME_UNIT_INTERVAL_ADD":
            return self._literal(resolve(_text(node, 0), self.context.clock).end)
        if word != "DATETIME_INTERVAL_ADD" or len(given) != 2:
            raise InvalidQuery(f"{node.name.upper()} is no function of two arguments that this server knows.")
        return self._moved(given[0], _text(node, 1))

    def _literal(self, wall: datetime) -> exp.Expr:
        return self.context.dialect.time_literal(wall, date_only=False, has_zone=False)

    def _moved(self, of: exp.Expr, duration: str) -> exp.Expr:
        count, unit = _duration(duration)
        months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
        if months is not None:
            moved = exp.Literal.number(abs(count) * months)
            return self.context.dialect.add_months(of, exp.Neg(this=moved) if count < 0 else moved)
        size = exp.Interval(this=exp.Literal.string(str(abs(count))), unit=exp.var(unit.upper()))
        time = cast(of, "timestamp")
        sum_ = exp.Sub if count < 0 else exp.Add
        return exp.Paren(this=sum_(this=time, expression=size))

    # -- rows of the result -------------------------------------------------------------

    def _window(self, word: str, node: exp.Anonymous) -> exp.Expr | None:
        if word == "RANK":
            by = exp.Ordered(this=_one(node), desc=True, nulls_first=False)
            return exp.Window(this=exp.Anonymous(this="RANK"), order=exp.Order(expressions=[by]))
        if word == "PERCENT_OF_TOTAL":
            of = _one(node)
            return _ratio(of, exp.Window(this=exp.Sum(this=copy_of(of))))
        if word == "RUNNING_TOTAL":
            spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
            return exp.Window(this=exp.Sum(this=_one(node)), order=self._order(node), spec=spec)
        if word == "OFFSET":
            return self._neighbour(node, node.expressions[0] if node.expressions else None, _whole(node, 1))
        if word == "PERCENT_OF_PREVIOUS":
            return _ratio(_one(node), self._neighbour(node, _one(node), -1))
        if word == "PERCENT_CHANGE_FROM_PREVIOUS":
            of, before = _one(node), self._neighbour(node, _one(node), -1)
            return _ratio(exp.Paren(this=exp.Sub(this=atom(of), expression=before)), before.copy())
        return None

    def _neighbour(self, node: exp.Anonymous, of: exp.Expr | None, rows: int) -> exp.Expr:
        """Take a value from another row of the result: above for a negative number, below for a positive."""
        if of is None:
            raise InvalidQuery(f"{node.name.upper()} takes a value and a number of rows.")
        name = "LAG" if rows < 0 else "LEAD"
        call = exp.Anonymous(this=name, expressions=[copy_of(of), exp.Literal.number(abs(rows))])
        return exp.Window(this=call, order=self._order(node))

    def _order(self, node: exp.Anonymous) -> exp.Order:
        if not self.order:
            raise CalculationNeedsSort(node.name.upper())
        return exp.Order(expressions=[term.copy() for term in self.order])


def _is_ours(node: exp.Anonymous) -> bool:
    return isinstance(node.this, str) and node.this.upper().startswith(_PREFIX)


def _one(node: exp.Anonymous) -> exp.Expr:
    if len(node.expressions) != 1:
        raise InvalidQuery(f"{node.name.upper()} takes one argument.")
    found: exp.Expr = node.expressions[0]
    return found


def _text(node: exp.Anonymous, place: int) -> str:
    found = node.expressions[place] if place < len(node.expressions) else None
    if not isinstance(found, exp.Literal) or not found.is_string:
        raise InvalidQuery(f"{node.name.upper()} takes a text such as '2026-03' or '7 days' there.")
    return str(found.this)


def _whole(node: exp.Anonymous, place: int) -> int:
    found = node.expressions[place] if place < len(node.expressions) else None
    sign = -1 if isinstance(found, exp.Neg) else 1
    found = found.this if isinstance(found, exp.Neg) else found
    is_number = isinstance(found, exp.Literal) and not found.is_string
    rows = read_whole(str(found.this)) if found is not None and is_number else None
    if rows is None:
        raise InvalidQuery(f"{node.name.upper()} takes a whole number of rows, such as -1 for the row above.")
    return sign * rows


def _duration(text: str) -> tuple[int, str]:
    """Read `7 days`: the count and the unit without its s."""
    words = text.lower().split()
    try:
        add_duration(datetime(2000, 1, 1), text)  # noqa: DTZ001  (checks the words alone)
    except HoloscopeError:
        raise InvalidQuery(f"'{text}' is no length of time such as '7 days'.") from None
    return int(words[0]), words[-1].removesuffix("s")


def _ratio(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """Divide without rounding; by zero gives NULL."""
    safe = exp.Nullif(this=whole, expression=exp.Literal.number(0))
    return exp.Div(this=cast(copy_of(part), "double"), expression=safe)
