"""The filter language of model files, operator by operator."""

from decimal import Decimal

import pytest

from holoscope.modeling.conditions import (
    Anything,
    Composite,
    DateKind,
    DateMatch,
    DatePart,
    DatePartMatch,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from support.modeltext import measure


def read(text):
    found, lines = measure(f"{{ aggregate_type: count, filters: {{ y: {text} }} }}")
    return (found.filters["t.y"] if found else None), lines


GOOD = {
    "done": OneOf(("done",)),
    "[a, b]": OneOf(("a", "b")),
    "{ is: done }": OneOf(("done",)),
    "{ is: [a, b] }": OneOf(("a", "b")),
    "{ not: [a, b] }": OneOf(("a", "b"), negative=True),
    "{ is_not: a }": OneOf(("a",), negative=True),
    "{ is: null }": IsNull(),
    "{ is: }": IsNull(),
    "{ not: null }": IsNull(negative=True),
    "{ is: [a, null] }": OneOf(("a", None)),
    "{ is: [] }": Anything(),
    '{ is: "" }': OneOf(("",)),
    "{ is: true }": OneOf((True,)),
    "{ is: falsey }": OneOf(("falsey",)),
    "{ is: 5 }": OneOf((5,)),
    "{ is: 1.5 }": OneOf((Decimal("1.5"),)),
    "{ is: 007 }": OneOf(("007",)),
    "{ is: 0x1F }": OneOf((31,)),
    "{ is: yes }": OneOf(("yes",)),
    "{ is: 2026 Q2 }": OneOf(("2026 Q2",)),
    "{ is: a, case_insensitive: true }": OneOf(("a",), case_insensitive=True),
    "{ greater_than: 5 }": NumberMatch(NumberKind.GREATER_THAN, (Decimal(5),)),
    "{ greater_than_or_equal_to: '5' }": NumberMatch(NumberKind.GREATER_THAN, (Decimal(5),), inclusive=True),
    "{ less_than: -1.5 }": NumberMatch(NumberKind.LESS_THAN, (Decimal("-1.5"),)),
    "{ not_less_than_or_equal_to: 1 }": NumberMatch(NumberKind.LESS_THAN, (Decimal(1),), True, True),
    "{ between: [1, 2] }": NumberMatch(NumberKind.BETWEEN, (Decimal(1), Decimal(2)), upper_inclusive=True),
    "{ not_between: [1, 2] }": NumberMatch(
        NumberKind.BETWEEN, (Decimal(1), Decimal(2)), True, upper_inclusive=True
    ),
    "{ contains: a }": StringMatch(StringKind.CONTAINS, ("a",)),
    "{ contains: 12 }": StringMatch(StringKind.CONTAINS, ("12",)),
    "{ starts_with: [a, b], case_insensitive: true }": StringMatch(
        StringKind.STARTS_WITH, ("a", "b"), case_insensitive=True
    ),
    "{ not_ends_with: z }": StringMatch(StringKind.ENDS_WITH, ("z",), negative=True),
    "{ before: 2026-03-01 }": DateMatch(DateKind.BEFORE, right="2026-03-01"),
    "{ before: 2026 }": DateMatch(DateKind.BEFORE, right="2026"),
    "{ on_or_after: 30 days ago }": DateMatch(DateKind.ON_OR_AFTER, "30 days ago"),
    "{ not_on_or_after: today }": DateMatch(DateKind.ON_OR_AFTER, "today", negative=True),
    "{ between_dates: [2026-01, 2026-02] }": DateMatch(DateKind.BETWEEN, "2026-01", "2026-02"),
    "{ time_for_duration: [7 complete days ago, 7 days] }": DateMatch(
        DateKind.TIME_FOR_INTERVAL_DURATION, "7 complete days ago", "7 days"
    ),
    "{ day_of_week: Wednesday }": DatePartMatch(DatePart.IS_ON_DAY_OF_WEEK, ("Wednesday",)),
    '{ hour_of_day: ["1", 2] }': DatePartMatch(DatePart.IS_AT_HOUR_OF_DAY, ("1", "2")),
    "{ not_month_of_year: May }": DatePartMatch(DatePart.IS_IN_MONTH_OF_YEAR, ("May",), True),
    "{ quarter_of_year: 1 }": DatePartMatch(DatePart.IS_IN_QUARTER_OF_YEAR, ("1",)),
    "{ day_of_month: 1 }": DatePartMatch(DatePart.IS_ON_DAY_OF_MONTH, ("1",)),
    "{ day_of_quarter: 1 }": DatePartMatch(DatePart.IS_ON_DAY_OF_QUARTER, ("1",)),
    "{ day_of_year: 1 }": DatePartMatch(DatePart.IS_ON_DAY_OF_YEAR, ("1",)),
    "{ or: [{ is: done }, { starts_with: pend }] }": Composite(
        "OR", (OneOf(("done",)), StringMatch(StringKind.STARTS_WITH, ("pend",)))
    ),
    "{ and: [{ not: a }, { not: null }] }": Composite(
        "AND", (OneOf(("a",), negative=True), IsNull(negative=True))
    ),
    "{ greater_than: 1, less_than: 9 }": Composite(
        "AND",
        (
            NumberMatch(NumberKind.GREATER_THAN, (Decimal(1),)),
            NumberMatch(NumberKind.LESS_THAN, (Decimal(9),)),
        ),
    ),
    "{ is: a, cancel_query_filter: false }": OneOf(("a",)),
}


@pytest.mark.parametrize("text", GOOD)
def test_good(text):
    assert read(text) == (GOOD[text], [])


BAD = {
    "": "wrong_type",
    "{}": "wrong_type",
    "{ case_insensitive: true }": "wrong_type",
    "{ is: a, case_insensitive: maybe }": "wrong_type",
    "{ is: { a: 1 } }": "wrong_type",
    "{ is: [[a]] }": "wrong_type",
    "{ is: .nan }": "wrong_type",
    "{ is: '@{c}' }": "unknown_constant",
    "{ is: '{{ x }}' }": "not_supported_yet",
    "{ iz: a }": "unknown_operator",
    "{ not_is: a }": "unknown_operator",
    "{ greater_than: many }": "wrong_type",
    "{ greater_than: true }": "wrong_type",
    "{ greater_than: [1] }": "wrong_type",
    "{ greater_than: .inf }": "wrong_type",
    "{ between: 5 }": "wrong_type",
    "{ between: [1] }": "wrong_type",
    "{ between_dates: [a, b, c] }": "wrong_type",
    "{ time_for_duration: [today, null] }": "wrong_type",
    "{ before: }": "wrong_type",
    "{ contains: [] }": "wrong_type",
    "{ contains: null }": "wrong_type",
    "{ day_of_week: [] }": "wrong_type",
    "{ or: [] }": "wrong_type",
    "{ or: { is: a } }": "wrong_type",
    "{ and: [null] }": "wrong_type",
    "{ or: [{ is: a, cancel_query_filter: true }] }": "not_supported_yet",
    "{ is: a, cancel_query_filter: yes please }": "wrong_type",
    "{ date_offset_from_query: a year }": "wrong_type",
    "{ date_offset_from_query: -1 year }": "wrong_type",
    "{ bind: a.b }": "not_supported_yet",
    "{ field_name_in_query: a }": "missing_key",
    "{ query_structure: { fields: [a.b], base_view: a } }": "missing_key",
    "{ field_name_in_query: a.c, query_structure: { fields: [a.b], base_view: a } }": "unknown_field",
    "{ field_name_in_query: a.b, query_structure: { fields: [a.b] } }": "missing_key",
    "{ field_name_in_query: a.b, query_structure: { fields: [a.b], base_view: a, limit: 0 } }": "wrong_type",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_condition_leaves_the_measure_out(text):
    found, lines = read(text)
    assert found is None
    assert [line.split()[1] for line in lines] == [BAD[text]]


def test_bare_and_qualified_keys_and_grains():
    found, lines = measure("{ aggregate_type: count, filters: { 'when[Month]': { is: a } } }")
    assert found is None
    assert lines == ["t.view:5:42 unknown_field"]
    found, lines = measure("{ aggregate_type: count, filters: { y: a, t.y: b } }")
    assert found is None
    assert lines == [f"t.view:5:{len('  m: { aggregate_type: count, filters: { y: a, t')} duplicate_filter"]
    found, lines = measure("{ aggregate_type: count, filters: { 'y[Month]': { is: 2026-01 }, 'y[raw]': a } }")
    assert lines == []
    assert list(found.filters) == ["t.y[month]", "t.y"]


def test_positions_inside_a_condition():
    condition = "{ or: [{ is: a }, { contians: b }] }"
    before = "  m: { aggregate_type: count, filters: { y: " + condition[: condition.index("contians")]
    _, lines = read(condition)
    assert lines == [f"t.view:5:{len(before) + 1} unknown_operator"]


@pytest.mark.parametrize(
    ("text", "condition", "cancels", "offset"),
    [
        ("{ is: a, cancel_query_filter: true }", OneOf(("a",)), True, None),
        ("{ cancel_query_filter: true }", Anything(), True, None),
        ("{ date_offset_from_query: 2 years }", Anything(), False, "2 years"),
        ("{ date_offset_from_query: 1 Month, cancel_query_filter: true }", Anything(), True, "1 Month"),
    ],
)
def test_what_a_measure_says_of_the_query_s_own_filter(text, condition, cancels, offset):
    found, lines = measure(f"{{ aggregate_type: count, filters: {{ y: {text} }} }}")
    assert found.filters == {"t.y": condition}
    assert found.cancels == ({"t.y"} if cancels else set())
    assert dict(found.offsets) == ({"t.y": offset} if offset else {})
    assert [line.split()[-1] for line in lines] == (
        ["offset_without_cancel"] if offset and not cancels else []
    )
