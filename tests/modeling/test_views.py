"""View files: names, tables, keys, and what leaves a whole view out."""

import pytest

from holoscope.modeling.reader.views import reference_name, stem_of
from holoscope.modeling.types import DataType
from support.modeltext import load_texts, messages, one_view


def test_an_ignored_key_gives_way_to_another():
    model, lines = one_view(
        "dimensions: { a: { primary_key: true, ignored: true }, b: { sql: a, primary_key: true } }"
    )
    assert lines == []
    assert model.views["t"].primary_key == ("b",)
    model, lines = one_view("dimensions: { a: { primary_key: true, ignored: true } }")
    assert (lines, model.views["t"].primary_key) == ([], ("a",))


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("Trips.view", "", "trips"),
        ("PUBLIC/trips.view", "", "trips"),
        ("a/B/trips.query.view", "", "trips"),
        ("PUBLIC/trips.view", "# Reference this view as public__trips\nschema: x", "public__trips"),
        ("trips.view", "\n# a note\n#reference this view as Rides  \n", "Rides"),
        ("trips.view", "\ufeff# Reference this view as rides", "rides"),
        ("trips.view", "schema: x\n# Reference this view as late", "trips"),
        ("trips.view", "# Reference this view as two words", "trips"),
    ],
)
def test_reference_names(file, text, name):
    assert reference_name(file, text) == name


def test_the_written_name_comes_between_comment_and_stem():
    model, lines = load_texts({"a.view": "name: b", "c.view": "# Reference this view as d\nname: e"})
    assert lines == []
    assert list(model.views) == ["b", "d"]


def test_a_view_with_everything():
    model, lines = load_texts(
        {
            "model": "access_grants: { g: { user_attribute: a, allowed_values: [b] } }",
            "PUBLIC/Trips.view": """\
            catalog: c
            schema: s
            label: L
            description: D
            display_order: 2
            hidden: true
            tags: [a]
            aliases: [old]
            required_access_grants: [g]
            ai_context: text
            dimensions: { id: { primary_key: true } }
            measures: { count: { aggregate_type: count } }
            """,
        }
    )
    assert lines == []
    view = model.views["trips"]
    assert (view.catalog, view.schema, view.table_name, view.sql) == ("c", "s", "Trips", None)
    assert (view.label, view.description, view.display_order, view.hidden) == ("L", "D", 2, True)
    assert (view.tags, view.aliases, view.required_access_grants) == (("a",), ("old",), ("g",))
    assert (view.ai_context, view.primary_key) == ("text", ("id",))
    assert view.dimensions["id"].qualified_name == "trips.id"


def test_a_view_over_sql_has_no_table():
    view = one_view("sql: SELECT 1 AS a\n")[0].views["t"]
    assert (view.sql, view.table_name) == ("SELECT 1 AS a", None)
    assert stem_of("x/Trips.query.view") == "Trips"


LEFT_OUT = {
    "query: { base_view: a }": "1:1 missing_key",
    "uploaded_table_name: a": "1:1 not_supported_yet",
    "extends: [a]": "1:11 unknown_view",
    "schmea: x": "1:1 unknown_key",
    "schema: [x]": "1:9 wrong_type",
    "schema: '@{ops}'": "1:9 unknown_constant",
    "table_name: ''": "1:13 wrong_type",
    "sql: SELECT * FROM ${trips}": "1:20 unknown_view",
    "sql: '{{ x }}'": "1:7 bad_template",
    "required_acess_grants: [a]": "1:1 unknown_key",
    "dimensions: [a]": "1:13 wrong_type",
    "just text": "1:1 wrong_type",
    "- a": "1:1 wrong_type",
    "name: two words": "1:1 bad_name",
    "a: [": "1:5 bad_yaml",
    "hidden: true\nhidden: true": "2:1 duplicate_key",
}


@pytest.mark.parametrize("text", LEFT_OUT)
def test_an_error_of_a_view_leaves_it_out(text):
    model, lines = one_view(text)
    assert lines == [f"t.view:{LEFT_OUT[text]}"]
    assert "t" not in model.views


@pytest.mark.parametrize("text", ["template: false", "filters: {}", "query:", "extends: []"])
def test_what_says_nothing(text):
    assert one_view(text)[1] == []


def test_filter_only_fields_are_read_and_are_no_columns():
    model, lines = one_view("dimensions: { a: {}, b: { sql: '${f}' } }\nfilters: { f: { type: string } }")
    assert lines == ["t.view:1:33 unknown_field"]
    assert list(model.views["t"].dimensions) == ["a"]
    assert model.views["t"].filters["f"].type is DataType.STRING


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("{}", "2:12 missing_key"),
        ("{ type: strng }", "2:23 unknown_word"),
        ("{ type: string, default_filter: { si: a } }", "2:49 unknown_operator"),
        ("{ type: string, bind_to: nope }", "2:40 unknown_field"),
        ("{ type: string, sql: a }", "2:31 unknown_key"),
    ],
)
def test_bad_filter_only_fields(field, line):
    _, lines = one_view(f"dimensions: {{ a: {{}} }}\nfilters: {{ f: {field} }}")
    assert lines == [f"t.view:{line}"]


def test_a_name_is_used_once_among_all_fields():
    model, lines = one_view("dimensions: { a: {} }\nfilters: { a: { type: string } }")
    assert lines == ["t.view:2:12 duplicate_field"]
    assert model.views["t"].filters == model.views["t"].dimensions == {}


def test_settings_that_change_no_answer_are_kept():
    model, lines = one_view(
        "folder: raw\ndefault_drill_fields: [a]\ndefault_drill_query: { fields: [t.a], limit: 5 }\n"
        "dbt: { anything: [1, { b: c }] }\n"
        "dimensions: { a: { view_label: V, links: [{ url: x, label: null }] } }\n"
        "measures: { m: { aggregate_type: count, colors: { series: red }, all_values: [x], drill_queries: "
        "{ By a: { fields: [t.a] } } } }"
    )
    assert lines == []
    view = model.views["t"]
    assert view.default_drill_fields == ("a",)
    assert view.extra == {
        "folder": "raw",
        "default_drill_query": {"fields": ["t.a"], "limit": 5},
        "dbt": {"anything": [1, {"b": "c"}]},
    }
    assert (view.dimensions["a"].view_label, view.dimensions["a"].extra) == (
        "V",
        {"links": [{"url": "x", "label": None}]},
    )
    assert view.measures["m"].extra == {
        "colors": {"series": "red"},
        "drill_queries": {"By a": {"fields": ["t.a"]}},
    }
    assert view.measures["m"].all_values == ("x",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("default_drill_fields: [nope]", "1:24 unknown_field"),
        ("default_drill_fields: x", "1:23 wrong_type"),
        ("default_drill_query: { feilds: [x] }", "1:24 unknown_key"),
        ("dbt: x", "1:6 wrong_type"),
        ("folder: [x]", "1:9 wrong_type"),
    ],
)
def test_settings_that_do_not_fit(text, line):
    _, lines = one_view(text)
    assert lines == [f"t.view:{line}"]


def test_suggestions():
    assert messages({"t.view": "schmea: x"}) == ['Invalid property name "schmea". Did you mean schema?']


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ("[a, b]", ("a", "b")),
        ("['${a}', b]", ("a", "b")),
        ("['\"A\"', b]", ("a", "b")),
        ("['\"COL\"']", ("c",)),
        ("[]", ()),
    ],
)
def test_compound_keys(entries, key):
    model, lines = one_view(
        f"custom_compound_primary_key_sql: {entries}\n"
        "dimensions: { a: {}, b: {}, c: { sql: '\"COL\"' } }"
    )
    assert lines == []
    assert model.views["t"].primary_key == key


def test_a_compound_key_that_cannot_be_told_is_no_key():
    model, lines = one_view("primary_key_sql: [a, '${b}']\ndimensions: { a: { primary_key: true } }")
    assert lines == ["t.view:1:22 unknown_primary_key"]
    assert model.views["t"].primary_key == ()


@pytest.mark.parametrize("part", ["lower(${u.b})", "lower(${b})", "b", "${u.a}"])
def test_a_key_is_made_of_its_own_view(part):
    model, lines = one_view(f"primary_key_sql: ['{part}']\ndimensions: {{ a: {{}} }}")
    assert lines == ["t.view:1:19 unknown_primary_key"]
    assert model.views["t"].primary_key == ()


@pytest.mark.parametrize("part", ['"B"', "lower(b)", "${a} || '-'", '"A" || "B"'])
def test_a_part_of_a_key_may_be_sql(part):
    text = part.replace("'", "''")
    model, lines = one_view(f"primary_key_sql: [a, '{text}']\ndimensions: {{ a: {{}} }}")
    assert lines == []
    assert model.views["t"].primary_key == ("a", part)
    assert dict(model.views["t"].key_sql) == {part: part}


def test_two_primary_keys_are_none():
    model, lines = one_view("dimensions:\n  a: { primary_key: true }\n  b: { primary_key: true }\n")
    assert lines == ["t.view:3:8 several_primary_keys"]
    assert model.views["t"].primary_key == ()


def test_a_key_that_is_left_out_is_no_key():
    model, lines = one_view("dimensions:\n  a: { primary_key: true, sql: '${b}' }\n")
    assert lines == ["t.view:2:33 unknown_field"]
    assert model.views["t"].primary_key == ()


def test_duplicate_field_names_leave_both_out():
    model, lines = one_view("dimensions:\n  a: {}\nmeasures:\n  a: { aggregate_type: count }\n")
    assert lines == ["t.view:4:3 duplicate_field"]
    assert not model.views["t"].dimensions
    assert not model.views["t"].measures


def test_duplicate_views():
    model, lines = load_texts({"A/t.view": "schema: a", "B/t.view": "schema: b"})
    assert lines == ["B/t.view:1:1 duplicate_view"]
    assert model.views["t"].schema == "a"
