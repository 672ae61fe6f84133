"""One generated view: what its file says (modeling digest §19.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from holoscope.kit.text import title
from holoscope.modeling.generate.keys import is_id
from holoscope.modeling.generate.naming import free, identifier, says_all
from holoscope.modeling.tables import Column, PhysicalTable
from holoscope.modeling.types import DataType

COUNT = "count"
_UNSAYABLE = ("${", "{{", "@{", "__ref_", "omni_dimensionalize")
_WORDS = {
    kind: kind.value.lower()
    for kind in (
        DataType.ARRAY, DataType.BOOLEAN, DataType.INTERVAL, DataType.JSON, DataType.NUMBER, DataType.STRING,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedColumn:
    """A column, or a part of one, with the name and SQL of its dimension.

    `sql` None means the column named like the field.
    """

    column: Column
    field: str
    sql: str | None
    parent: str | None = None


def is_sayable(name: str) -> bool:
    """Tell whether a name can stand in a model file; what looks like a template or reference cannot."""
    return not any(mark in name.lower() for mark in _UNSAYABLE)


class Names:
    """Gives the dimensions of one view their names; `former` maps SQL or column to the name it had."""

    def __init__(self, former: Mapping[str, str], kept: Iterable[str]) -> None:
        self._former = former
        self._taken = {COUNT, *kept}
        self._given: set[str] = set()

    @property
    def has_former(self) -> bool:
        return bool(self._former)

    def known(self, spoken: str) -> str | None:
        """Return the name that a column had, by its SQL or itself; each name is given once."""
        name = self._former.get(spoken)
        if name is None or name in self._given:
            return None
        self._given.add(name)
        self._taken.add(name)
        return name

    def plain(self, made: str) -> bool:
        """Take a name if it is free."""
        if made in self._taken:
            return False
        self._taken.add(made)
        return True

    def free(self, made: str) -> str:
        """Take a name, with a number if need be."""
        return free(made, self._taken)


def name_columns(
    table: PhysicalTable, dialect: str, names: Names, *, keeps_case: bool = False
) -> list[NamedColumn]:
    """Name the dimensions of a table in its own order.

    A column keeps the name it had; then come columns that are called like a legal name; the others
    take what is free.
    """
    columns = [column for column in table.columns if is_sayable(column.name)]
    given: dict[str, str] = {}
    for column in columns:
        kept = names.known(column.name.lower()) or (
            names.known(_quoted(column, dialect)) if names.has_former else None
        )
        if kept is not None:
            given[column.name] = kept
    left = {column.name: identifier(column.name, "column") for column in columns if column.name not in given}
    given |= {name: made for name, made in left.items() if name.lower() == made and names.plain(made)}
    for name, made in left.items():
        if name not in given:
            given[name] = names.free(made)
    found: list[NamedColumn] = []
    for column in columns:
        field = given[column.name]
        found_as = column.name if keeps_case else column.name.lower()
        sql = None if found_as == field else _quoted(column, dialect)
        found.append(NamedColumn(column, field, sql))
        found.extend(_parts(column, field, exp.column(column.name, quoted=True), dialect, names))
    return found


def _quoted(column: Column, dialect: str) -> str:
    return exp.column(column.name, quoted=True).sql(dialect)


def _parts(column: Column, parent: str, whole: exp.Expr, dialect: str, names: Names) -> Iterator[NamedColumn]:
    for part in column.parts:
        if not is_sayable(part.name):
            continue
        value = exp.Bracket(this=whole.copy(), expressions=[exp.Literal.string(part.name)])
        sql = _typed(value, part, dialect)
        field = names.known(sql) or names.free(f"{parent}__{identifier(part.name, 'part')}")
        yield NamedColumn(part, field, sql, parent)
        yield from _parts(part, field, value, dialect, names)


def _typed(value: exp.Expr, part: Column, dialect: str) -> str:
    """Cast times to what they are: a declared `type` would not tell a day from an instant."""
    type_ = part.type
    if type_.data_type is not DataType.TIMESTAMP:
        return value.sql(dialect)
    word = "DATE" if type_.date_only else "TIMESTAMPTZ" if type_.has_zone else "TIMESTAMP"
    return exp.cast(value, word).sql(dialect)


def view_content(
    table: PhysicalTable, columns: list[NamedColumn], key: tuple[str, ...], label: str | None
) -> dict[str, Any]:
    """Return what the view's file says; `key` are lower-cased columns."""
    said: dict[str, Any] = {}
    if label is not None:
        said["label"] = label
    if _is_text(table.comment):
        said["description"] = table.comment
    said |= {"schema": table.schema, "table_name": table.name, "schema_label": title(table.schema.lower())}
    fields = {item.column.name.lower(): item.field for item in columns if item.parent is None}
    if len(key) > 1:
        said["custom_compound_primary_key_sql"] = [fields[name] for name in key]
    marked = fields[key[0]] if len(key) == 1 else None
    if columns:
        said["dimensions"] = {item.field: _dimension(item, is_key=item.field == marked) for item in columns}
    said["measures"] = {COUNT: {"aggregate_type": "count"}}
    return said


def _dimension(item: NamedColumn, *, is_key: bool) -> Mapping[str, Any]:
    column = item.column
    said: dict[str, Any] = {}
    if item.sql is not None:
        said["sql"] = item.sql
    if item.parent is not None and column.type.data_type in _WORDS:
        said["type"] = _WORDS[column.type.data_type]
    called = item.field if item.parent is None else item.field.removeprefix(f"{item.parent}__")
    if not says_all(column.name, called) and _is_text(column.name.strip()):
        said["label"] = column.name.strip()
    if _is_text(column.comment):
        said["description"] = column.comment
    if item.parent is not None:
        said["parent_field"] = item.parent
    if is_id(column):
        said["format"] = "id"
    if is_key:
        said["primary_key"] = True
    return said


def _is_text(text: str | None) -> bool:
    """Tell whether text may be shown: a comment that looks like a template is not one of ours."""
    return bool(text and text.strip()) and "{{" not in (text or "") and "@{" not in (text or "")
