"""The model file: what it sets, and what happens when it cannot be trusted."""

import pytest

from holoscope.modeling.load import load_model
from holoscope.modeling.model import AccessGrant, CachePolicy
from support.modeltext import BIKES, load_texts, messages

TOPICS = {
    "rides.topic": "base_view: trips",
    "own.topic": "base_view: trips\naccess_filters: []\nrequired_access_grants: []",
}


def read(text):
    return load_texts({**BIKES, **TOPICS, "model": text})


def test_everything():
    model, lines = read(
        """\
        label: L
        description: D
        ai_context: A
        access_grants: { g: { user_attribute: team, allowed_values: [a, 1] } }
        default_topic_required_access_grants: [g]
        default_topic_access_filters: [{ field: rider_id, user_attribute: r }]
        cache_policies: { fast: { max_cache_age: 1 hour }, never: { max_cache_age: 0 Seconds } }
        default_cache_policy: fast
        default_timeframes: [raw, Month]
        week_start_day: sunday
        """
    )
    assert lines == []
    assert (model.label, model.description, model.ai_context) == ("L", "D", "A")
    assert model.access_grants == {"g": AccessGrant("g", "team", ("a", "1"))}
    assert model.default_topic_required_access_grants == ("g",)
    assert model.default_topic_access_filters[0].field == "rider_id"
    assert model.cache_policies == {"fast": CachePolicy("fast", 3600), "never": CachePolicy("never", 0)}
    assert model.default_cache_policy == "fast"
    assert (model.default_timeframes, model.week_start_day) == (("raw", "month"), "Sunday")


@pytest.mark.parametrize("text", ["", "{}", "# nothing"])
def test_nothing_said(text):
    model, lines = read(text)
    assert lines == []
    assert model.week_start_day == "Monday"
    assert model.default_timeframes == ("raw", "date", "week", "month", "quarter", "year")
    assert sorted(model.topics) == ["own", "rides"]


CLOSED = {
    "default_topic_acess_filters: []": "1:1 unknown_key",
    "default_topic_access_filters: [{ field: a }]": "1:32 missing_key",
    "default_topic_access_filters: { field: a }": "1:31 wrong_type",
    "default_topic_required_access_grants: g": "1:39 wrong_type",
    "label: x\nlabel: y": "2:1 duplicate_key",
    "a: [": "1:5 bad_yaml",
    "- a": "1:1 wrong_type",
    "<<: {}": "1:1 unknown_key",
}


@pytest.mark.parametrize("text", CLOSED)
def test_defaults_of_access_that_cannot_be_read_close_the_topics_that_need_them(text):
    model, lines = read(text)
    assert f"model:{CLOSED[text]}" in lines
    assert [line for line in lines if line.endswith("access_defaults_unreadable")]
    assert list(model.topics) == ["own"]


OPEN = {
    "constants: { a: { value: null } }": "1:14 bad_constant",
    "custom_calendars: { a: { view: b } }": "1:21 missing_key",
    "dynamic_schemas: { a: {} }": "1:20 missing_key",
    "dynamic_shared_extensions: [{ map_pattern: fixed }]": "1:31 bad_template",
    "dynamic_shared_extensions: [{ user_attribute: a, map_pattern: 'x{{omni_attributes.a}}' }]": (
        "1:29 contradiction"
    ),
    "dynamic_shared_extensions: [{ user_attribute: a, mappings: { b: {} } }]": "1:62 missing_key",
    "sql_preamble: SET x": "1:1 not_supported_yet",
    "ignored_views: x": "1:16 wrong_type",
    "ignored_views: [x]\nincluded_views: [y]": "1:1 contradiction",
    "topics: {}": "1:1 not_supported_yet",
    "custom_formats: { a: [x] }": "1:22 bad_format",
    "custom_formats: { a: nonsense }": "1:22 unknown_format",
    "custom_formats: { a: b, b: a }": "1:22 unknown_format",
    "default_numeric_locale: de_DE": "1:25 unknown_word",
    "default_row_limit: 0": "1:1 wrong_type",
    "ai_settings: { query_all_view: enabled }": "1:16 unknown_key",
    "ai_settings: { validate_analysis: often }": "1:35 unknown_word",
    "ai_settings: { build_configuration: { model: smart } }": "1:46 unknown_word",
    "ai_chat_topics: [nope]": "1:18 unknown_topic",
    "warehouse_override: {}": "1:21 missing_key",
    "sample_queries: { A: { qeury: {} } }": "1:24 unknown_key",
    "label: x\n# !enable_feature(fast)": "2:1 not_used_yet",
    "week_start_day: Someday": "1:17 unknown_word",
    "default_timeframes: [mnth]": "1:21 unknown_timeframe",
    "cache_policies: { a: { max_cache_age: 31 days } }": "1:24 bad_cache_age",
    "cache_policies: { a: { max_cache_age: often } }": "1:24 bad_cache_age",
    "cache_policies: { a: {} }": "1:19 missing_key",
    "default_cache_policy: x": "1:23 unknown_cache_policy",
    "fiscal_month_offset: 121": "1:1 bad_fiscal_offset",
    "fiscal_month_offset: 1.5": "1:22 wrong_type",
    "default_topic_required_access_grants: [nope]": "1:40 unknown_grant",
}


@pytest.mark.parametrize("text", OPEN)
def test_what_has_nothing_to_do_with_access_defaults_closes_nothing(text):
    model, lines = read(text)
    assert lines[0] == f"model:{OPEN[text]}"
    assert sorted(model.topics) == ["own", "rides"]
    assert model.default_cache_policy is None


def test_a_grant_may_be_boostable():
    model, lines = read(
        "access_grants: { g: { access_boostable: true, user_attribute: a, allowed_values: [b] } }"
    )
    assert lines == []
    assert model.access_grants["g"].access_boostable


def test_a_fiscal_year():
    model, lines = read("fiscal_month_offset: -1")
    assert lines == []
    assert model.fiscal_month_offset == -1


def test_a_bad_grant_is_held_by_nobody():
    model, lines = read("access_grants: { g: { user_attribute: a } }")
    assert "model:1:18 missing_key" in lines
    assert not model.access_grants


def test_what_a_model_extends_is_kept_for_whoever_stacks_layers():
    model, found = load_model({"model": "label: Shop\nextends: [hub]\n"})
    assert [str(item) for item in found] == []
    assert list(model.extra["extends"]) == ["hub"]


def test_topics_in_the_model_file_are_refused_by_name_and_the_rest_counts():
    model, lines = read("label: L\ntopics: { old_rides: { base_view: trips } }\ndefault_row_limit: 7")
    assert lines == ["model:2:1 not_supported_yet"]
    assert (model.label, model.default_row_limit, sorted(model.topics)) == ("L", 7, ["own", "rides"])
    assert messages({"model": "topics: { old_rides: { base_view: trips } }"}) == [
        "Topics are not read from the model file. Write each into a file of its own, such as old_rides.topic."
    ]
