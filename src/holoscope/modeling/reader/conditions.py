"""The filter language of model files (modeling digest §13) becomes `modeling.conditions` values.

A condition that cannot be read is reported and comes back as None; the caller then leaves out
whatever the filter belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import (
    Anything,
    AttributeMatch,
    Composite,
    Condition,
    DateKind,
    DateMatch,
    DatePart,
    DatePartMatch,
    InQuery,
    IsNull,
    NumberKind,
    NumberMatch,
    OneOf,
    StringKind,
    StringMatch,
)
from holoscope.modeling.reader.queries import read_query
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.scalars import Plain
from holoscope.modeling.reader.section import Section, describe
from holoscope.modeling.reader.tree import Items, Mark, Node, Scalar, Table
from holoscope.modeling.timeframes import split_grain

_LATER = frozenset(
    {
        "cancel_query_filter",
        "date_offset_from_query",
        "bind",
    }
)
_CANCEL, _OFFSET = "cancel_query_filter", "date_offset_from_query"
_LENGTH = re.compile(r"\d+ (millisecond|second|minute|hour|day|week|month|quarter|year)s?")
_ATTRIBUTE = re.compile(r"\{\{\s*omni_attributes\.(\w+)\s*\}\}")
_IN_QUERY = ("field_name_in_query", "field_name_not_in_query")
_BESIDE = frozenset({"case_insensitive", "query_structure", *_IN_QUERY})
_STRINGS = {
    "contains": StringKind.CONTAINS,
    "starts_with": StringKind.STARTS_WITH,
    "ends_with": StringKind.ENDS_WITH,
}
_NUMBERS = {
    "greater_than": (NumberKind.GREATER_THAN, False),
    "greater_than_or_equal_to": (NumberKind.GREATER_THAN, True),
    "less_than": (NumberKind.LESS_THAN, False),
    "less_than_or_equal_to": (NumberKind.LESS_THAN, True),
}
_PARTS = {
    "day_of_week": DatePart.IS_ON_DAY_OF_WEEK,
    "day_of_month": DatePart.IS_ON_DAY_OF_MONTH,
    "day_of_quarter": DatePart.IS_ON_DAY_OF_QUARTER,
    "day_of_year": DatePart.IS_ON_DAY_OF_YEAR,
    "hour_of_day": DatePart.IS_AT_HOUR_OF_DAY,
    "month_of_year": DatePart.IS_IN_MONTH_OF_YEAR,
    "quarter_of_year": DatePart.IS_IN_QUARTER_OF_YEAR,
    "week_of_year": DatePart.IS_IN_WEEK_OF_YEAR,
}


class _Bad(Exception):
    """The condition was reported and cannot be used."""


def read_filters(section: Section, key: str, own_view: str | None = None) -> Mapping[str, Condition]:
    """Read `field -> condition`; bare fields belong to `own_view` when there is one."""

    def read(_: str, mark: Mark, node: Node, path: Path) -> Condition | None:
        return read_condition(node, section.report, path, mark, attributes=True)

    return _conditions(section, key, own_view, read)


def _conditions(
    section: Section,
    key: str,
    own_view: str | None,
    read: Callable[[str, Mark, Node, Path], Condition | None],
) -> Mapping[str, Condition]:
    conditions: dict[str, Condition] = {}
    for name, mark, node, path in section.children(key):
        target = qualify(name, own_view)
        condition = read(name, mark, node, path)
        if condition is None:
            section.broken = True
        elif target in conditions:
            section.broken = True
            message = f'"{target}" is filtered twice; write one condition with "and".'
            section.report.error(Code.DUPLICATE_FILTER, message, mark, path)
        else:
            conditions[target] = condition
    return MappingProxyType(conditions)


class MeasureFilters(NamedTuple):
    """What `filters` of a measure say; see `Measure` for the parts."""

    conditions: Mapping[str, Condition]
    cancels: frozenset[str]
    offsets: Mapping[str, str]


def read_measure_filters(section: Section, key: str, own_view: str) -> MeasureFilters:
    """As `read_filters`, with what only a measure may say of the query's own filter (digest §13.5)."""
    cancels: set[str] = set()
    offsets: dict[str, str] = {}

    def read(name: str, mark: Mark, node: Node, path: Path) -> Condition | None:
        place = _Place(section.report, path, mark, attributes=True)
        try:
            cancel, offset, rest = _query_modifiers(node, place)
            if cancel:
                cancels.add(qualify(name, own_view))
            if offset is not None:
                offsets[qualify(name, own_view)] = offset
            return _condition(rest, place) if rest is not None else Anything()
        except _Bad:
            return None

    conditions = _conditions(section, key, own_view, read)
    return MeasureFilters(conditions, frozenset(cancels), MappingProxyType(offsets))


def _query_modifiers(node: Node, place: _Place) -> tuple[bool, str | None, Node | None]:
    """Part the query's modifiers from the condition; no condition is left when there is nothing else."""
    if not isinstance(node, Table):
        return False, None, node
    rest = {name: entry for name, entry in node.entries.items() if name not in (_CANCEL, _OFFSET)}
    if len(rest) == len(node.entries):
        return False, None, node
    cancel, offset = False, None
    if _CANCEL in node.entries:
        mark, value = node.entries[_CANCEL]
        if not isinstance(value, Scalar) or not isinstance(value.value, bool):
            raise place.below(_CANCEL, mark).wrong(value, "true or false")
        cancel = value.value
    if _OFFSET in node.entries:
        mark, value = node.entries[_OFFSET]
        text = _filled(value, place.below(_OFFSET, mark), "a length of time such as 1 year")
        if not _LENGTH.fullmatch(" ".join(text.lower().split())):
            raise place.below(_OFFSET, mark).wrong(value, "a length of time such as 1 year")
        offset = text
    return cancel, offset, Table(rest, node.mark, node.end) if rest else None


def read_required(section: Section, key: str) -> frozenset[str]:
    """Name the filters that say `required: true`: every query of the topic has them."""
    required: set[str] = set()
    for name, _, node, path in section.children(key):
        if not isinstance(node, Table) or "required" not in node.entries:
            continue
        flag = node.entries["required"][1]
        if not isinstance(flag, Scalar) or not isinstance(flag.value, bool | None):
            section.wrong((*path, "required"), flag, "true or false")
        elif flag.value:
            required.add(qualify(name, None))
    return frozenset(required)


def qualify(name: str, view: str | None) -> str:
    """Return `view.field[grain]` with the grain in lower case; `view` completes a bare name."""
    base, grain = split_grain(name.strip())
    if view is not None and "." not in base:
        base = f"{view}.{base}"
    return f"{base}[{grain}]" if grain and grain != "raw" else base


def read_condition(
    node: Node, report: Report, path: Path, mark: Mark, *, attributes: bool = False
) -> Condition | None:
    """Read one condition; None when it was bad (then it has been reported).

    With `attributes` it may compare with what is set for the user who asks.
    """
    try:
        return _condition(node, _Place(report, path, mark, attributes=attributes))
    except _Bad:
        return None


class _Place:
    """Where we are, for reports, and whether user attributes may be compared with there."""

    __slots__ = ("attributes", "mark", "path", "report")

    def __init__(self, report: Report, path: Path, mark: Mark, *, attributes: bool = False) -> None:
        self.report, self.path, self.mark, self.attributes = report, path, mark, attributes

    def bad(self, code: Code, message: str, mark: Mark | None = None, *, fix: str | None = None) -> _Bad:
        self.report.error(code, message, mark if mark is not None else self.mark, self.path, fix=fix)
        return _Bad()

    def below(self, part: str | int, mark: Mark) -> _Place:
        return _Place(self.report, (*self.path, part), mark, attributes=self.attributes)

    def wrong(self, node: Node, expected: str) -> _Bad:
        message = f'"{self.path[-1]}" must be {expected}, not {describe(node)}.'
        return self.bad(Code.WRONG_TYPE, message, node.mark)


def _condition(node: Node, place: _Place) -> Condition:
    if isinstance(node, Items) or (isinstance(node, Scalar) and node.value is not None):
        return _one_of(node, place, negative=False, fold=False)
    if not isinstance(node, Table) or not node.entries:
        raise place.wrong(node, "a condition such as { is: done }")
    fold = _fold(node, place)
    parts = []
    for operator, (mark, value) in node.entries.items():
        if operator in _BESIDE or (operator == "required" and place.path[0] == "default_filters"):
            continue
        part = _operator(operator, value, place.below(operator, mark), fold)
        if part is not None:
            parts.append(part)
    parts.extend(_in_query(node, place))
    if not parts:
        raise place.bad(Code.WRONG_TYPE, f'"{place.path[-1]}" has no operator.', node.mark)
    return parts[0] if len(parts) == 1 else Composite("AND", tuple(parts))


def _in_query(node: Table, place: _Place) -> list[Condition]:
    """Read `field_name_in_query` and its twin, which say what of `query_structure` to compare with."""
    names = [key for key in _IN_QUERY if key in node.entries]
    if bool(names) != ("query_structure" in node.entries):
        message = "field_name_in_query and query_structure belong together."
        raise place.bad(Code.MISSING_KEY, message, node.mark)
    if not names:
        return []
    mark, written = node.entries["query_structure"]
    below = place.below("query_structure", mark)
    query = read_query(written, place.report, below.path, mark, read_condition)
    if query is None:
        raise _Bad
    found: list[Condition] = []
    for key in names:
        at = place.below(key, node.entries[key][0])
        field = qualify(_filled(node.entries[key][1], at, "a field of the query"), None)
        if field not in query.fields:
            hint = near(field, query.fields, limit=1)
            fix = f"Did you mean {hint[0]}?" if hint else None
            raise at.bad(Code.UNKNOWN_FIELD, f'"{field}" is no field of the query.', fix=fix)
        found.append(InQuery(field, query, negative=key == _IN_QUERY[1]))
    return found


def _fold(node: Table, place: _Place) -> bool:
    if "case_insensitive" not in node.entries:
        return False
    mark, value = node.entries["case_insensitive"]
    if not isinstance(value, Scalar) or not isinstance(value.value, bool):
        raise place.below("case_insensitive", mark).wrong(value, "true or false")
    return value.value


def _operator(operator: str, value: Node, place: _Place, fold: bool) -> Condition | None:
    if operator == "required":
        message = '"required" belongs to a filter of default_filters.'
        raise place.bad(Code.UNKNOWN_OPERATOR, message)
    if operator in _LATER:
        if isinstance(value, Scalar) and (value.value is None or value.value is False):
            return None
        raise place.bad(Code.NOT_SUPPORTED_YET, f'"{operator}" in a filter is not supported yet.')
    if operator in ("and", "or"):
        return _group(operator, value, place)
    if operator in ("is", "not", "is_not"):
        return _one_of(value, place, negative=operator != "is", fold=fold)
    negative = operator.startswith("not_")
    reader = _READERS.get(operator.removeprefix("not_"))
    if reader is None:
        known = ("is", "not", "and", "or", *_IN_QUERY, *_READERS, *(f"not_{name}" for name in _READERS))
        hint = near(operator, known, limit=1)
        fix = f"Did you mean {hint[0]}?" if hint else None
        raise place.bad(Code.UNKNOWN_OPERATOR, f'No such filter operator "{operator}".', fix=fix)
    return reader(value, place, negative, fold)


def _group(operator: str, value: Node, place: _Place) -> Condition:
    if not isinstance(value, Items) or not value.values:
        raise place.wrong(value, "a list of conditions")
    parts = [_condition(item, place.below(number, item.mark)) for number, item in enumerate(value.values)]
    return Composite(operator.upper(), tuple(parts))


def _one_of(node: Node, place: _Place, *, negative: bool, fold: bool) -> Condition:
    name = _attribute(node) if place.attributes else None
    if name is not None:
        return AttributeMatch(name, negative)
    if isinstance(node, Items):
        if not node.values:
            return Anything()
        values = tuple(_scalar(item, place) for item in node.values)
    else:
        values = (_scalar(node, place),)
    if values == (None,):
        return IsNull(negative)
    return OneOf(values, negative, fold)


def _attribute(node: Node) -> str | None:
    """Name the user attribute a value stands for: `{{ omni_attributes.region }}` and nothing beside it."""
    match = _ATTRIBUTE.fullmatch(node.text.strip()) if isinstance(node, Scalar) else None
    return None if match is None else match[1]


def _scalar(node: Node, place: _Place) -> Plain:
    """Return the value; a number whose digits say more than its value (`007`) stays text."""
    if not isinstance(node, Scalar):
        raise place.wrong(node, "a value or a list of values")
    value = node.value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        raise place.wrong(node, "a finite value")
    if isinstance(value, str):
        return _literal(node, place)
    return node.text if str(value) != node.text and not node.text.startswith("0x") else value


def _literal(node: Node, place: _Place) -> str:
    if not isinstance(node, Scalar) or node.value is None:
        raise place.wrong(node, "a value")
    if "{{" in node.text:
        message = (
            "Of templates a filter takes a whole user attribute after is and not, in topics and measures."
        )
        raise place.bad(Code.NOT_SUPPORTED_YET, message, node.mark)
    return node.text


def _filled(node: Node, place: _Place, expected: str) -> str:
    if not isinstance(node, Scalar) or not node.text.strip() or node.value is None:
        raise place.wrong(node, expected)
    return _literal(node, place)


def _decimal(node: Node, place: _Place) -> Decimal:
    if isinstance(node, Scalar) and not isinstance(node.value, bool):
        try:
            value = Decimal(node.value if isinstance(node.value, int) else node.text)
        except InvalidOperation:
            raise place.wrong(node, "a number") from None
        if value.is_finite():
            return value
    raise place.wrong(node, "a number")


def _pair(node: Node, place: _Place, what: str) -> tuple[Node, Node]:
    if not isinstance(node, Items) or len(node.values) != 2:
        raise place.wrong(node, f"a list of two {what}")
    return node.values[0], node.values[1]


def _text_match(kind: StringKind, node: Node, place: _Place, negative: bool, fold: bool) -> Condition:
    nodes = node.values if isinstance(node, Items) else [node]
    if not nodes:
        raise place.wrong(node, "text")
    return StringMatch(kind, tuple(_literal(item, place) for item in nodes), negative, fold)


def _compare(
    kind: NumberKind, inclusive: bool, node: Node, place: _Place, negative: bool, _fold: bool
) -> Condition:
    return NumberMatch(kind, (_decimal(node, place),), negative, inclusive)


def _between(node: Node, place: _Place, negative: bool, _fold: bool) -> Condition:
    low, high = _pair(node, place, "numbers")
    bounds = (_decimal(low, place), _decimal(high, place))
    return NumberMatch(NumberKind.BETWEEN, bounds, negative, upper_inclusive=True)


def _before(node: Node, place: _Place, negative: bool, _fold: bool) -> Condition:
    return DateMatch(DateKind.BEFORE, right=_filled(node, place, "a time"), negative=negative)


def _on_or_after(node: Node, place: _Place, negative: bool, _fold: bool) -> Condition:
    return DateMatch(DateKind.ON_OR_AFTER, _filled(node, place, "a time"), negative=negative)


def _window(kind: DateKind, what: str, node: Node, place: _Place, negative: bool, _fold: bool) -> Condition:
    left, right = _pair(node, place, what)
    return DateMatch(kind, _filled(left, place, "a time"), _filled(right, place, "a time"), negative)


def _part(part: DatePart, node: Node, place: _Place, negative: bool, _fold: bool) -> Condition:
    nodes = node.values if isinstance(node, Items) else [node]
    if not nodes:
        raise place.wrong(node, "a calendar part")
    return DatePartMatch(part, tuple(_filled(item, place, "a calendar part") for item in nodes), negative)


_READERS: dict[str, Callable[[Node, _Place, bool, bool], Condition]] = {
    **{name: partial(_text_match, kind) for name, kind in _STRINGS.items()},
    **{name: partial(_compare, kind, inclusive) for name, (kind, inclusive) in _NUMBERS.items()},
    "between": _between,
    "before": _before,
    "on_or_after": _on_or_after,
    "between_dates": partial(_window, DateKind.BETWEEN, "times"),
    "time_for_duration": partial(
        _window, DateKind.TIME_FOR_INTERVAL_DURATION, "values, a start and a length"
    ),
    **{name: partial(_part, part) for name, part in _PARTS.items()},
}


def operator_names() -> tuple[str, ...]:
    """List the operators of filters; those of `negatable_names` have a twin with `not_`."""
    return (
        "is",
        "not",
        "and",
        "or",
        *negatable_names(),
        *_IN_QUERY,
        "query_structure",
        _CANCEL,
        _OFFSET,
        "bind",
    )


def negatable_names() -> tuple[str, ...]:
    """List the operators that have a twin with `not_`."""
    return tuple(_READERS)
