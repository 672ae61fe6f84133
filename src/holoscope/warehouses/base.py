"""The port every warehouse implements: SQL text in, Arrow out, cancellable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Protocol

import pyarrow as pa

from holoscope.kit.errors import WarehouseError
from holoscope.modeling.tables import Place, Tables
from holoscope.modeling.types import Catalog
from holoscope.sql.dialect import Dialect


class WarehouseBusy(WarehouseError):
    """More statements wait than the warehouse may keep waiting; asking again later may work."""

    code = "warehouse_busy"
    status = 429
    retry_seconds = 1
    error_type: ClassVar[str] = "RATE_LIMITED"


@dataclass(frozen=True, slots=True)
class BatchStream:
    """A result while it arrives: its schema and its batches, to be read once and in order.

    The types are those of `warehouses.flatten`: no dictionaries, no large or view strings, every field
    nullable, no metadata. Reading a batch raises what `Execution.open` raises.
    """

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class Queued:
    """How a statement waited for its turn: behind `depth` others, for `seconds`."""

    depth: int = 0
    seconds: float = 0.0


class Execution(Protocol):
    """One statement under way. `cancel` may be called from any thread, any number of times.

    `slots.Turn` has what `queue_up`, `share` and `queued` need.
    """

    def queue_up(self, ready: Callable[[], None]) -> None:
        """Ask for a turn, without waiting for it; `ready` is called once, from any thread.

        It is called when `open` would not have to wait: the turn has come, was refused, or will not
        come because the statement was cancelled or is past its time limit. Who does not call this
        waits in `open`.
        """
        ...

    def share(self, asker: str) -> None:
        """Note that another asker waits for the same statement: it runs when the first of them is due."""
        ...

    @property
    def queued(self) -> Queued:
        """How it waited, or waits still."""
        ...

    def open(self) -> AbstractContextManager[BatchStream]:
        """Run the statement and hand out its batches; leaving the context frees what it holds.

        The context may be left early. May be opened once; blocks while the warehouse works.

        Raises:
            WarehouseBusy: too many statements wait already.
            WarehouseError: the warehouse refused or failed.
            RunKilled: cancelled, or past its time limit.
        """
        ...

    def read_all(self) -> pa.Table:
        """Wait for the whole result; raises what `open` raises."""
        ...

    def cancel(self) -> None:
        """Stop the statement soon, also while it waits for its turn; harmless when it has ended."""
        ...


class Warehouse(Protocol):
    """A connection that is open for queries."""

    @property
    def connection_id(self) -> str: ...

    @property
    def state(self) -> str:
        """Name the connection and which database was opened; a replaced one has another name."""
        ...

    @property
    def dialect(self) -> Dialect: ...

    def execute(
        self, sql: str, *, timeout: timedelta, asker: str = "", most_rows: int | None = None
    ) -> Execution:
        """Prepare to run `sql`: never blocks; the work happens in `Execution.open`.

        `timeout` counts from this call, so waiting for a turn is part of it. Turns are shared fairly
        between askers, which are told apart by any text: that of a key, of a background job. No more than
        `most_rows` rows are handed out, without a change to the text; 0 asks for the columns alone.
        """
        ...

    def load_catalog(self) -> Catalog:
        """Read tables, columns and types."""
        ...

    def load_tables(self) -> Tables:
        """Read what a model may be generated from: also comments, keys and parts of structures."""
        ...

    def find_repeated(self, places: Iterable[Place]) -> frozenset[Place]:
        """Return those columns in which a value repeats or is missing.

        What cannot be told within a time of the warehouse's own choice counts as not repeated.
        """
        ...

    def is_replaced(self) -> bool:
        """Tell whether another database now stands where this one was opened.

        Raises:
            WarehouseError: nothing stands there any more.
        """
        ...

    def close(self) -> None: ...
