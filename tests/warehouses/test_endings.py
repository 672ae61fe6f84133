"""What follows a statement is cut where DuckDB itself says that its tokens begin."""

import duckdb
import pytest

from holoscope.warehouses.duckdb.endings import without_ending


@pytest.mark.parametrize(
    ("sql", "kept"),
    [
        ("select 1", "select 1"),
        ("select 1;", "select 1"),
        ("select 1; -- x", "select 1"),
        ("select 1;;/* ; */ ; -- c", "select 1"),
        ("select ';--' a, $$;--$$ b ;", "select ';--' a, $$;--$$ b "),
        ("select 'é;' a; -- é", "select 'é;' a"),
        ("select 1 -- ;\n + 2;", "select 1 -- ;\n + 2"),
    ],
)
def test_endings(sql: str, kept: str) -> None:
    assert without_ending(sql) == kept
    connection = duckdb.connect()
    assert connection.sql(kept).limit(1).fetchall() == connection.sql(sql).fetchall()
