"""Measures become rows: `transposed_measures` (query digest §2.1)."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.compiled import ResultField
from holoscope.query.plan.node import ROW, Output
from holoscope.query.sheet.sheet import SHEET, Sheet, SheetColumn, sheet_column
from holoscope.query.spec import QuerySpec
from holoscope.query.types import NUMBER, STRING
from holoscope.sql.quoting import output
from holoscope.sql.trees import cast, copy_of

_NAME, _ORDER, _VALUE = "measure_name", "measure_order", "measure_value"
_MEASURES = "measures"
_PLACE = "place"


def transposed(sheet: Sheet, spec: QuerySpec) -> Sheet:
    """Give a row for each measure listed: its label, its place in the list from 0, and its value.

    The three columns stand where the first of the measures stood; the other columns repeat.

    Raises:
        NoSuchField: a name is no measure of the result.
        InvalidQuery: the values have no type in common.
    """
    if spec.transposed is None:
        return sheet.filtered(exp.false())
    if not spec.transposed:
        return sheet
    measures = [_measure(sheet, name) for name in spec.transposed]
    kind = _common_type(measures)
    count = exp.Literal.number(len(measures))
    place = exp.column(_PLACE, _MEASURES)
    labels = _choice(place, [exp.Literal.string(item.label) for item in measures])
    values = _choice(place, [copy_of(item.value) for item in measures])
    row = exp.Add(this=exp.Mul(this=copy_of(sheet.row), expression=count), expression=place.copy())
    select = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier(SHEET)))
    for name, value in (
        (_NAME, labels),
        (_ORDER, cast(place.copy(), "int")),
        (_VALUE, values),
        (_row(), row),
    ):
        select = select.select(output(value, name), copy=False)
    select = select.from_(sheet.source.copy().subquery(SHEET, copy=False), copy=False)
    select = select.join(_places(len(measures)), join_type="CROSS", copy=False)
    return replace(
        sheet,
        source=select,
        outputs=_outputs(sheet, measures),
        columns=_columns(sheet, measures, kind),
        row=sheet_column(_row()),
        fields={**sheet.fields, **_fields(kind)},
    )


def _row() -> str:
    return f"{_ORDER}{ROW}"


def _measure(sheet: Sheet, name: str) -> SheetColumn:
    found = sheet.find(name)
    if found is None:
        raise NoSuchField(name)
    if not found.is_measure:
        raise InvalidQuery(f'"{name}" is no measure: query.transposed_measures lists measures alone.')
    return found


def _common_type(measures: list[SheetColumn]) -> ColumnType:
    kinds = {item.type.data_type for item in measures}
    if len(kinds) > 1:
        names = ", ".join(item.name for item in measures)
        raise InvalidQuery(
            f"Measures that share a column need one type: transpose {names} in queries of their own."
        )
    return NUMBER if kinds == {DataType.NUMBER} else measures[0].type


def _choice(place: exp.Expr, values: list[exp.Expr]) -> exp.Expr:
    ifs = [
        exp.If(this=exp.EQ(this=place.copy(), expression=exp.Literal.number(number)), true=value)
        for number, value in enumerate(values)
    ]
    return exp.Case(ifs=ifs)


def _places(count: int) -> exp.Expr:
    rows = [exp.Tuple(expressions=[exp.Literal.number(number)]) for number in range(count)]
    alias = exp.TableAlias(this=exp.to_identifier(_MEASURES), columns=[exp.to_identifier(_PLACE)])
    return exp.Values(expressions=rows, alias=alias)


def _outputs(sheet: Sheet, measures: list[SheetColumn]) -> tuple[Output, ...]:
    gone = {name for item in measures for name in (item.name, f"{item.name}__raw")}
    kept: list[Output] = []
    is_put = False
    for item in sheet.outputs:
        if item.name not in gone:
            kept.append(item)
        elif not is_put:
            kept += [Output(name, sheet_column(name)) for name in (_NAME, _ORDER, _VALUE)]
            is_put = True
    return tuple(kept)


def _columns(sheet: Sheet, measures: list[SheetColumn], kind: ColumnType) -> dict[str, SheetColumn]:
    gone = {item.name.lower() for item in measures}
    columns = {name: item for name, item in sheet.columns.items() if name not in gone}
    for name, type_ in ((_NAME, STRING), (_ORDER, NUMBER), (_VALUE, kind)):
        columns[name] = SheetColumn(name, sheet_column(name), type_, name == _VALUE, _label(name))
    return columns


def _fields(kind: ColumnType) -> dict[str, ResultField]:
    types = {_NAME: STRING, _ORDER: NUMBER, _VALUE: kind}
    return {
        name: ResultField(
            name=name,
            view_name="",
            field_name=name,
            fully_qualified_name=name,
            data_type=type_.data_type,
            is_dimension=name != _VALUE,
            label=_label(name),
        )
        for name, type_ in types.items()
    }


def _label(name: str) -> str:
    return name.replace("_", " ").title()
