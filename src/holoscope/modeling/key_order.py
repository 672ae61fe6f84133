"""The order of keys in a written file. What no order names keeps the order it has.

Names (of fields, grants, joins...) and the properties of fields stay as they are written: the order
of fields is the order of the picker. Source: modeling digest §2; beyond views the order is ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

V = TypeVar("V")
_REST = "*"


@dataclass(frozen=True, slots=True)
class Order:
    """The order of one mapping's keys, and of what stands below them.

    `keys` lists them with `*` for all others; `inside` gives the order below a key, `each` that of
    every value or item.
    """

    keys: tuple[str, ...] = ()
    inside: Mapping[str, Order] = field(default_factory=lambda: MappingProxyType({}))
    each: Order | None = None

    def below(self, key: str | int) -> Order:
        """Return the order of the value at `key`."""
        return self.each or (self.inside.get(key, UNORDERED) if isinstance(key, str) else UNORDERED)

    def sorted(self, entries: Mapping[str, V]) -> Iterable[tuple[str, V]]:
        """Yield the entries in this order."""
        if not self.keys:
            return entries.items()
        known = {key: number for number, key in enumerate(self.keys)}
        rest = known[_REST]
        return sorted(entries.items(), key=lambda entry: known.get(entry[0], rest))


UNORDERED = Order()


def _words(*texts: str) -> tuple[str, ...]:
    return tuple(" ".join(texts).split())


_METADATA = (
    "name label schema_label description tags ignored hidden display_order folder aliases ai_context "
    "required_access_grants"
)
_DEFINITION = (
    "template extends catalog schema table_name uploaded_table_name query sql "
    "custom_compound_primary_key_sql primary_key_sql materialized_query default_drill_fields "
    "default_drill_query"
)
VIEW = Order(_words(_METADATA, _DEFINITION, "* dimensions measures filters dbt"))
RELATIONSHIP = Order(
    _words(
        "join_from_view join_from_view_as join_from_view_as_label join_to_view join_to_view_as "
        "join_to_view_as_label join_type on_sql where_sql relationship_type reversible id ignored *"
    )
)
RELATIONSHIPS = Order(each=RELATIONSHIP)
TOPIC = Order(
    _words(
        "template extends base_view base_view_label label description group_label display_order hidden tags "
        "owners ignored_props joins relationships fields default_filters always_where_filters "
        "always_where_sql always_having_filters always_having_sql access_filters required_access_grants "
        "cache_policy week_start_day auto_run default_row_limit warehouse_override * ai_context ai_fields "
        "sample_queries views"
    ),
    MappingProxyType({"views": Order(each=VIEW), "relationships": RELATIONSHIPS}),
)
MODEL = Order(
    _words(
        "label description template extends included_schemas ignored_schemas included_views ignored_views "
        "dynamic_schemas dynamic_shared_extensions week_start_day fiscal_month_offset default_timeframes "
        "default_numeric_locale default_row_limit auto_run facet_workbook_filters sql_preamble "
        "slot_reservation warehouse_override constants custom_formats custom_calendars cache_policies "
        "default_cache_policy access_grants default_topic_required_access_grants "
        "default_topic_access_filters * ai_context ai_settings ai_chat_topics sample_queries topics"
    )
)


def order_of(file: str) -> Order:
    """Return the order of a file's keys, told by its key."""
    if file == "model":
        return MODEL
    if file == "relationships":
        return RELATIONSHIPS
    if file.endswith(".view"):
        return VIEW
    return TOPIC if file.endswith(".topic") else UNORDERED
