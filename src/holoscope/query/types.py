"""Between the model's column types and SQL type words."""

from __future__ import annotations

from holoscope.modeling.types import ColumnType, DataType

_WORDS = {
    DataType.BOOLEAN: "boolean",
    DataType.INTERVAL: "interval",
    DataType.JSON: "json",
    DataType.NUMBER: "double",
    DataType.STRING: "varchar",
    DataType.ARRAY: "array",
}
_TYPES = {
    "boolean": ColumnType(DataType.BOOLEAN),
    "interval": ColumnType(DataType.INTERVAL),
    "json": ColumnType(DataType.JSON),
    "double": ColumnType(DataType.NUMBER),
    "varchar": ColumnType(DataType.STRING),
    "array": ColumnType(DataType.ARRAY),
    "date": ColumnType(DataType.TIMESTAMP, date_only=True),
    "timestamp": ColumnType(DataType.TIMESTAMP),
    "timestamptz": ColumnType(DataType.TIMESTAMP, has_zone=True),
}
UNKNOWN = ColumnType(DataType.UNKNOWN)
NUMBER = ColumnType(DataType.NUMBER)
STRING = ColumnType(DataType.STRING)
WALL_TIME = ColumnType(DataType.TIMESTAMP)


def word_of(type_: ColumnType) -> str:
    """Give the SQL word that stands for a column type in inference."""
    if type_.data_type is DataType.TIMESTAMP:
        return "date" if type_.date_only else "timestamptz" if type_.has_zone else "timestamp"
    return _WORDS.get(type_.data_type, "unknown")


def type_of(word: str) -> ColumnType:
    """Give the column type an inferred SQL word means."""
    return _TYPES.get(word, UNKNOWN)
