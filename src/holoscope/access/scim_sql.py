"""Filters of SCIM as conditions of SQL: each attribute says how it compares, `condition` puts it together.

Conditions are two-valued, so that `not` turns them round: a missing value equals nothing, and differs
from every value. Several values differ from one when none of them equals it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from holoscope.access.scim_errors import BadScimFilter
from holoscope.access.scim_filter import Compare, Every, Filter, Literal, Not, Present, Some, Within
from holoscope.access.scim_names import short_name
from holoscope.kit.text import near

Condition = ColumnElement[bool]
_TEXT_OPERATORS = ("co", "sw", "ew")


class Attribute(Protocol):
    """What a filter may say about an attribute."""

    def compares(self, operator: str, value: Literal) -> Condition:
        """Return `attribute operator value`, the value not null.

        Raises:
            BadScimFilter: the operator or the kind of value does not suit the attribute.
        """
        ...

    def is_present(self) -> Condition:
        """Return `attribute pr`."""
        ...


@dataclass(frozen=True, slots=True)
class _Single:
    """One value in one column, which may be missing where it `is_nullable`."""

    column: ColumnElement[Any]
    is_nullable: bool = field(default=False, kw_only=True)

    def is_present(self) -> Condition:
        return self.column.is_not(None) if self.is_nullable else true()

    @property
    def sorts(self) -> tuple[ColumnElement[Any], ...]:
        """What has no value stands last, and first when the order is turned round (RFC 7644 §3.4.2.3)."""
        return (self.column.is_(None), self.column) if self.is_nullable else (self.column,)


@dataclass(frozen=True, slots=True)
class Text(_Single):
    """A text. `prepare` brings values into the column's form, as folding does; None keeps letter case."""

    prepare: Callable[[str], str] | None = None

    def compares(self, operator: str, value: Literal) -> Condition:
        if not isinstance(value, str):
            raise BadScimFilter(f"a text is compared with {value!r}")
        sought = self.prepare(value) if self.prepare else value
        if operator in _TEXT_OPERATORS:
            return and_(self.is_present(), _text_test(self.column, operator, sought))
        return _ordered(self.column, operator, literal(sought), is_nullable=self.is_nullable)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is kept as text."""

    column: ColumnElement[Any]

    def compares(self, operator: str, value: Literal) -> Condition:
        sought: Decimal | None = None
        if isinstance(value, str):
            sought = _decimal(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sought = _decimal(repr(value))
        if sought is None or operator in _TEXT_OPERATORS:
            raise BadScimFilter(f"a number cannot be compared by {operator} with {value!r}")
        return _ordered(cast(self.column, Numeric), operator, cast(literal(str(sought)), Numeric))

    def is_present(self) -> Condition:
        return true()


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean that is always set; the texts "true" and "false" are taken too."""

    column: ColumnElement[Any]

    def compares(self, operator: str, value: Literal) -> Condition:
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower(), value)
        if not isinstance(value, bool) or operator not in ("eq", "ne"):
            raise BadScimFilter("a boolean takes eq or ne, with true or false")
        return self.column if value is (operator == "eq") else not_(self.column)

    def is_present(self) -> Condition:
        return true()

    @property
    def sorts(self) -> tuple[ColumnElement[Any], ...]:
        return (case((self.column, 1), else_=0),)


@dataclass(frozen=True, slots=True)
class Moment(_Single):
    """An instant; the value is ISO 8601, UTC when it names no zone. Compared to the millisecond shown."""

    def compares(self, operator: str, value: Literal) -> Condition:
        if not isinstance(value, str) or operator in _TEXT_OPERATORS:
            raise BadScimFilter(f"an instant cannot be compared by {operator} with {value!r}")
        at = _instant(value)
        shown = at.replace(microsecond=at.microsecond // 1000 * 1000)
        # A millisecond on the wire stands for all instants within it, so the bounds of it are compared.
        after = shown.replace(microsecond=shown.microsecond + 999)
        low, high = literal(shown, self.column.type), literal(after, self.column.type)
        within = and_(self.column >= low, self.column <= high)
        if operator in ("eq", "ne"):
            equal = and_(self.is_present(), within)
            return equal if operator == "eq" else not_(func.coalesce(equal, false()))
        tests = {
            "gt": self.column > high,
            "ge": self.column >= low,
            "lt": self.column < low,
            "le": self.column <= high,
        }
        return and_(self.is_present(), tests[operator])


@dataclass(frozen=True, slots=True)
class Constant:
    """The same few texts for every resource, as `schemas` and `meta.resourceType` have."""

    texts: tuple[str, ...]

    def compares(self, operator: str, value: Literal) -> Condition:
        if not isinstance(value, str):
            raise BadScimFilter(f"a text is compared with {value!r}")
        sought = value.casefold()
        if operator == "ne":
            return _constant(all(text.casefold() != sought for text in self.texts))
        return _constant(any(_holds(text.casefold(), operator, sought) for text in self.texts))

    def is_present(self) -> Condition:
        return _constant(bool(self.texts))


@dataclass(frozen=True, slots=True)
class Absent:
    """An attribute of the standard that nobody has a value of here."""

    def compares(self, operator: str, value: Literal) -> Condition:
        return _constant(operator == "ne")

    def is_present(self) -> Condition:
        return false()


@dataclass(frozen=True, slots=True)
class Several:
    """An attribute of several values. `rows` selects them, tied to the resource, for EXISTS.

    Args:
        rows: the values of one resource; None when the resource itself carries the only one.
        parts: what a value consists of, by name in lower case; a filter on the whole means `value`.
    """

    rows: Select[Any] | None
    parts: Mapping[str, Attribute] = field(default_factory=dict)

    def any_with(self, test: Condition) -> Condition:
        return test if self.rows is None else self.rows.where(test).exists()

    def compares(self, operator: str, value: Literal) -> Condition:
        return self.part_compares("value", operator, value)

    def part_compares(self, name: str, operator: str, value: Literal) -> Condition:
        part = self.parts[name]
        if operator == "ne":
            return not_(self.any_with(part.compares("eq", value)))
        return self.any_with(part.compares(operator, value))

    def is_present(self) -> Condition:
        return true() if self.rows is None else self.rows.exists()


Attributes = Mapping[str, Attribute]
"""By name in lower case: `username`, `meta.created`, `urn:…:userattribute:region`."""


def condition(asked: Filter, attributes: Attributes) -> Condition:
    """Turn a filter into a condition on the rows that `attributes` are about.

    Raises:
        BadScimFilter: it names an attribute that does not exist, or compares what cannot be compared.
    """
    if isinstance(asked, Every):
        return and_(*(condition(term, attributes) for term in asked.terms))
    if isinstance(asked, Some):
        return or_(*(condition(term, attributes) for term in asked.terms))
    if isinstance(asked, Not):
        return not_(condition(asked.inner, attributes))
    if isinstance(asked, Within):
        whole = attributes.get(short_name(asked.path))
        if isinstance(whole, Absent):
            return false()
        if not isinstance(whole, Several):
            raise _unknown(asked.path, attributes)
        return whole.any_with(condition(asked.inner, whole.parts))
    return _simple(asked, attributes)


def _simple(asked: Compare | Present, attributes: Attributes) -> Condition:
    name = short_name(asked.path)
    found = attributes.get(name)
    if found is None:
        outer, _, inner = name.rpartition(".")
        several = attributes.get(outer)
        if isinstance(several, Absent):
            found = several
        elif isinstance(several, Several) and inner in several.parts:
            return _of_part(asked, several, inner)
        else:
            raise _unknown(asked.path, attributes)
    if isinstance(asked, Present):
        return found.is_present()
    if asked.value is None:
        return _null(asked.operator, found.is_present())
    return found.compares(asked.operator, asked.value)


def _of_part(asked: Compare | Present, several: Several, inner: str) -> Condition:
    present = several.any_with(several.parts[inner].is_present())
    if isinstance(asked, Present):
        return present
    if asked.value is None:
        return _null(asked.operator, present)
    return several.part_compares(inner, asked.operator, asked.value)


def _null(operator: str, present: Condition) -> Condition:
    if operator not in ("eq", "ne"):
        raise BadScimFilter("null takes eq or ne")
    return present if operator == "ne" else not_(present)


def _unknown(path: str, attributes: Attributes) -> BadScimFilter:
    similar = near(path.lower(), attributes)
    hint = f"; did you mean {', '.join(similar)}?" if similar else ""
    return BadScimFilter(f"no attribute {path[:200]!r}{hint}")


def _ordered(
    column: ColumnElement[Any], operator: str, value: ColumnElement[Any], *, is_nullable: bool = False
) -> Condition:
    if operator == "ne":
        return or_(column.is_(None), column != value) if is_nullable else column != value
    tests = {
        "eq": column == value,
        "gt": column > value,
        "ge": column >= value,
        "lt": column < value,
        "le": column <= value,
    }
    return and_(column.is_not(None), tests[operator]) if is_nullable else tests[operator]


def _text_test(column: ColumnElement[Any], operator: str, sought: str) -> Condition:
    """Compare parts of texts with letter case, which LIKE forgets on SQLite."""
    if operator == "co":
        return func.length(column) > func.length(func.replace(column, sought, "")) if sought else true()
    size = func.length(literal(sought))
    start = literal(1) if operator == "sw" else func.length(column) - size + 1
    fits = func.length(column) >= size
    return and_(fits, func.substr(column, case((fits, start), else_=1), size) == sought)


def _holds(text: str, operator: str, sought: str) -> bool:
    tests = {
        "eq": text == sought,
        "co": sought in text,
        "sw": text.startswith(sought),
        "ew": text.endswith(sought),
        "gt": text > sought,
        "ge": text >= sought,
        "lt": text < sought,
        "le": text <= sought,
    }
    return tests[operator]


def _constant(value: bool) -> Condition:
    return true() if value else false()


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 30 else None


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadScimFilter(f"{text[:60]!r} is no ISO 8601 instant") from None
