"""The Arrow types that leave a warehouse: few, plain, and the same for every engine.

Clients in several languages decode these; the list follows query digest §1.10. Rules:

* dictionary, large and view strings become utf8; times of day become utf8 (`10:00:00`);
* unsigned integers widen to the next signed type, the widest to decimal128(20, 0);
* timestamps are microseconds; an instant with zone carries the zone name `UTC`;
* floats, signed integers, decimals, dates, booleans and lists stay;
* every field is nullable, no two bear one name and nothing carries metadata.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

_UNSIGNED = {
    pa.uint8(): pa.int32(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
}


def flat_type(type_: pa.DataType) -> pa.DataType:
    """Give the plain type that stands for `type_` on the wire."""
    if pa.types.is_dictionary(type_):
        return flat_type(type_.value_type)
    if pa.types.is_large_string(type_) or pa.types.is_string_view(type_) or pa.types.is_time(type_):
        return pa.utf8()
    if pa.types.is_timestamp(type_):
        return pa.timestamp("us", tz="UTC" if type_.tz else None)
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return pa.list_(pa.field("item", flat_type(type_.value_type)))
    return _UNSIGNED.get(type_, type_)


def flat_schema(schema: pa.Schema, whole_numbers: frozenset[int] = frozenset()) -> pa.Schema:
    """Give the wire's schema; columns at `whole_numbers` (scale-0 decimals) become int64."""
    return pa.schema(
        [
            pa.field(name, pa.int64() if position in whole_numbers else flat_type(field.type))
            for position, (name, field) in enumerate(zip(_apart(schema.names), schema, strict=True))
        ]
    )


def _apart(names: list[str]) -> list[str]:
    """Tell columns of one name apart: the second `n` is `n_1`, unless a column has that name already."""
    taken = set(names)
    seen: set[str] = set()
    given: list[str] = []
    for name in names:
        fresh, number = name, 1
        while fresh in seen or (fresh != name and fresh in taken):
            fresh, number = f"{name}_{number}", number + 1
        seen.add(fresh)
        given.append(fresh)
    return given


def flatten(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Cast batches to a schema made by `flat_schema`; batches that have it already pass untouched.

    Raises:
        pa.ArrowInvalid: a whole number does not fit 64 bits.
    """
    for batch in batches:
        if batch.schema.equals(schema, check_metadata=True):
            yield batch
            continue
        columns = [_cast(column, field.type) for column, field in zip(batch.columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _cast(column: pa.Array, target: pa.DataType) -> pa.Array:
    if column.type.equals(target):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return pc.cast(column, target, safe=not pa.types.is_timestamp(target))
