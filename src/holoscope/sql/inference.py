"""Types of field SQL, inferred once per text and the types of what it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from holoscope.sql.marks import section_index
from holoscope.sql.parse import parse_template, reference_index

_KINDS = exp.DataType.Type


@lru_cache(maxsize=65_536)
def infer_type(
    text: str, dialect: str, references: tuple[str, ...], columns: tuple[tuple[str, str], ...]
) -> str:
    """Return the SQL type word of an expression, `unknown` when it cannot be told.

    `references` are the type words of its `${}` references in order; `columns` pairs own
    columns with theirs. Type words are those of `type_word`.
    """
    return infer_tree(parse_template(text, dialect).tree, dialect, references, columns)


def infer_tree(
    tree: exp.Expr, dialect: str, references: tuple[str, ...], columns: tuple[tuple[str, str], ...]
) -> str:
    """As `infer_type`, for a tree with `__ref_<n>` columns; a section of a template is a condition."""
    known = dict(columns)

    def typed(node: exp.Expr) -> exp.Expr:
        if section_index(node) is not None:
            return exp.true()
        if not isinstance(node, exp.Column):
            return node
        index = reference_index(node)
        word = known.get(node.name, "unknown") if index is None else references[index]
        return node if word == "unknown" else exp.cast(exp.Null(), word)

    tree = tree.copy().transform(typed, copy=False)
    return type_word(annotate_types(tree, dialect=dialect).type)


Tables = Mapping[str, Mapping[str, str]]
"""`schema.table` -> column -> type word."""


def infer_columns(select: exp.Expr, dialect: str, tables: Tables, default_schema: str) -> dict[str, str]:
    """Return the type words of a SELECT's columns by lower-cased name; what cannot be told is left out."""
    tree = _annotated(select, dialect, tables, default_schema)
    if not isinstance(tree, exp.Query):
        return {}
    found = {item.alias_or_name.lower(): type_word(item.type) for item in tree.selects}
    return {name: word for name, word in found.items() if word != "unknown"}


def infer_outputs(
    select: exp.Expr, dialect: str, tables: Tables, default_schema: str
) -> list[tuple[str, str]] | None:
    """Return name and type word of a SELECT's columns in order; None where `*` hides what they are."""
    tree = _annotated(select, dialect, tables, default_schema)
    if not isinstance(select, exp.Query):
        return None
    typed = tree.selects if isinstance(tree, exp.Query) else []
    written = select.selects
    if any(item.is_star for item in written):
        written = typed
    if not written or any(item.is_star for item in written):
        return None
    words = [type_word(item.type) for item in typed]
    if len(words) != len(written):
        words = ["unknown"] * len(written)
    return [(item.alias_or_name, word) for item, word in zip(written, words, strict=True)]


def infer_sections(select: exp.Expr, dialect: str, tables: Tables, default_schema: str) -> dict[int, str]:
    """Return the type words of what the sections of a SELECT are about, by number."""
    tree = _annotated(select, dialect, tables, default_schema)
    if tree is None:
        return {}
    found = {section_index(node): node for node in tree.find_all(exp.Anonymous)}
    return {
        number: type_word(node.expressions[0].type)
        for number, node in found.items()
        if number is not None and node.expressions
    }


def _annotated(select: exp.Expr, dialect: str, tables: Tables, default_schema: str) -> exp.Expr | None:
    """Give a copy whose columns are qualified and typed; None when it cannot be understood."""
    schemas: dict[str, dict[str, object]] = {}
    for name, columns in tables.items():
        owner, _, table = name.rpartition(".")
        schemas.setdefault(owner, {})[table] = {
            key: word for key, word in columns.items() if word != "unknown"
        }
    schema: dict[str, object] = dict(schemas)
    try:
        tree = qualify(
            select.copy(), dialect=dialect, db=default_schema, schema=schema, validate_qualify_columns=False
        )
        return annotate_types(tree, schema=schema, dialect=dialect)
    except SqlglotError:
        return None


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
