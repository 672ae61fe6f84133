"""How columns of a result are told to its reader: one entry of `summary.fields` each (query digest §1.6)."""

from __future__ import annotations

from collections.abc import Iterable

from holoscope.kit.text import title
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.timeframes import Grain, split_grain
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.compiled import ResultField
from holoscope.query.display import Displays, Shown
from holoscope.query.resolved import Column, ResolvedDimension, ResolvedMeasure
from holoscope.query.spec import QuerySpec

_Known = tuple[Dimension | Measure, tuple[ResultField, ...]]
_TIME_FORMAT = "YYYY-MM-DD HH24:MI:SS.FF3"


def result_fields(item: Column, spec: QuerySpec, displays: Displays) -> tuple[ResultField, ...]:
    """Describe a column for the reader; a formatted grain is two columns.

    What is the same in every query is made once for a model.
    """
    if item.name in spec.labels or not _is_of_model(item) or not displays.is_fixed(item.field):
        return _described(item, spec, displays)
    formatted = None if isinstance(item, ResolvedMeasure) else item.formatted
    kind = item.type if isinstance(item, ResolvedMeasure) else item.value.type
    known: dict[object, _Known] = displays.model.derived.setdefault("result fields", {})
    key = (item.name, kind, formatted)
    found = known.get(key)
    if found is None or found[0] is not item.field:
        found = known[key] = (item.field, _described(item, spec, displays))
    return found[1]


def in_column_order(fields: Iterable[ResultField], names: Iterable[str]) -> tuple[ResultField, ...]:
    """Put the descriptions of columns in the order of the columns, whose helpers have none."""
    by_name = {field.name: field for field in fields}
    return tuple(by_name[name] for name in names if name in by_name)


def _is_of_model(item: Column) -> bool:
    """Tell whether the name of a column is one of a few that the model has, and no number of the asker's."""
    base, word = split_grain(item.name)
    return base == item.field.qualified_name and not (word or "").isdecimal()


def _described(item: Column, spec: QuerySpec, displays: Displays) -> tuple[ResultField, ...]:
    label = spec.labels.get(item.name) or item.field.label or title(item.field.name)
    inner = item.name.removeprefix(f"{item.field.view}.")
    inner = item.name.partition(".")[2] or item.name if inner == item.name else inner
    kind = item.type if isinstance(item, ResolvedMeasure) else item.value.type
    shown = displays.of(item.field, kind.data_type)
    if isinstance(item, ResolvedMeasure):
        aggregate = item.field.aggregate
        date_type = date_type_of(item.type.date_only, item.type.data_type)
        measured, word = item.type.data_type, aggregate.wire_name if aggregate else ""
        if not item.is_time:
            return (_field(item, shown, item.name, inner, measured, label, date_type, word),)
        raw = _field(item, shown, f"{item.name}__raw", f"{inner}__raw", measured, label, date_type, word)
        return raw, _field(item, Shown(_TIME_FORMAT), item.name, inner, DataType.STRING, label, None, word)
    if item.grain is not None and item.grain.name != "raw" and item.name not in spec.labels:
        label = _grain_label(item.field, item.grain, label)
    date_type = date_type_of(kind.date_only or kind.native == "date", kind.data_type)
    if item.formatted is None:
        return (_field(item, shown, item.name, inner, kind.data_type, label, date_type),)
    raw = _field(item, shown, f"{item.name}__raw", f"{inner}__raw", kind.data_type, label, date_type)
    text = _field(item, Shown(item.formatted), item.name, inner, DataType.STRING, label, None)
    return raw, text


def _grain_label(found: Dimension | Measure, grain: Grain, parent: str) -> str:
    """Name a grain after its field, in the words of `timeframe_metadata` where there are any."""
    said = {name.lower(): each for name, each in found.extra.get("timeframe_metadata", {}).items()}
    label = (said.get(grain.name) or {}).get("label") or grain.label
    alone = isinstance(found, Dimension) and found.skip_parent_label
    return str(label) if alone else f"{parent} {label}"


def lone_field(name: str, type_: ColumnType, label: str, *, is_dimension: bool = True) -> ResultField:
    """Describe a column that stands for no field of a view."""
    return ResultField(
        name=name,
        view_name="",
        field_name=name,
        fully_qualified_name=name,
        data_type=type_.data_type,
        is_dimension=is_dimension,
        label=label,
        date_type=date_type_of(type_.date_only, type_.data_type),
    )


def date_type_of(date_only: bool, kind: DataType) -> str | None:
    if kind is not DataType.TIMESTAMP:
        return None
    return "date" if date_only else "timestamp"


def _field(
    item: Column,
    shown: Shown,
    name: str,
    inner: str,
    data_type: DataType,
    label: str,
    date_type: str | None,
    aggregate: str = "",
) -> ResultField:
    found = item.field
    written = found.sql or found.name
    return ResultField(
        name=name,
        view_name=found.view,
        field_name=inner,
        fully_qualified_name=name,
        data_type=data_type,
        is_dimension=isinstance(item, ResolvedDimension),
        label=label,
        format=shown.wire,
        varying=shown.varying,
        date_type=date_type,
        aggregate_type=aggregate.upper() or None,
        sql=written,
        display_sql=written,
        description=found.description,
        hidden=found.hidden,
    )
