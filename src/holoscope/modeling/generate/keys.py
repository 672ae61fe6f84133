"""Keys and joins of generated views: declared ones first, then guesses (modeling digest §19.3)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.modeling.generate.naming import free, identifier, key_stem, table_names
from holoscope.modeling.tables import Column, PhysicalTable, Place, Tables
from holoscope.modeling.types import DataType

_TEXTS = frozenset({"VARCHAR", "ENUM"})


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table with the names its view and fields got; a column without a field is left out."""

    table: PhysicalTable
    view: str
    fields: Mapping[str, str]
    """Lower-cased column -> field."""
    key: tuple[str, ...] = ()
    """Lower-cased columns of the primary key, declared or guessed."""


@dataclass(frozen=True, slots=True)
class _Link:
    """Columns of `left` that name one row of `right`, pairwise; all lower-cased."""

    left: NamedTable
    right: NamedTable
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    declared: bool


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


def relationships(tables: tuple[NamedTable, ...]) -> list[dict[str, Any]]:
    """Return the joins as the relationships file lists them, by view and then column order."""
    places = {(item.table.schema.lower(), item.table.name.lower()): item for item in tables}
    called: dict[tuple[str, str], NamedTable] = {}
    for item in tables:
        called.setdefault((item.table.schema, identifier(item.table.name, "table")), item)
    taken = {item.view for item in tables}
    found: list[dict[str, Any]] = []
    for item in tables:
        links = [*_declared(item, places)]
        covered = {column for link in links for column in link.columns}
        links += [link for link in _guessed(item, called) if link.columns[0] not in covered]
        found.extend(_written(link, _alias(link, links, taken)) for link in links)
    return found


def comparable_family(column: Column) -> str | None:
    """Return a word that two columns share when their values can be equal; None for no keys at all."""
    type_ = column.type
    if type_.data_type is DataType.NUMBER:
        return "number"
    if type_.data_type is not DataType.STRING:
        return None
    native = type_.native.upper().partition("(")[0]
    return "text" if native in _TEXTS else native if native == "UUID" else None


def _declared(item: NamedTable, places: Mapping[tuple[str, str], NamedTable]) -> Iterator[_Link]:
    for foreign in item.table.foreign_keys:
        schema = foreign.schema or item.table.schema
        right = places.get((schema.lower(), foreign.table.lower()))
        columns = tuple(name.lower() for name in foreign.columns)
        targets = tuple(name.lower() for name in foreign.table_columns)
        if right is None or len(columns) != len(targets) or not columns:
            continue
        if all(name in item.fields for name in columns) and all(name in right.fields for name in targets):
            yield _Link(item, right, columns, targets, declared=True)


def _guessed(item: NamedTable, called: Mapping[tuple[str, str], NamedTable]) -> Iterator[_Link]:
    for column in item.table.columns:
        stem = key_stem(column.name)
        if stem is None or column.name.lower() not in item.fields:
            continue
        for name in table_names(stem):
            right = called.get((item.table.schema, name))
            if right is not None:
                target = None if right is item else _target(column, stem, right)
                if target is not None:
                    yield _Link(item, right, (column.name.lower(),), (target,), declared=False)
                break


def _target(column: Column, stem: str, right: NamedTable) -> str | None:
    """Return the column that `column` names: `id` or `<stem>_id`, comparable, and a key there."""
    for other in right.table.columns:
        name = other.name.lower()
        if name not in right.fields or not (
            identifier(other.name, "column") == "id" or key_stem(other.name) == stem
        ):
            continue
        is_unique = (name,) == right.key or any(
            tuple(part.lower() for part in unique) == (name,) for unique in right.table.unique
        )
        family = comparable_family(other)
        if is_unique and family is not None and family == comparable_family(column):
            return name
    return None


def _alias(link: _Link, links: list[_Link], taken: set[str]) -> str | None:
    """Name the copy of the target that a join needs when it is not the only one, or leads to itself."""
    same = [other for other in links if other.right is link.right]
    if link.right is not link.left:
        if len(same) == 1:
            return None
        called = identifier(link.right.table.name, "table")
        fitting = [other for other in same if called in table_names(key_stem(other.columns[0]) or "")]
        if fitting and fitting[0] is link:
            return None
    wanted = key_stem(link.columns[0]) or identifier(link.columns[0], "table")
    if wanted in taken:
        wanted = f"{link.left.view}_{wanted}"
    return free(wanted, taken)


def _written(link: _Link, alias: str | None) -> dict[str, Any]:
    left, right = link.left.view, alias or link.right.view
    conditions = [
        f"${{{left}.{link.left.fields[column]}}} = ${{{right}.{link.right.fields[target]}}}"
        for column, target in zip(link.columns, link.targets, strict=True)
    ]
    said: dict[str, Any] = {"join_from_view": left, "join_to_view": link.right.view}
    if alias is not None:
        said["join_to_view_as"] = alias
    said["join_type"] = "always_left"
    said["on_sql"] = " AND ".join(conditions)
    said["relationship_type"] = "many_to_one" if link.declared else "assumed_many_to_one"
    return said
