"""Runs SQL on a PostgreSQL server: sessions as needed, rows as they come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pyarrow as pa

from holoscope.kit.errors import WarehouseError
from holoscope.modeling.tables import Place, Tables
from holoscope.modeling.types import Catalog
from holoscope.warehouses.postgres.catalog import read_catalog, read_tables
from holoscope.warehouses.postgres.dialect import PostgresDialect
from holoscope.warehouses.postgres.execution import PostgresExecution
from holoscope.warehouses.postgres.gate import Gate
from holoscope.warehouses.postgres.repeats import find_repeated
from holoscope.warehouses.postgres.sessions import Sessions
from holoscope.warehouses.postgres.settings import PostgresSettings
from holoscope.warehouses.underway import UnderWay

_LOOKING_SECONDS = 30
_WHICH = (
    "SELECT d.oid::bigint AS id, pg_catalog.to_regnamespace(pg_catalog.quote_ident({schema})) IS NOT NULL "
    "AS has_schema, ARRAY(SELECT c.relname::text FROM pg_catalog.pg_class c "
    "WHERE c.relnamespace = 'pg_catalog'::regnamespace) AS own "
    "FROM pg_catalog.pg_database d WHERE d.datname = current_database()"
)


def open_postgres(settings: PostgresSettings, *, connection_id: str) -> PostgresWarehouse:
    """Open a database for queries; one session is made to see that it can be.

    Raises:
        WarehouseError: the server cannot be reached, refuses, is too old, or has no such schema.
    """
    sessions = Sessions(settings)
    schema = "'" + settings.schema.replace("'", "''") + "'"
    try:
        found = sessions.rows(_WHICH.format(schema=schema))[0]
    except WarehouseError:
        sessions.close()
        raise
    if not found["has_schema"]:
        sessions.close()
        raise WarehouseError(f'There is no schema "{settings.schema}" that this user may see.')
    return PostgresWarehouse(settings, connection_id, sessions, found["id"], Gate(found["own"]))


class PostgresWarehouse:
    """A PostgreSQL database that is open for queries. Safe in several threads."""

    def __init__(
        self,
        settings: PostgresSettings,
        connection_id: str,
        sessions: Sessions,
        database_id: int,
        gate: Gate,
    ) -> None:
        self._settings = settings
        self._connection_id = connection_id
        self._database_id = database_id
        self._dialect = PostgresDialect()
        self.sessions = sessions
        self.gate = gate
        self.under_way = UnderWay(
            f"postgres-watchdog-{connection_id}", settings.concurrency, settings.queue_limit
        )

    @property
    def connection_id(self) -> str:
        return self._connection_id

    @property
    def state(self) -> str:
        said = self._settings
        place = f"{said.host}:{said.port}/{said.database}/{said.schema}"
        return f"{self._connection_id} {said.user}@{place} {self._database_id}"  # rows may depend on the user

    @property
    def dialect(self) -> PostgresDialect:
        return self._dialect

    def execute(
        self, sql: str, *, timeout: timedelta, asker: str = "", most_rows: int | None = None
    ) -> PostgresExecution:
        """Prepare to run one SELECT; see `warehouses.base.Warehouse`."""
        return PostgresExecution(self, sql, timeout, asker, most_rows)

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types."""
        return read_catalog(self.sessions.rows, self._settings.schema)

    def load_tables(self) -> Tables:
        """Read what a model may be generated from."""
        return read_tables(self.sessions.rows, self._settings.schema)

    def find_repeated(self, places: Iterable[Place]) -> frozenset[Place]:
        """Look which columns are no keys; see `warehouses.base.Warehouse`. Half a minute at most."""

        def ask(sql: str, left: timedelta) -> pa.Table:
            return self.execute(sql, timeout=left).read_all()

        return find_repeated(ask, places, timedelta(seconds=_LOOKING_SECONDS))

    def is_replaced(self) -> bool:
        """Tell whether another database now has the name; see `warehouses.base.Warehouse`."""
        return bool(self.sessions.rows(_WHICH.format(schema="'public'"))[0]["id"] != self._database_id)

    def close(self) -> None:
        """Stop what runs and leave the server."""
        self.under_way.close()
        self.sessions.close()
