"""What a worker reports, and what its end means, as sentences for the person who asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from holoscope.kit.errors import HoloscopeError, RunKilled, WarehouseError
from holoscope.warehouses.duckdb.frames import Why
from holoscope.warehouses.duckdb.gate import StatementRefused
from holoscope.warehouses.duckdb.settings import UnsafeWarehouse
from holoscope.warehouses.scrub import scrub
from holoscope.warehouses.underway import TOO_LATE

LOST = (
    "The database process that ran the query ended before it had an answer, most likely for want of memory. "
    "Other queries go on. Ask for fewer rows or groups, or raise the memory limit of the warehouse."
)
NOT_STARTED = "The database process did not start, or did not open the file in time. Try again."
REPLACED = (
    "The database file of this connection was replaced. "
    "Refresh the schema of the connection to use the new file."
)
_TOO_BIG = (
    "A whole number in the result does not fit 64 bits. "
    "Cast the expression to DECIMAL(38, 0) or DOUBLE in the model."
)
_TOO_WIDE = "A single row of the result is larger than 128 MiB. Ask for fewer or shorter columns."
_NO_MEMORY = (
    "The query needed more memory than one query may use. "
    "Ask for fewer rows or groups, or raise the memory limit of the warehouse."
)
_HELD = re.compile(r"Conflicting lock is held.*?\bPID (\d+)")


class WorkerLost(WarehouseError):
    """The process that ran a statement ended without an answer."""

    code = "warehouse_process_lost"
    status = 503
    retry_seconds = 1


def explained(report: Mapping[str, Any]) -> HoloscopeError:
    """Say what the failure of a statement means; `report` is the JSON of a FAILED frame."""
    why, text = Why(report["why"]), str(report["text"])
    if why is Why.STOPPED:
        return RunKilled(TOO_LATE)
    if why is Why.REFUSED:
        return StatementRefused(text)
    if why is Why.BEYOND_64_BITS:
        return WarehouseError(_TOO_BIG)
    if why is Why.ROW_TOO_LARGE:
        return WarehouseError(_TOO_WIDE)
    if why is Why.NO_MEMORY:
        return WarehouseError(_NO_MEMORY)
    return WarehouseError(scrub(text))


def why_not_opened(report: Mapping[str, Any], path: Path) -> HoloscopeError:
    """Say why a worker did not open a file; its place on this machine is not told."""
    text = str(report["text"])
    if report["why"] == Why.UNSAFE.value:
        return UnsafeWarehouse(text)
    holder = _HELD.search(text)
    if holder is not None:
        return WarehouseError(
            f"Another program (process {holder.group(1)}) has {path.name} open for writing. "
            "Close it there and try again."
        )
    if "not a valid DuckDB database" in text:
        return WarehouseError(f"{path.name} is not a DuckDB file.")
    if "does not exist" in text:
        return WarehouseError(f"There is no DuckDB file {path.name}.")
    return WarehouseError(scrub(text))
