"""How a DuckDB file is opened: the sandbox and its limits, each read back before anything is served.

Order matters: limits and the time zone are set first, then external access goes off, then the
configuration is locked for the life of the instance.
"""

from __future__ import annotations

import duckdb

from holoscope.warehouses.duckdb.settings import DuckDBSettings, UnsafeWarehouse

SPILL = "spill"
"""The folder for what does not fit in memory, in the present one: nobody may be able to reach its parents."""

_MIB = 1024 * 1024
_LOCKED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "TimeZone": "UTC",
    "enable_external_access": "false",
}
_CONNECT_ONLY = frozenset({"allow_unsigned_extensions"})


def open_sandbox(path: str, settings: DuckDBSettings) -> duckdb.DuckDBPyConnection:
    """Open `path` read-only, without file, network or extension access, and lock that in.

    Raises:
        UnsafeWarehouse: a setting reads back differently from what was asked.
        duckdb.Error: the file cannot be opened.
    """
    wanted = _wanted(settings)
    connection = duckdb.connect(
        path, read_only=True, config={name: wanted[name] for name in sorted(_CONNECT_ONLY)}
    )
    try:
        known = {
            row[0].lower() for row in connection.execute("select name from duckdb_settings()").fetchall()
        }
        for name, value in wanted.items():
            if name in _CONNECT_ONLY or (name == "max_execution_time" and name not in known):
                continue
            escaped = value.replace("'", "''")
            connection.execute(f"SET GLOBAL {name} = '{escaped}'")
        connection.execute("SET GLOBAL lock_configuration = true")
        read_back(connection, wanted, known)
    except BaseException:
        connection.close()
        raise
    return connection


def _wanted(settings: DuckDBSettings) -> dict[str, str]:
    wanted = {
        "memory_limit": f"{settings.memory_mib}MiB",
        "threads": str(settings.threads),
        "max_temp_directory_size": f"{settings.temp_mib}MiB",
        "max_execution_time": str(settings.longest_seconds * 1000),
        "temp_directory": SPILL,
    }
    return wanted | _LOCKED


def read_back(connection: duckdb.DuckDBPyConnection, wanted: dict[str, str], known: set[str]) -> None:
    """Compare every setting with what was asked; sizes as exactly as the engine tells them.

    Raises:
        UnsafeWarehouse: one differs, or the configuration is not locked.
    """
    cursor = connection.cursor()
    found = dict(cursor.execute("select lower(name), value from duckdb_settings()").fetchall())
    cursor.close()
    expected = {name.lower(): value for name, value in wanted.items()} | {
        "lock_configuration": "true",
        "access_mode": "read_only",
    }
    for name, value in expected.items():
        if name == "max_execution_time" and name not in known:
            continue
        if not _same(found.get(name), value):
            raise UnsafeWarehouse(f"DuckDB did not accept {name} = {value}; it reads {found.get(name)!r}.")


def _same(found: str | None, wanted: str) -> bool:
    if found is None:
        return False
    if found.lower() == wanted.lower():
        return True
    left, right = _size(found), _size(wanted)
    return left is not None and right is not None and abs(left[0] - right[0]) <= left[1] / 10


def _size(text: str) -> tuple[float, float] | None:
    """Read `1.9 GiB` as bytes and the unit's bytes: DuckDB tells sizes with one digit after the point."""
    units = {"kib": 1024.0, "mib": float(_MIB), "gib": 1024.0 * _MIB, "tib": 1024.0 * 1024 * _MIB}
    number, unit = text.strip().lower()[:-3].strip(), text.strip().lower()[-3:]
    try:
        return float(number) * units[unit], units[unit]
    except (KeyError, ValueError):
        return None
