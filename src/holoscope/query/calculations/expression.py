"""Reads calculations of model files: `${users.age} OMNI_FX_PLUS 2`, SQL-like text, or a formula.

Division, comparison and the rest mean what they mean in a formula (modeling digest §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from holoscope.query.calculations.ast import offset_multi, read_pivot_offset, reference, whole_number
from holoscope.query.calculations.formula import read_formula
from holoscope.query.calculations.lexer import Token, tokens
from holoscope.query.calculations.names import name_of_function, name_of_operator
from holoscope.query.calculations.node import END, HERE, Bound, Constant, Field, Node, TypeWord, Window, bound
from holoscope.query.calculations.parsing import Infix, Parser, signs
from holoscope.query.calculations.problems import BadCalculation

_SIGNS = signs(4)
_ALSO = {"==": "=", "!=": "<>", "||": "&"}
"""Signs that mean the same as another."""
_WORDS = {
    f"OMNI_FX_{word}": (strength, {"AMPERSAND": "CONCAT", "SAFE_DIVIDE": "DIVIDE"}.get(word, word))
    for strength, name in _SIGNS.values()
    for word in {"CONCAT": ("AMPERSAND",), "DIVIDE": ("SAFE_DIVIDE", "DIVIDE")}.get(name, (name,))
}


def read_text(text: str, columns: tuple[str, ...]) -> Node:
    """Read the text of a calculation in a model file.

    Raises:
        BadCalculation: with the place of the fault, counted in characters from 1.
    """
    if text.lstrip().startswith("="):
        return read_formula(text, columns)
    return ExpressionParser(tokens(text, single_quotes=True), columns).parse()


@dataclass(slots=True)
class ExpressionParser(Parser):
    """The grammar of SQL expressions, with `${...}` for columns and operators by name."""

    infix: ClassVar[Infix] = {
        "OR": (1, "OR"),
        "AND": (2, "AND"),
        **_SIGNS,
        **{sign: _SIGNS[other] for sign, other in _ALSO.items()},
        "%": (7, "MOD"),
        **_WORDS,
    }

    def operand(self) -> Node:
        if self.takes("-"):
            return self.apply("UNARY_MINUS", self.expression(8))
        if self.takes("+"):
            return self.expression(8)
        if self._takes_word("NOT"):
            return self.apply("NOT", self.expression(3))
        if self.now.kind == "word" and self.now.text.upper() in ("OMNI_FX_UNARY_MINUS", "OMNI_FX_NOT"):
            return self.apply(name_of_function(self.step().text), self.expression(8))
        return self._tested(self._primary())

    def _tested(self, node: Node) -> Node:
        """Read IS NULL, IN, BETWEEN and LIKE after an operand."""
        while self.now.kind == "word":
            if self._takes_word("IS"):
                negated = self._takes_word("NOT")
                self._expect_word("NULL")
                node = self.apply("ISPRESENT" if negated else "ISBLANK", node)
                continue
            ahead = self.tokens[min(self.at + 1, len(self.tokens) - 1)].text.upper()
            negated = self.now.text.upper() == "NOT" and ahead in ("IN", "BETWEEN", "LIKE")
            if negated:
                self.step()
            test = self._test(node)
            if test is None:
                return node
            node = self.apply("NOT", test) if negated else test
        return node

    def _test(self, node: Node) -> Node | None:
        if self._takes_word("IN"):
            self.expect("(")
            return self.apply("IN", node, *self.arguments())
        if self._takes_word("LIKE"):
            return self.apply("LIKE", node, self.expression(5))
        if self._takes_word("BETWEEN"):
            low = self.expression(5)
            self._expect_word("AND")
            return self.apply("BETWEEN", node, low, self.expression(5))
        return None

    def _primary(self) -> Node:
        token = self.step()
        match token.kind:
            case "number":
                return self.number(token.text)
            case "text":
                return Constant(token.text)
            case "reference":
                return reference(token.text)
            case "word" | "cell":
                return self._word(token)
            case "sign" if token.text == "(":
                node = self.expression()
                self.expect(")")
                return node
        self.at -= token.kind != "end"
        raise self.unexpected()

    def _word(self, token: Token) -> Node:
        upper = token.text.upper()
        if upper in ("TRUE", "FALSE", "NULL"):
            return Constant({"TRUE": True, "FALSE": False, "NULL": None}[upper])
        if upper == "CASE":
            return self._case()
        if upper in ("DATE", "TIMESTAMP") and self.now.kind == "text":
            return self.apply("CAST", Constant(self.step().text), TypeWord(upper.lower()))
        if not self.takes("("):
            if upper in (name.upper() for name in self.columns):
                return Field(token.text)
            raise BadCalculation(
                f"{token.text!r} at {token.at} means nothing: write columns as ${{view.field}} and text "
                "in quotes."
            )
        if upper == "CAST":
            return self._cast()
        operands = [] if self._takes_star() else self.arguments()
        if self._takes_word("OVER"):
            return self._window(upper, operands)
        return self._call(upper, operands)

    def _call(self, word: str, operands: list[Node]) -> Node:
        name = name_of_function(word)
        if name in ("OMNI_OFFSET_MULTI", "OFFSET_MULTI"):
            return offset_multi(tuple(operands), self.columns)
        if name in ("OMNI_PIVOT_OFFSET", "PIVOT_OFFSET"):
            return read_pivot_offset(tuple(operands))
        if not word.startswith("OMNI_") and name in ("REPLACE", "LOG"):
            name = name_of_operator(f"SqlStdOperatorTable.{name}")
        if name == "DATEDIF" and word.startswith("OMNI_"):
            operands = [*operands[1:3], *operands[:1]]
        return self.apply(name, *operands)

    def _takes_star(self) -> bool:
        """Read the rest of `COUNT(*)`."""
        if self.now.text != "*":
            return False
        self.step()
        self.expect(")")
        return True

    def _case(self) -> Node:
        subject = None if self.now.text.upper() == "WHEN" else self.expression()
        parts: list[Node] = [] if subject is None else [subject]
        while self._takes_word("WHEN"):
            parts.append(self.expression())
            self._expect_word("THEN")
            parts.append(self.expression())
        if self._takes_word("ELSE"):
            parts.append(self.expression())
        self._expect_word("END")
        return self.apply("CASE" if subject is None else "SWITCH", *parts)

    def _cast(self) -> Node:
        value = self.expression()
        self._expect_word("AS")
        word = self.step().text.lower()
        if self.takes("("):
            self.arguments()
        while self.now.kind == "word":
            word += f" {self.step().text.lower()}"
        self.expect(")")
        return self.apply("CAST", value, TypeWord(word))

    # -- windows ----------------------------------------------------------------------

    def _window(self, function: str, operands: list[Node]) -> Node:
        self.expect("(")
        partition: list[Node] = []
        order: list[tuple[Node, bool]] = []
        if self._takes_word("PARTITION"):
            self._expect_word("BY")
            partition = [self.expression()]
            while self.takes(","):
                partition.append(self.expression())
        if self._takes_word("ORDER"):
            self._expect_word("BY")
            order = [self._ordering()]
            while self.takes(","):
                order.append(self._ordering())
        first, last, by_rows = END, HERE if order else END, True
        if self.now.text.upper() in ("ROWS", "RANGE"):
            by_rows = self.step().text.upper() == "ROWS"
            between = self._takes_word("BETWEEN")
            first, last = self._frame_end(), HERE
            if between:
                self._expect_word("AND")
                last = self._frame_end()
        elif order:
            by_rows = False
        self.expect(")")
        return Window(function, tuple(operands), tuple(partition), tuple(order), by_rows, first, last)

    def _ordering(self) -> tuple[Node, bool]:
        value = self.expression()
        descending = self._takes_word("DESC")
        if not descending:
            self._takes_word("ASC")
        return value, descending

    def _frame_end(self) -> Bound:
        if self._takes_word("CURRENT"):
            self._expect_word("ROW")
            return HERE
        unbounded = self._takes_word("UNBOUNDED")
        count = None if unbounded else whole_number(self.expression(6))
        if not unbounded and count is None:
            raise self.unexpected("; a window's frame counts whole rows")
        sign = -1 if self._takes_word("PRECEDING") else 1
        if sign == 1:
            self._expect_word("FOLLOWING")
        return END if count is None else bound(sign * count)

    # -- words ------------------------------------------------------------------------

    def _takes_word(self, word: str) -> bool:
        if self.now.kind == "word" and self.now.text.upper() == word:
            self.at += 1
            return True
        return False

    def _expect_word(self, word: str) -> None:
        if not self._takes_word(word):
            raise self.unexpected(f"; {word} is missing")
