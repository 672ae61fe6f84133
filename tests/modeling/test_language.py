"""The language as data is whole; what it says of values is what the reader takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from holoscope.modeling.formats import format_names, is_known_format
from holoscope.modeling.language.describe import DescribedKey, describe_language
from holoscope.modeling.language.places import PLACES
from holoscope.modeling.load import load_model
from holoscope.modeling.reader import keys
from holoscope.modeling.types import Aggregate

PAGES = {
    page.stem: page.read_text("utf-8")
    for page in (Path(__file__).parents[2] / "docs/reference/model").glob("*.md")
}
LANGUAGE = describe_language(PAGES)
KEYS = {(each.place.name, key.name): key for each in LANGUAGE.places for key in each.keys}


def test_every_table_of_the_reader_has_a_place() -> None:
    tables = [
        value
        for name, value in vars(keys).items()
        if name.isupper() and isinstance(value, keys.Keys.__origin__)
    ]  # type: ignore[attr-defined]
    assert len(tables) > 25
    placed = [id(place.table) for place in PLACES]
    assert [table for table in tables if id(table) not in placed] == []


def test_every_key_is_explained() -> None:
    assert [place for place, key in KEYS.items() if len(key.meaning) < 5] == []
    assert [each.name for each in LANGUAGE.operators if len(each.meaning) < 5] == []


def test_every_key_that_is_read_takes_something() -> None:
    odd = [
        (place.name, key)
        for place in PLACES
        for key, use in place.table.items()
        if use is keys.Use.READ
        and not KEYS[place.name, key].taken.types
        and not KEYS[place.name, key].taken.is_refused
    ]
    assert odd == []


TYPES = [
    ("model", "label", "text"),
    ("model", "access_grants", "map"),
    ("model", "fiscal_month_offset", "integer"),
    ("model", "template", "boolean"),
    ("model", "week_start_day", "word"),
    ("access_grant", "allowed_values", "list"),
    ("cache_policy", "filter_suggestions_must_obey_policy", "boolean"),
    ("relationship", "join_type", "word"),
    ("relationship", "on_sql", "text"),
    ("view", "sql", "text"),
    ("view", "dimensions", "map"),
    ("view", "tags", "list"),
    ("dimension", "hidden", "boolean"),
    ("dimension", "display_order", "integer"),
    ("dimension", "timeframes", "list"),
    ("dimension", "duration", "map"),
    ("measure", "percentile", "number"),
    ("measure", "filters", "map"),
    ("measure", "aggregate_type", "word"),
    ("level_of_detail", "fixed", "list"),
    ("topic", "joins", "map"),
    ("topic", "default_row_limit", "integer"),
    ("composite_topic", "topics", "list"),
    ("sample_query", "hidden", "boolean"),
]


@pytest.mark.parametrize(("place", "key", "kind"), TYPES)
def test_types_of_values(place: str, key: str, kind: str) -> None:
    assert KEYS[place, key].taken.types == (kind,)


def words(place: str, key: str) -> set[str]:
    found: DescribedKey = KEYS[place, key]
    return set(found.taken.words)


def test_words_are_all_of_them() -> None:
    assert words("measure", "aggregate_type") == {item.value for item in Aggregate}
    assert words("relationship", "relationship_type") >= {"one_to_one", "many_to_one", "assumed_many_to_one"}
    assert words("dimension", "type") == {
        "timestamp",
        "string",
        "boolean",
        "number",
        "interval",
        "array",
        "json",
    }
    assert words("model", "default_numeric_locale") == {"en_us", "fr_fr", "nl_nl"}
    assert KEYS["dimension", "timeframes"].taken.items_are_timeframes


@pytest.mark.parametrize("place", ["measure", "relationship", "dimension"])
def test_the_words_are_taken_by_the_reader(place: str) -> None:
    for (each, key), described in KEYS.items():
        if each == place and described.taken.words:
            where = next(item for item in PLACES if item.name == place)
            file = {"view": "thing.view"}.get(where.file, where.file)
            for word in described.taken.words:
                _, found = load_model({file: str(where.document(key, word)).replace("'", '"')})
                assert not [item for item in found if "is not a value of" in item.message], (key, word)


def test_what_is_refused_says_so() -> None:
    refused = {place for place, key in KEYS.items() if key.taken.is_refused}
    assert refused >= {("model", "sql_preamble"), ("model", "topics"), ("query", "pivots")}
    assert ("dimension", "sql") not in refused


def test_named_formats_are_known() -> None:
    assert {"number", "percent", "usdcurrency", "bigeuraccounting", "relative"} <= set(format_names())
    assert [name for name in format_names() if not is_known_format(name)] == []
    assert set(LANGUAGE.lists["timeframes"]) > {"raw", "date", "week", "fiscal_year", "hour_of_day"}


def test_operators_are_those_of_the_page() -> None:
    names = {each.name for each in LANGUAGE.operators}
    assert names >= {"is", "not", "between", "time_for_duration", "contains", "cancel_query_filter", "bind"}
    assert {each.name for each in LANGUAGE.operators if each.is_negatable} >= {
        "between",
        "before",
        "day_of_week",
    }
