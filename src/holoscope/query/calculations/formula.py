"""Reads spreadsheet formulas: `=SUM(B$1:B1)/C1`. Written as for the first row (query digest §2.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from holoscope.query.calculations.ast import offset_multi, reference, whole_number
from holoscope.query.calculations.lexer import Token, tokens
from holoscope.query.calculations.names import name_of_function
from holoscope.query.calculations.node import (
    END,
    HERE,
    Area,
    Bound,
    Constant,
    Elsewhere,
    Field,
    Node,
    PivotArea,
    bound,
)
from holoscope.query.calculations.parsing import Infix, Letters, Parser, signs
from holoscope.query.calculations.problems import BadCalculation

_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]+)")
_LETTERS = re.compile(r"\$?[A-Za-z]{1,3}")
_MOST_ROWS = 2**28


def read_formula(text: str, columns: tuple[str, ...]) -> Node:
    """Read a formula over result columns; text that does not begin with `=` stands for itself.

    Raises:
        BadCalculation: with the place of the fault, counted in characters from 1.
    """
    written = text.strip()
    if not written.startswith("="):
        return Constant(text)
    return FormulaParser(tokens(written[1:]), columns).parse()


@dataclass(slots=True)
class FormulaParser(Parser):
    """The grammar of spreadsheets."""

    infix: ClassVar[Infix] = signs(1)

    def operand(self) -> Node:
        # In a spreadsheet the sign binds more strongly than the power: -2^2 is 4.
        if self.takes("-"):
            return self.apply("UNARY_MINUS", self._signed())
        if self.takes("+"):
            return self._signed()
        node = self._primary()
        while self.takes("%"):
            node = self.apply("PERCENT", node)
        return node

    def _signed(self) -> Node:
        self.depth += 1
        if self.depth > 100:
            raise self.unexpected("; there are too many signs")
        node = self.operand()
        self.depth -= 1
        return node

    def _primary(self) -> Node:
        token = self.step()
        match token.kind:
            case "number":
                return self.number(token.text)
            case "text":
                return Constant(token.text)
            case "reference":
                return reference(token.text)
            case "cell":
                return self._range(token)
            case "column":
                return self._column_range(token)
            case "sheet":
                return self._elsewhere(token.text)
            case "word":
                return self._word(token)
            case "sign" if token.text == "(":
                node = self.expression()
                self.expect(")")
                return node
        self.at -= token.kind != "end"
        raise self.unexpected()

    def _word(self, token: Token) -> Node:
        if self.takes("("):
            return self._function(name_of_function(token.text), self.arguments())
        if self.now.kind == "sign" and self.now.text == "!":
            self.step()
            return self._elsewhere(token.text)
        upper = token.text.upper()
        if upper in ("TRUE", "FALSE"):
            return Constant(upper == "TRUE")
        if self.now.kind == "sign" and self.now.text == ":" and _LETTERS.fullmatch(token.text):
            return self._column_range(token)
        if upper in (name.upper() for name in self.columns):
            return Field(token.text)
        raise BadCalculation(f"{token.text!r} at {token.at} means nothing: put text into double quotes.")

    def _function(self, name: str, operands: list[Node]) -> Node:
        if name == "OFFSET":
            return self._offset(operands)
        if name == "PIVOTOFFSET":
            return self._pivot_offset(operands)
        return self.apply(name, *operands)

    # -- references -------------------------------------------------------------------

    def _range(self, token: Token) -> Node:
        letters, first = _cell(token)
        if not self.takes(":"):
            field = Field(Letters(self.columns).name(letters))
            return field if first == HERE else Area((field,), first, first)
        end = self.step()
        if end.kind == "cell":
            last_letters, last = _cell(end)
        elif end.kind in ("word", "column") and _LETTERS.fullmatch(end.text):
            last_letters, last = end.text.lstrip("$"), END
        else:
            self.at -= 1
            raise self.unexpected("; a range ends in a cell")
        return Area(self._between(letters, last_letters), *_in_order(first, last))

    def _column_range(self, token: Token) -> Node:
        self.expect(":")
        end = self.step()
        if end.kind not in ("word", "column") or not _LETTERS.fullmatch(end.text):
            raise BadCalculation(f"{end.text!r} at {end.at}: a range that begins at a column ends at one.")
        return Area(self._between(token.text.lstrip("$"), end.text.lstrip("$")), END, END)

    def _between(self, first: str, last: str) -> tuple[Node, ...]:
        letters = Letters(self.columns)
        ends = sorted((letters.position(first), letters.position(last)))
        letters.name(first), letters.name(last)
        return tuple(Field(name) for name in self.columns[ends[0] : ends[1] + 1])

    def _elsewhere(self, query: str) -> Node:
        tokens = [self.step() for _ in range(3)]
        if tokens[1].text != ":" or not all(_LETTERS.fullmatch(item.text) for item in tokens[::2]):
            raise BadCalculation(
                f"'{query}'! must be followed by whole columns, as in '{query}'!A:A: cells of another "
                "query cannot be addressed one by one."
            )
        ends = sorted(Letters().position(item.text.lstrip("$")) for item in tokens[::2])
        return Elsewhere(query, tuple(range(ends[0], ends[1] + 1)))

    def _offset(self, operands: list[Node]) -> Node:
        """Read `OFFSET(cell, rows, columns[, height, width])`."""
        if len(operands) < 2 or len(operands) > 5:
            raise BadCalculation("OFFSET needs a cell, rows and columns.")
        cell, (rows, right, height, width) = operands[0], _with_defaults(operands[1:])
        moved = whole_number(rows)
        if isinstance(cell, Area) and cell.first == cell.last and not cell.first.absolute:
            moved = None if moved is None else moved + (cell.first.position or 0)
            cell = cell.columns[0]
        if not isinstance(cell, Field) or moved is None:
            raise BadCalculation("OFFSET needs a cell and a fixed number of rows.")
        return offset_multi((cell, Constant(Decimal(moved)), right, height, width), self.columns)

    def _pivot_offset(self, operands: list[Node]) -> Node:
        """Read `PIVOTOFFSET(cell, rows, columns[, height, width])`, counted from the cell."""
        if len(operands) < 3 or len(operands) > 5:
            raise BadCalculation("PIVOTOFFSET needs a cell, rows and columns.")
        top, left, height, width = (whole_number(item) for item in _with_defaults(operands[1:]))
        if top is None or left is None or height is None or width is None or height < 1 or width < 1:
            raise BadCalculation("PIVOTOFFSET needs whole numbers.")
        return PivotArea(operands[0], (top, top + height - 1), (left, left + width - 1), relative=True)


def _with_defaults(operands: list[Node]) -> list[Node]:
    zero, one = Constant(Decimal(0)), Constant(Decimal(1))
    given = [None if item == Constant(None) else item for item in operands]
    given += [None] * (4 - len(given))
    return [item or other for item, other in zip(given, (zero, zero, one, one), strict=True)]


def _cell(token: Token) -> tuple[str, Bound]:
    found = _CELL.fullmatch(token.text)
    assert found is not None  # noqa: S101  (the lexer's own shape)
    row = int(found[4]) if len(found[4]) < 12 else _MOST_ROWS
    if row >= _MOST_ROWS:
        raise BadCalculation(f"{token.text!r} at {token.at}: there is no such row.")
    return found[2], Bound(row, absolute=True) if found[3] else bound(row - 1)


def _in_order(first: Bound, last: Bound) -> tuple[Bound, Bound]:
    """Put the ends of a range in order where both are counted alike."""
    if first.absolute == last.absolute and None not in (first.position, last.position):
        ends = sorted((first, last), key=lambda end: end.position or 0)
        return ends[0], ends[1]
    return first, last
