"""How values look in formatted answers."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from holoscope.modeling.formats import canonical_format, format_value, formatter, is_known_format

CASES = [
    (-5, "usdaccounting_2", "$(5.00)"),
    (1234567, "big_2", "1.23M"),
    (0.2441, "percent_1", "24.4%"),
    (1234, "id", "1234"),
    (123450, "ID", "123450"),
    (1234.5, "number_2", "1,234.50"),
    (1234.5, "number", "1,234.5"),
    (1000, "number", "1,000"),
    (Decimal("1E+3"), "number", "1,000"),
    (-1234.567, "number_0", "-1,235"),
    (0.5, "number_0", "1"),
    (2.5, "number_0", "3"),
    (-2.5, "number_0", "-3"),
    (0.285, "number_2", "0.29"),
    (1.005, "number_2", "1.01"),
    (-0.001, "number_2", "0.00"),
    (0.125, "percent", "12.5%"),
    (1 / 3, "percent", "33.33%"),
    (-0.5, "percent_0", "-50%"),
    (8900, "thousands_2", "8.90K"),
    (5_600_000, "millions_1", "5.6M"),
    (5_600_000, "millions", "5.6M"),
    (1_200_000_000, "billions_2", "1.20B"),
    (10**12, "trillions_2", "1.00T"),
    (5_600_000, "bignumber_2", "5.60M"),
    (1234, "big_2", "1.23K"),
    (12.225, "big_2", "12.23"),
    (999.999, "big_2", "1.00K"),
    (999_999, "big_0", "1M"),
    (-1_500_000, "big_1", "-1.5M"),
    (-1234.5, "gbpcurrency", "-£1,234.50"),
    (1234.5, "currency", "$1,234.50"),
    (1234.5, "jpycurrency", "¥1,235"),
    (1234.5, "usdcurrency_0", "$1,235"),
    (1234.5, "accounting_2", "$1,234.50"),
    (-1234.5, "eurAccounting_2", "€(1,234.50)"),
    (-0.001, "usdaccounting_2", "$0.00"),
    (-1234.5, "financial_2", "(1,234.50)"),
    (1234.5, "financial_2", "1,234.50"),
    (-1234.5, "gbpfinancial_2", "(£1,234.50)"),
    (5_600_000, "bigeurcurrency_2", "€5.60M"),
    (-5_600_000, "bigaccounting_1", "$(5.6M)"),
    (-5_600_000, "bigusdfinancial_1", "($5.6M)"),
    (10**40, "number_0", "10" + ",000" * 13),
    (1234.5, '#,##0.00 "kg"', "1,234.50 kg"),
    (-1234.5, '#,##0.00 "kg"', "-1,234.50 kg"),
    (-1234.5, "#,##0;(#,##0)", "(1,235)"),
    (0, '0;-0;"none"0', "none0"),
    (1234, "$#,##0", "$1,234"),
    (5, "000", "005"),
    (0.125, "0.0%", "12.5%"),
    (1_500_000, '0.0,,"M"', "1.5M"),
    (1.5, "0.##", "1.5"),
    (1, "0.##", "1"),
    (-0.2, "0", "0"),
    (7, "0\\x", "7x"),
    (date(2026, 1, 5), "%Y-%m", "2026-01"),
    (datetime(2026, 1, 5, 13, 4, 9), "%Y-%m-%d %H:%M:%S", "2026-01-05 13:04:09"),
    (datetime(2026, 1, 5, 13, 4), "%-d %b %Y, %-I:%M %p", "5 Jan 2026, 1:04 PM"),
    (date(2026, 11, 23), "%A Q%q %%", "Monday Q4 %"),
    (None, "number_2", ""),
    (None, None, ""),
    ("abc", "number_2", "abc"),
    (True, "number_2", "true"),
    (False, None, "false"),
    (12, "%Y", "12"),
    (date(2026, 1, 5), "number_2", "2026-01-05"),
    (datetime(2026, 1, 5, 13, 4), None, "2026-01-05 13:04:00"),
    (Decimal("1.50"), None, "1.50"),
    ([1, None, "x"], None, "1, , x"),
    (float("nan"), "number_2", "nan"),
    (1234.5, "no such format", "1234.5"),
]


@pytest.mark.parametrize(("value", "name", "text"), CASES)
def test_format_value(value, name, text):
    assert format_value(value, name) == text


@pytest.mark.parametrize(
    "name", ["", "General", "0.00E+00", "kg", "0 0", "yyyy-mm", "%Q", "%", "0;0;0;0", "number_12", "0" * 500]
)
def test_unknown_formats(name):
    assert not is_known_format(name)


def test_the_wire_name_is_upper_case_and_patterns_keep_their_letters():
    assert canonical_format("usdcurrency_2") == "USDCURRENCY_2"
    assert canonical_format("%m") == "%m"
    assert canonical_format('0 "kg"') == '0 "kg"'


def test_a_formatter_serves_a_whole_column():
    write = formatter("number_1")
    assert [write(value) for value in (1, None, 2.25)] == ["1.0", "", "2.3"]
