"""Random pivots: the same cells as the flat query, totals as queries of their own, periods as two queries."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from support.answers import COLUMN, INDICATOR, ROW, ROW_INDICATOR, plain
from support.asking import compile_body
from support.overlaid import world_of

NOW = datetime.fromisoformat("2026-03-10T15:00:00+00:00")
DIMENSIONS = (
    "riders.country",
    "trips.status",
    "trips.is_long",
    "riders.is_member",
    "trips.started_at[month_num]",
)
MEASURES = ("trips.count", "riders.count", "trips.fare_total", "trips.average_fare", "trips.statuses")
Row = dict[str, Any]


def ask(**query: Any) -> list[Row]:
    world = world_of((), "")
    body = {"join_paths_from_topic_name": "rides", "limit": None, "column_limit": 1000, **query}
    compiled = compile_body(world.model, body, attributes={}, now=NOW)
    return [{name: _rounded(value) for name, value in row.items()} for row in world.run(compiled.sql)[1]]


def _rounded(value: Any) -> Any:
    value = plain(value)
    return round(float(value), 9) if hasattr(value, "__round__") and not isinstance(value, bool) else value


def counted(rows: list[Row], names: list[str]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[name] for name in names) for row in rows)


@st.composite
def pivoted(draw: st.DrawFn) -> dict[str, Any]:
    dimensions = draw(st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=4, unique=True))
    measures = draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True))
    pivots = draw(st.lists(st.sampled_from(dimensions), min_size=1, unique=True))
    sorts = [
        {
            "column_name": draw(st.sampled_from([*dimensions, *measures])),
            "sort_descending": draw(st.booleans()),
            "is_column_sort": draw(st.booleans()),
            "null_sort": draw(st.sampled_from(["OMNI_DEFAULT", "FIRST", "LAST"])),
        }
        for _ in range(draw(st.integers(0, 2)))
    ]
    return {"fields": [*dimensions, *measures], "pivots": pivots, "sorts": sorts}


def parts(query: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    names = query["fields"]
    measures = [name for name in names if name in MEASURES]
    rows = [name for name in names if name in DIMENSIONS and name not in query["pivots"]]
    return rows, query["pivots"], measures


@settings(max_examples=12, deadline=None)
@given(pivoted())
def test_cells_are_the_rows_of_the_flat_query_and_numbers_are_their_keys(query: dict[str, Any]) -> None:
    cells = ask(**query)
    rows, columns, _ = parts(query)
    assert counted(cells, query["fields"]) == counted(ask(fields=query["fields"]), query["fields"])
    for keys, number in ((rows, ROW), (columns, COLUMN)):
        found = {(tuple(cell[key] for key in keys), cell[number]) for cell in cells}
        assert len({key for key, _ in found}) == len(found) == len({place for _, place in found})
        assert {place for _, place in found} == set(range(1, len(found) + 1))
    places = [(cell[ROW], cell[COLUMN]) for cell in cells]
    assert places == sorted(places)


@settings(max_examples=8, deadline=None)
@given(pivoted(), st.integers(1, 4), st.integers(0, 3), st.integers(1, 3))
def test_limits_keep_whole_rows_and_their_first_cell(
    query: dict[str, Any], limit: int, offset: int, column_limit: int
) -> None:
    whole = [cell for cell in ask(**query) if offset < cell[ROW] <= offset + limit]
    first = {cell[ROW]: min(one[COLUMN] for one in whole if one[ROW] == cell[ROW]) for cell in whole}
    wanted = [cell for cell in whole if cell[COLUMN] <= column_limit or cell[COLUMN] == first[cell[ROW]]]
    assert ask(**{**query, "limit": limit, "offset": offset, "column_limit": column_limit}) == wanted


@settings(max_examples=8, deadline=None)
@given(pivoted())
def test_totals_are_queries_of_their_own(query: dict[str, Any]) -> None:
    every = {"::total::": {"type": "aggregation"}}
    cells = ask(**query, row_totals=every, column_totals=every)
    rows, columns, measures = parts(query)

    def of(*, total: bool, row_total: bool) -> list[Row]:
        return [
            cell
            for cell in cells
            if bool(cell.get(INDICATOR)) is total and bool(cell.get(ROW_INDICATOR)) is row_total
        ]

    names = [*rows, *measures]
    assert counted(of(total=False, row_total=True), names) == counted(ask(fields=names), names)
    if rows:
        names = [*columns, *measures]
        assert counted(of(total=True, row_total=False), names) == counted(ask(fields=names), names)
        corner = of(total=True, row_total=True)
        assert counted(corner, measures) == counted(ask(fields=measures), measures)
        assert all(cell is one for cell, one in zip(cells[-len(columns or [1]) :][-1:], corner, strict=True))


@settings(max_examples=6, deadline=None)
@given(pivoted())
def test_a_wide_table_is_that_of_pandas(query: dict[str, Any]) -> None:
    rows, columns, measures = parts(query)
    flat = pd.DataFrame(ask(fields=query["fields"]))
    for name in (*rows, *columns):  # as text, for a missing key is a key here
        flat[name] = [repr(value) for value in flat[name]]
    cells = ask(**query)
    for measure in measures:
        index = [flat[name] for name in rows] or [pd.Series("", flat.index)]
        expected = pd.crosstab(index, [flat[name] for name in columns], values=flat[measure], aggfunc="first")
        ours = pd.DataFrame(cells).pivot(index=ROW, columns=COLUMN, values=measure)
        assert ours.shape == (cells[-1][ROW], max(cell[COLUMN] for cell in cells))
        values = flat[measure].notna().sum()
        assert ours.notna().sum().sum() == values == expected.notna().sum().sum()
        ours_, theirs = (
            sorted(table.stack(list(range(depth))).dropna())
            for table, depth in ((ours, 1), (expected, len(columns)))
        )
        assert ours_ == theirs


def moved(day: datetime, count: int, unit: str) -> datetime:
    if unit == "day":
        return day + timedelta(days=count)
    months = day.year * 12 + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = divmod(months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


@settings(max_examples=8, deadline=None)
@given(
    st.datetimes(datetime(2025, 10, 1), datetime(2026, 4, 1)),
    st.integers(1, 120),
    st.integers(1, 5),
    st.sampled_from(["day", "month", "quarter", "year"]),
    st.sampled_from(MEASURES),
)
def test_periods_are_two_queries(start: datetime, days: int, ago: int, unit: str, measure: str) -> None:
    low = start.replace(hour=0, minute=0, second=0, microsecond=0)
    high = low + timedelta(days=days)

    def within(first: datetime, last: datetime) -> dict[str, Any]:
        sides = {"left_side": f"{first:%Y-%m-%d}", "right_side": f"{last:%Y-%m-%d}"}
        return {"trips.started_at": {"type": "date", "kind": "BETWEEN", **sides}}

    names = ["riders.country", measure]
    compared = ask(
        fields=["riders.country", "omni_period_pivot", measure],
        pivots=["omni_period_pivot"],
        filters=within(low, high),
        period_over_period_computations=[
            {"date_filter_field_name": "trips.started_at", "periods_ago": ago, "time_unit_name": unit.upper()}
        ],
    )
    for period, window in (
        ("Current Period", (low, high)),
        ("Previous Period", (moved(low, -ago, unit), moved(high, -ago, unit))),
    ):
        found = [cell for cell in compared if cell["omni_period_pivot"] == period]
        assert counted(found, names) == counted(ask(fields=names, filters=within(*window)), names)
    if ago and measure == "trips.count":
        dated = ask(
            fields=["trips.started_at[date]", "omni_period_pivot", measure],
            filters=within(low, high),
            period_over_period_computations=[
                {"date_filter_field_name": "trips.started_at", "periods_ago": ago, "time_unit": unit}
            ],
        )
        at = "trips.started_at[date]__raw"
        earlier = ask(fields=["trips.started_at[date]", measure], filters=within(*window))
        wanted: Counter[datetime] = Counter()
        for row in earlier:
            wanted[moved(row[at], ago, unit)] += row[measure]
        shown = {cell[at]: cell[measure] for cell in dated if cell["omni_period_pivot"] == "Previous Period"}
        assert shown == wanted
