"""PostgreSQL's types as they leave a warehouse: decimals exact, identifiers as text, no extension types.

What the driver cannot hand over plainly (intervals, addresses, composites, ...) is asked for as text:
`wrapped` puts a SELECT around the statement. Ordinary statements run as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.warehouses.flatten import flat_type
from holoscope.warehouses.postgres import numerics

_TYPE, _TYPMOD = b"POSTGRESQL:type", b"POSTGRESQL:typmod"
_AS_OTHER = {
    "oid": "CAST({} AS BIGINT)",
    "money": "CAST({} AS NUMERIC(38, 2))",
    "inet": "CASE WHEN {0} IS NOT NULL THEN format('%s', {0}) END",  # a cast would add the mask
}
_LISTED = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_string)
_UUID_PARTS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
_UUID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of a result are to become; `casts` are those the server must write otherwise."""

    casts: tuple[str | None, ...]

    @property
    def is_plain(self) -> bool:
        return not any(self.casts)


def shape_of(schema: pa.Schema) -> Shape:
    """Look at the columns of a result."""
    return Shape(tuple(map(_cast, schema)))


def wrapped(sql: str, shape: Shape) -> str:
    """Ask for the same rows with some columns as text; their names are `c<n>`, their order is kept."""
    names = [f"c{position}" for position in range(len(shape.casts))]
    columns = [
        name if cast is None else cast.format(name) for name, cast in zip(names, shape.casts, strict=True)
    ]
    return f"SELECT {', '.join(columns)} FROM (\n{sql}\n) AS q({', '.join(names)})"  # noqa: S608  (our own names)


def at_most(sql: str, rows: int) -> str:
    """Ask for no more than so many of the rows, the first ones."""
    return f"SELECT * FROM (\n{sql}\n) AS q LIMIT {rows:d}"  # noqa: S608  (a number)


def read_plainly(
    schema: pa.Schema, names: list[str], batches: Iterator[pa.RecordBatch]
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Give the schema and batches that leave the warehouse.

    Where the scale of a number is not declared, the first batches are looked at before anything leaves.

    Raises:
        WarehouseError: a number has no place in a decimal.
    """
    ahead: list[pa.RecordBatch] = []
    is_whole = False
    open_ = [
        position for position, field in enumerate(schema) if _is_numeric(field.type) and not _scale(field)
    ]
    if open_:
        ahead = [batch for batch in (next(batches, None), next(batches, None)) if batch is not None]
        is_whole = len(ahead) < 2
    fields = []
    for position, field in enumerate(schema):
        if position in open_:
            texts = [_storage(batch.column(position)) for batch in ahead]
            type_ = numerics.shown(texts, names[position], is_whole=is_whole)
        elif _is_numeric(field.type):
            type_ = _scale(field)
        else:
            type_ = _flat(field.type)
        fields.append(pa.field(names[position], type_))
    target = pa.schema(fields)
    return target, (_flattened(batch, target) for batch in chain(ahead, batches))


def _flattened(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    if batch.schema.equals(schema, check_metadata=True):
        return batch
    columns = [_column(column, field) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(column: pa.Array, field: pa.Field) -> pa.Array:
    if column.type.equals(field.type):
        return column
    if _is_numeric(column.type):
        return numerics.exact(_storage(column), field.type, field.name)
    if column.type == pa.uuid():
        return _uuid_text(_storage(column))
    if isinstance(column.type, pa.BaseExtensionType):
        column = _storage(column)
    return pc.cast(column, field.type, safe=not pa.types.is_timestamp(field.type))


def _cast(field: pa.Field) -> str | None:
    """Say how the server must write a column; None where it may stay."""
    type_, word = field.type, (field.metadata or {}).get(_TYPE, b"").decode()
    if word in _AS_OTHER:
        return _AS_OTHER[word]
    if _is_numeric(type_) or _is_known_extension(type_):
        return None
    if pa.types.is_list(type_):
        return None if _is_simple(type_.value_type) else "CAST(to_json({}) AS TEXT)"
    if pa.types.is_struct(type_):
        return "CAST(to_json({}) AS TEXT)"
    if isinstance(type_, pa.BaseExtensionType) or pa.types.is_interval(type_) or _is_binary(type_):
        return "CAST({} AS TEXT)"
    return None


def _is_simple(type_: pa.DataType) -> bool:
    return any(test(type_) for test in _LISTED) or pa.types.is_date(type_) or pa.types.is_timestamp(type_)


def _is_binary(type_: pa.DataType) -> bool:
    return bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_))


def _is_known_extension(type_: pa.DataType) -> bool:
    return bool(type_ == pa.uuid() or isinstance(type_, pa.JsonType))


def _is_numeric(type_: pa.DataType) -> bool:
    return isinstance(type_, pa.OpaqueType) and type_.type_name == "numeric"


def _scale(field: pa.Field) -> pa.DataType | None:
    return numerics.declared(int((field.metadata or {}).get(_TYPMOD, b"-1")))


def _flat(type_: pa.DataType) -> pa.DataType:
    return pa.utf8() if _is_known_extension(type_) else flat_type(type_)


def _storage(column: pa.Array) -> pa.Array:
    return column.storage if isinstance(column, pa.ExtensionArray) else column


def _uuid_text(column: pa.Array) -> pa.Array:
    """Write 16 bytes as text with dashes, for a whole column at once."""
    valid, raw = column.buffers()
    start = column.offset * _UUID_BYTES
    digits = pa.py_buffer(raw.slice(start, len(column) * _UUID_BYTES).hex())
    hexed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(32), len(column), [None, digits])
    parts = [pc.binary_slice(hexed, *part).cast(pa.binary()).cast(pa.utf8()) for part in _UUID_PARTS]
    text = pc.ascii_lower(pc.binary_join_element_wise(*parts, "-"))
    return text if valid is None else pc.if_else(column.is_valid(), text, None)
