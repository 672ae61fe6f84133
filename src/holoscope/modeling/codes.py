"""Every code a model diagnostic may carry. Codes are public: never renamed once released.

`docs/reference/diagnostics.md` explains each of them; a test keeps the two together.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Stable names of findings, grouped by where they arise."""

    # a file as a whole
    BAD_YAML = "bad_yaml"
    DUPLICATE_KEY = "duplicate_key"
    TOO_LARGE = "too_large"
    UNKNOWN_FILE = "unknown_file"
    DUPLICATE_FILE = "duplicate_file"
    # keys and values
    UNKNOWN_KEY = "unknown_key"
    NOT_SUPPORTED_YET = "not_supported_yet"
    NOT_USED_YET = "not_used_yet"
    WRONG_TYPE = "wrong_type"
    MISSING_KEY = "missing_key"
    CONTRADICTION = "contradiction"
    BAD_CONSTANT = "bad_constant"
    UNKNOWN_CONSTANT = "unknown_constant"
    UNKNOWN_WORD = "unknown_word"
    BAD_NAME = "bad_name"
    UNKNOWN_FORMAT = "unknown_format"
    BAD_FORMAT = "bad_format"
    UNKNOWN_TIMEFRAME = "unknown_timeframe"
    UNKNOWN_OPERATOR = "unknown_operator"
    DUPLICATE_FILTER = "duplicate_filter"
    BAD_FISCAL_OFFSET = "bad_fiscal_offset"
    FISCAL_WITHOUT_OFFSET = "fiscal_without_offset"
    BAD_CACHE_AGE = "bad_cache_age"
    # dimensions worked out of a value
    BAD_GROUPS = "bad_groups"
    BAD_BINS = "bad_bins"
    BAD_DURATION = "bad_duration"
    BAD_VERBATIM_SQL = "bad_verbatim_sql"
    # measures
    BAD_AGGREGATE = "bad_aggregate"
    SQL_REQUIRED = "sql_required"
    COUNT_WITH_SQL = "count_with_sql"
    BAD_PERCENTILE = "bad_percentile"
    RANKED_BY_DIMENSION = "ranked_by_dimension"
    BAD_LEVEL_OF_DETAIL = "bad_level_of_detail"
    OFFSET_WITHOUT_CANCEL = "offset_without_cancel"
    # names in a model
    DUPLICATE_VIEW = "duplicate_view"
    DUPLICATE_TOPIC = "duplicate_topic"
    DUPLICATE_FIELD = "duplicate_field"
    SEVERAL_PRIMARY_KEYS = "several_primary_keys"
    UNKNOWN_PRIMARY_KEY = "unknown_primary_key"
    ALIAS_IS_VIEW = "alias_is_view"
    ALIAS_CLASH = "alias_clash"
    SELF_JOIN_WITHOUT_ALIAS = "self_join_without_alias"
    DUPLICATE_JOIN = "duplicate_join"
    # references
    BAD_REFERENCE = "bad_reference"
    TABLE_REFERENCE = "table_reference"
    UNKNOWN_VIEW = "unknown_view"
    VIEW_NOT_INCLUDED = "view_not_included"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_MODEL = "unknown_model"
    TEMPLATE_REFERENCE = "template_reference"
    EXTENDS_CYCLE = "extends_cycle"
    UNKNOWN_FIELD = "unknown_field"
    IGNORED_REFERENCE = "ignored_reference"
    BROKEN_REFERENCE = "broken_reference"
    GRAIN_ON_NON_TIME = "grain_on_non_time"
    REFERENCE_CYCLE = "reference_cycle"
    DIMENSION_USES_MEASURE = "dimension_uses_measure"
    AGGREGATE_OF_MEASURE = "aggregate_of_measure"
    FILTER_ON_MEASURE = "filter_on_measure"
    HAVING_ON_DIMENSION = "having_on_dimension"
    WRONG_BASE_VIEW = "wrong_base_view"
    # templates
    BAD_TEMPLATE = "bad_template"
    BAD_PROMPT = "bad_prompt"
    # topics and access
    MISSING_BASE_VIEW = "missing_base_view"
    FIELD_BROKEN_IN_TOPIC = "field_broken_in_topic"
    JOIN_NOT_LISTED = "join_not_listed"
    NO_JOIN_PATH = "no_join_path"
    ROLLUP_UNUSABLE = "rollup_unusable"
    UNKNOWN_CALENDAR = "unknown_calendar"
    CALENDAR_DATES_NOT_KEY = "calendar_dates_not_key"
    UNKNOWN_GRANT = "unknown_grant"
    BAD_GRANT_EXPRESSION = "bad_grant_expression"
    UNKNOWN_CACHE_POLICY = "unknown_cache_policy"
    ACCESS_DEFAULTS_UNREADABLE = "access_defaults_unreadable"
    AMBIGUOUS_JOIN_PATH = "ambiguous_join_path"
    JOINED_VIEW_WITHOUT_KEY = "joined_view_without_key"
    UPLOAD_JOIN = "upload_join"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    # views
    SCHEMA_MISSING = "schema_missing"
    WRONG_SQL_ALIAS = "wrong_sql_alias"
