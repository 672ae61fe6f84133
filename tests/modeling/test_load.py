"""The door of the room: files in any order, with any ending, broken in any way."""

import random
import time
from pathlib import Path

import pytest
import yaml

from holoscope.modeling.codes import Code
from holoscope.modeling.load import forget_loads, load_model
from holoscope.modeling.reader import files as reader_files
from holoscope.modeling.reader.files import forget_files, read_text
from holoscope.modeling.types import Catalog, ColumnType, DataType
from holoscope.modelstore.folder import load_folder
from support.modeltext import BIKES, RIDERS, TRIPS, load_texts
from support.pace import within

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "examples/shop/model"


def test_nothing_at_all():
    model, diagnostics = load_model({})
    assert (dict(model.views), dict(model.topics), model.relationships, diagnostics) == ({}, {}, (), ())


def test_endings_are_dropped():
    model, lines = load_texts(
        {f"{name}.yaml": text for name, text in BIKES.items()} | {"model.yml": "label: x"}
    )
    assert lines == []
    assert list(model.views) == ["riders", "trips"]
    assert model.label == "x"
    assert model.views["trips"].position.file == "trips.view"


def test_one_key_twice():
    _, lines = load_texts({"trips.view.yaml": "schema: a", "trips.view.yml": "schema: b"})
    assert lines == ["trips.view:1:1 duplicate_file"]


@pytest.mark.parametrize(
    "name",
    [
        "notes",
        "trips",
        "trips.views",
        ".view",
        "../trips.view",
        "a//b.view",
        "a\\b.view",
        "a\n.view",
        "sub/model",
        "",
    ],
)
def test_unknown_files(name):
    model, diagnostics = load_model({name: TRIPS})
    assert [item.code for item in diagnostics] == [Code.UNKNOWN_FILE]
    assert not model.views


def test_the_catalog_is_handed_on():
    catalog = Catalog({"main.trips": {"id": ColumnType(DataType.NUMBER)}})
    assert load_model(BIKES, catalog)[0].catalog is catalog


def test_findings_come_by_file_and_line():
    _, lines = load_texts(
        {
            "b.view": "dimensions:\n  x: { sql: '${nope}' }\n  a: { slq: x }\n",
            "a.view": "schmea: x\n",
            "relationships": "- {}\n",
        }
    )
    assert [line.split()[0] for line in lines] == ["a.view:1:1", "b.view:2:14", "b.view:3:8"] + [
        "relationships:1:3"
    ] * 4


def test_paths_and_words_of_a_finding():
    _, diagnostics = load_model({"t.view": "dimensions:\n  a: { sql: '${b}' }\n"})
    assert str(diagnostics[0]) == 't.view:2:14: error: No such field "t.b". [unknown_field]'
    assert diagnostics[0].yaml_path == "t.view.dimensions.a.sql"


def test_unicode_all_over():
    model, lines = load_texts(
        {"straße.view": "label: Straßen 🛣\ndimensions:\n  größe: { sql: \"'ü' || ${länge}\" }\n  länge: {}\n"}
    )
    assert lines == []
    assert model.views["straße"].dimensions["größe"].sql == "'ü' || ${länge}"


def test_a_file_is_read_once():
    forget_files()
    first = load_model(BIKES)[0]
    again = load_model({**BIKES, "riders.view": RIDERS + "# edited\n"})[0]
    assert again.views["trips"] is first.views["trips"]
    assert again.views["riders"] is not first.views["riders"]
    assert read_text("trips.view", TRIPS) is read_text("trips.view", TRIPS)


def test_what_rules_leave_out_is_not_remembered():
    model, _ = load_texts({"t.view": "dimensions: { a: { sql: '${other.x}' } }"})
    assert not model.views["t"].dimensions
    model, lines = load_texts(
        {"t.view": "dimensions: { a: { sql: '${other.x}' } }", "other.view": "dimensions: { x: {} }"}
    )
    assert lines == []
    assert list(model.views["t"].dimensions) == ["a"]


def test_only_so_many_files_are_remembered(monkeypatch):
    monkeypatch.setattr(reader_files, "KEPT_FILES", 2)
    forget_files()
    first = read_text("a.view", "schema: a")
    read_text("b.view", "schema: b")
    assert read_text("a.view", "schema: a") is first
    read_text("c.view", "schema: c")
    assert read_text("a.view", "schema: a") is first
    read_text("d.view", "schema: d")
    read_text("e.view", "schema: e")
    assert read_text("a.view", "schema: a") is not first


def test_the_shop_has_no_findings():
    if not (SHOP / "relationships.yaml").exists():
        pytest.skip("the shop example is not there")
    model, diagnostics = load_model(load_folder(SHOP))
    assert [str(item) for item in diagnostics] == []
    assert "order_items" in model.topics


BROKEN = [
    "\x00",
    "\ud800",
    "\ufeff\ufeff",
    "\t",
    "%YAML 9.9\n---\na",
    "%TAG ! tag:x,2026:\n---\n!a b",
    "---\n---\n",
    "...",
    "{",
    "[",
    "]",
    "}",
    "'",
    '"',
    '"\\x"',
    '"\\U00110000"',
    "&a",
    "*a",
    "&a *a",
    "&a [*a]",
    "&a {a: *a}",
    "!!python/object/apply:os.system [x]",
    "!!binary aGk=",
    "!!timestamp 2026-01-01",
    "!!int x",
    "? ",
    "? ?",
    "? {a: b}",
    ": a",
    "a: b: c",
    "a:\n b\n  c: d",
    "- a\nb: c",
    "|",
    ">9\n x",
    "@a",
    "`a",
    "a: |\n\tx",
    "a: 1\na: 2",
    "<<: *x",
    "<<: {a: 1}",
    "null",
    "1e999999999",
    "0x" + "f" * 5000,
    "- " * 5000,
    "[" * 5000 + "]" * 5000,
    "{a: " * 70 + "}" * 70,
    "x" * (1024 * 1024 + 1),
    "dimensions: {a: {sql: [}}",
    "dimensions: {? : {}}",
    "dimensions: {'': {}}",
    "dimensions: {a: {sql: '${'}}",
    "dimensions: {a: {sql: '${${a}}'}}",
    "dimensions: {a: {sql: '" + "${a}" * 2000 + "'}}",
    "measures: {a: {filters: {'': 1}, aggregate_type: count}}",
    "measures: {a: {filters: {'[': {}}, aggregate_type: count}}",
    "measures: {a: {filters: {'.': {is: [.nan]}}, aggregate_type: count}}",
    "measures: {a: {aggregate_type: percentile, percentile: .nan, sql: a}}",
    "dimensions: {a: {display_order: 1e400}}",
    "dimensions: {a: {format: '" + "0," * 5000 + "'}}",
    "joins: {'': {'': {}}}\nbase_view: ''",
    "- {join_from_view: '', join_to_view: '', on_sql: '', relationship_type: ''}",
    "- - - []",
    "# Reference this view as " + "x" * 10_000,
    "name: '${a}'",
]


@pytest.mark.parametrize(
    "file", ["model", "relationships", "t.view", "t.query.view", "t.topic", "t.composite_topic"]
)
def test_no_bad_file_raises(file):
    for text in BROKEN:
        model, diagnostics = load_model({**BIKES, file: text})
        assert "trips" in model.views
        for item in diagnostics:
            assert item.position.line >= 1
            assert item.position.column >= 1
            assert item.code in set(Code)


def test_no_damage_raises():
    """Random cuts, swaps and insertions in good files."""
    chance = random.Random(7)
    texts = {**BIKES, "model": "access_grants: { g: { user_attribute: a, allowed_values: [b] } }\n"}
    texts["rides.topic"] = (
        "base_view: trips\njoins: { riders: {} }\nfields: [all_views.*]\naccess_filters: []\n"
    )
    pieces = [
        "'",
        '"',
        "{",
        "}",
        "[",
        "]",
        ":",
        "\n",
        "  ",
        "\t",
        "#",
        "&a ",
        "*a",
        "${",
        "}",
        "|",
        "é",
        "\x07",
        "- ",
    ]
    for _ in range(1500):
        name = chance.choice(list(texts))
        text = texts[name]
        for _ in range(chance.randint(1, 3)):
            at, until = sorted(chance.randrange(len(text) + 1) for _ in range(2))
            cut = until if chance.random() < 0.3 else at + chance.randint(0, 3)
            text = text[:at] + chance.choice(pieces) + text[cut:]
        load_model({**texts, name: text})


def test_one_bad_file_leaves_the_others_alone():
    model, lines = load_texts({**BIKES, "bad.view": "a: [", "rides.topic": "base_view: trips"})
    assert lines == ["bad.view:1:5 bad_yaml"]
    assert (list(model.views), list(model.topics)) == (["riders", "trips"], ["rides"])


def test_nothing_in_the_model_can_be_changed():
    model, _ = load_model(BIKES)
    for mapping in (
        model.views,
        model.topics,
        model.views["trips"].dimensions,
        model.views["trips"].measures,
    ):
        with pytest.raises(TypeError):
            mapping["x"] = None


@pytest.mark.slow
def test_many_findings_take_linear_time():
    """Twice the mistakes may take three times as long, not four."""

    def seconds(count):
        fields = "".join(f"  f{n}: {{ sql: '${{g{n}}}' }}\n" for n in range(count))
        filters = "".join(f"      h{n}: 1\n" for n in range(count))
        text = f"dimensions:\n{fields}measures:\n  m:\n    aggregate_type: count\n    filters:\n{filters}"
        forget_files()
        forget_loads()
        started = time.process_time()
        _, diagnostics = load_model({"t.view": text})
        assert len(diagnostics) == 2 * count
        return time.process_time() - started

    seconds(500)
    assert within(lambda: 3 * min(seconds(4000) for _ in range(2)), lambda: seconds(8000))


@pytest.mark.slow
def test_reading_costs_little_more_than_the_yaml():
    """A thousand views of ten fields take a small multiple (about 3) of composing their YAML alone."""
    fields = "".join(f"  d{n}:\n    sql: ${{id}} + {n}\n    label: Field {n}\n" for n in range(8))
    measures = "  count: { aggregate_type: count }\n  m: { sql: '${d1}', aggregate_type: sum }\n"
    files = {
        f"v{n}.view": f"schema: main\nlabel: View {n}\ndimensions:\n  id: {{}}\n{fields}measures:\n{measures}"
        for n in range(1000)
    }

    def seconds(work):
        forget_files()
        forget_loads()
        started = time.process_time()
        work()
        return time.process_time() - started

    def compose():
        for text in files.values():
            yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    assert within(lambda: 5 * seconds(compose), lambda: seconds(lambda: load_model(files)))
