"""Catalogs without a warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field

from holoscope.modeling.types import Catalog, ColumnType, DataType


@dataclass
class Shelf:
    """Catalogs by connection, with a count of how often one was read."""

    version: str = "1"
    catalog: Catalog = field(
        default_factory=lambda: Catalog(
            {
                "main.sales": {"id": ColumnType(DataType.NUMBER), "day": ColumnType(DataType.STRING)},
                "archive.old_sales": {},
            }
        )
    )
    reads: int = 0
    failure: Exception | None = None

    def catalog_version(self, connection_id: str) -> str:
        return self.version

    def load_catalog(self, connection_id: str) -> Catalog:
        self.reads += 1
        if self.failure:
            raise self.failure
        return self.catalog
