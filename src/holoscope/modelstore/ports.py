"""What this room needs and cannot make: the catalog and tables of a connection. `app` passes them in."""

from __future__ import annotations

from typing import Protocol

from holoscope.modeling.tables import Tables
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


class Sources(Protocol):
    """Tables of connections, by connection id. Called from any thread."""

    def reopen(self, connection_id: str) -> None:
        """Open the database again if another one stands in its place.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: it cannot be opened.
        """
        ...

    def renew(self, connection_id: str) -> None:
        """Do as `reopen`; the catalog has a new version from now on.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: it cannot be opened.
        """
        ...

    def look(self, connection_id: str) -> Tables:
        """Return the tables of the database; its catalog has a new version from now on.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: the connection cannot be read.
        """
        ...
