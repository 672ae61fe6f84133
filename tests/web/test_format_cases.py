"""Values as the web application writes them are those of the server: one table of cases, read by both.

`python tests/web/test_format_cases.py` writes the table anew; vitest reads it (format.test.ts).
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from holoscope.modeling.formats import Setting, format_value

TABLE = Path(__file__).parents[2] / "web/src/explore/result/format.cases.json"

_NAMED = ["number", "percent", "id", "thousands", "millions", "billions", "trillions", "big", "bignumber"]
_MONEY = (
    "currency usdcurrency eurcurrency gbpaccounting jpycurrency brlfinancial audcurrency accounting financial"
)
_MONEY += " bigusdcurrency biggbpaccounting bigcurrency"
FORMATS: list[str | None] = [None, "unheard_of", "%Y%Q", "0.0.0", "[red]0"]
FORMATS += [f"{name}{places}" for name in (*_NAMED, *_MONEY.split()) for places in ("", "_0", "_3")]
FORMATS += [
    "#,##0",
    "#,##0.00",
    "0.0#",
    "#.##",
    "0%",
    "0.0%",
    "00000",
    '#,##0.0 "kg"',
    '"<b>"0',
    "$#,##0;($#,##0);-",
]
FORMATS += ["#,##0,", "#,##0.0,,\\M", "0_)", "#,###", ".00", "-0", "0;;", "? 0", "#,##0.###;-#,##0.#"]
TIMES = [
    "%Y-%m",
    "%d.%m.%y",
    "%-d %B %Y",
    "%e %b",
    "%A %a %j",
    "%H:%M:%S.%L",
    "%I:%M %p",
    "%V/%u/%w",
    "Q%q %%",
    "%f",
]
TIMES += ["%_H|%-H|%0H", "no directive", "%Y-%m-%d %H"]

NUMBERS: list[Any] = [0, 1, -1, 12, 999, 1000, -1234567, 10**19, -(10**25)]
NUMBERS += [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.005,
    2.675,
    0.1 + 0.2,
    1234.5,
    -0.004,
    1e-5,
    1e-7,
    1.5e16,
    1e22,
    1e300,
    999.995,
]
NUMBERS += [Decimal(text) for text in ("0.00", "1234.50", "-1234.505", "0.005", "999999.995", "-0.0049")]
NUMBERS += [
    Decimal("123456789012345678901234.5678"),
    Decimal("999.994"),
    Decimal("0.4999"),
    float("inf"),
    float("nan"),
]
OTHERS: list[Any] = [None, "text", "", True, False, [1, 2.5, "x", None]]
MOMENTS: list[Any] = [date(2026, 7, 1), date(1999, 12, 31), date(2024, 12, 30), date(101, 1, 5)]
MOMENTS += [datetime(2026, 7, 1), datetime(2026, 1, 1, 0, 5, 9), datetime(2023, 3, 9, 12, 30, 15, 123456)]
MOMENTS += [datetime(1969, 12, 31, 23, 59, 59, 999000)]


def _told(value: Any) -> Any:
    """Write a value so that nothing of it is lost on the way."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, float):
        return {"double": repr(value)}
    if isinstance(value, list):
        return {"list": [_told(each) for each in value]}
    return {"int": str(value)} if isinstance(value, int) and not isinstance(value, bool) else value


ABROAD = [
    "number",
    "number_2",
    "usdcurrency",
    "currency_0",
    "bigaccounting",
    "financial",
    "percent_1",
    '#,##0.0 "kg"',
    "id",
]


def table() -> str:
    rows = []
    for formats, values in (
        (FORMATS, NUMBERS),
        (FORMATS[:4] + TIMES, OTHERS),
        (FORMATS[:4] + TIMES, MOMENTS),
    ):
        rows += [
            [_told(value), {each or "": format_value(value, each) for each in formats}] for value in values
        ]
    for locale in ("fr_FR", "nl_NL"):
        setting = Setting(locale)
        values = (0, 1234567, -1234.5, Decimal("0.005"), 1e20, "text")
        rows += [
            [_told(value), {each: format_value(value, each, setting) for each in ABROAD}, locale]
            for value in values
        ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def test_the_table_of_cases_is_what_the_server_writes() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
