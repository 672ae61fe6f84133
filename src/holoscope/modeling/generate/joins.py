"""Joins of generated views: declared ones first, then guesses (modeling digest §19.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.modeling.generate.keys import comparable_family
from holoscope.modeling.generate.naming import free, identifier, key_stem, table_names
from holoscope.modeling.tables import Column, PhysicalTable

Join = Mapping[str, Any]
"""A join as the relationships file says it."""


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

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        return self.left.view, self.right.view, self.columns


_Aliases = dict[tuple[str, str, tuple[str, ...]], str | None]
"""What the target of a link is called: its alias, or None for its own name."""


def relationships(
    tables: tuple[NamedTable, ...], former: Iterable[Join] = (), *, keep_gone: bool = False
) -> list[Join]:
    """Return the joins as the relationships file lists them, by view and then column order.

    A join keeps the name that its target had in `former`. With `keep_gone` the joins come last of which
    the database says nothing any more.
    """
    before = [dict(join) for join in former]
    links = _links(tables)
    views = {item.view for item in tables}
    aliases = _former_aliases(links, before, views)
    taken = views | {alias for alias in aliases.values() if alias is not None}
    if keep_gone:
        taken |= {join["join_to_view_as"] for join in before if "join_to_view_as" in join}
    pairs: dict[tuple[str, str], list[_Link]] = defaultdict(list)
    for link in links:
        pairs[link.left.view, link.right.view].append(link)
    for link in links:
        if link.key not in aliases:
            aliases[link.key] = _alias(link, pairs[link.left.view, link.right.view], aliases, taken)
    joins: list[Join] = [_written(link, aliases[link.key]) for link in links]
    if keep_gone:
        present = {_identity(join) for join in joins}
        joins += [join for join in before if _identity(join) not in present]
    return joins


def _links(tables: tuple[NamedTable, ...]) -> list[_Link]:
    places = {(item.table.schema.lower(), item.table.name.lower()): item for item in tables}
    called: dict[tuple[str, str], NamedTable] = {}
    for item in tables:
        called.setdefault((item.table.schema, identifier(item.table.name, "table")), item)
    found: dict[tuple[str, str, tuple[str, ...]], _Link] = {}
    for item in tables:
        declared = list(_declared(item, places))
        covered = {column for link in declared for column in link.columns}
        guessed = [link for link in _guessed(item, called) if link.columns[0] not in covered]
        for link in (*declared, *guessed):
            found.setdefault(link.key, link)
    return list(found.values())


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


def _former_aliases(links: list[_Link], before: list[dict[str, Any]], views: set[str]) -> _Aliases:
    """Return the names that targets have already; an alias that is a view's name by now is none."""
    known: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for join in before:
        known[join.get("join_from_view", ""), join.get("join_to_view", "")].append(join)
    aliases: _Aliases = {}
    for link in links:
        for join in known[link.left.view, link.right.view]:
            alias = join.get("join_to_view_as")
            if alias not in views and _written(link, alias)["on_sql"] == join.get("on_sql"):
                aliases[link.key] = alias
    return aliases


def _alias(link: _Link, same: list[_Link], aliases: _Aliases, taken: set[str]) -> str | None:
    """Name the copy of the target that a join needs when it is not the only one, or leads to itself.

    `same` are the joins between the same two views.
    """
    if link.right is not link.left and not any(
        other.key in aliases and aliases[other.key] is None for other in same
    ):
        called = identifier(link.right.table.name, "table")
        fitting = [other for other in same if called in table_names(key_stem(other.columns[0]) or "")]
        if len(same) == 1 or (fitting and fitting[0] is link):
            return None
    wanted = key_stem(link.columns[0]) or identifier(link.columns[0], "table")
    if wanted in taken:
        wanted = f"{link.left.view}_{wanted}"
    return free(wanted, taken)


def _identity(join: Join) -> tuple[object, ...]:
    return tuple(join.get(key) for key in ("join_from_view", "join_to_view", "join_to_view_as"))


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
