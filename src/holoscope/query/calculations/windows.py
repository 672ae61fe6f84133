"""Windows over the rows of data: in the query's order, within a pivot column, and not over total rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.query.calculations.node import END, HERE, Bound, Window
from holoscope.query.calculations.problems import BadCalculation, CalculationNeedsSort
from holoscope.query.calculations.stages import OTHER
from holoscope.query.calculations.term import NUMBER, Term, both, call, compare, minus, number, plus, when
from holoscope.query.sheet.sheet import SHEET
from holoscope.sql.trees import copy_of, replaced

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

_SUMS = frozenset(
    {"SUM", "AVG", "COUNT", "MIN", "MAX", "STDDEV", "STDDEV_SAMP", "STDDEV_POP", "VAR_SAMP", "VAR_POP"}
)
_PLACES = frozenset({"ROW_NUMBER", "RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST", "NTILE"})
_CELLS = frozenset({"LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE", "NTH_VALUE"})


@dataclass(slots=True)
class Rows:
    """The rows that windows and sub-selects look at, for one translator."""

    translator: Translator
    _kept: dict[str, Term] = field(default_factory=dict)

    # -- facts of a row ---------------------------------------------------------------

    @property
    def is_pivoted(self) -> bool:
        return self.translator.sheet.pivot_row is not None

    @property
    def is_across(self) -> bool:
        """Tell whether the calculation stands beside the pivot columns, once a row."""
        return self.is_pivoted and self.translator.outside_pivot

    def require_order(self) -> None:
        """Refuse what depends on an order of rows that the query does not give.

        Raises:
            CalculationNeedsSort.
        """
        if not self.translator.sheet.is_sorted:
            raise CalculationNeedsSort(self.translator.name)

    def place(self) -> Term:
        """Give the number of a row among the rows of data, from 1."""
        sheet = self.translator.sheet
        if sheet.pivot_row is not None or sheet.is_data is None:
            row = sheet.row if sheet.pivot_row is None else sheet.pivot_row
            return Term(
                minus(row, number(sheet.skipped_rows)) if sheet.skipped_rows else copy_of(row), NUMBER
            )
        known = self._kept.get("place")
        if known is None:
            counted = exp.Window(
                this=exp.RowNumber(),
                partition_by=[copy_of(sheet.is_data)],
                order=exp.Order(expressions=[exp.Ordered(this=copy_of(sheet.row), nulls_first=False)]),
            )
            known = self._kept["place"] = self.translator.kept(Term(counted, NUMBER))
        return known

    def is_first_cell(self) -> Term:
        """Tell the first cell of a pivoted row from its others."""
        known = self._kept.get("first")
        if known is None:
            sheet = self.translator.sheet
            least = exp.Window(
                this=exp.Min(this=copy_of(self._pivot_column())),
                partition_by=[*self._class_of_rows(), copy_of(self.place().tree)],
            )
            kept = self.translator.kept(Term(least, NUMBER))
            assert sheet.pivot_column is not None  # noqa: S101  (of a pivoted sheet)
            known = self._kept["first"] = kept.over(compare(exp.EQ, sheet.pivot_column, kept.tree))
        return known

    def _pivot_column(self) -> exp.Expr:
        column = self.translator.sheet.pivot_column
        assert column is not None  # noqa: S101  (asked of pivoted sheets alone)
        return column

    def _class_of_rows(self) -> list[exp.Expr]:
        is_data = self.translator.sheet.is_data
        return [] if is_data is None else [copy_of(is_data)]

    def partition(self) -> list[exp.Expr]:
        """Give what parts the rows: data from totals, and one pivot column from another."""
        parts = self._class_of_rows()
        if self.is_pivoted and not self.is_across:
            parts.append(copy_of(self._pivot_column()))
        return parts

    # -- windows ----------------------------------------------------------------------

    def over(
        self, function: exp.Expr, *of: Term, kind: Term | None = None, first: Bound = END, last: Bound = END
    ) -> Term:
        """Compute a function over the rows between two relative bounds, and keep it as a column.

        `kind` is a term of the kind that it yields; without it that is a number. It is NULL in total rows.
        """
        order, spec, place = None, None, Term(exp.Null(), NUMBER)
        if (first, last) != (END, END):
            self.require_order()
            place = self.place()
            order = exp.Order(expressions=[exp.Ordered(this=copy_of(place.tree), nulls_first=False)])
            spec = _frame(first, last, "RANGE" if self.is_pivoted else "ROWS")
        window = exp.Window(this=function, partition_by=self.partition() or None, order=order, spec=spec)
        made = self.translator.made(self.in_data(window), NUMBER, place, *of)
        if kind is not None:
            made = Term(made.tree, kind.kind, made.stage, date_only=kind.date_only)
        return self.translator.kept(made)

    def in_data(self, tree: exp.Expr) -> exp.Expr:
        """Leave a value out of total rows."""
        is_data = self.translator.sheet.is_data
        return tree if is_data is None else when((copy_of(is_data), tree))

    def counted(self, item: Term) -> Term:
        """Count a row's value once, where the row has a cell for every pivot column."""
        if not self.is_across:
            return item
        first = self.is_first_cell()
        return Term(
            when((first.tree, item.tree)), item.kind, max(first.stage, item.stage), date_only=item.date_only
        )

    def cell(self, item: Term, bound: Bound) -> Term:
        """Give the value of another row, NULL where there is no such row."""
        self.require_order()
        place = self.place()
        if not bound.absolute:
            value = call("first_value", item.tree)
            return self.over(value, item, kind=item, first=bound, last=bound)
        is_it = compare(exp.EQ, place.tree, number(bound.position or 1))
        window = exp.Window(
            this=call("first_value", when((is_it, item.tree))),
            partition_by=self.partition() or None,
            order=exp.Order(
                expressions=[
                    exp.Ordered(this=when((is_it, number(0)), otherwise=number(1)), nulls_first=False)
                ]
            ),
        )
        made = self.translator.made(self.in_data(window), item.kind, place, item, date_only=item.date_only)
        return self.translator.kept(made)

    # -- sub-selects ------------------------------------------------------------------

    def other(self, tree: exp.Expr) -> exp.Expr:
        """Read an expression in another row of a sub-select."""
        return replaced(tree, _in_other)

    def between(self, first: Bound, last: Bound) -> tuple[exp.Expr, Term]:
        """Give what another row must meet to lie in a range of the row at hand, and a term of its stage."""
        sheet = self.translator.sheet
        place = self.place()
        tests: list[exp.Expr] = []
        if sheet.is_data is not None:
            tests.append(self.other(sheet.is_data))
        if self.is_pivoted and not self.is_across:
            tests.append(compare(exp.EQ, self.other(self._pivot_column()), self._pivot_column()))
        if self.is_across:
            tests.append(self.other(self.is_first_cell().tree))
            place = self.translator.made(place.tree, NUMBER, place, self.is_first_cell())
        ends = [self._end(bound, place) for bound in (first, last)]
        if (first, last) != (END, END):
            self.require_order()
        other = self.other(place.tree)
        lower, upper = ends
        if first.absolute != last.absolute and None not in (first.position, last.position):
            assert lower is not None and upper is not None  # noqa: PT018, S101  (both have a position)
            lower, upper = (
                call("least", lower, upper),
                call("greatest", lower, upper),
            )
        if lower is not None:
            tests.append(compare(exp.GTE, other, lower))
        if upper is not None:
            tests.append(compare(exp.LTE, other, upper))
        return both(*tests) if tests else exp.true(), place

    @staticmethod
    def _end(bound: Bound, place: Term) -> exp.Expr | None:
        if bound.position is None:
            return None
        return number(bound.position) if bound.absolute else plus(place.tree, number(bound.position))

    def select(self, value: exp.Expr, where: exp.Expr, stage: int) -> exp.Select:
        """Select from the rows of a stage; `value` and `where` read them by `other`."""
        return (
            exp.select(value).from_(self.translator.stages.rows(stage), copy=False).where(where, copy=False)
        )


def _in_other(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Column) and node.table == SHEET:
        return exp.Column(this=node.this.copy(), table=exp.to_identifier(OTHER))
    return node


def _frame(first: Bound, last: Bound, kind: str) -> exp.WindowSpec:
    start, start_side = _side(first, "PRECEDING")
    end, end_side = _side(last, "FOLLOWING")
    return exp.WindowSpec(kind=kind, start=start, start_side=start_side, end=end, end_side=end_side)


def _side(bound: Bound, side: str) -> tuple[str | exp.Expr, str | None]:
    if bound.position is None:
        return "UNBOUNDED", side
    if bound.position == 0:
        return "CURRENT ROW", None
    return number(abs(bound.position)), "PRECEDING" if bound.position < 0 else "FOLLOWING"


# -- windows that a calculation spells out -------------------------------------------------------


def spelled_out(t: Translator, node: Window) -> Term:
    """Translate `window_call`: its own partition and order, within the rows of data."""
    function, kind, operands = _function(t, node)
    partition = [t.once(t.term(item)) for item in node.partition]
    order = [(t.once(t.term(item)), descending) for item, descending in node.order]
    spec = None
    if (node.first, node.last) != (END, HERE if node.order else END) or node.by_rows:
        spec = _frame(node.first, node.last, "ROWS" if node.by_rows else "RANGE")
    if node.function.upper() in _PLACES | {"LAG", "LEAD"} or not order:
        spec = None
    terms = [exp.Ordered(this=copy_of(item.tree), desc=down, nulls_first=not down) for item, down in order]
    place = Term(exp.Null(), NUMBER)
    if not order and (node.function.upper() in _CELLS or node.function.upper() == "ROW_NUMBER"):
        t.rows.require_order()
    word = node.function.upper()
    tells_ties = node.by_rows and word not in ("RANK", "DENSE_RANK", "PERCENT_RANK", "CUME_DIST")
    if t.sheet.is_sorted and tells_ties and (order or word in _CELLS | _PLACES):
        # Ties in the window's own order are broken by the query's, so that an answer never changes.
        place = t.rows.place()
        terms.append(exp.Ordered(this=copy_of(place.tree), nulls_first=False))
    window = exp.Window(
        this=function,
        partition_by=[*t.rows.partition(), *(copy_of(item.tree) for item in partition)] or None,
        order=exp.Order(expressions=terms) if terms else None,
        spec=spec,
    )
    made = t.made(t.rows.in_data(window), NUMBER, place, *operands, *partition, *(item for item, _ in order))
    return t.kept(Term(made.tree, kind.kind, made.stage, date_only=kind.date_only))


def _function(t: Translator, node: Window) -> tuple[exp.Expr, Term, list[Term]]:
    word = node.function.upper()
    a_number = Term(exp.Null(), NUMBER)
    if word in _PLACES:
        operands = [t.integer(item) for item in node.operands] if word == "NTILE" else []
        return call(word.lower(), *(item.tree for item in operands)), a_number, operands
    if word in _CELLS:
        values = [t.term(item) for item in node.operands[:1]]
        if not values:
            raise BadCalculation(f"{word} needs a value.")
        counts = [t.integer(item) for item in node.operands[1:2]]
        trees = [item.tree for item in (*values, *counts)]
        return call(word.lower(), *trees), values[0], [*values, *counts]
    if word not in _SUMS:
        raise BadCalculation(f"{word} cannot be computed over a window here.")
    if not node.operands and word == "COUNT":
        return exp.Count(this=exp.Star()), a_number, []
    if len(node.operands) != 1:
        raise BadCalculation(f"{word} over a window needs one operand.")
    value = t.term(node.operands[0])
    if word not in ("COUNT", "MIN", "MAX"):
        value = t.as_number(value) if word == "SUM" else t.as_double(value)
    name = {"STDDEV": "STDDEV_SAMP"}.get(word, word).lower()
    value = t.rows.counted(value)
    return call(name, value.tree), value if word in ("MIN", "MAX") else a_number, [value]
