"""The port every warehouse implements: SQL text in, Arrow out, cancellable."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

import pyarrow as pa

from holoscope.modeling.types import Catalog
from holoscope.sql.dialect import Dialect


class Execution(Protocol):
    """One statement under way. `cancel` may be called from any thread, any number of times."""

    def read_all(self) -> pa.Table:
        """Wait for the whole result.

        Raises:
            WarehouseError: the warehouse refused or failed.
            RunKilled: cancelled, or past its time limit.
        """
        ...

    def cancel(self) -> None: ...


class Warehouse(Protocol):
    """A connection that is open for queries."""

    @property
    def connection_id(self) -> str: ...

    @property
    def dialect(self) -> Dialect: ...

    def execute(self, sql: str, *, timeout: timedelta) -> Execution:
        """Start `sql`; blocking work happens in `Execution.read_all`."""
        ...

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types."""
        ...

    def close(self) -> None: ...
