"""Fields that nobody knows before the result is there: the columns of SQL that is not ours (digest §4.8)."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.runs.lines import Prepared, prepare_again


def with_fields_of(prepared: Prepared, schema: pa.Schema) -> Prepared:
    """Give the prepared query with what only the result tells of its columns."""
    if not prepared.compiled.is_opaque:
        return prepared
    return prepare_again(prepared, described(prepared.compiled, schema))


def described(compiled: CompiledQuery, schema: pa.Schema) -> CompiledQuery:
    """Take the columns of a result as dimensions with the warehouse's names, or fill in unknown types."""
    if not compiled.columns:
        fields = tuple(_field(field) for field in schema)
        return replace(compiled, columns=tuple(schema.names), fields=fields)
    types = {field.name: field.type for field in schema}
    return replace(compiled, fields=tuple(_typed(field, types.get(field.name)) for field in compiled.fields))


def _typed(field: ResultField, type_: pa.DataType | None) -> ResultField:
    if field.data_type is not DataType.UNKNOWN or type_ is None:
        return field
    kind, date_type = wire_type(type_)
    return replace(field, data_type=kind, date_type=date_type)


def _field(field: pa.Field) -> ResultField:
    kind, date_type = wire_type(field.type)
    return ResultField(
        name=field.name,
        view_name="",
        field_name=field.name,
        fully_qualified_name=field.name,
        data_type=kind,
        is_dimension=True,
        label=field.name,
        date_type=date_type,
    )


def wire_type(type_: pa.DataType) -> tuple[DataType, str | None]:
    """Give the wire's data type of an Arrow type, and `date` or `timestamp` for times (digest §1.6)."""
    types = pa.types
    if types.is_boolean(type_):
        return DataType.BOOLEAN, None
    if types.is_date(type_):
        return DataType.TIMESTAMP, "date"
    if types.is_timestamp(type_):
        return DataType.TIMESTAMP, "timestamp"
    if types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_):
        return DataType.NUMBER, None
    if types.is_list(type_) or types.is_large_list(type_):
        return DataType.ARRAY, None
    if types.is_string(type_) or types.is_large_string(type_):
        return DataType.STRING, None
    return DataType.UNKNOWN, None
