"""Statements without the semicolons and comments after them: DuckDB puts brackets around their text."""

from __future__ import annotations

import duckdb


def without_ending(sql: str) -> str:
    """Cut what follows a single statement, by DuckDB's own reading of where tokens begin."""
    if ";" not in sql:
        return sql
    text = sql.encode()
    end = len(text)
    for start, kind in reversed(duckdb.tokenize(sql)):
        if kind != duckdb.token_type.comment and text[start : start + 1] != b";":
            break
        end = start
    return text[:end].decode()
