"""Every row of `words.md`, and what it keeps: text, canonical text and object, asked over the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from holoscope.kit.errors import HoloscopeError, InvalidQuery
from holoscope.modeling.conditions import DateKind, DatePart, Expression, NumberKind, StringKind
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.filters.expressions import alternatives
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, Target
from holoscope.query.filters.understand import FilterUnreadable, understand_node, understand_text
from holoscope.query.filters.wire import parse_filter
from holoscope.query.scope import Scope
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

PAGE = Path(__file__).with_name("words.md").read_text(encoding="utf-8")
REFERENCE = (Path(__file__).parents[3] / "docs/reference/filters.md").read_text(encoding="utf-8")
CLOCK = Clockwork(datetime(2026, 6, 30, 12), fiscal_offset=2)
VALUES = {
    DataType.STRING: "'California','New York','a','b','c','x','y','xy','Axz','A','abc','a_c',"
    "'a,b','-5','50%','','null','this or that','ab_c','z'",
    DataType.NUMBER: "0,1,1.5,2,3,5,6,7,10,20,42,100,101",
    DataType.BOOLEAN: "true,false",
}
TIMES = (
    "SELECT unnest(generate_series(TIMESTAMP '2023-12-31', TIMESTAMP '2027-12-31', INTERVAL 11 HOUR)) AS v"
    " UNION ALL SELECT unnest([TIMESTAMP '2026-03-10 14:30:15', TIMESTAMP '2026-06-30 12:00:00'])"
)


def rows() -> Iterator[tuple[DataType, str, str, str]]:
    kind = None
    for line in PAGE.splitlines():
        if line.startswith("## "):
            kind = DataType(line.removeprefix("## "))
        found = re.fullmatch(r"\| `(.*?)` \| `(.*?)` \| (.*) \|", line)
        if kind is not None and found:
            yield kind, *found.groups()


ROWS = list(rows())


@pytest.fixture(scope="module")
def kept() -> Iterator[Any]:
    """Give what a condition keeps, of a dimension and of a measure."""
    database = duckdb.connect()
    for kind in (*VALUES, DataType.TIMESTAMP):
        listed = TIMES if kind is DataType.TIMESTAMP else f"SELECT unnest([{VALUES[kind]}]) AS v"
        database.execute(f"CREATE TABLE rows_{kind} AS {listed} UNION ALL SELECT NULL")

    def keep(value: object, kind: DataType) -> list[list[Any]]:
        found = []
        for keep_nulls in (True, False):
            column = exp.column("v")
            target = Target("f", column, ColumnType(kind), keep_nulls=keep_nulls, wall=column)
            context = Context(DuckDBDialect(), CLOCK, Scope({}, frozenset()))
            condition = Expression(value) if isinstance(value, str) else parse_filter(value, "filter")
            predicate = build_predicate(condition, target, context)
            where = "true" if predicate is None else predicate.sql("duckdb")
            found.append(database.execute(f"SELECT v FROM rows_{kind} WHERE {where} ORDER BY v").fetchall())
        return found

    yield keep
    database.close()


@pytest.mark.parametrize(("kind", "text", "canonical", "words"), ROWS, ids=str)
def test_a_row_of_the_page(kept: Any, kind: DataType, text: str, canonical: str, words: str) -> None:
    said = understand_text(text, kind, CLOCK)
    assert (said.text, said.words) == (canonical, words)
    asked = kept(text, kind)
    assert kept(canonical, kind) == asked
    if said.node is None:
        assert canonical == ""
        return
    assert kept(said.node, kind) == asked
    again = understand_node(said.node, kind, CLOCK)
    assert (again.node, again.text, again.words) == (said.node, canonical, words)


def test_the_page_has_every_text_of_the_reference() -> None:
    table = REFERENCE.partition("| field | texts |")[2].partition("\n\n")[0]
    known = {
        DataType.STRING: "text",
        DataType.NUMBER: "number",
        DataType.TIMESTAMP: "time",
        DataType.BOOLEAN: "boolean",
    }
    signs = {">=", "<", "<=", "!="}
    for kind, name in known.items():
        (line,) = re.findall(rf"^\| {name} \| (.*) \|$", table, re.MULTILINE)
        shown = [text for text in re.findall(r"`(.*?)`", line) if text != r"\,"]
        listed = [text for each, text, _, _ in ROWS if each is kind]
        for text in shown:
            start = text if text in signs else text.removesuffix("…").strip()
            assert any(row.startswith(start) for row in listed), text


NODES = [
    (DataType.STRING, {"type": "string", "kind": "EQUALS", "values": ["null"]}, None, 'is "null"'),
    (DataType.STRING, {"values": ["x", None]}, "x, null", "is x or has no value"),
    (
        DataType.STRING,
        {"values": ["x", None], "is_negative": True},
        "not x, not null",
        "is not x and has a value",
    ),
    (
        DataType.STRING,
        {"type": "string", "kind": "CONTAINS", "values": ["X", "y"], "case_insensitive": True},
        None,
        "contains X or y, in any letter case",
    ),
    (DataType.STRING, {"type": "string", "kind": "SQL_LIKE", "values": ["a_c"]}, None, "is like a_c"),
    (DataType.STRING, {"type": "string", "kind": "IS_EMPTY"}, "empty", "is empty text"),
    (
        DataType.NUMBER,
        {"type": "number", "kind": "BETWEEN", "values": [1, "2"]},
        None,
        "is at least 1 and less than 2",
    ),
    (DataType.NUMBER, {"values": [1, 2.5], "is_negative": True}, "not 1, not 2.5", "is not 1 or 2.5"),
    (DataType.BOOLEAN, {"values": ["true"], "is_negative": True}, None, "not (is true)"),
    (
        DataType.TIMESTAMP,
        {"values": ["2026", "2025"], "is_negative": True},
        "not 2026, not 2025",
        "not in 2026 and not in 2025",
    ),
    (
        DataType.TIMESTAMP,
        {"type": "date", "kind": "TIME_FOR_UNIT_DURATION", "left_side": "2026", "isFiscal": True},
        None,
        "in fiscal year 2026",
    ),
    (
        DataType.TIMESTAMP,
        {"type": "date", "left_side": "2026-03", "offset_interval_string": "-7 days"},
        None,
        "in March 2026, and the 7 days before that",
    ),
    (
        DataType.TIMESTAMP,
        {
            "type": "composite",
            "conjunction": "OR",
            "filters": [
                {"type": "date", "left_side": "this month"},
                {"kind": "QUERY_OFFSET", "values": ["1 year"]},
            ],
        },
        None,
        "in this month or (in this month) moved back by 1 year",
    ),
    (
        DataType.STRING,
        {"type": "composite", "conjunction": "OR", "is_negative": True, "filters": ["x", "contains y"]},
        None,
        "not (is x or contains y)",
    ),
]
PARTS = [
    ("IS_ON_DAY_OF_WEEK", ["Wednesday", "0"], "on a Wednesday or Monday"),
    ("IS_ON_DAY_OF_MONTH", [31], "on day 31 of the month"),
    ("IS_ON_DAY_OF_QUARTER", [1], "on day 1 of the quarter"),
    ("IS_ON_DAY_OF_YEAR", [60], "on day 60 of the year"),
    ("IS_IN_WEEK_OF_YEAR", [1, 2, 3], "in week 1, 2 or 3 of the year"),
    ("IS_IN_MONTH_OF_YEAR", ["Feb", 3], "in February or March"),
    ("IS_IN_QUARTER_OF_YEAR", ["Q3"], "in quarter 3 of the year"),
    ("IS_AT_HOUR_OF_DAY", ["2 pm", "9"], "in the hour from 14:00 or 09:00"),
]
NODES += [
    (DataType.TIMESTAMP, {"type": "date", "kind": kind, "values": values}, None, words)
    for kind, values, words in PARTS
]


@pytest.mark.parametrize(("kind", "node", "text", "words"), NODES, ids=lambda value: str(value)[:60])
def test_objects_are_said(kept: Any, kind: DataType, node: Any, text: str | None, words: str) -> None:
    said = understand_node(node, kind, CLOCK)
    assert (said.text, said.words) == (text, words)
    asked = kept(node, kind)
    assert kept(said.node, kind) == asked
    if text is not None:
        assert kept(text, kind) == asked


def test_kinds_that_need_more_than_a_field_are_said() -> None:
    attribute = {"type": "user_attribute", "user_attribute_name": "region", "is_negative": True}
    said = understand_node(attribute, DataType.STRING, CLOCK)
    assert (said.node, said.words) == (attribute, 'is not what the user attribute "region" of who asks says')
    query = {"type": "query", "field_name": "a.b", "query_id": "q", "is_negative": False}
    said = understand_node(query, DataType.STRING, CLOCK)
    assert (said.node, said.words) == (query, 'is among the values of "a.b" in the query "q"')


def test_every_kind_is_on_the_pages() -> None:
    nodes = [understand_text(text, kind, CLOCK).node for kind, text, _, _ in ROWS] + [
        node for _, node, _, _ in NODES
    ]
    said = set(re.findall(r"[A-Z_]{4,}", str(nodes)))
    assert {*StringKind, *NumberKind, *DateKind, *DatePart.__members__} <= said | {"IS_ON_DAY_OF_WEEK"}


def test_windows_are_told() -> None:
    assert understand_text("last 7 days", DataType.TIMESTAMP, CLOCK).window == (
        datetime(2026, 6, 24),
        datetime(2026, 7, 1),
    )
    assert understand_text("before 2026", DataType.TIMESTAMP, CLOCK).window == (None, datetime(2026, 1, 1))
    assert understand_text("FY2026", DataType.TIMESTAMP, CLOCK).window == (
        datetime(2025, 11, 1),
        datetime(2026, 11, 1),
    )
    unknown_year = Clockwork(CLOCK.present)
    assert understand_text("FY2026", DataType.TIMESTAMP, unknown_year).window is None
    assert understand_text("not 2026", DataType.TIMESTAMP, CLOCK).window is None
    assert understand_text("2026", DataType.STRING, CLOCK).window is None


@pytest.mark.parametrize(
    ("kind", "text", "position", "start"),
    [
        (DataType.NUMBER, "1, x2", 3, "'x2' cannot be read as a number filter"),
        (DataType.NUMBER, "1,,  >=", 5, "'>=' cannot be read as a number filter"),
        (DataType.TIMESTAMP, "2026, last monthh", 6, "Invalid literal value 'last monthh' in filter"),
        (DataType.TIMESTAMP, "2026-01-01 to 2026-13-01", 14, "Invalid literal value '2026-13-01' in filter"),
        (DataType.TIMESTAMP, "30 days ago for 10 dogs", 16, "Invalid literal value '10 dogs' in filter"),
        (DataType.BOOLEAN, "true,yes", 5, "'yes' cannot be read as a boolean filter"),
    ],
)
def test_mistakes_have_a_place(kind: DataType, text: str, position: int, start: str) -> None:
    with pytest.raises(FilterUnreadable) as caught:
        understand_text(text, kind, CLOCK)
    assert caught.value.position == position
    assert caught.value.detail.startswith(start)


@pytest.mark.parametrize(
    ("kind", "node"),
    [
        (DataType.STRING, {"type": "number", "kind": "EQUALS", "values": [1]}),
        (DataType.NUMBER, {"type": "date", "left_side": "2026"}),
        (DataType.TIMESTAMP, {"type": "date", "left_side": "someday"}),
        (DataType.TIMESTAMP, {"type": "date", "kind": "IS_IN_MONTH_OF_YEAR", "values": ["Mai"]}),
        (DataType.NUMBER, {"values": ["x"]}),
        (DataType.BOOLEAN, {"values": ["x"]}),
        (DataType.STRING, {"type": "nothing"}),
        (DataType.STRING, ["x"]),
    ],
)
def test_objects_that_mean_nothing_are_refused(kind: DataType, node: object) -> None:
    with pytest.raises(HoloscopeError) as caught:
        understand_node(node, kind, CLOCK)
    assert caught.value.status == 400


def test_alternatives_know_where_they_begin() -> None:
    text = r" a , b\,c ,, -d"
    assert alternatives(text) == [(1, "a"), (5, r"b\,c"), (13, "-d")]
    assert all(text[at:].startswith(piece) for at, piece in alternatives(text))


def test_long_lists_are_cut_in_words_alone() -> None:
    said = understand_text(",".join(map(str, range(100))), DataType.NUMBER, CLOCK)
    assert said.words == "is 0, 1, 2, 3, 4, 5, 6, 7 or 92 more"
    assert isinstance(said.node, dict)
    assert len(said.node["values"]) == 100
    with pytest.raises(InvalidQuery):
        understand_text(",".join(["1"] * 10_001), DataType.NUMBER, CLOCK)
