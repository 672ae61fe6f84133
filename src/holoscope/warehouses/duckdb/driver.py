"""Runs SQL on one DuckDB file in worker processes: one statement a worker. No engine is loaded here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from holoscope.kit.errors import WarehouseError
from holoscope.modeling.tables import Place, Tables
from holoscope.modeling.types import Catalog
from holoscope.warehouses.duckdb.catalog import read_catalog, read_tables
from holoscope.warehouses.duckdb.dialect import DuckDBDialect
from holoscope.warehouses.duckdb.execution import DuckDBExecution
from holoscope.warehouses.duckdb.frames import Statement
from holoscope.warehouses.duckdb.nursery import Nursery
from holoscope.warehouses.duckdb.repeats import find_repeated
from holoscope.warehouses.duckdb.settings import DuckDBSettings
from holoscope.warehouses.duckdb.workers import Workers, identity_of
from holoscope.warehouses.underway import UnderWay

_LOOKING = timedelta(seconds=30)
_READING = timedelta(seconds=60)
_HOUSEKEEPING = "the catalog"


def open_duckdb(
    path: Path,
    *,
    connection_id: str,
    settings: DuckDBSettings | None = None,
    nursery: Nursery | None = None,
) -> DuckDBWarehouse:
    """Open a DuckDB file for queries: read-only, sandboxed, locked, in processes from `nursery`.

    Raises:
        UnsafeWarehouse: the sandbox could not be made.
        WarehouseError: the file cannot be opened.
    """
    settings = settings or DuckDBSettings()
    path = path.absolute()
    return DuckDBWarehouse(Workers(path, settings, nursery or Nursery()), connection_id, settings, path)


class DuckDBWarehouse:
    """A DuckDB file that is open for queries. Safe in several threads."""

    def __init__(self, workers: Workers, connection_id: str, settings: DuckDBSettings, path: Path) -> None:
        self._path = path
        self._connection_id = connection_id
        self._dialect = DuckDBDialect()
        self.workers = workers
        self.under_way = UnderWay(
            f"duckdb-watchdog-{connection_id}", settings.concurrency, settings.queue_limit
        )

    @property
    def connection_id(self) -> str:
        return self._connection_id

    @property
    def state(self) -> str:
        return f"{self._connection_id} {self.workers.identity}"

    @property
    def dialect(self) -> DuckDBDialect:
        return self._dialect

    def execute(
        self, sql: str, *, timeout: timedelta, asker: str = "", most_rows: int | None = None
    ) -> DuckDBExecution:
        """Prepare to run one SELECT; see `warehouses.base.Warehouse`."""
        return self._prepare(Statement(sql, most_rows=most_rows), timeout, asker)

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types of the file."""
        return read_catalog(self._ask)

    def load_tables(self) -> Tables:
        """Read what a model may be generated from."""
        return read_tables(self._ask)

    def find_repeated(self, places: Iterable[Place]) -> frozenset[Place]:
        """Look which columns are no keys; see `warehouses.base.Warehouse`. Half a minute at most."""
        return find_repeated(self._ask, places, _LOOKING)

    def is_replaced(self) -> bool:
        """Tell whether another file now stands at the path; see `warehouses.base.Warehouse`."""
        identity = identity_of(self._path)
        if identity is None:
            raise WarehouseError(f"The database file {self._path.name} is gone.")
        return identity != self.workers.identity

    def close(self) -> None:
        """Close the file: statements under way are stopped, then every process is ended."""
        self.under_way.close()
        self.workers.close()

    def _prepare(self, statement: Statement, timeout: timedelta, asker: str) -> DuckDBExecution:
        return DuckDBExecution(self.under_way, self.workers, statement, timeout, asker)

    def _ask(self, sql: str, timeout: timedelta = _READING) -> list[tuple[Any, ...]]:
        """Run a statement of our own, which may read the engine's catalogues, and return its rows."""
        table = self._prepare(Statement(sql, is_gated=False), timeout, _HOUSEKEEPING).read_all()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
