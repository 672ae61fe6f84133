"""`materialized_query` of a view: read, checked against the model and the catalog."""

from __future__ import annotations

import pytest

from holoscope.modeling.load import load_model
from holoscope.modeling.types import Catalog, ColumnType, DataType
from support.modeltext import BIKES, load_texts

CATALOG = Catalog(
    {
        "main.days": {
            "day": ColumnType(DataType.TIMESTAMP, date_only=True),
            "n": ColumnType(DataType.NUMBER),
        },
        "main.trips": {"status": ColumnType(DataType.STRING)},
    }
)
DAYS = "schema: main\nmaterialized_query:\n  base_view: trips\n  fields:\n"


def days(text: str, **more: str):
    return load_texts({**BIKES, "days.view": text, **more})


def test_a_map_of_fields():
    model, lines = days(DAYS + "    trips.started_at[Date]: '\"DAY\"'\n    trips.count: n\n")
    assert lines == []
    rollup = model.views["days"].rollup
    assert (rollup.base_view, rollup.topic) == ("trips", None)
    assert dict(rollup.fields) == {"trips.started_at[date]": "DAY", "trips.count": "n"}


def test_a_list_of_fields_takes_the_columns_of_the_table_in_order():
    model, found = load_model(
        {**BIKES, "days.view": DAYS + "    - trips.started_at[date]\n    - trips.count\n"}, CATALOG
    )
    assert found == ()
    assert dict(model.views["days"].rollup.fields) == {"trips.started_at[date]": "day", "trips.count": "n"}


def test_a_list_without_a_catalog_is_not_used():
    model, lines = days(DAYS + "    - trips.started_at[date]\n    - trips.count\n")
    assert lines == []
    assert model.views["days"].rollup is None


BAD = {
    DAYS: "4:3 missing_key",
    DAYS + "    trips.nope: n\n": "5:5 unknown_field",
    DAYS + "    nope.count: n\n": "5:5 unknown_view",
    DAYS + "    trips.started_at[mnth]: n\n": "5:5 unknown_timeframe",
    DAYS + "    trips.count: [n]\n": "5:18 wrong_type",
    DAYS + "    trips.count: n\n  topic: nope\n": "6:3 unknown_topic",
    DAYS + "    trips.count: n\n  topics: nope\n": "6:3 unknown_key",
    DAYS + "    trips.count: n\n  topic: people\n": "6:3 rollup_unusable",
    DAYS + "    trips.count: n\n  filters: { trips.count: { is: 1 } }\n": "6:14 filter_on_measure",
    DAYS.replace("trips", "tripz") + "    trips.count: n\n": "3:3 unknown_view",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_rollup_is_left_out_and_the_view_stays(text: str):
    model, lines = days(text, **{"people.topic": "base_view: riders"})
    assert lines == [f"days.view:{BAD[text]}"]
    assert model.views["days"].rollup is None


@pytest.mark.parametrize(
    ("field", "column", "said"),
    [
        ("trips.status", "n", 'its column "n" holds a number'),
        ("trips.started_at[month_num]", "day", 'its column "day" holds a timestamp'),
        ("trips.count", "day", "is a number"),
        ("trips.count", "m", 'no column "m"'),
    ],
)
def test_a_column_of_another_kind_is_a_warning(field: str, column: str, said: str):
    text = DAYS + f"    {field}: {column}\n"
    model, found = load_model({**BIKES, "days.view": text}, CATALOG)
    assert [(one.code, one.severity) for one in found] == [("rollup_unusable", "warning")]
    assert said in found[0].message
    assert model.views["days"].rollup is None


def test_switches_of_features():
    name = "allow_non_inner_join_mv_optimization"
    model, lines = load_texts({**BIKES, "model": f"# !enable_feature({name})\nlabel: x"})
    assert (lines, model.features) == ([], {name})
    model, lines = load_texts({**BIKES, "model": f"# !enable_feature({name})\n# !disable_feature({name})\n"})
    assert (lines, model.features) == ([], frozenset())
