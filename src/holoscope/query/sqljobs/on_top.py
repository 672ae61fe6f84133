"""Sorts, calculations and totals over the result of SQL: `sqlSortsEnabled` (query digest §2.4, §4.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.calculations.step import calculated
from holoscope.query.compiled import ResultField
from holoscope.query.generate import INDICATOR, ordered
from holoscope.query.plan.node import ROW, Output
from holoscope.query.resolve import Resolver
from holoscope.query.sheet.order import cut, resorted, sorts_by_added
from holoscope.query.sheet.sheet import SHEET, Sheet, SheetColumn, sheet_column
from holoscope.query.spec import QuerySpec, Sort, is_grand_total
from holoscope.sql.quoting import output
from holoscope.sql.trees import copy_of

_SQL = "sql"
_ALL = "all_rows"
_IS_TOTAL = "__omni_is_total"
_TOTAL = "column_total"
SIDECAR = "__omni_summ"


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column of the SQL's result, as it is named for the reader."""

    name: str
    type: ColumnType
    is_measure: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Topped:
    """The whole query, its columns in order, and what calculations add to the description."""

    tree: exp.Query
    names: tuple[str, ...]
    fields: tuple[ResultField, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)


def lay_on_top(tree: exp.Query, columns: Sequence[SqlColumn], spec: QuerySpec, resolver: Resolver) -> Topped:
    """Sort the result of SQL, add calculations and a row of totals.

    Raises:
        NoSuchField: a sort or a total names no column. InvalidQuery, CalculationsFailed: it cannot be done.
    """
    sheet = calculated(_sheet(tree, columns, spec), spec, resolver)
    if sorts_by_added(spec):
        sheet = cut(resorted(sheet, spec), spec)
    names = tuple(item.name for item in sheet.outputs)
    topped = Topped(sheet.select(), names, tuple(sheet.fields.values()), dict(sheet.problems))
    return _with_totals(sheet, topped, _summed(sheet, spec)) if spec.totals else topped


def _sheet(tree: exp.Query, columns: Sequence[SqlColumn], spec: QuerySpec) -> Sheet:
    inner = [f"c{number}" for number in range(len(columns))]
    places = {column.name.lower(): place for column, place in zip(columns, inner, strict=True)}
    terms = [
        ordered(exp.column(_place(sort, places), _SQL), sort)
        for sort in spec.sorts
        if sort.column_name.lower() not in spec.added
    ]
    number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=terms) if terms else None)
    select = exp.select(
        *(output(exp.column(place, _SQL), column.name) for column, place in zip(columns, inner, strict=True)),
        output(number, ROW),
    )
    alias = exp.TableAlias(this=exp.to_identifier(_SQL), columns=[exp.to_identifier(name) for name in inner])
    return Sheet(
        source=select.from_(exp.Subquery(this=tree, alias=alias), copy=False),
        columns={
            column.name.lower(): SheetColumn(
                column.name,
                sheet_column(column.name),
                column.type,
                column.is_measure,
                column.label or column.name,
            )
            for column in columns
        },
        outputs=tuple(Output(column.name, sheet_column(column.name)) for column in columns),
        row=sheet_column(ROW),
        is_sorted=bool(terms),
    )


def _place(sort: Sort, places: dict[str, str]) -> str:
    name = sort.column_name.lower()
    found = places.get(name) or places.get(f"{name}__raw") or places.get(name.removesuffix("__raw"))
    if found is None:
        raise NoSuchField(sort.column_name, near=tuple(places))
    return found


def _summed(sheet: Sheet, spec: QuerySpec) -> list[str]:
    """Give the columns that are added up: those named, or for a grand total every number."""
    summed: list[str] = []
    for key in spec.totals:
        if is_grand_total(key):
            numbers = (item for item in sheet.columns.values() if item.type.data_type is DataType.NUMBER)
            summed += [item.name for item in numbers]
            continue
        found = sheet.find(key)
        if found is None:
            raise NoSuchField(key)
        if found.type.data_type not in (DataType.NUMBER, DataType.UNKNOWN):
            raise InvalidQuery(f'Totals over SQL are sums of numbers, which "{key}" does not hold.')
        summed.append(found.name)
    if not summed:
        raise InvalidQuery("No column of the SQL is known to hold numbers: name some in query.column_totals.")
    return list(dict.fromkeys(summed))


def _with_totals(sheet: Sheet, topped: Topped, summed: list[str]) -> Topped:
    """Append a row whose sums stand beside their columns, in columns that rows of data leave empty."""
    rows = exp.select(
        *(output(copy_of(item.value), item.name) for item in sheet.outputs), output(copy_of(sheet.row), ROW)
    ).from_(sheet.source.copy().subquery(SHEET, copy=False), copy=False)
    data, total = exp.Select(), exp.Select()
    names: list[str] = []
    for item in sheet.outputs:
        data = data.select(output(_of(item.name), item.name), copy=False)
        total = total.select(output(exp.Null(), item.name), copy=False)
        names.append(item.name)
        if item.name in summed:
            sidecar = f"{item.name.lower()}{SIDECAR}"
            names.append(sidecar)
            data = data.select(output(exp.Null(), sidecar), copy=False)
            total = total.select(output(exp.Sum(this=_of(item.name)), sidecar), copy=False)
    for name, of_data, of_total in (
        (INDICATOR, exp.Literal.string(""), exp.Literal.string(_TOTAL)),
        (ROW, _of(ROW), exp.Null()),
        (_IS_TOTAL, exp.Literal.number(0), exp.Literal.number(1)),
    ):
        data = data.select(output(of_data, name), copy=False)
        total = total.select(output(of_total, name), copy=False)
    names.append(INDICATOR)
    both = exp.Union(
        this=data.from_(exp.to_identifier(_ALL), copy=False),
        expression=total.from_(exp.to_identifier(_ALL), copy=False),
        distinct=False,
    )
    select = exp.select(*(output(_of(name), name) for name in names))
    select = select.from_(both.subquery(_ALL, copy=False), copy=False)
    order = [exp.Ordered(this=_of(name), nulls_first=False) for name in (_IS_TOTAL, ROW)]
    select.set("order", exp.Order(expressions=order))
    select.set(
        "with_",
        exp.With(expressions=[exp.CTE(this=rows, alias=exp.TableAlias(this=exp.to_identifier(_ALL)))]),
    )
    return replace(topped, tree=select, names=tuple(names))


def _of(name: str) -> exp.Column:
    return exp.Column(this=exp.Identifier(this=name, quoted=True), table=exp.to_identifier(_ALL))
