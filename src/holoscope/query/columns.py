"""Physical columns of views: their types, and whether their times are instants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from holoscope.modeling.columns import table_key
from holoscope.modeling.types import ColumnType
from holoscope.modeling.views import View
from holoscope.query.asked import example_of
from holoscope.query.selects import columns_behind
from holoscope.query.subqueries import columns_of
from holoscope.query.types import UNKNOWN
from holoscope.query.value import UNKNOWN_COLUMN, SubColumn

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


@dataclass(frozen=True, slots=True)
class Columns:
    """Looks columns up in the catalog, or in what stands behind their view."""

    resolver: Resolver

    def type_of(self, view_name: str, column_name: str) -> ColumnType:
        """Give a column's type; one that nobody knows is UNKNOWN."""
        view = self.resolver.model.views[view_name]
        catalog = self.resolver.model.catalog
        if view.sql is not None or view.query is not None:
            return self._behind(view).get(column_name.lower(), UNKNOWN_COLUMN).type
        columns = catalog.tables.get(table_key(view, catalog), {})
        return columns.get(column_name.lower(), UNKNOWN)

    def is_instant(self, view_name: str, column_name: str) -> bool:
        """Tell whether a column's times are stored as such; a query view holds wall times where it groups."""
        view = self.resolver.model.views[view_name]
        if view.query is None:
            return True
        return self._behind(view).get(column_name.lower(), UNKNOWN_COLUMN).convertible

    def _behind(self, view: View) -> dict[str, SubColumn]:
        """Tell what the columns of a view over a SELECT or a query hold, the same for every query."""
        resolver = self.resolver
        key = ("columns", resolver.context.dialect.name, view.name)
        known: dict[str, SubColumn] | None = resolver.model.derived.get(key)
        if known is None and view.name in resolver.reading:  # it reads itself, which fails elsewhere
            resolver.for_this_query_alone()
            return {}
        if known is None:
            example = self._example((*resolver.reading, view.name))
            known = columns_of(view, example) if view.query else columns_behind(view, example)
            resolver.model.derived[key] = known
        return known

    def _example(self, reading: tuple[str, ...]) -> Resolver:
        """Give a resolver for no query at all, which looks at what stands behind the views `reading`."""
        asked = example_of(self.resolver.model)
        return replace(self.resolver.afresh(), asked=asked, inside=(), reading=reading)
