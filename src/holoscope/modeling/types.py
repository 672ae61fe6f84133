"""What values are: data types, aggregates, and the columns of a warehouse. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

V = TypeVar("V")

EMPTY: Mapping[str, Any] = MappingProxyType({})


class DataType(StrEnum):
    """The wire's `data_type`. There is no DATE: a date is a TIMESTAMP whose `date_type` is date."""

    ARRAY = "ARRAY"
    BOOLEAN = "BOOLEAN"
    INTERVAL = "INTERVAL"
    JSON = "JSON"
    NUMBER = "NUMBER"
    OTHER_UNGROUPABLE = "OTHER_UNGROUPABLE"
    STRING = "STRING"
    TIMESTAMP = "TIMESTAMP"
    UNKNOWN = "UNKNOWN"


class Aggregate(StrEnum):
    """Simple aggregates; values are the YAML words, the wire upper-cases them."""

    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    LIST = "list"
    SUM_DISTINCT_ON = "sum_distinct_on"
    AVERAGE_DISTINCT_ON = "average_distinct_on"
    MEDIAN_DISTINCT_ON = "median_distinct_on"
    PERCENTILE_DISTINCT_ON = "percentile_distinct_on"

    @property
    def is_distinct_on(self) -> bool:
        """Tell whether it keeps one value for each value of `custom_primary_key_sql`."""
        return self.value.endswith("_distinct_on")

    @property
    def plain(self) -> Aggregate:
        """Give the aggregate over the values that are kept: `sum` of `sum_distinct_on`."""
        return Aggregate(self.value.removesuffix("_distinct_on"))

    @property
    def wire_name(self) -> str:
        """Give the wire's `aggregate_type`, which drops `_on`."""
        return self.value.removesuffix("_on").upper()


@dataclass(frozen=True, slots=True)
class ColumnType:
    """What a warehouse column holds. `date_only`/`has_zone` say more about a TIMESTAMP."""

    data_type: DataType
    native: str = ""
    date_only: bool = False
    has_zone: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """Tables of a connection: lower-cased `schema.table` -> lower-cased column -> type.

    `row_counts` are the warehouse's estimates. Built by `warehouses/<name>/catalog.py`; an empty
    catalog leaves column types UNKNOWN.
    """

    tables: Mapping[str, Mapping[str, ColumnType]] = field(default_factory=lambda: EMPTY)
    default_schema: str = "main"
    row_counts: Mapping[str, int] = field(default_factory=lambda: EMPTY)

    def with_default(self, name: str) -> Catalog:
        """Return the catalog as one whose default schema is called `name`; what was called so gives way.

        SQL leaves the default schema's name out, so that views of a schema `name` read the own one.
        """
        name = name.lower()
        if name == self.default_schema:
            return self
        return Catalog(
            MappingProxyType(_renamed(self.tables, self.default_schema, name)),
            name,
            MappingProxyType(_renamed(self.row_counts, self.default_schema, name)),
        )


def _renamed(places: Mapping[str, V], former: str, name: str) -> dict[str, V]:
    own, gone = f"{former}.", f"{name}."
    kept = {place: value for place, value in places.items() if not place.startswith(gone)}
    named = {
        gone + place.removeprefix(own): value for place, value in places.items() if place.startswith(own)
    }
    return kept | named
