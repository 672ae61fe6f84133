"""A DuckDB warehouse under test: questions put to it, and statements that run until they are stopped."""

from __future__ import annotations

import threading
from datetime import timedelta

import pyarrow as pa

from holoscope.warehouses.base import Warehouse
from holoscope.warehouses.duckdb.driver import DuckDBWarehouse
from support.pace import SOON, until

MINUTE = timedelta(minutes=1)
ENDLESS = "select sum(a.range) from range(10000000) a, range(10000000) b where a.range % 7 <> b.range % 11"


def read(
    warehouse: Warehouse, sql: str, timeout: timedelta = MINUTE, *, most_rows: int | None = None
) -> pa.Table:
    """Run a statement to its end."""
    return warehouse.execute(sql, timeout=timeout, most_rows=most_rows).read_all()


class Asked(threading.Thread):
    """A statement on a thread of its own; `error` is what became of it."""

    def __init__(self, warehouse: DuckDBWarehouse, sql: str, timeout: timedelta = MINUTE) -> None:
        super().__init__()
        self.execution = warehouse.execute(sql, timeout=timeout)
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.execution.read_all()
        except Exception as error:
            self.error = error

    def has_begun(self) -> bool:
        """Tell whether a worker was told to run it."""
        return self.execution._number > 0

    def outcome(self, seconds: float = SOON) -> Exception | None:
        """Wait for its end and give the error, if there was one."""
        self.join(seconds)
        assert not self.is_alive()
        return self.error


def waiting(warehouse: Warehouse, count: int) -> None:
    """Wait until `count` statements wait for their turn, and all turns are taken."""
    slots = warehouse.under_way.slots  # type: ignore[attr-defined]
    until(lambda: slots._waiting == count and not slots._free)
