"""One period of a comparison, and what it does to the times of its query (query digest §2.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import Condition
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.fields import Dimension
from holoscope.modeling.timeframes import Grain, GrainKind
from holoscope.query.comparing.wire import CURRENT, PERIOD, Computation
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.windows import period_of
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.types import NUMBER, STRING, WALL_TIME
from holoscope.query.value import Value
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import atom, cast

_PREVIOUS = "Previous Period"
_FIXED = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """The period at `number`, 0 being the current one, which moves nothing.

    In another one the filter of the query on the date `field` is moved back by `count` units, and the field's
    timeframes are shown as much later, so that they stand under those of the current period.
    """

    number: int
    name: str
    label: str
    field: str = ""
    unit: str = ""
    count: int = 0

    def dimension(self, name: str) -> ResolvedDimension:
        """Give the pseudo field: the period's name on every row, in the order of the periods."""
        shown = Dimension("", PERIOD, Position(""), label="Period")
        order = Value(exp.Literal.number(self.number), NUMBER, frozenset())
        text = cast(exp.Literal.string(self.name), "varchar")
        return ResolvedDimension(name, shown, None, Value(text, STRING, frozenset()), sort=order)

    def back(self, name: str) -> tuple[str, ...]:
        """Give how far the windows of the query's filter on a field are moved back."""
        return (f"{self.count} {self.unit}s",) if self.count and name == self.field else ()

    def aligned(self, found: Dimension, grain: Grain, wall: exp.Expr, raw: Value, dialect: Dialect) -> Value:
        """Move a time of the date field to where it stands in the current period, before it is truncated.

        `wall` is the time on the clock of the query's zone. Timeframes that are parts of one are not moved.
        """
        if not self.count or found.qualified_name != self.field or grain.kind is not GrainKind.TRUNCATED:
            return raw
        moved = later(cast(wall, "timestamp"), self.count, self.unit, dialect)
        return replace(raw, tree=moved, type=WALL_TIME, convertible=False)


def later(time: exp.Expr, count: int, unit: str, dialect: Dialect) -> exp.Expr:
    """Move a time on; the day stays where the month has it, else it is the month's last."""
    if unit in _MONTHS:
        return dialect.add_months(time, exp.Literal.number(count * _MONTHS[unit]))
    words = (
        ("DAY", count * _FIXED[unit] // 86_400)
        if unit in ("day", "week")
        else ("SECOND", count * _FIXED[unit])
    )
    length = exp.Interval(this=exp.Literal.string(str(words[1])), unit=exp.var(words[0]))
    return exp.Paren(this=exp.Add(this=atom(time), expression=length))


def periods_of(
    earlier: tuple[Computation, ...], names: dict[str, str], filters: dict[str, Condition], clock: Clockwork
) -> list[Period]:
    """Give the current period and those before it; `names` settles the date fields, `filters` are on them.

    Raises:
        InvalidQuery: a period cannot be told from the filters.
    """
    periods = [Period(0, CURRENT, CURRENT)]
    for number, item in enumerate(earlier, start=1):
        name = names[item.field]
        count, unit = (
            (item.count, item.unit) if item.count is not None else _length(name, filters[name], clock)
        )
        value = _PREVIOUS if number == 1 else f"{_PREVIOUS} {number}"
        label = _PREVIOUS
        if item.count is not None:
            label = f"Previous {unit.title()}" if count == 1 else f"{count} {unit.title()}s Ago"
        periods.append(Period(number, value, label, name, unit, count))
    return periods


def window(
    name: str, condition: Condition | None, clock: Clockwork
) -> tuple[datetime | None, datetime | None]:
    """Give the wall times between which the query's filter puts a date field.

    Raises:
        InvalidQuery: there is no such filter, or it is no period.
    """
    found = None if condition is None else period_of(condition, clock)
    if found is None or found == (None, None):
        raise InvalidQuery(
            f'Period over period moves the filter on "{name}": filter it by one period of time, such as '
            "'last month' or 2026-01-01 to 2026-02-01."
        )
    return found


def _length(name: str, condition: Condition, clock: Clockwork) -> tuple[int, str]:
    """Tell how long a filtered period is: in months if it begins and ends with one, or days, or seconds."""
    low, high = window(name, condition, clock)
    if low is None or high is None or high <= low:
        raise InvalidQuery(
            f'The previous period is as long as the filter on "{name}", which has no two ends: '
            "filter it from one time to another."
        )
    if _starts_month(low) and _starts_month(high):
        return (high.year - low.year) * 12 + high.month - low.month, "month"
    length = high - low
    if length % timedelta(days=1) == timedelta():
        return length // timedelta(days=1), "day"
    return -(-length // timedelta(seconds=1)), "second"


def _starts_month(time: datetime) -> bool:
    return time.day == 1 and time.time() == datetime.min.time()
