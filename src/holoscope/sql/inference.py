"""Types of field SQL, inferred once per text and the types of what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from holoscope.sql.parse import parse_select, parse_template, reference_index

_KINDS = exp.DataType.Type


@lru_cache(maxsize=65_536)
def infer_type(
    text: str, dialect: str, references: tuple[str, ...], columns: tuple[tuple[str, str], ...]
) -> str:
    """Return the SQL type word of an expression, `unknown` when it cannot be told.

    `references` are the type words of its `${}` references in order; `columns` pairs own
    columns with theirs. Type words are those of `type_word`.
    """
    tree = parse_template(text, dialect).tree.copy()
    known = dict(columns)

    def typed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        index = reference_index(node)
        word = known.get(node.name, "unknown") if index is None else references[index]
        return node if word == "unknown" else exp.cast(exp.Null(), word)

    tree = tree.transform(typed, copy=False)
    return type_word(annotate_types(tree, dialect=dialect).type)


def infer_columns(
    text: str, dialect: str, tables: Mapping[str, Mapping[str, str]], default_schema: str
) -> dict[str, str]:
    """Return the type words of a SELECT's columns by lower-cased name; what cannot be told is left out.

    `tables` maps `schema.table` to its columns' type words.
    """
    schemas: dict[str, dict[str, object]] = {}
    for name, columns in tables.items():
        owner, _, table = name.rpartition(".")
        schemas.setdefault(owner, {})[table] = {
            key: word for key, word in columns.items() if word != "unknown"
        }
    schema: dict[str, object] = dict(schemas)
    try:
        tree = qualify(
            parse_select(text, dialect).copy(),
            dialect=dialect,
            db=default_schema,
            schema=schema,
            validate_qualify_columns=False,
        )
        tree = annotate_types(tree, schema=schema, dialect=dialect)
    except SqlglotError:
        return {}
    found = {item.alias_or_name.lower(): type_word(item.type) for item in tree.selects}
    return {name: word for name, word in found.items() if word != "unknown"}


def type_word(found: exp.DataType | None) -> str:
    """Fold a SQL type into one of the words the model distinguishes."""
    if found is None:
        return "unknown"
    kind = found.this
    if kind in exp.DataType.NUMERIC_TYPES:
        return "double"
    if kind in exp.DataType.TEXT_TYPES:
        return "varchar"
    words = {
        _KINDS.BOOLEAN: "boolean",
        _KINDS.DATE: "date",
        _KINDS.TIMESTAMPTZ: "timestamptz",
        _KINDS.INTERVAL: "interval",
        _KINDS.JSON: "json",
        _KINDS.ARRAY: "array",
        _KINDS.LIST: "array",
    }
    if kind in words:
        return words[kind]
    return "timestamp" if kind in exp.DataType.TEMPORAL_TYPES else "unknown"
