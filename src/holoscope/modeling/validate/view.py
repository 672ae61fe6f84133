"""The rules that look at one view alone; they run once per file, when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holoscope.modeling.findings import Finding
from holoscope.modeling.validate import (
    computed,
    duplicate_fields,
    measure_sql,
    parent_fields,
    percentile,
    primary_key,
    query_filters,
)
from holoscope.modeling.views import View

ViewRule = Callable[[View], Iterator[Finding]]

VIEW_RULES: tuple[ViewRule, ...] = (
    computed.check,
    duplicate_fields.check,
    measure_sql.check,
    parent_fields.check,
    percentile.check,
    primary_key.check,
    query_filters.check,
)
