"""Durations and fiscal periods against plain calendar arithmetic, where months differ in length."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import datetime, timedelta
from functools import cache

import duckdb
import pytest
from sqlglot import exp

from holoscope.query.fiscal import day_of_quarter, fiscal_label, fiscal_start
from holoscope.warehouses.duckdb.dialect import DuckDBDialect

DIALECT = DuckDBDialect()


@cache
def moments() -> tuple[datetime, ...]:
    """Ends of months, leap days, midnights and the seconds around them."""
    chosen = random.Random(7)
    found = []
    for _ in range(400):
        year, month = chosen.choice((2023, 2024, 2025)), chosen.randint(1, 12)
        day = chosen.choice((1, 15, 28, monthrange(year, month)[1]))
        shift = timedelta(seconds=chosen.choice((0, 0, 0, 1, -1, 43_200)))
        found.append(datetime(year, month, day) + shift)
    return tuple(found)


def plus_months(moment: datetime, count: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def whole_months(start: datetime, end: datetime) -> int:
    """Walk from the start, month by month, as long as the end is not passed."""
    step, count = (1 if end >= start else -1), 0
    while (
        (plus_months(start, count + step) <= end) if step > 0 else (plus_months(start, count + step) >= end)
    ):
        count += step
    return count


def select(*trees: exp.Expr, values: list[tuple[datetime, ...]]) -> list[tuple[object, ...]]:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (n INTEGER, a TIMESTAMP, b TIMESTAMP)")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [(n, *row) for n, row in enumerate(values)])
    query = exp.select(*trees).from_("t").order_by("n")
    return connection.sql(DIALECT.render(query)).fetchall()


@pytest.mark.parametrize(("unit", "size"), [("months", 1), ("quarters", 3), ("years", 12)])
def test_completed_months_quarters_and_years(unit, size):
    pairs = list(zip(moments(), reversed(moments()), strict=True))
    tree = DIALECT.whole_months(exp.column("a"), exp.column("b"), size=size)
    for (start, end), (found,) in zip(pairs, select(tree, values=pairs), strict=True):
        months = whole_months(start, end)
        assert found == (abs(months) // size) * (1 if months > 0 else -1), (start, end)


@pytest.mark.parametrize("offset", [-13, -1, 0, 1, 5, 10, 11, 12, 23])
def test_fiscal_periods(offset):
    """A date moved by the offset lies in the calendar period that names its fiscal one."""
    a = exp.column("a")
    year = fiscal_start(a, "fiscal_year", offset, DIALECT)
    quarter = fiscal_start(a, "fiscal_quarter", offset, DIALECT)
    trees = (
        year,
        quarter,
        fiscal_label(year, "fiscal_year", offset, DIALECT),
        fiscal_label(quarter, "fiscal_quarter", offset, DIALECT),
        day_of_quarter(a, offset, DIALECT),
    )
    values = [(moment, moment) for moment in moments()]
    for (moment, _), found in zip(values, select(*trees, values=values), strict=True):
        named = plus_months(moment.replace(day=1, hour=0, minute=0, second=0), offset)
        number = (named.month - 1) // 3
        first = plus_months(datetime(named.year, number * 3 + 1, 1), -offset)
        assert found == (
            plus_months(datetime(named.year, 1, 1), -offset),
            first,
            f"FY{named.year}",
            f"FY{named.year}-Q{number + 1}",
            (moment.date() - first.date()).days + 1,
        ), moment
