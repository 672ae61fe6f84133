"""`always_where_sql` and `always_having_sql` name fields that exist (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate.places import topic_out
from holoscope.modeling.validate.sql_text import check_sql


def check(draft: Draft) -> Iterator[Finding]:
    """A bad reference leaves the topic out: without its condition it would say too much."""
    for topic in draft.topics.values():
        texts = (
            ("always_where_sql", topic.always_where_sql, False),
            ("always_having_sql", topic.always_having_sql, True),
        )
        for key, sql, measures in texts:
            yield from check_sql(
                draft.names_in(topic.name),
                sql,
                topic.position.file,
                (key,),
                own_view=topic.base_view,
                measures=measures,
                leaves_out=topic_out(topic),
            )
