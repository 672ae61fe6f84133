"""Keys of generated views: declared ones first, then guesses (modeling digest §19.3)."""

from __future__ import annotations

from collections.abc import Container, Mapping

from holoscope.modeling.generate.naming import identifier, key_stem, table_names
from holoscope.modeling.tables import Column, PhysicalTable, Place, Tables
from holoscope.modeling.types import DataType

_TEXTS = frozenset({"VARCHAR", "ENUM", "TEXT", "CHARACTER", "CHARACTER VARYING"})


def primary_key(
    table: PhysicalTable, fields: Mapping[str, str], repeated: Container[Place] = ()
) -> tuple[str, ...]:
    """Return the key's columns: the declared ones, else a column `id`, else `<table>_id`; none if unsure.

    No guess falls on a column that is known to repeat: a sum over a join would count by it.
    """
    if table.primary_key:
        declared = tuple(name.lower() for name in table.primary_key)
        return declared if all(name in fields for name in declared) else ()
    for column in _guesses(table):
        place = Place(table.schema, table.name, column.name)
        if column.name.lower() in fields and place not in repeated:
            return (column.name.lower(),)
    return ()


def key_candidates(tables: Tables) -> tuple[Place, ...]:
    """Return the columns that would be guessed to be keys and that no constraint vouches for."""
    return tuple(
        Place(table.schema, table.name, column.name)
        for table in tables.tables
        if not table.primary_key
        for column in _guesses(table)
        if (column.name,) not in table.unique
    )


def _guesses(table: PhysicalTable) -> list[Column]:
    """Return the columns whose names say that they are the table's key, the likeliest first."""
    called = identifier(table.name, "table")
    plain: list[Column] = []
    named: list[Column] = []
    for column in table.columns:
        if comparable_family(column) is None:
            continue
        if identifier(column.name, "column") == "id":
            plain.append(column)
        elif called in table_names(key_stem(column.name) or ""):
            named.append(column)
    return plain + named


def is_id(column: Column) -> bool:
    """Tell whether a number is a key by its name: it is shown as it is, without separators."""
    is_key = identifier(column.name, "column") == "id" or key_stem(column.name) is not None
    return is_key and column.type.data_type is DataType.NUMBER


def comparable_family(column: Column) -> str | None:
    """Return a word that two columns share when their values can be equal; None for no keys at all."""
    type_ = column.type
    if type_.data_type is DataType.NUMBER:
        return "number"
    if type_.data_type is not DataType.STRING:
        return None
    native = type_.native.upper().partition("(")[0]
    return "text" if native in _TEXTS else native if native == "UUID" else None
