"""Types around a derivation: what stored columns must hold, and what the answer's must be."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from holoscope.query.reuse.containment import Derivation
from holoscope.query.reuse.kinds import Kind
from holoscope.runs.reuse.unproven import UnprovenError
from holoscope.warehouses.flatten import flat_schema, flatten

_LOOKED_AT = 5_000


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


_HOLDS = {
    Kind.NUMBER: _is_number,
    Kind.BOOLEAN: pa.types.is_boolean,
    Kind.TEXT: pa.types.is_string,
    Kind.DATE: pa.types.is_date32,
    Kind.TIME: pa.types.is_timestamp,
}


def require_kinds(derivation: Derivation, schema: pa.Schema) -> None:
    """Check that stored columns hold what the proof takes them for.

    Raises:
        UnprovenError: one does not. Sums of floats are never added up: their last digits depend on the order.
    """
    for name, kind in derivation.kinds:
        if not _HOLDS[Kind(kind)](schema.field(name).type):
            raise UnprovenError(f"{name} holds no {kind}")
    for name in derivation.exact:
        type_ = schema.field(name).type
        if not (pa.types.is_integer(type_) or pa.types.is_decimal(type_)):
            raise UnprovenError(f"{name} is not exact")


def typed(found: pa.Table, derivation: Derivation, schema: pa.Schema, whole: frozenset[int]) -> pa.Table:
    """Give each column the type it would have had, in one batch at most.

    Raises:
        UnprovenError: a value does not fit.
    """
    flat = flat_schema(found.schema, whole)
    target = pa.schema(
        [
            field if name is None else schema.field(name).with_name(field.name)
            for field, name in zip(flat, derivation.copied, strict=True)
        ]
    )
    try:
        batches = list(flatten(iter(found.combine_chunks().to_batches()), flat))
        plain = pa.Table.from_batches(batches, flat)
        columns = [
            column if column.type.equals(field.type) else pc.cast(column, field.type)
            for column, field in zip(plain.columns, target, strict=True)
        ]
    except pa.ArrowException as error:
        raise UnprovenError(type(error).__name__) from error
    if derivation.is_foreign:
        for column in columns:
            _require_scale(column)
    return pa.Table.from_arrays(columns, schema=target)


def _require_scale(column: pa.ChunkedArray) -> None:
    """Check that numbers have the type their warehouse would choose, if it looks at values for that.

    Values have no more digits than those they were derived from. So one that needs all of them proves the
    scale; without one, fewer might have been chosen, or whole numbers.
    """
    if pa.types.is_int64(column.type) and column.null_count == len(column):
        raise UnprovenError("no value proves the type")
    if not pa.types.is_decimal(column.type):
        return
    if len(column) > _LOOKED_AT:
        raise UnprovenError("a scale is chosen by the first values of many")
    values = (value for value in column.to_pylist() if value is not None)
    if column.type.scale == 0 or not any(value.as_tuple().digits[-1] for value in values):
        raise UnprovenError("no value proves the scale")
