"""The door: tables in, the files of a SCHEMA model out (modeling digest §2, §19.3, §19.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from holoscope.modeling.generate.former import Former, FormerView, TablePlace
from holoscope.modeling.generate.joins import NamedTable, relationships
from holoscope.modeling.generate.keys import primary_key
from holoscope.modeling.generate.naming import file_key, free, identifier, join_names, says_all
from holoscope.modeling.generate.text import file_text, view_text
from holoscope.modeling.generate.views import Names, is_sayable, name_columns, view_content
from holoscope.modeling.tables import PhysicalTable, Tables

_NOTHING = Former({})


@dataclass(frozen=True, slots=True)
class Rules:
    """How a model is generated.

    `dialect` writes the SQL of columns whose names need quotes. `always_scope` puts catalog and schema
    into the name of every view; without it only those outside the default schema are scoped.
    """

    dialect: str = "duckdb"
    always_scope: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tables a refresh looks at; empty means all. `tables` are `table` or `schema.table`."""

    schemas: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.schemas or self.tables)

    def holds(self, schema: str, table: str) -> bool:
        """Tell whether a table is among those named, letter case ignored."""
        if not self:
            return True
        named = {table.lower(), f"{schema}.{table}".lower()}
        return schema.lower() in self.schemas or bool(named & self.tables)


_ALL = Selection()


def generate(
    tables: Tables,
    rules: Rules = Rules(),
    *,
    former: Former = _NOTHING,
    keep_gone: bool = False,
    selection: Selection = _ALL,
) -> dict[str, str]:
    """Return the files of the SCHEMA model of a database: a view for each table, and `relationships`.

    Views and fields keep the names they have in `former`, so that a refresh never gives a name to
    another column. `keep_gone` keeps what the database no longer has (a soft refresh). With a
    `selection` the views of all other tables stay as they were. Names that no model file can hold,
    such as those with `${`, are left out.

    Source: modeling digest §2, §19.3, §19.4.
    """
    wanted = [table for table in tables.tables if is_sayable(table.name) and is_sayable(table.schema)]
    keep_gone = keep_gone or bool(selection)
    views = dict(_views(tables, wanted, rules, former, keep_gone=keep_gone))
    said: dict[TablePlace, Mapping[str, Any]] = {}
    named: list[NamedTable] = []
    for table in wanted:
        place = (table.schema, table.name)
        known = former.views.get(place)
        if selection.holds(*place):
            said[place], item = _generated(table, views[place], tables, rules, known, keep_gone=keep_gone)
            named.append(item)
        elif known is not None:
            said[place] = known.said
            named.append(_as_it_was(table, known, tables, rules))
    joins = relationships(tuple(named), former.relationships, keep_gone=keep_gone)
    if keep_gone:
        said = {place: view.said for place, view in former.views.items()} | said
    files = {
        view.file: view_text(view.file, view.name, said[place])
        for place, view in views.items()
        if place in said
    }
    files["relationships"] = file_text("relationships", joins)
    return files


def _views(
    tables: Tables, wanted: list[PhysicalTable], rules: Rules, former: Former, *, keep_gone: bool
) -> Iterator[tuple[TablePlace, FormerView]]:
    """Name views and files. Who had a name keeps it; with `keep_gone` so do those that are gone."""
    present = {(table.schema, table.name) for table in wanted}
    kept = {place: view for place, view in former.views.items() if keep_gone or place in present}
    yield from kept.items()
    taken = {view.name for view in kept.values()}
    files = {view.file.removesuffix(".view").lower() for view in kept.values()}
    # Tables that are called like a legal name come first, so that they get it.
    for table in sorted(wanted, key=lambda table: table.name.lower() != identifier(table.name, "table")):
        place = (table.schema, table.name)
        if place not in kept:
            name = free(_view_name(table, tables, rules), taken)
            folder = f"{tables.catalog}.{table.schema}" if rules.always_scope else table.schema
            yield place, FormerView(file_key(folder, table.name, files), name, {})


def _view_name(table: PhysicalTable, tables: Tables, rules: Rules) -> str:
    own = identifier(table.name, "table")
    schema = identifier(table.schema, "schema")
    if rules.always_scope:
        return join_names(identifier(tables.catalog, "catalog"), schema, own)
    if table.schema.lower() == tables.default_schema.lower():
        return own
    return join_names(schema, own)


def _generated(
    table: PhysicalTable,
    view: FormerView,
    tables: Tables,
    rules: Rules,
    known: FormerView | None,
    *,
    keep_gone: bool,
) -> tuple[Mapping[str, Any], NamedTable]:
    gone = known.dimensions if known is not None and keep_gone else {}
    names = Names(known.names() if known is not None else {}, gone)
    columns = name_columns(table, rules.dialect, names, keeps_case=tables.keeps_case)
    fields = {item.column.name.lower(): item.field for item in columns if item.parent is None}
    key = primary_key(table, fields, tables.repeated)
    label = None if says_all(table.name, identifier(table.name, "table")) else table.name.strip()
    said = view_content(table, columns, key, label or None)
    present = said.get("dimensions", {})
    missing = {name: field for name, field in gone.items() if name not in present}
    if missing:
        # A key that is gone stays no key: two dimensions marked as one would make none.
        stays = {name: _without_key(field) if key else field for name, field in missing.items()}
        said["dimensions"] = {**present, **stays}
    return said, NamedTable(table, view.name, fields, key)


def _as_it_was(table: PhysicalTable, known: FormerView, tables: Tables, rules: Rules) -> NamedTable:
    """Name a table that is not looked at now by what its file says of it, for the joins of others."""
    names = Names(known.names(), known.dimensions)
    columns = name_columns(table, rules.dialect, names, keeps_case=tables.keeps_case)
    fields = {
        item.column.name.lower(): item.field
        for item in columns
        if item.parent is None and item.field in known.dimensions
    }
    return NamedTable(table, known.name, fields, primary_key(table, fields, tables.repeated))


def _without_key(field: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {name: value for name, value in (field or {}).items() if name != "primary_key"}
