"""How values look in formatted answers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from holoscope.modeling.formats import Setting, canonical_format, format_value, formatter, is_known_format

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


NBSP = "\N{NO-BREAK SPACE}"
IN_LOCALES = [
    (1234.5, "number_2", "fr_FR", f"1{NBSP}234,50"),
    (1234.5, "number_2", "nl_NL", "1.234,50"),
    (1234567, "number", "fr_FR", f"1{NBSP}234{NBSP}567"),
    (0.2441, "percent_1", "nl_NL", "24,4%"),
    (1234567, "big_2", "nl_NL", "1,23M"),
    (1234.5, "currency", "nl_NL", f"€{NBSP}1.234,50"),
    (1234.5, "currency_0", "fr_FR", f"1{NBSP}235{NBSP}€"),
    (-1234.5, "currency", "fr_FR", f"-1{NBSP}234,50{NBSP}€"),
    (-1234.5, "accounting_2", "nl_NL", f"€{NBSP}(1.234,50)"),
    (-1234.5, "financial_2", "nl_NL", "(1.234,50)"),
    (1234.5, "usdcurrency_2", "nl_NL", "$1.234,50"),
    (1234.5, '#,##0.00 "kg, net"', "nl_NL", "1.234,50 kg, net"),
    (1234.5, "0.0", "fr_FR", "1234,5"),
    (1234, "id", "fr_FR", "1234"),
    (Decimal("1.50"), None, "nl_NL", "1.50"),
]


@pytest.mark.parametrize(("value", "name", "locale", "text"), IN_LOCALES)
def test_numbers_of_other_countries(value, name, locale, text):
    assert format_value(value, name, Setting(locale)) == text


SUFFIXES = [
    ("number", "12,345.67800"),
    ("percent", "1,234,567.80000%"),
    ("thousands", "12.34568K"),
    ("millions", "0.01235M"),
    ("billions", "0.00001B"),
    ("trillions", "0.00000T"),
    ("big", "12.34568K"),
    ("bignumber", "12.34568K"),
    ("currency", "$12,345.67800"),
    ("eurcurrency", "€12,345.67800"),
    ("jpycurrency", "¥12,345.67800"),
    ("brlcurrency", "R$12,345.67800"),
    ("audcurrency", "A$12,345.67800"),
    ("accounting", "$12,345.67800"),
    ("gbpaccounting", "£12,345.67800"),
    ("financial", "12,345.67800"),
    ("gbpfinancial", "£12,345.67800"),
    ("bigcurrency", "$12.34568K"),
    ("bigeurcurrency", "€12.34568K"),
    ("bigaccounting", "$12.34568K"),
    ("biggbpaccounting", "£12.34568K"),
    ("bigfinancial", "12.34568K"),
    ("bigusdfinancial", "$12.34568K"),
    ("id", "12346"),
]


@pytest.mark.parametrize(("base", "text"), SUFFIXES)
def test_every_base_takes_decimals(base, text):
    assert format_value(12345.678, f"{base}_5") == text
    assert is_known_format(f"{base.upper()}_9")
    assert is_known_format(f"{base}_0")


NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
RELATIVE = [
    (datetime(2026, 3, 10, 14, 59, 30), "relative", "30 seconds ago"),
    (datetime(2026, 3, 10, 15), "relative", "now"),
    (datetime(2026, 3, 10, 15), "relativenumeric", "0 seconds ago"),
    (datetime(2026, 3, 10, 14, 57, 1), "relative", "2 minutes ago"),
    (datetime(2026, 3, 10, 16), "relative", "in 1 hour"),
    (datetime(2026, 3, 10, 16), "relativeshort", "in 1 hr."),
    (datetime(2026, 3, 9, 15), "relative", "yesterday"),
    (datetime(2026, 3, 9, 15), "relativenumeric", "1 day ago"),
    (datetime(2026, 3, 9, 15, 0, 1), "relative", "23 hours ago"),
    (datetime(2026, 3, 3, 15), "relative", "last week"),
    (datetime(2026, 2, 1), "relative", "last month"),
    (datetime(2026, 2, 1), "relativeshort", "1 mo. ago"),
    (datetime(2024, 3, 1), "RELATIVE", "2 years ago"),
    (datetime(2028, 3, 9, 15), "relativeshort", "in 2 yr."),
    (date(2026, 3, 10), "relative", "today"),
    (date(2026, 3, 11), "relative", "tomorrow"),
    (date(2026, 3, 8), "relative", "2 days ago"),
    (date(2026, 3, 11), "relativenumeric", "in 1 day"),
    (datetime(2026, 3, 10, 15, tzinfo=UTC), "relative", "now"),
    (12, "relative", "12"),
    (None, "relative", ""),
]


@pytest.mark.parametrize(("value", "name", "text"), RELATIVE)
def test_times_told_from_now(value, name, text):
    assert format_value(value, name, Setting(now=NOW)) == text


def test_wall_times_are_told_in_their_zone():
    there = Setting(now=NOW, zone="America/New_York")
    assert format_value(datetime(2026, 3, 10, 11), "relative", there) == "now"
    assert format_value(date(2026, 3, 10), "relative", there) == "today"
    late = Setting(now=datetime(2026, 3, 11, 2, tzinfo=UTC), zone="America/New_York")
    assert format_value(date(2026, 3, 10), "relative", late) == "today"


def test_without_a_present_nothing_is_relative():
    assert format_value(date(2026, 3, 10), "relative") == "2026-03-10"


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
