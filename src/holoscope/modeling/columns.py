"""Which columns the table behind a view has, as far as the catalog tells."""

from __future__ import annotations

from collections.abc import Mapping

from holoscope.modeling.types import EMPTY, Catalog, ColumnType
from holoscope.modeling.views import View


def table_key(view: View, catalog: Catalog) -> str:
    """Name a view's physical table as the catalog does."""
    table = view.table_name or view.alias_of or view.name
    return f"{view.schema or catalog.default_schema}.{table}".lower()


def columns_of(view: View, catalog: Catalog) -> Mapping[str, ColumnType]:
    """Give the columns of a view's table in their order; none for a SELECT or an unknown table."""
    return EMPTY if view.sql is not None else catalog.tables.get(table_key(view, catalog), EMPTY)
