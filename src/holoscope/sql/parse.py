"""SQL text of a model becomes a tree here, once, with an error that points back.

`${...}` references are cut out before parsing and come back as columns named `__ref_<n>`,
so that no user text is ever pasted into SQL text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp, parse, parse_one  # noqa: TID251  (the one permitted caller)
from sqlglot.errors import SqlglotError

from holoscope.kit.errors import HoloscopeError

REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_MARK = "__ref_"
_PLACES = frozenset(("line", "col", "start", "end"))
LONGEST_READ = 65_536


class BadSql(HoloscopeError):
    """A field's SQL does not parse, or is not a single expression."""

    code = "bad_sql"
    status = 400
    error_type = "PLAN"


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed expression and the references it holds; `tree` must be copied before changing it."""

    tree: exp.Expr
    references: tuple[str, ...]
    own_columns: tuple[str, ...]


def reference_index(node: exp.Expr) -> int | None:
    """Return n when `node` stands for the n-th `${...}` reference, else None."""
    if isinstance(node, exp.Column) and not node.table and node.name.startswith(_MARK):
        return int(node.name[len(_MARK) :])
    return None


@lru_cache(maxsize=65_536)
def parse_template(text: str, dialect: str) -> Template:
    """Parse one SQL expression with `${view.field[grain]}` references.

    Raises:
        BadSql: with the fault's line and column, both from 1.
    """
    references: list[str] = []
    try:
        tree = _parsed(REFERENCE.sub(lambda match: _cut(match, references), text), dialect)
    except SqlglotError as error:
        first = (getattr(error, "errors", None) or [{}])[0]
        at = f"{first.get('line', 1)}:{first.get('col', 1)}"
        raise BadSql(f"SQL does not parse at {at}: {text!r}") from error
    if isinstance(tree, exp.Alias):
        raise BadSql(f"SQL of a field must be one expression without AS: {text!r}")
    if isinstance(tree, (exp.Query, exp.DDL, exp.DML, exp.Command)) or not isinstance(tree, exp.Condition):
        raise BadSql(f"SQL of a field must be one expression, not a statement: {text!r}")
    for node in tree.find_all(exp.Query, exp.DML, exp.Command):
        raise BadSql(f"SQL of a field may not hold a statement ({node.key}): {text!r}")
    return Template(tree, tuple(references), _own_columns(tree))


def _parsed(text: str, dialect: str) -> exp.Expr:
    """Parse SQL and forget where its parts stood in the text: every copy would take that along."""
    tree = parse_one(text, dialect=dialect)
    for node in tree.walk():
        if node._meta is not None:
            node._meta = {key: said for key, said in node._meta.items() if key not in _PLACES} or None
    return tree


def _own_columns(tree: exp.Expr) -> tuple[str, ...]:
    names = (column.name for column in tree.find_all(exp.Column) if reference_index(column) is None)
    return tuple(dict.fromkeys(names))


def renumbered(tree: exp.Expr, references: tuple[str, ...]) -> Template:
    """Make a template of a changed tree; references that it lost are forgotten. The tree is changed."""
    kept: list[str] = []
    for node in list(tree.find_all(exp.Column)):
        index = reference_index(node)
        if index is not None:
            node.this.set("this", f"{_MARK}{len(kept)}")
            kept.append(references[index])
    return Template(tree, tuple(kept), _own_columns(tree))


@lru_cache(maxsize=4_096)
def parse_select(text: str, dialect: str) -> exp.Query:
    """Parse the SELECT behind a view. The result is shared: copy before changing it.

    Raises:
        BadSql: it is not one SELECT.
    """
    try:
        tree = _parsed(text, dialect)
    except SqlglotError as error:
        raise BadSql(f"SQL of a view does not parse: {text!r}") from error
    if not isinstance(tree, (exp.Select, exp.SetOperation)) or tree.find(exp.DML, exp.DDL, exp.Command):
        raise BadSql(f"SQL of a view must be one SELECT: {text!r}")
    return tree


def parse_select_template(text: str, dialect: str) -> Template:
    """Parse the SELECT behind a view with `${view}` tables and `${view.field}` values.

    Raises:
        BadSql: it is not one SELECT.
    """
    references: list[str] = []
    tree = parse_select(REFERENCE.sub(lambda match: _cut(match, references), text), dialect)
    return Template(tree, tuple(references), ())


@lru_cache(maxsize=512)
def read_statement(text: str, dialect: str) -> exp.Expr | None:
    """Read hand-written SQL to look at it; None when the tree library cannot. Copy before changing it.

    Texts of more than 64 KiB are not read: that would take too long.
    """
    if len(text) > LONGEST_READ:
        return None
    try:
        trees = [tree for tree in parse(text, dialect=dialect) if tree is not None]
    except (SqlglotError, RecursionError):
        return None
    return trees[0] if len(trees) == 1 else None


def cut_references(text: str) -> tuple[str, list[str]]:
    """Put a mark in the place of each `${...}`; also gives what stood there, by number."""
    references: list[str] = []
    return REFERENCE.sub(lambda match: _cut(match, references), text), references


def read_query(text: str, dialect: str) -> exp.Query | None:
    """Read one query, for the caller to change; None when the text is anything else, or cannot be read."""
    try:
        trees = [tree for tree in parse(text, dialect=dialect) if tree is not None]
    except (SqlglotError, RecursionError):
        return None
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Query) or tree.find(exp.DML, exp.DDL, exp.Command):
        return None
    return tree


def statements_in(text: str, dialect: str) -> int | None:
    """Count the statements of a text; None when it cannot be read."""
    try:
        return sum(tree is not None for tree in parse(text, dialect=dialect))
    except (SqlglotError, RecursionError):
        return None


def _cut(match: re.Match[str], references: list[str]) -> str:
    references.append(match.group(1))
    return f"{_MARK}{len(references) - 1}"
