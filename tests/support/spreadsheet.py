"""A spreadsheet in plain Python: random formulas that can say their own text, tree and values.

It shares nothing with the compiler. A formula is evaluated cell by cell over rows; a blank operand makes a
result blank, and so does what would be an error in a cell. Columns are A (row number), B, C, D (numbers)
and E (text).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from hypothesis import strategies as st

COLUMNS = ("cells.id", "cells.b", "cells.c", "cells.d", "cells.word")
NUMBERS = "BCD"
Rows = list[tuple[Any, ...]]
Evaluate = Callable[[Rows, int], Any]


@dataclass(frozen=True)
class Formula:
    """A formula: its text without `=`, its tree, and its value in a row."""

    text: str
    tree: Any
    value: Evaluate


def column(letter: str) -> int:
    return ord(letter) - ord("A")


def literal(value: float | str | bool) -> Formula:
    text = '"' + value.replace('"', '""') + '"' if isinstance(value, str) else repr(value)
    return Formula(text, {"type": "literal", "value": value}, lambda rows, at: value)


def call(name: str, *operands: Formula, value: Callable[..., Any], strict: bool = True) -> Formula:
    """Call a function; a `strict` one is blank if an operand is."""

    def evaluate(rows: Rows, at: int) -> Any:
        found = [item.value(rows, at) for item in operands]
        return None if strict and None in found else value(*found)

    tree = {"type": "call", "operator": f"Omni.OMNI_FX_{name}", "operands": [item.tree for item in operands]}
    return Formula(f"{name}({','.join(item.text for item in operands)})", tree, evaluate)


def infix(sign: str, name: str, left: Formula, right: Formula, value: Callable[[Any, Any], Any]) -> Formula:
    made = call(name, left, right, value=value)
    return Formula(f"({left.text}{sign}{right.text})", made.tree, made.value)


# -- cells and ranges ----------------------------------------------------------------------------


def _offset(letter: str, first: Any, height: int) -> dict[str, Any]:
    start = first if isinstance(first, dict) else _number(first)
    operands = [
        {"type": "field", "field_name": COLUMNS[column(letter)]},
        start,
        _number(0),
        _number(height),
        _number(1),
    ]
    return {"type": "call", "operator": "Omni.OMNI_OFFSET_MULTI", "operands": operands}


def _number(value: int) -> dict[str, Any]:
    return {"type": "literal", "value": value, "string_value": str(value)}


def _absolute(row: int) -> dict[str, Any]:
    return {"type": "call", "operator": "Omni.ABSOLUTE_POSITION", "operands": [_number(row)]}


def cell(letter: str, down: int = 0) -> Formula:
    """The cell of a column, so many rows below the row at hand."""
    tree = {"type": "field", "field_name": COLUMNS[column(letter)]} if down == 0 else _offset(letter, down, 1)
    return Formula(f"{letter}{down + 1}", tree, lambda rows, at: _at(rows, at + down, letter))


def _at(rows: Rows, at: int, letter: str) -> Any:
    return rows[at][column(letter)] if 0 <= at < len(rows) else None


@dataclass(frozen=True)
class Range:
    """Cells of one column; `rows` tells which rows, for the row at hand."""

    text: str
    tree: Any
    letter: str
    rows: Callable[[int, int], range]

    def values(self, rows: Rows, at: int) -> list[Any]:
        return [_at(rows, place, self.letter) for place in self.rows(at, len(rows)) if 0 <= place < len(rows)]


def whole(letter: str) -> Range:
    return Range(
        f"{letter}:{letter}", _offset(letter, -536870911, 1073741823), letter, lambda at, count: range(count)
    )


def moving(letter: str, height: int) -> Range:
    return Range(
        f"{letter}1:{letter}{height}",
        _offset(letter, 0, height),
        letter,
        lambda at, _: range(at, at + height),
    )


def running(letter: str) -> Range:
    return Range(
        f"{letter}$1:{letter}1", _offset(letter, _absolute(1), 1), letter, lambda at, _: range(at + 1)
    )


def aggregate(name: str, cells: Range, value: Callable[[list[Any]], Any], *more: Formula) -> Formula:
    tree = {
        "type": "call",
        "operator": f"Omni.OMNI_FX_{name}",
        "operands": [cells.tree, *(item.tree for item in more)],
    }

    def evaluate(rows: Rows, at: int) -> Any:
        found = [item.value(rows, at) for item in more]
        return value([one for one in cells.values(rows, at) if one is not None], *found)

    return Formula(f"{name}({','.join([cells.text, *(item.text for item in more)])})", tree, evaluate)


def nth(values: list[float], place: float, *, largest: bool) -> float | None:
    ordered = sorted(values, reverse=largest)
    return ordered[int(place) - 1] if 1 <= place <= len(ordered) else None


def deviation(values: list[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = sum(values) / len(values)
    return math.sqrt(sum((one - mean) ** 2 for one in values) / (len(values) - 1))


def rounded(value: float, places: int) -> float:
    exact = Decimal(repr(value)).quantize(Decimal("1e-12"), ROUND_HALF_UP)
    return float(exact.quantize(Decimal(10) ** -places, ROUND_HALF_UP))


# -- random formulas -----------------------------------------------------------------------------

AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "SUM": sum,
    "COUNT": len,
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "AVERAGE": lambda values: sum(values) / len(values) if values else None,
    "MEDIAN": lambda values: median(values) if values else None,
    "STDEV": deviation,
}
LETTERS = st.sampled_from(NUMBERS)
RANGES = st.one_of(LETTERS.map(whole), LETTERS.map(running), st.builds(moving, LETTERS, st.integers(1, 3)))
QUARTERS = st.integers(-40, 40).map(lambda number: number / 4)


@st.composite
def lookups(draw: st.DrawFn) -> Formula:
    letter = draw(LETTERS)
    cells = whole(letter)
    kind = draw(st.sampled_from(["LARGE", "SMALL", "RANK", "MATCH", "COUNTIF", "SUMIF", "INDEX"]))
    if kind in ("LARGE", "SMALL"):
        place = draw(st.integers(1, 4))
        largest = kind == "LARGE"
        return aggregate(kind, cells, lambda values, n: nth(values, n, largest=largest), literal(place))
    limit = draw(QUARTERS)
    if kind == "COUNTIF":
        return aggregate(
            kind, cells, lambda values, _: sum(one > limit for one in values), literal(f">{limit}")
        )
    if kind == "SUMIF":
        return aggregate(
            kind, cells, lambda values, _: sum(one for one in values if one <= limit), literal(f"<={limit}")
        )
    own = cell(letter)
    if kind == "INDEX":
        place = draw(st.integers(1, 6))
        tree = {"type": "call", "operator": "Omni.OMNI_FX_INDEX", "operands": [cells.tree, _number(place)]}
        return Formula(f"INDEX({cells.text},{place})", tree, lambda rows, at: _at(rows, place - 1, letter))

    def evaluate(rows: Rows, at: int) -> Any:
        value, values = own.value(rows, at), cells.values(rows, at)
        if value is None:
            return None
        if kind == "MATCH":
            return values.index(value) + 1
        return 1 + sum(one > value for one in values if one is not None)

    tree = {"type": "call", "operator": f"Omni.OMNI_FX_{kind}", "operands": [own.tree, cells.tree]}
    return Formula(f"{kind}({own.text},{cells.text})", tree, evaluate)


LEAVES = st.one_of(
    QUARTERS.filter(lambda number: number >= 0).map(literal),
    st.builds(cell, LETTERS, st.integers(0, 2)),
    st.builds(
        lambda name, cells: aggregate(name, cells, AGGREGATES[name]),
        st.sampled_from(sorted(AGGREGATES)),
        RANGES,
    ),
    lookups(),
)
COMPARISONS = {
    "=": ("EQUALS", lambda left, right: left == right),
    "<>": ("NOT_EQUALS", lambda left, right: left != right),
    "<": ("LESS_THAN", lambda left, right: left < right),
    ">=": ("GREATER_THAN_OR_EQUAL", lambda left, right: left >= right),
}


def _divided(left: float, right: float) -> float | None:
    return None if right == 0 else left / right


def _remainder(left: float, right: float) -> float | None:
    return None if right == 0 else left - right * math.floor(left / right)


def _chosen(test: Formula, yes: Formula, no: Formula) -> Formula:
    made = call("IF", test, yes, no, value=lambda *_: None)
    return Formula(
        made.text, made.tree, lambda rows, at: (yes if test.value(rows, at) else no).value(rows, at)
    )


@st.composite
def _grown(draw: st.DrawFn, inner: st.SearchStrategy[Formula]) -> Formula:
    left, right = draw(inner), draw(inner)
    kind = draw(
        st.sampled_from(["+", "-", "*", "/", "neg", "ABS", "INT", "MOD", "ROUND", "IF", "IFERROR", "ROUNDUP"])
    )
    match kind:
        case "+":
            return infix("+", "PLUS", left, right, lambda a, b: a + b)
        case "-":
            return infix("-", "MINUS", left, right, lambda a, b: a - b)
        case "*":
            return infix("*", "MULTIPLY", left, right, lambda a, b: float(a) * b)
        case "/":
            return infix("/", "SAFE_DIVIDE", left, right, _divided)
        case "neg":
            made = call("UNARY_MINUS", left, value=lambda a: -a)
            return Formula(f"-({left.text})", made.tree, made.value)
        case "ABS":
            return call("ABS", left, value=abs)
        case "INT":
            return call("INT", left, value=math.floor)
        case "MOD":
            return call("MOD", left, right, value=_remainder)
        case "ROUND":
            return call("ROUND", left, literal(draw(st.integers(0, 3))), value=rounded)
        case "ROUNDUP":
            return call(
                "ROUNDUP", left, value=lambda a: math.copysign(math.ceil(abs(rounded(a, 12))), a) if a else 0
            )
        case "IFERROR":
            return call("IFERROR", left, right, value=lambda a, b: b if a is None else a, strict=False)
        case _:
            sign, (name, compare) = draw(st.sampled_from(sorted(COMPARISONS.items())))
            return _chosen(infix(sign, name, left, right, compare), draw(inner), draw(inner))


FORMULAS = st.recursive(LEAVES, _grown, max_leaves=6)
CELLS = st.one_of(st.none(), QUARTERS)
TEXTS = st.one_of(st.none(), st.sampled_from(["a", "B", "", "x y"]))


@st.composite
def sheets(draw: st.DrawFn) -> Rows:
    """Rows of cells, numbered from 1."""
    bodies = draw(st.lists(st.tuples(CELLS, CELLS, CELLS, TEXTS), min_size=1, max_size=7))
    return [(number, *body) for number, body in enumerate(bodies, start=1)]
