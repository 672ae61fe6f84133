"""The one filter language. Wire filters and YAML filters both become these values.

A condition is about one field; it does not know which. Literals of dates stay text here
(`"30 days ago"`) because resolving them needs a clock and a time zone, which only the
query room is given. Sources: query digest §3.2-§3.5, modeling digest §13.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holoscope.modeling.views import QueryBody

Scalar = str | int | float | Decimal | bool | None


class StringKind(StrEnum):
    EQUALS = "EQUALS"
    CONTAINS = "CONTAINS"
    STARTS_WITH = "STARTS_WITH"
    ENDS_WITH = "ENDS_WITH"
    SQL_LIKE = "SQL_LIKE"
    IS_EMPTY = "IS_EMPTY"


class NumberKind(StrEnum):
    EQUALS = "EQUALS"
    LESS_THAN = "LESS_THAN"
    GREATER_THAN = "GREATER_THAN"
    BETWEEN = "BETWEEN"


class DateKind(StrEnum):
    BETWEEN = "BETWEEN"
    ON_OR_AFTER = "ON_OR_AFTER"
    BEFORE = "BEFORE"
    TIME_FOR_INTERVAL_DURATION = "TIME_FOR_INTERVAL_DURATION"
    TIME_FOR_UNIT_DURATION = "TIME_FOR_UNIT_DURATION"


class DatePart(StrEnum):
    """Values are the grain whose number is compared; names are the wire's filter kinds."""

    IS_ON_DAY_OF_WEEK = "day_of_week"
    IS_ON_DAY_OF_MONTH = "day_of_month"
    IS_ON_DAY_OF_QUARTER = "day_of_quarter"
    IS_ON_DAY_OF_YEAR = "day_of_year"
    IS_IN_WEEK_OF_YEAR = "week_of_year"
    IS_IN_MONTH_OF_YEAR = "month_of_year"
    IS_IN_QUARTER_OF_YEAR = "quarter_of_year"
    IS_AT_HOUR_OF_DAY = "hour_of_day"


@dataclass(frozen=True, slots=True)
class Anything:
    """No restriction: a placeholder filter."""


@dataclass(frozen=True, slots=True)
class IsNull:
    negative: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """`is` / `not` of YAML: scalars of any type, read by the type of the field they meet.

    A string value on a time field is a period literal (`2026 Q2`); None matches NULL.
    """

    values: tuple[Scalar, ...]
    negative: bool = False
    case_insensitive: bool = False


@dataclass(frozen=True, slots=True)
class StringMatch:
    """`only_percent`: in the patterns of SQL_LIKE nothing but `%` is a wildcard."""

    kind: StringKind
    values: tuple[str, ...]
    negative: bool = False
    case_insensitive: bool = False
    only_percent: bool = False


@dataclass(frozen=True, slots=True)
class NumberMatch:
    """`inclusive` turns < and > into <= and >=; `upper_inclusive` is about BETWEEN (wire: no, YAML: yes)."""

    kind: NumberKind
    values: tuple[Decimal, ...]
    negative: bool = False
    inclusive: bool = False
    upper_inclusive: bool = False


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A time window; `left`/`right` are literals of query digest §3.4, unresolved.

    `offset`, such as `56 days`, makes a window of two ends longer: at its end, a negative one at its start.
    """

    kind: DateKind
    left: str | None = None
    right: str | None = None
    negative: bool = False
    fiscal: bool = False
    offset: str | None = None


@dataclass(frozen=True, slots=True)
class DatePartMatch:
    """A calendar part equals one of `values` (numbers, or names such as `Wednesday`)."""

    part: DatePart
    values: tuple[str, ...]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class BooleanMatch:
    value: bool
    treat_nulls_as_false: bool = False


@dataclass(frozen=True, slots=True)
class AttributeMatch:
    """The field equals (one of) the asking user's attribute values."""

    attribute: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class InQuery:
    """The field equals a value of column `field` of another query: a saved one, or one referenced by id.

    A NULL among those values matches nothing. `disregard_limit` takes every row of that query.
    """

    field: str
    query: QueryBody | str
    negative: bool = False
    disregard_limit: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """Text as people write it (`>30`, `last 90 days`), read by the type of the field (query digest §3.6)."""

    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A condition whose windows of time all lie earlier by `back`, a length such as `1 year`."""

    condition: Condition
    back: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Composite:
    conjunction: str  # "AND" or "OR"
    parts: tuple[Condition, ...] = field(default=())
    negative: bool = False


Condition = (
    Anything
    | IsNull
    | OneOf
    | StringMatch
    | NumberMatch
    | DateMatch
    | DatePartMatch
    | BooleanMatch
    | AttributeMatch
    | InQuery
    | Expression
    | Moved
    | Composite
)
