"""The rules of what stands behind a view: its SELECT, its query. What they find leaves the view out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate import query_views, template_tokens, view_sql

SourceRule = Callable[[Draft], Iterator[Finding]]

SOURCE_RULES: tuple[SourceRule, ...] = (
    view_sql.check,
    query_views.check,
    template_tokens.check_views,
)
