"""Dimensions and measures: every key read, every mistake told and the field left out."""

from decimal import Decimal

import pytest

from holoscope.modeling.conditions import OneOf
from holoscope.modeling.fields import ConditionalFormat
from holoscope.modeling.reader.keys import DIMENSION, MEASURE, MODEL, RELATIONSHIP, TOPIC, VIEW, Use
from holoscope.modeling.types import Aggregate, DataType
from support.modeltext import bikes, dimension, load_texts, measure, one_view


def test_a_dimension_with_everything():
    found, lines = dimension(
        "{ sql: 'lower(${y})', label: L, description: D, group_label: G, format: usdcurrency_2, "
        "hidden: true, ignored: false, tags: [a], synonyms: [b], aliases: [c], "
        "ai_context: 'A {{x}}', display_order: 3, drill_fields: [y], "
        "required_access_grants: [], type: Timestamp, timeframes: [RAW, Month], "
        "convert_tz: false, week_start_day: sunday, order_by_field: t.y, all_values: [1, two], "
        "primary_key: true }"
    )
    assert lines == []
    assert (found.sql, found.label, found.description, found.group_label) == ("lower(${y})", "L", "D", "G")
    assert (found.format, found.hidden, found.ignored, found.display_order) == (
        "USDCURRENCY_2",
        True,
        False,
        3,
    )
    assert (found.tags, found.synonyms, found.aliases) == (("a",), ("b",), ("c",))
    assert (found.ai_context, found.drill_fields, found.required_access_grants) == ("A {{x}}", ("y",), ())
    assert (found.type, found.timeframes, found.convert_tz) == (DataType.TIMESTAMP, ("raw", "month"), False)
    assert (found.week_start_day, found.order_by_field, found.all_values) == ("Sunday", "y", ("1", "two"))
    assert (found.position.line, found.position.column) == (5, 3)


@pytest.mark.parametrize("text", ["{}", "", "null", "~"])
def test_an_empty_body_is_a_plain_column(text):
    found, lines = dimension(text)
    assert lines == []
    assert found.sql is None
    assert found.timeframes is None
    assert found.required_access_grants is None


def test_a_measure_with_everything():
    found, lines = measure(
        "{ sql: '${y}', aggregate_type: Percentile, percentile: 99.9, filters: { y: { is: a } } }"
    )
    assert lines == []
    assert (found.aggregate, found.percentile) == (Aggregate.PERCENTILE, Decimal("99.9"))
    assert list(found.filters) == ["t.y"]


@pytest.mark.parametrize(
    ("text", "aggregate"),
    [
        ("count", Aggregate.COUNT),
        ("avg", Aggregate.AVERAGE),
        ("COUNT_DISTINCT", Aggregate.COUNT_DISTINCT),
        ("list", Aggregate.LIST),
    ],
)
def test_aggregates(text, aggregate):
    sql = "" if text == "count" else ", sql: '${y}'"
    assert measure(f"{{ aggregate_type: {text}{sql} }}")[0].aggregate is aggregate


BAD_DIMENSIONS = {
    "{ slq: a }": "unknown_key",
    "{ sql: }": "wrong_type",
    "{ sql: [a] }": "wrong_type",
    "{ sql: '  ' }": "wrong_type",
    "{ sql: '@{c}.x' }": "unknown_constant",
    "{ sql: '{{ filters.t.f.value }}' }": "unknown_field",
    "{ sql: 'DO NOT PARSE' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE {{ t.in_query }}' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE a, b' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE a) OR (1 = 1' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE (a' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE (a]' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE a -- b' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE a /* b */' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE a; DROP TABLE b' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE (SELECT 1)' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE exists( from b )' }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE FROM b' }": "bad_verbatim_sql",
    "{ sql: DO NOT PARSE $$a$$ }": "bad_verbatim_sql",
    '{ sql: "DO NOT PARSE \'a" }': "bad_verbatim_sql",
    "{ sql: \"DO NOT PARSE E'a'\" }": "bad_verbatim_sql",
    "{ sql: \"DO NOT PARSE '\\\\'\" }": "bad_verbatim_sql",
    "{ sql: \"DO NOT PARSE '${y}'\" }": "bad_verbatim_sql",
    "{ sql: 'DO NOT PARSE f(${z})' }": "unknown_field",
    "{ label: { a: b } }": "wrong_type",
    "{ hidden: maybe }": "wrong_type",
    "{ hidden: 1 }": "wrong_type",
    "{ type: date }": "unknown_word",
    "{ type: [string] }": "wrong_type",
    "{ timeframes: month }": "wrong_type",
    "{ timeframes: [mnth] }": "unknown_timeframe",
    "{ week_start_day: Funday }": "unknown_word",
    "{ tags: a }": "wrong_type",
    "{ tags: [[a]] }": "wrong_type",
    "{ display_order: 1.5 }": "wrong_type",
    "{ display_order: first }": "wrong_type",
    "{ display_order: true }": "wrong_type",
    "{ required_access_grants: finance }": "wrong_type",
    "{ required_access_grants: [null] }": "wrong_type",
    "{ groups: [{ filter: { is: a } }] }": "missing_key",
    "{ groups: [{ name: b }] }": "missing_key",
    "{ groups: [{ filter: { iz: a }, name: b }] }": "unknown_operator",
    "{ groups: [{ filter: { before: today }, name: b }] }": "bad_groups",
    "{ groups: [{ filter: { or: [{ is: a }, { before: today }] }, name: b }] }": "bad_groups",
    "{ groups: { filter: { is: a }, name: b } }": "wrong_type",
    "{ groups: [{ filter: { is: a }, name: b, label: c }] }": "unknown_key",
    "{ else: other }": "bad_groups",
    "{ bin_boundaries: [2, 1] }": "bad_bins",
    "{ bin_boundaries: [1, 1.0] }": "bad_bins",
    "{ bin_boundaries: [1, x] }": "wrong_type",
    "{ bin_boundaries: [1, .nan] }": "wrong_type",
    "{ bin_boundaries: 1 }": "wrong_type",
    "{ bin_labels: [a, b] }": "bad_bins",
    "{ bin_boundaries: [1], bin_labels: [a, b, c] }": "bad_bins",
    "{ bin_boundaries: [1], groups: [{ filter: { is: a }, name: b }] }": "bad_bins",
    "{ duration: { sql_start: a } }": "missing_key",
    "{ duration: { sql_start: a, sql_end: b, intervals: [fortnights] } }": "unknown_timeframe",
    "{ duration: { sql_start: a, sql_end: b }, sql: c }": "bad_duration",
    "{ duration: { sql_start: a, sql_end: b }, primary_key: true }": "bad_duration",
    "{ duration: { sql_start: '${nope}', sql_end: b } }": "unknown_field",
    "{ duration: { sql_start: '${x[days]}', sql_end: b } }": "reference_cycle",
    "{ duration: [a, b] }": "wrong_type",
    "{ sql: x, level_of_detail: { aggregate_type: sum } }": "bad_level_of_detail",
    "{ level_of_detail: { aggregate_type: count, fixed: [], always_include: [] } }": "bad_level_of_detail",
    "{ sql: x, level_of_detail: { aggregate_type: sum, fixed: t.y } }": "wrong_type",
    "{ sql: x, level_of_detail: { aggregate_type: sum, fixed: } }": "wrong_type",
    "{ sql: x, level_of_detail: { aggregate_type: sum, always_exclude: [t.*] } }": "bad_level_of_detail",
    "{ sql: x, level_of_detail: { aggregate_type: sum, fixed: [], grain: [] } }": "unknown_key",
    "{ sql: x, level_of_detail: { aggregate_type: summ, fixed: [] } }": "bad_aggregate",
    "{ sql: x, level_of_detail: { aggregate_type: sum_distinct_on, fixed: [] } }": "missing_key",
    "{ sql: x, level_of_detail: { aggregate_type: percentile, fixed: [] } }": "bad_percentile",
    "{ sql: x, level_of_detail: { aggregate_type: sum, percentile: 5, fixed: [] } }": "bad_percentile",
    "{ sql: x, level_of_detail: { fixed: [] } }": "missing_key",
    "{ level_of_detail: { aggregate_type: sum, fixed: [] } }": "sql_required",
    "{ aggregate_type: sum, sql: x, level_of_detail: { aggregate_type: sum, fixed: [] } }": "unknown_key",
    "{ dynamic_top_n: { n: 1 } }": "missing_key",
    "{ dynamic_top_n: { n: 0, by: t.count } }": "wrong_type",
    "{ dynamic_top_n: { n: 1, by: t.count, otherwise: x } }": "unknown_key",
    "{ extends: [a.b] }": "unknown_view",
    "{ mask_unless_access_grants: a }": "wrong_type",
    "{ custom_calendar: retail }": "unknown_calendar",
    "{ nested_on_field: y }": "not_supported_yet",
    "text": "wrong_type",
    "[a]": "wrong_type",
}


@pytest.mark.parametrize("text", BAD_DIMENSIONS)
def test_a_bad_dimension_is_left_out(text):
    found, lines = dimension(text)
    assert found is None
    assert [line.split()[1] for line in lines] == [BAD_DIMENSIONS[text]]


@pytest.mark.parametrize(
    "text",
    [
        "{ groups: [] }",
        "{ else: null }",
        "{ extends: [] }",
        "{ mask_unless_access_grants: [] }",
        "{ duration: }",
    ],
)
def test_a_key_that_says_nothing_is_no_key(text):
    found, lines = dimension(text)
    assert lines == []
    assert found is not None


WARNED = {
    "{ links: [{ label: x }] }": "missing_key",
    "{ links: { url: x } }": "wrong_type",
    "{ links: [{ url: x, lable: y }] }": "unknown_key",
    "{ markdown: [x] }": "wrong_type",
    "{ colors: { conditions: [{ condition: { is: x } }] } }": "missing_key",
    "{ colors: { series: red } }": "unknown_key",
    "{ suggest_from_field: nope }": "unknown_field",
    "{ suggest_from_field: y, suggest_from_topic: nope }": "unknown_topic",
    "{ suggestion_list: [{ label: x }] }": "missing_key",
    "{ suggestion_list: [{ value: x, lbl: y }] }": "unknown_key",
    "{ sample_values: x }": "wrong_type",
    "{ timeframe_metadata: { mnth: { label: x } } }": "unknown_word",
    "{ timeframe_metadata: { month: { labl: x } } }": "unknown_key",
    "{ label: 'The @{name}' }": "unknown_constant",
    "{ format: '{{ nope }} 0.00' }": "unknown_field",
    "{ format: '{{ nope.x }}' }": "unknown_view",
    "{ format: nonsense }": "unknown_format",
    "{ format: { depends_on: { field: nope }, conditions: [], else: number } }": "unknown_field",
    "{ format: { depends_on: { field: y }, conditions: [{ condition: { is: a }, value: nonsense }] } }": (
        "unknown_format"
    ),
    "{ drill_fields: [z] }": "unknown_field",
}


@pytest.mark.parametrize("text", WARNED)
def test_what_only_looks_is_a_warning(text):
    found, lines = dimension(text)
    assert [line.split()[1] for line in lines] == [WARNED[text]]
    assert found is not None
    assert found.timeframes in (None, ("month",))


BAD_FORMATS = {
    "{ else: number_2 }": "bad_format",
    "{ depends_on: y }": "bad_format",
    "{ depends_on: {} }": "bad_format",
    "{ depends_on: { field: y, filter: y } }": "bad_format",
    "{ depends_on: { feild: y } }": "unknown_key bad_format",
    "{ depends_on: { field: y }, conditions: [{ value: number }] }": "missing_key",
    "{ depends_on: { field: y }, conditions: [{ condition: { is: a } }] }": "missing_key",
    "{ depends_on: { field: y }, conditions: [{ condition: { iz: a }, value: number }] }": "unknown_operator",
    "{ depends_on: { field: y }, conditions: [{ condition: { before: now }, value: number }] }": "bad_format",
    "[number]": "bad_format",
}


@pytest.mark.parametrize("text", BAD_FORMATS)
def test_a_bad_format_leaves_the_field(text):
    found, lines = dimension(f"{{ format: {text} }}")
    assert sorted(line.split()[1] for line in lines) == sorted(BAD_FORMATS[text].split())
    assert found.format is None
    assert found.conditional_format is None


@pytest.mark.parametrize(
    "text",
    [
        "{ depends_on: { field: y }, conditions: [{ condition: { is: a }, value: number_2 }], else: id }",
        "{ depends_on: { field: y, conditions: [{ condition: { equals: a }, value: NUMBER_2 }], else: id } }",
    ],
)
def test_a_format_that_depends_on_a_field(text):
    found, lines = dimension(f"{{ format: {text} }}")
    assert lines == []
    assert found.format is None
    assert found.conditional_format == ConditionalFormat(((OneOf(("a",)), "NUMBER_2"),), "ID", field="y")


@pytest.mark.parametrize("text", ["relative", "'{{y}} 0.00'", "'#,##0'", "'%Y'", "BIG_9", "mine"])
def test_formats_that_are_known(text):
    model, lines = load_texts(
        {
            "model": "custom_formats: { mine: '0.0', theirs: { depends_on: { field: t.y } } }",
            "t.view": f"dimensions:\n  y: {{}}\n  x: {{ format: {text} }}\n",
        }
    )
    assert lines == []
    assert sorted(model.custom_formats) == ["mine", "theirs"]


BAD_MEASURES = {
    "{}": ("5:3", "sql_required"),
    "{ aggregate_type: sum }": ("5:8", "sql_required"),
    "{ aggregate_type: count_distinct }": ("5:8", "sql_required"),
    "{ aggregate_type: smu, sql: '${y}' }": ("5:8", "bad_aggregate"),
    "{ aggregate_type: [sum] }": ("5:24", "wrong_type"),
    "{ aggregate_type: sum_distinct_onn, sql: a }": ("5:8", "bad_aggregate"),
    "{ aggregate_type: semantic_view_agg, sql: a }": ("5:8", "not_supported_yet"),
    "{ aggregate_type: count, sql: '${y}' }": ("5:31", "count_with_sql"),
    "{ aggregate_type: percentile, sql: '${y}' }": ("5:8", "bad_percentile"),
    "{ percentile: 101, aggregate_type: percentile, sql: a }": ("5:8", "bad_percentile"),
    "{ percentile: 50, aggregate_type: median, sql: a }": ("5:8", "bad_percentile"),
    "{ percentile: half, aggregate_type: percentile, sql: a }": ("5:20", "wrong_type"),
    "{ sql: 'sum(a)', filters: { y: a } }": ("5:23", "not_supported_yet"),
    "{ filters: [a], aggregate_type: count }": ("5:17", "wrong_type"),
    "{ level_of_detail: { aggregate_type: sum, fixed: [] }, sql: a }": ("5:8", "bad_level_of_detail"),
    "{ level_of_detail: { aggregate_type: sum, fixed: [] }, aggregate_type: count }": ("5:8", "sql_required"),
    "{ sql: 'omni_dimensionalize(max(a))', aggregate_type: sum }": ("5:13", "not_supported_yet"),
    "{ primary_key: true, aggregate_type: count }": ("5:8", "unknown_key"),
}


@pytest.mark.parametrize("text", BAD_MEASURES)
def test_a_bad_measure_is_left_out(text):
    found, lines = measure(text)
    at, code = BAD_MEASURES[text]
    assert found is None
    assert lines == [f"t.view:{at} {code}"]


def test_field_names():
    _, lines = one_view("dimensions:\n  ok_1: {}\n  Größe: {}\n  2nd: {}\n  'a b': {}\n")
    assert lines == ["t.view:4:3 bad_name", "t.view:5:3 bad_name"]


WRONG = "[[{ nonsense: [] }]]"
WRONG_IN_A_LIST = {"fields", "words"}


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (DIMENSION, "dimensions:\n  x:\n    {key}: {value}\n"),
        (MEASURE, "measures:\n  x:\n    {key}: {value}\n"),
        (VIEW, "{key}: {value}\n"),
    ],
    ids=["dimension", "measure", "view"],
)
def test_no_key_is_ignored(keys, text):
    """Every key of a table is looked at: a value of the wrong kind is always told."""
    for key in keys:
        _, lines = load_texts({"t.view": text.format(key=key, value=WRONG)})
        assert lines, key


@pytest.mark.parametrize("key", TOPIC)
def test_no_key_of_a_topic_is_ignored(key):
    _, lines = bikes(trips_topic=f"{key}: {WRONG}\n")
    assert lines


@pytest.mark.parametrize("key", MODEL)
def test_no_key_of_the_model_file_is_ignored(key):
    assert load_texts({"model": f"{key}: {WRONG}\n"})[1]


@pytest.mark.parametrize("key", RELATIONSHIP)
def test_no_key_of_a_join_is_ignored(key):
    known = {
        "join_from_view": "trips",
        "join_to_view": "riders",
        "on_sql": "a",
        "relationship_type": "one_to_one",
    }
    text = "\n".join(f"  {name}: {value}" for name, value in {**known, key: WRONG}.items())
    _, lines = bikes(relationships=f"-{text[1:]}\n")
    assert lines


def test_the_tables_know_three_uses():
    uses = {use for keys in (DIMENSION, MEASURE, VIEW, TOPIC, MODEL) for use in keys.values()}
    assert uses == {Use.READ, Use.LATER}
