"""The rules of fields that name other fields; whatever they find leaves the field out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate import (
    calendars,
    cycles,
    field_references,
    filter_queries,
    grains,
    measure_kinds,
    template_tokens,
)

FieldRule = Callable[[Draft], Iterator[Finding]]

FIELD_RULES: tuple[FieldRule, ...] = (
    field_references.check,
    template_tokens.check_fields,
    filter_queries.check_fields,
    grains.check,
    measure_kinds.check,
    cycles.check,
    calendars.check,
)
