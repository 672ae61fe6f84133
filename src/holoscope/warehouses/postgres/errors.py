"""What PostgreSQL says, as an error of ours: its sentence and its code, never statement or address."""

from __future__ import annotations

import re

import adbc_driver_manager.dbapi as adbc

from holoscope.kit.errors import HoloscopeError, RunKilled, WarehouseError
from holoscope.warehouses.scrub import scrub

_CANCELLED = "57014"
_LOST = re.compile(
    r"no connection to the server|server closed the connection|terminating connection|"
    r"connection (?:reset|timed out|not open)|could not (?:send|receive) data|SSL (?:connection|SYSCALL)|"
    r"the database system is (?:shutting down|starting up)",
    re.IGNORECASE,
)
_LOST_CLASSES = ("08", "57P")
_SENTENCE = re.compile(r"(?:ERROR|FATAL|PANIC):\s+(.*)")
_STOPPED = re.compile(r"canceling statement due to (?:user request|statement timeout)")
_STOPPED_BY_SERVER = "The database server stopped the query."
LOST = "The database server closed the connection. Try again."


def is_lost(error: Exception) -> bool:
    """Tell whether an error says that the session is gone, not that the statement is wrong."""
    state = getattr(error, "sqlstate", None)
    if state:
        return str(state).startswith(_LOST_CLASSES)
    return _LOST.search(str(error)) is not None


def explained(error: Exception) -> HoloscopeError:
    """Turn what the driver raised into an error a person may see."""
    state = getattr(error, "sqlstate", None)
    text = str(error)
    if state == _CANCELLED or (state is None and _STOPPED.search(text)):
        return RunKilled(_STOPPED_BY_SERVER)
    if is_lost(error):
        return WarehouseError(LOST)
    said = _primary(error) or sentence(text)
    return WarehouseError(scrub(f"{said} (SQLSTATE {state})" if state else said))


def why_not_connected(error: Exception) -> WarehouseError:
    """Say why there is no session; where the server is and who asked are not told beyond its own words."""
    text = str(error)
    found = _SENTENCE.search(text)
    if found is not None:
        reason = found.group(1)
    else:
        reason = text.rpartition("failed: ")[2] if "failed: " in text else text.rpartition(": ")[2]
    return WarehouseError(scrub(f"Cannot connect to PostgreSQL: {reason.strip().splitlines()[0]}."))


def sentence(text: str) -> str:
    """Take the server's sentence out of what the driver makes of it."""
    found = _SENTENCE.search(text)
    whole = found.group(1) if found is not None else text.partition("Query was:")[0].rpartition("[libpq] ")[2]
    return whole.strip() or "The database server could not answer."


def _primary(error: Exception) -> str | None:
    for key, value in getattr(error, "details", None) or ():
        if key in ("PG_DIAG_MESSAGE_PRIMARY", b"PG_DIAG_MESSAGE_PRIMARY"):
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return None


DRIVER_ERRORS = (adbc.Error, OSError)
"""What the driver raises: its own errors, and OSError in the middle of a stream."""
