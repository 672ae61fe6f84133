"""Rules of fields that name other fields: the place, the code, and what is left out."""

import pytest

from support.modeltext import BIKES, bikes, load_texts, messages, one_view


def trips(fields):
    """The bike-share model with these fields in the view `trips`."""
    return bikes(trips_view=f"schema: main\n{fields}")


def test_the_ground_is_sound():
    model, lines = bikes()
    assert lines == []
    assert list(model.views) == ["riders", "trips"]


def test_an_unknown_field_is_found_where_it_stands():
    fields = "dimensions:\n  fare: {}\n  a:\n    sql: |\n      ${fare} +\n        ${fair} * ${fair}\n"
    model, lines = trips(fields)
    assert lines == [JOIN_LOST, "trips.view:7:9 unknown_field", "trips.view:7:19 unknown_field"]
    assert list(model.views["trips"].dimensions) == ["fare"]


JOIN_LOST = "relationships:3:11 unknown_field"  # the join reads a field this view has not


@pytest.mark.parametrize("sql", ["'${nope}'", "'a ${y} ${nope}'", '"ü ${nope}"', "a - ${nope}"])
def test_columns_count_characters(sql):
    line = (
        f"  x: {{ label: ä, sql: {sql} }}"
        if sql[0] in "\"'"
        else f"  x: {{ label: ä }}\n  z:\n    sql: {sql}"
    )
    text = f"dimensions:\n  y: {{}}\n{line}\n"
    _, lines = one_view(text)
    before = text[: text.index("${nope}")]
    assert lines == [
        f"t.view:{before.count(chr(10)) + 1}:{len(before) - before.rindex(chr(10))} unknown_field"
    ]


def test_an_escaped_text_points_to_its_start():
    _, lines = one_view('dimensions:\n  x: { sql: "\\u0024{nope}" }\n')
    assert lines == ["t.view:2:13 unknown_field"]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("${riders.nope}", "unknown_field"),
        ("${raiders.city}", "unknown_view"),
        ("${TABLE}.x", "table_reference"),
        ("${}", "bad_reference"),
        ("${fare", "bad_reference"),
        ("${trips.fare.x}", "bad_reference"),
        ("${riders}", "unknown_field"),
        ("${riders.city[month", "bad_reference"),
        ("${riders.signed_up_on[mnth]}", "unknown_timeframe"),
        ("${riders.signed_up_on[fiscal_year]}", "fiscal_without_offset"),
        ("${fare[month]}", "grain_on_non_time"),
        ("${riders.count}", "dimension_uses_measure"),
        ("${count[month]}", "grain_on_non_time"),
        ("${a}", "reference_cycle"),
    ],
)
def test_bad_sql_of_a_dimension(sql, code):
    model, lines = trips(
        f"dimensions:\n  rider_id: {{}}\n  fare: {{ type: number }}\n  a:\n    sql: {sql}\n"
        "measures: { count: { aggregate_type: count } }\n"
    )
    assert code in [line.split()[1] for line in lines]
    assert all(line.startswith("trips.view:6:") for line in lines)
    assert "a" not in model.views["trips"].dimensions


@pytest.mark.parametrize(
    "sql", ["${riders.city}", "${riders.signed_up_on[Month]}", "${started_at[hour]}", "${started_at[raw]}"]
)
def test_good_sql_of_a_dimension(sql):
    model, lines = trips(f"dimensions:\n  rider_id: {{}}\n  started_at: {{}}\n  a:\n    sql: {sql}\n")
    assert lines == []
    assert model.views["trips"].dimensions["a"].sql == sql


def test_a_measure_may_use_measures_of_any_view_but_not_aggregate_them():
    model, lines = trips(
        "dimensions: { rider_id: {} }\nmeasures:\n  count: { aggregate_type: count }\n"
        "  ratio: { sql: '${count} / ${riders.count}' }\n  bad: { sql: '${count}', aggregate_type: sum }\n"
    )
    assert lines == ["trips.view:6:16 aggregate_of_measure"]
    assert list(model.views["trips"].measures) == ["count", "ratio"]


def test_filters_of_a_measure():
    _, lines = trips(
        "dimensions: { rider_id: {}, fare: { type: number } }\nmeasures:\n"
        "  count: { aggregate_type: count }\n"
        "  a: { aggregate_type: count, filters: { count: 1 } }\n"
        "  b: { aggregate_type: count, filters: { nope: 1 } }\n"
        "  c: { aggregate_type: count, filters: { riders.city: x, 'fare[month]': 1 } }\n"
        "  d: { aggregate_type: count, filters: { 'riders.signed_up_on[Month]': 2026-01 } }\n"
    )
    assert lines == [
        "trips.view:5:42 filter_on_measure",
        "trips.view:6:42 unknown_field",
        "trips.view:7:58 grain_on_non_time",
    ]


def test_order_by_field():
    _, lines = one_view("dimensions:\n  a: { order_by_field: b }\n  b: {}\n  c: { order_by_field: nope }\n")
    assert lines == ["t.view:4:24 unknown_field"]


def test_one_report_per_cycle_naming_its_members():
    texts = {
        "t.view": "dimensions:\n  a: { sql: '${b}' }\n  b: { sql: '${c} + ${a}' }\n  c: { sql: '${a}' }\n"
        "  x: { sql: '${x}' }\n  y: {}\n"
    }
    model, lines = load_texts(texts)
    assert lines == ["t.view:2:14 reference_cycle", "t.view:5:14 reference_cycle"]
    assert list(model.views["t"].dimensions) == ["y"]
    said = messages(texts)
    assert said[0] == "Fields refer to each other in a circle: t.a, t.b, t.c."
    assert said[1] == 'The field "t.x" refers to itself.'


def test_what_needs_a_bad_field_is_left_out_however_far():
    model, lines = one_view(
        "dimensions:\n  a: { sql: '${nope}' }\n  b: { sql: '${a}' }\n  c: { sql: '${b}' }\n  d: {}\n"
        "measures:\n  m: { aggregate_type: count, filters: { c: x } }\n  n: { sql: '${m}' }\n"
    )
    assert lines == [
        "t.view:2:14 unknown_field",
        "t.view:3:14 broken_reference",
        "t.view:4:14 broken_reference",
        "t.view:7:42 broken_reference",
        "t.view:8:14 broken_reference",
    ]
    assert list(model.views["t"].dimensions) == ["d"]
    assert not model.views["t"].measures


def test_what_needs_a_field_that_could_not_be_read():
    model, lines = one_view("dimensions:\n  a: { groups: [x] }\n  b: { sql: '${a}' }\n")
    assert lines == ["t.view:2:17 wrong_type", "t.view:3:14 broken_reference"]
    assert not model.views["t"].dimensions


def test_what_needs_a_view_that_could_not_be_read():
    _, lines = bikes(
        riders_view="query: {}\nschema: main\n", trips_view="dimensions:\n  a: { sql: '${riders.city}' }\n"
    )
    assert "trips.view:2:14 broken_reference" in lines


def test_old_names_resolve():
    _, lines = load_texts(
        {
            "riders.view": "aliases: [people]\ndimensions: { city: { aliases: [town] } }",
            "t.view": "dimensions:\n  a: { sql: '${people.town}' }\n  b: { sql: '${riders.town}' }\n",
        }
    )
    assert lines == []


def test_ignored_fields_and_views_may_not_be_referred_to():
    _, lines = load_texts(
        {
            "gone.view": "ignored: true\ndimensions: { x: { sql: '${nope}' } }",
            "t.view": "dimensions:\n  a: { ignored: true, sql: '${nope}' }\n  b: { sql: '${a}' }\n"
            "  c: { sql: '${gone.x}' }\n",
        }
    )
    assert lines == ["t.view:3:14 ignored_reference", "t.view:4:14 ignored_reference"]


def test_suggestions():
    said = messages(
        {**BIKES, "x.view": "dimensions:\n  a: { sql: '${riders.ctiy}' }\n  b: { sql: '${ridres.city}' }"}
    )
    assert said == [
        'No such field "riders.ctiy". Did you mean riders.city?',
        "No such view 'ridres'. Did you mean 'riders'?",
    ]
