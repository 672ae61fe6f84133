"""The sheet of a pivoted query: its cells, numbered by their rows and columns (query digest §2.5).

The result stays long: a row for each combination of a row's key and a column's. Both are numbered over
the whole result, the limits count those numbers, and every row keeps its first cell at least
(docs/decisions/0061).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from holoscope.query.built import Built
from holoscope.query.comparing.wire import PERIOD
from holoscope.query.compiled import COLUMN_NUMBER, ROW_NUMBER, PivotShape
from holoscope.query.generate import (
    GROUPING,
    INDICATOR,
    ROW_INDICATOR,
    TOTAL_SORT,
    generate,
    level_of,
    ordered,
)
from holoscope.query.plan.node import OrderKey, Output, QueryPlan, Total, key_column
from holoscope.query.sheet.cells import stands_at
from holoscope.query.sheet.sheet import Sheet, SheetColumn, over_rows, sheet_column
from holoscope.query.sheet.summarise import summarised, with_summaries
from holoscope.query.spec import QuerySpec
from holoscope.sql.trees import cast, copy_of

_ROW = "__omni_pivot_row"
_SHOWN_ROW = "__omni_pivot_shown"
_COLUMN = "__omni_pivot_col"
_FIRST = "__omni_pivot_first"
_PLACE = "__omni_row"
_AGAIN = "__omni_pivot_again"


def pivot_sheet(built: Built, spec: QuerySpec, columns: Mapping[str, SheetColumn]) -> Sheet:
    """Give the cells of a pivoted plan, numbered and limited; `columns` describe what the plan yields.

    A plan that is not pivoted has one column: it comes here for totals that are taken from its rows.

    Raises:
        InvalidQuery: a total cannot be taken from the rows as the query says.
    """
    layout = _Layout(built.plan, columns)
    rows = layout.cells()
    for plan in built.beside:
        rows = exp.Union(this=rows, expression=_Layout(plan, columns).cells(), distinct=False)
    keys = {number: layout.key(number) for number in range(len(built.plan.keys))}
    rows, summaries = summarised(rows, built.plan, keys, columns, spec)
    sheet = layout.sheet(spec, rows)
    outputs = (
        replace(item, value=sheet_column(summaries.get(item.name, ""))) if item.name in summaries else item
        for item in sheet.outputs
    )
    return replace(sheet, outputs=tuple(outputs), columns=with_summaries(columns, summaries))


def renumbered(sheet: Sheet) -> Sheet:
    """Number the rows and columns of a pivoted sheet anew where some have gone, in the order they have."""
    numbers = [
        (f"{_AGAIN}_{place}", item)
        for place, item in enumerate(sheet.outputs)
        if item.name in (ROW_NUMBER, COLUMN_NUMBER)
    ]
    added = [(name, _dense_rank([_ascending(copy_of(item.value))])) for name, item in numbers]
    fresh = {item.name: Output(item.name, cast(sheet_column(name), "int")) for name, item in numbers}
    return replace(
        sheet,
        source=sheet.widened(added),
        outputs=tuple(fresh.get(item.name, item) for item in sheet.outputs),
    )


def shape_of(sheet: Sheet, built: Built, spec: QuerySpec) -> PivotShape:
    """Describe a pivoted sheet for those who write it down wide."""
    pivots = built.pivots
    pivoted = {name.lower() for name in pivots}
    once = {name for name, one in spec.calculations.items() if one.outside_pivot}
    placed = [sheet.find(item.name) for item in sheet.outputs if not item.name.endswith("__raw")]
    columns = [item for item in placed if item is not None]
    names = {item.name for item in sheet.outputs}
    order = {name.lower(): place for place, name in enumerate(spec.fields)}
    columns.sort(key=lambda item: order.get(item.name.lower(), len(order)))
    return PivotShape(
        rows=tuple(item.name for item in columns if not item.is_measure and item.name.lower() not in pivoted),
        pivots=pivots,
        values=tuple(item.name for item in columns if item.is_measure and item.name not in once),
        once=tuple(item.name for item in columns if item.name in once),
        column_total=INDICATOR if INDICATOR in names else None,
        row_total=ROW_INDICATOR if ROW_INDICATOR in names else None,
        labels={name: built.periods for name in pivots if built.periods and name.lower() == PERIOD},
    )


@dataclass(slots=True)
class _Layout:
    plan: QueryPlan
    columns: Mapping[str, SheetColumn]

    def cells(self) -> exp.Query:
        """Give all cells, unsorted, and beside them what they are sorted by."""
        plan = self.plan
        hidden = tuple(self._hidden_outputs())
        rows = generate(
            replace(plan, order=(), limit_rows=None, offset_rows=0, outputs=(*plan.outputs, *hidden))
        )
        rows.set("order", None)  # only the last step orders
        return rows

    def sheet(self, spec: QuerySpec, rows: exp.Query) -> Sheet:
        """Number the cells and limit them."""
        plan = self.plan
        values = [(name, tree) for name, tree in self._sort_values() if tree is not None]
        if values:
            rows = over_rows(rows, values)
        unseen = [level_of(total.keeps, plan) for total in plan.totals if not total.shown]
        numbers = [(_ROW, self._row_number()), (_COLUMN, self._column_number())]
        if self._has_row_classes:
            numbers.append((_SHOWN_ROW, _dense_rank(self._display_order())))
        test = exp.Not(this=exp.In(this=sheet_column(GROUPING), expressions=unseen)) if unseen else None
        rows = over_rows(rows, numbers, where=test)
        cell = copy_of(sheet_column(_COLUMN))
        if self._has_row_totals:
            cell = exp.Case(ifs=[exp.If(this=exp.Not(this=self._is_row_total()), true=cell)])
        first = exp.Window(this=exp.Min(this=cell), partition_by=[*self._class(), sheet_column(_ROW)])
        rows = over_rows(rows, [(_FIRST, first)])
        display = _SHOWN_ROW if self._has_row_classes else _ROW
        order = [_ascending(sheet_column(name)) for name in (display, _COLUMN)]
        place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=order))
        rows = over_rows(rows, [(_PLACE, place)], where=self._within(spec))
        return Sheet(
            source=rows,
            columns=self.columns,
            outputs=tuple(self._outputs(display)),
            row=sheet_column(_PLACE),
            is_sorted=bool(plan.order),
            is_data=self._is_data() if plan.totals else None,
            pivot_row=None if plan.pivots is None else sheet_column(_ROW),
            pivot_column=None if plan.pivots is None else sheet_column(_COLUMN),
            skipped_rows=0 if plan.pivots is None else spec.offset_rows,
        )

    # -- keys -------------------------------------------------------------------------

    @property
    def _pivots(self) -> tuple[int, ...]:
        return self.plan.pivots or ()

    @property
    def _rows(self) -> tuple[int, ...]:
        return tuple(number for number in range(len(self.plan.keys)) if number not in self._pivots)

    def key(self, number: int) -> exp.Expr:
        """Give the column of a key."""
        for item in self.plan.outputs:
            if isinstance(item.value, exp.Column) and item.value.name == key_column(number):
                return sheet_column(item.name)
        raise LookupError(number)

    def _keys(self, numbers: Iterable[int]) -> list[exp.Expr]:
        return [self.key(number) for number in numbers]

    # -- classes of rows and cells ------------------------------------------------------

    @property
    def _has_row_classes(self) -> bool:
        return any(total.indicator and total.shown for total in self.plan.totals)

    @property
    def _has_row_totals(self) -> bool:
        return any(total.row_indicator and total.shown for total in self.plan.totals)

    def _class(self) -> list[exp.Expr]:
        """What tells the classes of rows apart, where there are several."""
        return [sheet_column(INDICATOR)] if self.plan.totals else []

    def _is_row_total(self) -> exp.Expr:
        return exp.NEQ(this=sheet_column(ROW_INDICATOR), expression=exp.Literal.string(""))

    @staticmethod
    def _is_data() -> exp.Expr:
        return exp.EQ(this=sheet_column(GROUPING), expression=exp.Literal.number(0))

    def _of_level(self, levels: Sequence[tuple[int, ...]], value: exp.Expr, *tests: exp.Expr) -> exp.Expr:
        """Keep a value where its row is of one of these levels, and meets the tests."""
        conditions = list(tests)
        if self.plan.totals:
            numbers = [level_of(keeps, self.plan) for keeps in levels]
            conditions.insert(0, exp.In(this=sheet_column(GROUPING), expressions=numbers))
        if not conditions:
            return value
        return exp.Case(ifs=[exp.If(this=exp.and_(*conditions, copy=False), true=value)])

    # -- what rows and columns are ordered by -------------------------------------------

    def _hidden_outputs(self) -> Iterable[Output]:
        for number, key in enumerate(self.plan.total_order):
            if key is not None and not self._is_key(key, number):
                yield Output(_key_value(number), key.value)
        for number, key in self._other_sorts():
            yield Output(_value(number), key.value)

    @staticmethod
    def _is_key(key: OrderKey, number: int) -> bool:
        return isinstance(key.value, exp.Column) and key.value.name == key_column(number)

    def _other_sorts(self) -> list[tuple[int, OrderKey]]:
        """Sorts by what is no key, with their places among the query's sorts."""
        of_keys = [key for key in self.plan.total_order if key is not None]
        return [(number, key) for number, key in enumerate(self.plan.order) if key not in of_keys]

    def _sort_values(self) -> Iterable[tuple[str, exp.Expr]]:
        """Give what each sort orders by one value for each row, column or key it orders."""
        everything = tuple(range(len(self.plan.keys)))
        for number, key in enumerate(self.plan.total_order):
            if key is not None and not self._is_key(key, number):
                value = self._of_level([everything], sheet_column(_key_value(number)))
                yield _settled(_key_value(number)), _one(value, [self.key(number)], least=not key.descending)
        for number, key in self._other_sorts():
            value = sheet_column(_value(number))
            if key.of_columns:
                at = self._of_level([self._pivots if key.is_measure else everything], value)
                inside = self._keys(self._pivots)
            elif key.is_measure:
                at = self._of_level(self._levels_of_rows(key), value, *self._tests(key))
                inside = [*self._class(), *self._keys(self._rows)]
            else:
                at = value
                inside = [*self._class(), *self._keys(self._rows)]
            yield _settled(_value(number)), _one(at, inside, least=not key.descending)

    def _levels_of_rows(self, key: OrderKey) -> list[tuple[int, ...]]:
        """Levels at which a row has one value for a sort by a measure: rolled up over pivots not set."""
        given = {number for number, _ in key.at or ()}
        levels = [Total(tuple(range(len(self.plan.keys)))), *self.plan.totals]
        found = [
            tuple(number for number in total.keeps if number not in self._pivots or number in given)
            for total in levels
        ]
        return list(dict.fromkeys(found))

    def _tests(self, key: OrderKey) -> list[exp.Expr]:
        names = {self.key(number).name: number for number in self._pivots}
        by_number = {
            names[item.value.name]: item
            for item in self.columns.values()
            if isinstance(item.value, exp.Column) and item.value.name in names
        }
        return [stands_at(by_number[number], value) for number, value in key.at or ()]

    def _terms(self, keys: Iterable[int], *, of_columns: bool) -> list[exp.Expr]:
        """Order by the query's sorts, then by the keys that are left, so that no two keys are equal."""
        numbers = list(keys)
        terms: list[exp.Expr] = []
        places = {id(key): number for number, key in enumerate(self.plan.total_order) if key is not None}
        others = {id(key): number for number, key in self._other_sorts()}
        for key in self.plan.order:
            if key.of_columns is not of_columns:
                continue
            if id(key) in others:
                terms.append(ordered(sheet_column(_settled(_value(others[id(key)]))), key))
            elif id(key) in places:
                terms += self._key_terms(places[id(key)])
                numbers.remove(places[id(key)])
        for number in numbers:
            terms += self._key_terms(number)
        return terms

    def _key_terms(self, number: int) -> list[exp.Expr]:
        key = self.plan.total_order[number]
        if key is None:
            return [_ascending(self.key(number), nulls_first=True)]
        if self._is_key(key, number):
            return [ordered(self.key(number), key)]
        own = ordered(sheet_column(_settled(_key_value(number))), key)
        return [own, _ascending(self.key(number), nulls_first=True)]

    # -- numbers ------------------------------------------------------------------------

    def _row_number(self) -> exp.Expr:
        """Number the rows of each class by their sorts."""
        return _dense_rank(self._terms(self._rows, of_columns=False), self._class())

    def _column_number(self) -> exp.Expr:
        """Number the columns; what totals a row comes after them all."""
        terms = self._terms(self._pivots, of_columns=True)
        if self._has_row_totals:
            last = exp.Case(
                ifs=[exp.If(this=self._is_row_total(), true=exp.Literal.number(1))],
                default=exp.Literal.number(0),
            )
            terms.insert(0, _ascending(last))
        return _dense_rank(terms)

    def _display_order(self) -> list[exp.Expr]:
        """The grand total last, a subtotal after its members, the query's order within."""
        terms: list[exp.Expr] = [_ascending(sheet_column(TOTAL_SORT))]
        depths = {
            len(set(total.keeps) & set(self._rows))
            for total in self.plan.totals
            if total.indicator and not total.is_grand and not total.row_indicator
        }
        for depth in range(max(depths, default=0)):
            terms += self._key_terms(self._rows[depth])
            if depth + 1 in depths:
                terms.append(_ascending(self._rolled(depth + 1)))
        terms += self._terms(self._rows, of_columns=False)
        return [*terms, *(_ascending(item) for item in self._class())]

    def _rolled(self, depth: int) -> exp.Expr:
        """1 on the rows that keep no more than the first `depth` keys of rows."""
        levels = [
            level_of(total.keeps, self.plan)
            for total in self.plan.totals
            if len(set(total.keeps) & set(self._rows)) <= depth
        ]
        test = exp.In(this=sheet_column(GROUPING), expressions=levels)
        return exp.Case(ifs=[exp.If(this=test, true=exp.Literal.number(1))], default=exp.Literal.number(0))

    # -- limits -------------------------------------------------------------------------

    def _within(self, spec: QuerySpec) -> exp.Expr:
        """Keep the columns and rows within their limits; the limit holds for each class of rows."""
        column, limit = sheet_column(_COLUMN), exp.Literal.number(spec.column_limit)
        shown: list[exp.Expr] = [
            exp.LTE(this=column, expression=limit),
            exp.EQ(this=column.copy(), expression=sheet_column(_FIRST)),
        ]
        if self._has_row_totals:
            shown.append(self._is_row_total())
        columns = exp.Paren(this=exp.or_(*shown, copy=False))
        last = spec.limit_rows
        row = sheet_column(_ROW)
        bounds: list[exp.Expr] = []
        if spec.offset_rows:
            bounds.append(exp.GT(this=row, expression=exp.Literal.number(spec.offset_rows)))
        if last is not None:
            bounds.append(exp.LTE(this=row.copy(), expression=exp.Literal.number(spec.offset_rows + last)))
        if not bounds:
            return columns
        rows = exp.and_(*bounds, copy=False)
        if self._has_row_classes:
            other: exp.Expr = exp.NEQ(this=sheet_column(INDICATOR), expression=exp.Literal.string(""))
            rows = exp.and_(exp.Not(this=other), *bounds, copy=False)
            if last is not None:
                few = exp.LTE(this=row.copy(), expression=exp.Literal.number(last))
                other = exp.and_(other.copy(), few, copy=False)
            rows = exp.or_(rows, other.copy(), copy=False)
        return exp.and_(columns, exp.Paren(this=rows), copy=False)

    # -- columns ------------------------------------------------------------------------

    def _outputs(self, display: str) -> Iterable[Output]:
        for item in self.plan.outputs:
            yield Output(item.name, sheet_column(item.name))
        if self.plan.pivots is not None:
            yield Output(ROW_NUMBER, cast(sheet_column(display), "int"))
            yield Output(COLUMN_NUMBER, cast(sheet_column(_COLUMN), "int"))
        if any(total.shown for total in self.plan.totals):
            names = [GROUPING, INDICATOR, TOTAL_SORT] if self._has_row_classes else [GROUPING]
            names += [ROW_INDICATOR] if self._has_row_totals else []
            yield from (Output(name, sheet_column(name)) for name in names)


def _value(number: int) -> str:
    return f"__omni_by_{number}"


def _key_value(number: int) -> str:
    return f"__omni_key_{number}"


def _settled(name: str) -> str:
    return f"{name}_of_all"


def _one(value: exp.Expr, inside: list[exp.Expr], *, least: bool) -> exp.Expr:
    """Give the least or greatest of the values in a part of the cells."""
    aggregate = exp.Min(this=value) if least else exp.Max(this=value)
    return exp.Window(this=aggregate, partition_by=inside)


def _ascending(value: exp.Expr, *, nulls_first: bool = False) -> exp.Expr:
    return exp.Ordered(this=value, desc=False, nulls_first=nulls_first)


def _dense_rank(terms: list[exp.Expr], inside: list[exp.Expr] | None = None) -> exp.Expr:
    """Number the different values of the terms, 1 when there are none."""
    if not terms:
        return exp.Literal.number(1)
    return exp.Window(this=exp.DenseRank(), partition_by=inside or [], order=exp.Order(expressions=terms))
