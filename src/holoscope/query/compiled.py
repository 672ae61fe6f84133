"""What compiling a query yields: text, and all that a reader of its result needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from holoscope.modeling.types import DataType


@dataclass(frozen=True, slots=True)
class ResultField:
    """One entry of the wire's `summary.fields` (query digest §1.6); `name` is its key and Arrow column."""

    name: str
    view_name: str
    field_name: str
    fully_qualified_name: str
    data_type: DataType
    is_dimension: bool
    label: str
    format: str | None = None
    date_type: str | None = None
    aggregate_type: str | None = None
    sql: str = ""
    display_sql: str = ""
    description: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """Text to run and the facts about its result.

    `columns` are all Arrow columns in order, reserved helper columns included; `fields` are
    the visible ones. `limit_rows` is the effective limit, None for none. `max_cache_age_seconds`
    comes from the topic's or model's cache policy, None for the built-in default. `depends_on_now`
    is False only when the same arguments give this text at every instant; then it may be kept.
    """

    sql: str
    omni_sql: str
    columns: tuple[str, ...]
    fields: tuple[ResultField, ...]
    missing_fields: tuple[str, ...]
    limit_rows: int | None
    max_cache_age_seconds: int | None
    dialect: str
    fingerprint: str
    depends_on_now: bool = True
