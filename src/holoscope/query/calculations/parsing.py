"""What the two text forms of a calculation share: a cursor over tokens, and operators by precedence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from holoscope.query.calculations.ast import constant
from holoscope.query.calculations.lexer import Token
from holoscope.query.calculations.node import DEEPEST, MOST_NODES, Apply, Constant, Node
from holoscope.query.calculations.problems import BadCalculation

Infix = Mapping[str, tuple[int, str]]
"""Operator text -> how strongly it binds, and our name of it."""
_LADDER: tuple[Mapping[str, str], ...] = (
    {
        "=": "EQUALS",
        "<>": "NOT_EQUALS",
        "<": "LESS_THAN",
        "<=": "LESS_THAN_OR_EQUAL",
        ">": "GREATER_THAN",
        ">=": "GREATER_THAN_OR_EQUAL",
    },
    {"&": "CONCAT"},
    {"+": "PLUS", "-": "MINUS"},
    {"*": "MULTIPLY", "/": "DIVIDE"},
    {"^": "POWER"},
)


def signs(least: int) -> Infix:
    """Give the signs that both text forms have; those that bind least, comparisons, bind by `least`."""
    return {
        sign: (strength, name) for strength, row in enumerate(_LADDER, least) for sign, name in row.items()
    }


@dataclass(slots=True)
class Parser(ABC):
    """A cursor with the rules for infix operators; subclasses read what stands between these."""

    tokens: list[Token]
    columns: tuple[str, ...]
    at: int = 0
    depth: int = 0
    made: int = 0

    infix: ClassVar[Infix] = {}

    def parse(self) -> Node:
        """Read all tokens as one expression."""
        node = self.expression()
        if self.now.kind != "end":
            raise self.unexpected()
        return node

    # -- the cursor -------------------------------------------------------------------

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def step(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def takes(self, text: str) -> bool:
        """Step over a sign, if it stands here."""
        if self.now.kind == "sign" and self.now.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.takes(text):
            raise self.unexpected(f"; {text!r} is missing")

    def unexpected(self, more: str = "") -> BadCalculation:
        token = self.now
        if token.kind == "end":
            return BadCalculation(f"the formula ends too early{more}.")
        return BadCalculation(f"{token.text!r} at {token.at} is not expected there{more}.")

    # -- expressions ------------------------------------------------------------------

    def expression(self, least: int = 0) -> Node:
        """Read an expression of operators that bind at least this strongly."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadCalculation(f"its text nests deeper than {DEEPEST} levels: split it.")
        left = self.operand()
        while (operator := self.infix.get(self._operator())) is not None and operator[0] >= least:
            self.step()
            left = self.apply(operator[1], left, self.expression(operator[0] + 1))
        self.depth -= 1
        return left

    def _operator(self) -> str:
        return self.now.text.upper() if self.now.kind in ("sign", "word") else ""

    @abstractmethod
    def operand(self) -> Node:
        """Read what may stand between two infix operators."""

    def apply(self, name: str, *operands: Node) -> Node:
        """Make a call; there is a limit to how many."""
        self.made += 1
        if self.made > MOST_NODES:
            raise BadCalculation(f"it has more than {MOST_NODES} parts: split it.")
        return Apply(name, operands)

    def number(self, text: str) -> Constant:
        return Constant(constant_of(text))

    def arguments(self) -> list[Node]:
        """Read operands up to the closing bracket; what is left empty is blank."""
        found: list[Node] = []
        if self.takes(")"):
            return found
        while True:
            empty = self.now.kind == "sign" and self.now.text in (",", ";", ")")
            found.append(Constant(None) if empty else self.expression())
            if self.takes(")"):
                return found
            if not (self.takes(",") or self.takes(";")):
                raise self.unexpected("; ',' or ')' is missing")
            self.made += 1


def constant_of(text: str) -> Decimal:
    """Read a numeral."""
    number = constant(float(text)) if "e" in text.lower() else constant_decimal(text)
    assert isinstance(number, Decimal)  # noqa: S101  (a float reads as one)
    return number


def constant_decimal(text: str) -> Decimal:
    """Read a numeral without an exponent; what no warehouse can hold is refused."""
    number = Decimal(text)
    if len(text) > 300:
        raise BadCalculation("a number in its text is too long.")
    return number


@dataclass(frozen=True, slots=True)
class Letters:
    """Turns column letters into positions."""

    columns: tuple[str, ...] = field(default=())

    def position(self, letters: str) -> int:
        """Give the position of a column, from 0."""
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        return number - 1

    def name(self, letters: str) -> str:
        """Name the result column under these letters.

        Raises:
            BadCalculation: the result has no such column.
        """
        position = self.position(letters)
        if position >= len(self.columns):
            raise BadCalculation(
                f"there is no column {letters.upper()}: the query has {len(self.columns)} columns."
            )
        return self.columns[position]
