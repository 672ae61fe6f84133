"""Plain scalars follow the core schema of YAML 1.2."""

from decimal import Decimal

import pytest

from holoscope.modeling.reader.scalars import plain_value, tagged_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("017", 17),
        ("-12", -12),
        ("+3", 3),
        ("0o17", 15),
        ("0x1F", 31),
        ("0x", "0x"),
        ("1e3", Decimal(1000)),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("5.", Decimal(5)),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("2026-03-01", "2026-03-01"),
        ("2026 Q2", "2026 Q2"),
        (".inf", float("inf")),
        ("-", "-"),
        (".", "."),
        ("1.2.3", "1.2.3"),
        ("٣", "٣"),
    ],
)
def test_plain(text, value):
    got = plain_value(text)
    assert got == value
    assert type(got) is type(value)


def test_fractions_are_exact():
    assert str(plain_value("0.1")) == "0.1"


@pytest.mark.parametrize("text", ["9" * 101, "1e401", "1e-5000", "1e99999999999999999999", "1." + "0" * 200])
def test_monstrous_numbers_are_refused(text):
    with pytest.raises(ValueError, match="too"):
        plain_value(text)


@pytest.mark.parametrize(
    ("tag", "text", "value"),
    [("str", "12", "12"), ("int", "12", 12), ("float", "12", 12), ("bool", "true", True), ("null", "", None)],
)
def test_core_tags(tag, text, value):
    assert tagged_value(f"tag:yaml.org,2002:{tag}", text) == value


@pytest.mark.parametrize(
    ("tag", "text"), [("int", "x"), ("int", "true"), ("python/name:os.system", ""), ("binary", "aa")]
)
def test_other_tags_are_refused(tag, text):
    with pytest.raises(ValueError, match=r"tag|not a"):
        tagged_value(f"tag:yaml.org,2002:{tag}", text)
