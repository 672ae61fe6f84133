"""A filter understood: as the object that a query takes, as text, in words, and its window of time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.conditions import (
    Composite,
    Condition,
    DateKind,
    DateMatch,
    DatePartMatch,
    Expression,
    Moved,
)
from holoscope.modeling.types import DataType
from holoscope.query.filters.dates import part_numbers
from holoscope.query.filters.expressions import alternatives, hint, read_expression
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.node import Node, node_of
from holoscope.query.filters.settle import settle
from holoscope.query.filters.text import text_of
from holoscope.query.filters.windows import Window, period_of, window_of
from holoscope.query.filters.wire import parse_filter
from holoscope.query.filters.words import words_of

_ANY_YEAR = 0
_ABOUT = 'Filter on "": '


class FilterUnreadable(InvalidQuery):
    """A text is no filter; `position` counts the characters before the part that is not understood."""

    code = "filter_unreadable"

    def __init__(self, detail: str, position: int) -> None:
        super().__init__(detail)
        self.position = position


@dataclass(frozen=True, slots=True)
class Understood:
    """`node` is None when everything passes, `text` when no text says the same, `window` when it is none."""

    node: Node | None
    text: str | None
    words: str
    window: Window | None


def understand_text(text: str, kind: DataType, clock: Clockwork) -> Understood:
    """Understand a text as a filter on a field of this type.

    Raises:
        FilterUnreadable: an alternative is not of the language.
    """
    for at, piece in alternatives(text):
        _check_piece(piece, at, kind, clock)
    condition = settle(read_expression(text, "", kind), kind)
    return _understood(condition, kind, clock)


def understand_node(value: object, kind: DataType, clock: Clockwork) -> Understood:
    """Understand a filter of a query's `filters`.

    Raises:
        BadRequest: it has not the shape of one.
        InvalidQuery: it cannot be about a field of this type, or a literal is invalid.
    """
    read = parse_filter(value, "filter")
    if isinstance(read, Expression):
        return understand_text(read.text, kind, clock)
    condition = settle(read, kind)
    _check(condition, clock)
    understood = _understood(condition, kind, clock)
    if _moves(condition) and isinstance(value, dict):
        return replace(
            understood, node=value
        )  # what is moved is what stands beside it: only there it means that
    return understood


def _understood(condition: Condition, kind: DataType, clock: Clockwork) -> Understood:
    words = words_of(condition, clock.week_start)
    return Understood(node_of(condition), text_of(condition, kind), words, _window(condition, clock))


def _window(condition: Condition, clock: Clockwork) -> Window | None:
    """Give the window of time, where there is one and the model's fiscal year is not needed or known."""
    try:
        return period_of(condition, clock)
    except InvalidQuery:
        return None


def _check_piece(piece: str, at: int, kind: DataType, clock: Clockwork) -> None:
    try:
        condition = settle(read_expression(piece, "", kind), kind)
    except InvalidQuery as error:
        raise FilterUnreadable(error.detail.removeprefix(_ABOUT), at) from None
    if not isinstance(condition, DateMatch):
        return
    for literal, alone in _literals(condition):
        try:
            _check(alone, clock)
        except InvalidQuery as error:
            found = piece.lower().find(literal.lower())
            raise FilterUnreadable(f"{error.detail}{hint(kind)}", at + max(found, 0)) from None
    _check(condition, clock)


def _literals(condition: DateMatch) -> list[tuple[str, DateMatch]]:
    """Give each literal of a window, with a window that depends on it alone."""
    found = []
    if condition.left is not None:
        found.append((condition.left, DateMatch(DateKind.ON_OR_AFTER, condition.left)))
    if condition.right is not None and condition.kind is DateKind.TIME_FOR_INTERVAL_DURATION:
        found.append((condition.right, DateMatch(condition.kind, "2000", condition.right)))
    elif condition.right is not None:
        found.append((condition.right, DateMatch(DateKind.BEFORE, None, condition.right)))
    return found


def _check(condition: Condition, clock: Clockwork) -> None:
    """Look at every literal of times.

    Raises:
        InvalidQuery: one is invalid.
    """
    match condition:
        case Composite(parts=parts):
            for part in parts:
                _check(part, clock)
        case Moved(condition=inner):
            _check(inner, clock)
        case DatePartMatch():
            part_numbers(condition, clock.week_start)
        case DateMatch():
            window_of(condition, replace(clock, fiscal_offset=clock.fiscal_offset or _ANY_YEAR))


def _moves(condition: Condition) -> bool:
    if isinstance(condition, Composite):
        return any(_moves(part) for part in condition.parts)
    return isinstance(condition, Moved)
