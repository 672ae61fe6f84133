"""DuckDB types that Arrow clients cannot read plainly are turned into text inside the engine."""

from __future__ import annotations

import duckdb

_AS_TEXT = frozenset({"interval", "blob", "bit", "time with time zone", "bignum", "varint", "uhugeint"})
_AS_JSON = frozenset({"struct", "map", "union", "variant"})
_NESTED = frozenset({"list", "array"})


def plain(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Cast intervals, bits and bytes to text, structures to JSON text; order of rows is kept.

    A relation without such columns is returned as it is, so ordinary queries pay nothing.
    """
    words = [_projection(position, type_) for position, type_ in enumerate(relation.types, start=1)]
    if not any(words):
        return relation
    columns = [
        f'{word or f"#{position}"} AS "{name.replace(chr(34), chr(34) * 2)}"'
        for position, (word, name) in enumerate(zip(words, relation.columns, strict=True), start=1)
    ]
    return relation.project(", ".join(columns))


def hugeints(relation: duckdb.DuckDBPyRelation) -> frozenset[int]:
    """Positions of 128-bit integers, which is what DuckDB's `sum` of integers gives."""
    return frozenset(position for position, type_ in enumerate(relation.types) if type_.id == "hugeint")


def _projection(position: int, type_: duckdb.sqltypes.DuckDBPyType) -> str:
    if type_.id in _AS_TEXT:
        return f"CAST(#{position} AS VARCHAR)"
    if type_.id in _AS_JSON or (type_.id in _NESTED and not _simple_list(type_)):
        return f"CAST(to_json(#{position}) AS VARCHAR)"
    return ""


def _simple_list(type_: duckdb.sqltypes.DuckDBPyType) -> bool:
    if type_.id == "array":
        return False
    inner = type_.children[0][1]
    if not isinstance(inner, duckdb.sqltypes.DuckDBPyType):
        return False
    return inner.id not in _AS_TEXT | _AS_JSON | _NESTED | {"hugeint", "time", "enum"}
