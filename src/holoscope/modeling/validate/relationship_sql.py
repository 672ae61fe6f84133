"""`on_sql` and `where_sql` name fields that exist, and no measures (modeling digest §5)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.places import relationship_out
from holoscope.modeling.validate.sql_text import check_sql


def check(draft: Draft) -> Iterator[Finding]:
    """Report bad references; joins whose views are unknown are reported elsewhere."""
    for item in draft.declared:
        relationship = item.relationship
        views = (relationship.left_view, relationship.right_view)
        names = draft.names_in(item.topic)
        if any(names.original(view) is None for view in views):
            continue
        for key, sql in (("on_sql", relationship.on_sql), ("where_sql", relationship.where_sql)):
            if sql is None or "${" not in sql:
                continue
            yield from check_sql(
                names,
                sql,
                item.file,
                (*item.path, key),
                own_view=relationship.left_view,
                measures=False,
                leaves_out=relationship_out(item),
            )
