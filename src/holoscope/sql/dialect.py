"""The contract a warehouse must meet to be compiled for. Pure: no connection in sight.

Everything a warehouse says in its own way is a method here and refuses by default; the
planner reads `capabilities`, never names. Parse trees are sqlglot's, function words are ours
(a transpiler is not trusted with function semantics).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from holoscope.kit.errors import HoloscopeError
from holoscope.sql.capabilities import Capabilities
from holoscope.sql.functions import Say
from holoscope.sql.trees import cast, copy_of


class Unsupported(HoloscopeError):
    """This warehouse has no way to say that; we refuse rather than approximate."""

    code = "unsupported_by_dialect"
    status = 400
    error_type = "PLAN"


class Dialect(ABC):
    """Turns typed expressions into the words one warehouse understands."""

    name: ClassVar[str]
    capabilities: ClassVar[Capabilities] = Capabilities()
    functions: ClassVar[Mapping[str, Say]] = {}
    """How it says the functions of `sql/functions.py`."""
    text_type: ClassVar[str] = "text"
    has_windowed_median: ClassVar[bool] = False
    """Whether `median` may stand over a window."""

    @abstractmethod
    def truncate(self, value: exp.Expr, unit: str, *, week_start: int = 0) -> exp.Expr:
        """Floor a timestamp to `unit` (millisecond..year); `week_start` counts from Monday = 0."""

    @abstractmethod
    def extract(self, value: exp.Expr, part: str, *, week_start: int = 0) -> exp.Expr:
        """Take a calendar part as an integer: hour_of_day, day_of_month, month_num, quarter_of_year, ..."""

    @abstractmethod
    def format_time(self, value: exp.Expr, style: str) -> exp.Expr:
        """Write a truncated timestamp as text; `style` is a grain name (date, month, quarter, year, ...)."""

    @abstractmethod
    def to_zone(self, value: exp.Expr, zone: str, *, has_zone: bool) -> exp.Expr:
        """Give the wall-clock timestamp in `zone` of a UTC timestamp (or of an instant with zone)."""

    @abstractmethod
    def seconds_between(self, start: exp.Expr, end: exp.Expr, *, per: int) -> exp.Expr:
        """Give the exact time between two timestamps or dates, in units of `per` seconds, with a fraction."""

    @abstractmethod
    def whole_days(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Count the days from one date to another."""

    @abstractmethod
    def months_crossed(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Count the first days of a month between two timestamps; negative where `end` lies before."""

    @abstractmethod
    def quotient(self, value: exp.Expr, size: int) -> exp.Expr:
        """Divide a whole number by another, towards zero."""

    @abstractmethod
    def add_months(self, value: exp.Expr, count: exp.Expr) -> exp.Expr:
        """Move a timestamp by months; the day stays where the month has it, else it is the month's last."""

    @abstractmethod
    def each_time(self, low: exp.Expr, high: exp.Expr, *, unit: str, count: int) -> exp.Expr:
        """Yield, in a SELECT list, a row for each time from `low` to `high`, `count` units apart.

        `high` is included where a step meets it; nothing is yielded where either is NULL. `unit` is
        minute, hour, day, week or month.
        """

    @abstractmethod
    def percentile(self, value: exp.Expr, fraction: Decimal) -> exp.Expr:
        """Continuous percentile; `fraction` lies in 0..1."""

    @abstractmethod
    def average(self, value: exp.Expr) -> exp.Expr: ...

    @abstractmethod
    def row_key(self, keys: list[exp.Expr]) -> exp.Expr:
        """Make one comparable value of several key columns."""

    @abstractmethod
    def ratio(self, numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
        """Divide; two whole numbers give a fraction. Dividing by 0 is the warehouse's own."""

    @abstractmethod
    def like(self, value: exp.Expr, pattern: exp.Expr, *, escape: str | None) -> exp.Expr:
        """Match text with `%` and `_`; `escape` makes the character after it plain, without one none does."""

    @abstractmethod
    def meet(self, left: exp.Expr, right: exp.Expr, *, alike: bool) -> exp.Expr:
        """Tell that two keys are equal or both NULL, in a way that the engine joins fast, also FULL joins.

        `alike` says that both have the very same type; otherwise they merely compare (integer and decimal).
        """

    @abstractmethod
    def render(self, tree: exp.Expr) -> str:
        """Return SQL text. The last step, and the only one that makes text."""

    def function(self, word: str, *operands: exp.Expr) -> exp.Expr:
        """Say a function of calculations; `sql/functions.py` lists them with their meaning."""
        say = self.functions.get(word)
        if say is None:
            raise Unsupported(f"{self.name} has no function {word!r}.")
        return say(*(copy_of(item) for item in operands))

    def number_literal(self, value: Decimal) -> exp.Expr:
        """Write a number exactly."""
        text = format(value, "f")
        literal = exp.Literal.number(text.lstrip("-"))
        return exp.Neg(this=literal) if text.startswith("-") else literal

    def text_literal(self, value: str) -> exp.Expr:
        """Write a string; the tree escapes it."""
        return exp.Literal.string(value)

    def time_literal(self, value: datetime, *, date_only: bool, has_zone: bool) -> exp.Expr:
        """Write an instant (aware, UTC) or, for `date_only`, its calendar day as a literal."""
        if date_only:
            return cast(self.text_literal(value.date().isoformat()), "date")
        plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        text = plain.isoformat(sep=" ", timespec="microseconds" if plain.microsecond else "seconds")
        if has_zone:
            return cast(self.text_literal(f"{text}+00"), "timestamptz")
        return cast(self.text_literal(text), "timestamp")

    def whole_months(self, start: exp.Expr, end: exp.Expr, *, size: int = 1) -> exp.Expr:
        """Count completed periods of `size` months; negative where `end` lies before `start`."""
        first, last = cast(start, "timestamp"), cast(end, "timestamp")
        count = self.months_crossed(first, last)
        reached = self.add_months(first.copy(), count.copy())
        one, zero = exp.Literal.number(1), exp.Literal.number(0)
        too_far = exp.and_(exp.GT(this=count, expression=zero), exp.GT(this=reached, expression=last))
        too_early = exp.and_(exp.LT(this=count, expression=zero), exp.LT(this=reached, expression=last))
        months = exp.Case(
            ifs=[
                exp.If(this=too_far, true=exp.Sub(this=count.copy(), expression=one)),
                exp.If(this=too_early, true=exp.Add(this=count.copy(), expression=one.copy())),
            ],
            default=count.copy(),
        )
        # Towards zero: 5 months either way are one quarter.
        return months if size == 1 else self.quotient(exp.Paren(this=months), size)

    def digest(self, value: exp.Expr) -> exp.Expr:
        """Give the MD5 of a value's text in lower-case hexadecimal digits; NULL stays NULL."""
        return exp.Anonymous(this="md5", expressions=[cast(value, self.text_type)])

    def median(self, value: exp.Expr) -> exp.Expr:
        """Take the middle value, or the mean of the middle two."""
        return self.percentile(value, Decimal("0.5"))

    def list_distinct(self, value: exp.Expr) -> exp.Expr:
        """Join the distinct non-null values, as text, with a comma, in ascending order."""
        # With DISTINCT, PostgreSQL orders by the argument itself alone, of the very type `string_agg` takes.
        text = cast(value, self.text_type)
        ordered = exp.Ordered(this=text.copy())
        comma = exp.Order(this=exp.Literal.string(","), expressions=[ordered])
        return exp.Anonymous(this="string_agg", expressions=[exp.Distinct(expressions=[text]), comma])
