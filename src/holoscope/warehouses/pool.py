"""The open warehouses of a server, by connection id: opened on first use, kept until the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from holoscope.modeling.generate.keys import key_candidates
from holoscope.modeling.tables import Tables
from holoscope.modeling.types import Catalog
from holoscope.sql.dialect import Dialect
from holoscope.warehouses.base import Warehouse


class Pool:
    """Opens each warehouse once. Safe between threads; two connections open side by side.

    `open_one` opens the warehouse of a connection id and may raise; a failure is not remembered,
    so the next question tries again. `revision_of` names what a connection is opened by.
    """

    def __init__(
        self, open_one: Callable[[str], Warehouse], revision_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        self._open_one = open_one
        self._revision_of = revision_of
        self._revisions: dict[str, str] = {}
        self._open: dict[str, Warehouse] = {}
        self._locks: dict[str, Lock] = {}
        self._looks: dict[str, int] = {}
        self._guard = Lock()

    def warehouse(self, connection_id: str, revision: str = "") -> Warehouse:
        """Return the warehouse of a connection, opening it if need be.

        With a `revision` it is one that was opened by that: another one is closed, and what runs on it stops.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: it cannot be opened.
        """
        found = self._open.get(connection_id)
        if found is not None and self._is_of(connection_id, revision):
            return found
        with self._lock_of(connection_id):
            found = self._open.get(connection_id)
            if found is not None and not self._is_of(connection_id, revision):
                del self._open[connection_id]
                found.close()
                found = None
            if found is None:
                self._revisions[connection_id] = self._revision_of(connection_id)
                found = self._open_one(connection_id)
                self._open[connection_id] = found
        return found

    def _is_of(self, connection_id: str, revision: str) -> bool:
        return not revision or self._revisions.get(connection_id, "") in {"", revision}

    def dialect_of(self, connection_id: str) -> Dialect:
        """Return the dialect of a connection. Raises as `warehouse` does."""
        return self.warehouse(connection_id).dialect

    def catalog_version(self, connection_id: str) -> str:
        """Name the state of the catalog: what it was when opened, or when last looked at again."""
        return f"{connection_id} #{self._looks.get(connection_id, 0)}"

    def load_catalog(self, connection_id: str) -> Catalog:
        """Read tables, columns and types. Raises as `warehouse` does."""
        return self.warehouse(connection_id).load_catalog()

    def reopen(self, connection_id: str) -> None:
        """Open a connection again if its database was replaced; what runs on the old one is stopped.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: it cannot be opened; one that is gone stays open as it was.
        """
        with self._lock_of(connection_id):
            found = self._open.get(connection_id)
            if found is None or not found.is_replaced():
                return
            del self._open[connection_id]
            found.close()
        self.warehouse(connection_id)

    def renew(self, connection_id: str) -> None:
        """Look at the catalog anew when it is next asked for. Raises as `reopen` does."""
        self.reopen(connection_id)
        with self._guard:
            self._looks[connection_id] = self._looks.get(connection_id, 0) + 1

    def look(self, connection_id: str) -> Tables:
        """Read tables and which likely keys are none; the catalog has a new version from now on.

        Raises:
            NoSuchConnection: unknown or deleted.
            WarehouseError: it cannot be read.
        """
        warehouse = self.warehouse(connection_id)
        tables = warehouse.load_tables()
        tables = replace(tables, repeated=warehouse.find_repeated(key_candidates(tables)))
        with self._guard:
            self._looks[connection_id] = self._looks.get(connection_id, 0) + 1
        return tables

    def close(self) -> None:
        """Close every warehouse; statements under way fail. Nothing may be asked afterwards."""
        for warehouse in list(self._open.values()):
            warehouse.close()

    def _lock_of(self, connection_id: str) -> Lock:
        with self._guard:
            return self._locks.setdefault(connection_id, Lock())
