"""What this room needs and cannot make: the catalog of a connection. `app` passes it in."""

from __future__ import annotations

from typing import Protocol

from holoscope.modeling.types import Catalog


class Catalogs(Protocol):
    """Catalogs of connections, by connection id. Called from any thread."""

    def catalog_version(self, connection_id: str) -> str:
        """Return a text that changes whenever the catalog does; cheap, asked on every query."""
        ...

    def load_catalog(self, connection_id: str) -> Catalog:
        """Read tables, columns and types.

        Raises:
            WarehouseError: the connection cannot be read.
        """
        ...
