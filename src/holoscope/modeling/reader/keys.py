"""Which keys each part of a model file knows, and what we do with each.

READ: it becomes part of the model. UNUSED: documented and accepted, changes no answer, has no
slot yet (a warning). LATER: documented and changes answers, not built yet (an error, and the
thing that holds it is left out). Any other key is an error. Source: modeling digest §4-§6, §8, §11, §15.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

Keys = Mapping[str, "Use"]


class Use(Enum):
    """What becomes of a known key."""

    READ = "read"
    UNUSED = "unused"
    LATER = "later"


def _keys(*, read: str, unused: str = "", later: str = "") -> Keys:
    table = dict.fromkeys(read.split(), Use.READ)
    table |= dict.fromkeys(unused.split(), Use.UNUSED)
    table |= dict.fromkeys(later.split(), Use.LATER)
    return MappingProxyType(table)


MODEL = _keys(
    read="label description ai_context access_grants default_topic_required_access_grants "
    "default_topic_access_filters cache_policies default_cache_policy default_timeframes week_start_day "
    "constants extends template fiscal_month_offset ai_chat_topics ai_settings auto_run default_row_limit "
    "facet_workbook_filters included_schemas ignored_schemas included_views ignored_views sample_queries "
    "slot_reservation warehouse_override dynamic_schemas dynamic_shared_extensions sql_preamble "
    "custom_formats default_numeric_locale custom_calendars topics",
)
ACCESS_GRANT = _keys(read="user_attribute allowed_values access_boostable")
ACCESS_FILTER = _keys(read="field user_attribute values_for_unfiltered enable_sql_like_wildcards")
CONSTANT = _keys(read="value")
CACHE_POLICY = _keys(read="max_cache_age filter_suggestions_must_obey_policy")
DYNAMIC_SCHEMA = _keys(read="from_schema user_attribute")
EXTENSION_ROUTE = _keys(read="user_attribute mappings map_pattern")
EXTENSION_VALUES = _keys(read="values_for_model")
CALENDAR = _keys(read="view date mappings ignored")
CALENDAR_MAPPINGS = _keys(read="year quarter month week year_num quarter_of_year month_num")
RELATIONSHIP = _keys(
    read="join_from_view join_to_view join_from_view_as join_to_view_as join_from_view_as_label "
    "join_to_view_as_label join_type on_sql relationship_type reversible where_sql id ignored",
)
VIEW = _keys(
    read="name catalog schema table_name sql label description display_order hidden ignored tags aliases "
    "custom_compound_primary_key_sql primary_key_sql required_access_grants ai_context dimensions measures "
    "filters schema_label query extends template materialized_query folder default_drill_fields "
    "default_drill_query dbt",
    later="uploaded_table_name",
)
ROLLUP = _keys(read="fields base_view topic filters")
_FIELD = (
    "sql label description group_label format hidden ignored tags synonyms aliases ai_context display_order "
    "drill_fields required_access_grants extends ignore_from_extended view_label sample_values markdown "
    "links colors suggest_from_field suggest_from_topic suggestion_list all_values "
)
DIMENSION = _keys(
    read=_FIELD + "primary_key type timeframes convert_tz week_start_day order_by_field groups else "
    "bin_boundaries bin_labels duration parent_field level_of_detail dynamic_top_n "
    "mask_unless_access_grants skip_parent_label timeframe_metadata filter_single_select_only "
    "custom_calendar",
    later="nested_on_field custom_primary_key_sql_for_quick_aggs",
)
CONDITIONAL_FORMAT = _keys(read="depends_on conditions else")
DEPENDS_ON = _keys(read="field user_attribute filter conditions else")
FORMAT_CONDITION = _keys(read="condition value")
GROUP = _keys(read="filter name")
DURATION = _keys(read="sql_start sql_end intervals")
MEASURE = _keys(
    read=_FIELD + "aggregate_type percentile filters custom_primary_key_sql level_of_detail "
    "mask_unless_access_grants drill_queries",
)
QUERY = _keys(
    read="fields base_view topic filters bind_all_filters sorts limit default_group_by join_via_map "
    "calculations",
    later="pivots fill_fields",
)
QUERY_CALCULATION = _keys(read="sql label format description")
QUERY_SORT = _keys(read="field desc")
FILTER = _keys(
    read="type default_filter label description group_label view_label hidden display_order aliases "
    "required_access_grants suggestion_list suggest_from_field suggest_from_topic filter_single_select_only "
    "bind_to",
)
LEVEL_OF_DETAIL = _keys(
    read="aggregate_type fixed always_include always_exclude percentile custom_primary_key_sql "
    "cancel_query_filters",
)
DYNAMIC_TOP_N = _keys(read="n by desc else")
TOPIC = _keys(
    read="base_view base_view_label label description group_label display_order hidden tags joins "
    "relationships fields default_filters always_where_filters always_where_sql always_having_filters "
    "always_having_sql access_filters required_access_grants cache_policy week_start_day ai_context "
    "sample_queries ignored extends template views owners ai_fields auto_run default_row_limit "
    "warehouse_override ignored_props has_frozen_join_via_map",
)
COMPOSITE_TOPIC = _keys(
    read="topics shared_views shared_dimensions shared_measures unrelated_dimension_handling "
    "always_join_all_topics fields ai_context sample_queries required_access_grants default_filters label "
    "description",
)
SHARED_DIMENSION = _keys(read="label mappings")
SHARED_FIELD = _keys(read="field")
SHARED_MEASURE = _keys(read="label sql format", unused="filters")
SAMPLE_QUERY = _keys(read="query prompt description ai_context hidden exclude_from_ai_context")
