"""The rules of relationships, topics and access, run once the fields are settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holoscope.modeling.draft import Draft
from holoscope.modeling.findings import Finding
from holoscope.modeling.validate import (
    access_defaults,
    access_filters,
    aliases,
    base_view,
    cache_policy,
    drill_fields,
    filter_queries,
    formats,
    grants,
    join_names,
    passive_names,
    relationship_sql,
    relationship_views,
    rollups,
    template_tokens,
    topic_fields,
    topic_filters,
    topic_joins,
    topic_relationships,
    topic_sql,
)

ModelRule = Callable[[Draft], Iterator[Finding]]

MODEL_RULES: tuple[ModelRule, ...] = (
    aliases.check,
    join_names.check,
    relationship_views.check,
    relationship_sql.check,
    template_tokens.check_rest,
    filter_queries.check_topics,
    base_view.check,
    topic_joins.check,
    topic_relationships.check,
    topic_fields.check,
    topic_filters.check,
    topic_sql.check,
    access_filters.check,
    access_defaults.check,
    grants.check,
    cache_policy.check,
    drill_fields.check,
    passive_names.check,
    rollups.check,
    formats.check,
)
