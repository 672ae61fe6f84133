"""Which values a field shall have rows for: periods of time, bins, groups, calendar parts, listed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.kit.errors import NoSuchField
from holoscope.modeling.fields import Dimension
from holoscope.modeling.timeframes import Grain, split_grain
from holoscope.modeling.types import DataType
from holoscope.query.bands import bin_texts, is_banded
from holoscope.query.fills.grid import MOST_VALUES, STEPS, grain_start, grid
from holoscope.query.filters.windows import period_of
from holoscope.query.masks import is_masked
from holoscope.query.plan.node import Fill, TimeRange
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.spec import QuerySpec

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS: Mapping[str, range] = {
    "quarter_of_year": range(1, 5),
    "month_num": range(1, 13),
    "day_of_month": range(1, 32),
    "day_of_week_num": range(7),
    "hour_of_day": range(24),
}
_Values = list[tuple[exp.Expr, int]]


def choose_fills(
    spec: QuerySpec, dimensions: list[ResolvedDimension], resolver: Resolver, orders: Mapping[int, int]
) -> tuple[Fill, ...]:
    """Give the fills of a query, for the keys of those dimensions it lists.

    `orders` gives, for the number of a dimension, the number of the call that orders it. A field whose
    values cannot be known is not filled, nor is one whose values this asker may not see.

    Raises:
        NoSuchField: a name is no dimension of the query.
    """
    names = [item.name.lower() for item in dimensions]
    fills: list[Fill] = []
    left = MOST_VALUES
    for name in spec.fill_fields:
        if name.lower() not in names:
            if name.lower() in (field.lower() for field in spec.fields):
                continue
            raise NoSuchField(name)
        number = names.index(name.lower())
        item = dimensions[number]
        if is_masked(resolver, item.value.masks):
            continue
        times = _times(item, spec, resolver)
        if isinstance(times, TimeRange):
            fills.append(Fill(number, (), times, orders.get(number)))
            continue
        values = _listed(item, resolver) if times is None else times
        left //= max(len(values), 1)
        if left and values:
            fills.append(Fill(number, tuple(values), None, orders.get(number)))
    return tuple(fills)


def _times(item: ResolvedDimension, spec: QuerySpec, resolver: Resolver) -> _Values | TimeRange | None:
    grain = _grain(item)
    if grain is None or item.field.custom_calendar is not None:
        return None
    dialect, offset = resolver.context.dialect, resolver.model.fiscal_month_offset or 0
    facts = {"week_start": resolver.week_start_of(item.field), "fiscal_offset": offset}
    low, high = _bounds(item, spec, resolver)

    def literal(moment: datetime) -> exp.Expr:
        return dialect.time_literal(moment, date_only=False, has_zone=False)

    if low is not None and high is not None:
        listed = grid(low, high, grain.name, **facts)
        if listed is not None:
            return [(literal(moment), place) for place, moment in enumerate(listed)]
        low = high = None
    unit, count = STEPS[grain.name]
    first = literal(grain_start(low, grain.name, **facts)) if low is not None else None
    last = literal(grain_start(high, grain.name, **facts)) if high is not None else None
    return TimeRange(first, last, unit, count)


def _grain(item: ResolvedDimension) -> Grain | None:
    """Give the grain whose periods follow each other; a date as it is stored counts by days."""
    if item.grain is None or item.grain.name not in STEPS:
        return None
    return item.grain


def _bounds(
    item: ResolvedDimension, spec: QuerySpec, resolver: Resolver
) -> tuple[datetime | None, datetime | None]:
    """Give what the query's filters on the field leave of time; None where they leave an end open."""
    low: datetime | None = None
    high: datetime | None = None
    for one in spec.filters:
        base, _ = split_grain(one.field)
        if resolver.lookup.find(base) is not item.field:
            continue
        period = period_of(one.condition, resolver.context.clock)
        if period is None:
            continue
        low = max(filter(None, (low, period[0])), default=None)
        high = min(filter(None, (high, period[1])), default=None)
    return low, high


def _listed(item: ResolvedDimension, resolver: Resolver) -> _Values:
    """List the values of a field that has few, each with its place in their order."""
    dialect, found = resolver.context.dialect, item.field
    if item.grain is not None:
        words = _parts(item.grain.name, resolver.week_start_of(found))
    elif is_banded(found):
        words = _bands(found)
    elif item.value.type.data_type is DataType.BOOLEAN:
        return [(exp.false(), 0), (exp.true(), 1)]
    else:
        words = _suggested(found, item.value.type.data_type)
    return [
        (dialect.text_literal(word) if isinstance(word, str) else dialect.number_literal(word), place)
        for word, place in words
    ]


def _parts(grain: str, week_start: int) -> list[tuple[str | Decimal, int]]:
    if grain == "month_name":
        return [(name, place) for place, name in enumerate(_MONTHS, start=1)]
    if grain == "day_of_week_name":
        return [(_DAYS[(place + week_start) % 7], place) for place in range(7)]
    return [(Decimal(number), number) for number in _PARTS.get(grain, ())]


def _bands(found: Dimension) -> list[tuple[str | Decimal, int]]:
    if not found.groups:
        return [(text, place) for place, text in enumerate(bin_texts(found))]
    names = dict.fromkeys(group.name for group in found.groups)
    if found.otherwise is not None:
        names[found.otherwise] = None
    places = [group.name for group in found.groups]
    return [(name, places.index(name) if name in places else len(places)) for name in names]


def _suggested(found: Dimension, kind: DataType) -> list[tuple[str | Decimal, int]]:
    listed = found.extra.get("suggestion_list") or ()
    words = [str(each["value"] if isinstance(each, Mapping) else each) for each in listed]
    if kind is DataType.STRING:
        return [(word, place) for place, word in enumerate(dict.fromkeys(words))]
    if kind is not DataType.NUMBER:
        return []
    try:
        return [(Decimal(word), place) for place, word in enumerate(dict.fromkeys(words))]
    except InvalidOperation:
        return []
