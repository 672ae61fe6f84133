"""What PostgreSQL's types hold, in the model's words."""

from __future__ import annotations

from holoscope.modeling.types import ColumnType, DataType

_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid"))
_TEXTS = frozenset(
    (
        "character", "character varying", "text", "name", "uuid", "inet", "cidr", "macaddr", "macaddr8",
        "bit", "bit varying", "xml", '"char"', "citext", "time without time zone", "time with time zone",
    )
)  # fmt: skip
_PLAIN = {
    "boolean": ColumnType(DataType.BOOLEAN),
    "interval": ColumnType(DataType.INTERVAL),
    "json": ColumnType(DataType.JSON),
    "jsonb": ColumnType(DataType.JSON),
    "hstore": ColumnType(DataType.JSON),
    "bytea": ColumnType(DataType.OTHER_UNGROUPABLE),
    "date": ColumnType(DataType.TIMESTAMP, date_only=True),
    "timestamp without time zone": ColumnType(DataType.TIMESTAMP),
    "timestamp with time zone": ColumnType(DataType.TIMESTAMP, has_zone=True),
}


def column_type(native: str, kind: str = "b") -> ColumnType:
    """Say what a column of type `native` holds, as `format_type` writes it; UNKNOWN for others.

    `kind` is the type's own: `e` an enum, `c` a composite, anything else decides by name. A text under a
    collation to which different texts are equal ends with COLLATE.
    """
    plain = native.removesuffix(" COLLATE")
    if plain.endswith("[]"):
        return ColumnType(DataType.ARRAY, native)
    if kind == "e":
        return ColumnType(DataType.STRING, native)
    if kind == "c":
        return ColumnType(DataType.JSON, native)
    base, _, rest = plain.partition("(")
    word = base + rest.partition(")")[2]  # numeric(8,2), timestamp(3) without time zone
    if word in _NUMBERS:
        return ColumnType(DataType.NUMBER, native)
    if word in _TEXTS:
        return ColumnType(DataType.STRING, native)
    known = _PLAIN.get(word, ColumnType(DataType.UNKNOWN))
    return ColumnType(known.data_type, native, known.date_only, known.has_zone)
