"""Small DuckDB files for tests, written in the format that DuckDB 1.5 and 2.0 both read."""

from __future__ import annotations

from pathlib import Path

import duckdb


def write_duckdb(path: Path, *statements: str) -> Path:
    """Create a database file by running `statements`, and close it."""
    path.unlink(missing_ok=True)
    connection = duckdb.connect(str(path), config={"storage_compatibility_version": "v1.5.0"})
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return path


ITEMS = (
    "create table items as select range id, range % 3 as grp, (range * 1.25)::decimal(12, 2) price, "
    "CASE WHEN range % 7 = 0 then null else 'name ' || range end as label, range % 2 = 0 as even, "
    "timestamp '2024-01-01' + to_days(range::int) as made_at, "
    "timestamptz '2024-01-01 12:00:00+00' + to_days(range::int) as seen_at, "
    "date '2024-01-01' + range::int as day from range(20)"
)
