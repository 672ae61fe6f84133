"""A tiny reader of SQL expressions, for the SQL that the example models use.

`parse(text)` gives a tree of tuples; `run(tree, env)` gives its value under three-valued logic.
`/` is floating-point division, as in the warehouse under test; other arithmetic on `Decimal` is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from support.naive.functions import CAST, FUNCTIONS, arithmetic, compare, like

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<ref>\$\{[^}]*\})
    | (?P<number>\d+\.\d*|\.\d+|\d+)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<op>::|\|\||<>|!=|<=|>=|[-+*/%()=<>,.])
    )""",
    re.VERBOSE,
)
Node = tuple[Any, ...]
_COMPARISONS = {"=", "<>", "!=", "<", "<=", ">", ">="}


class Env(Protocol):
    """Where names get their values."""

    def ref(self, name: str) -> Any: ...
    def column(self, name: str) -> Any: ...


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Read one expression."""
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise ValueError(f"cannot read {text[at:]!r}")
            kind = found.lastgroup or ""
            self.tokens.append((kind, found.group(kind)))
            at = found.end()
            while at < len(text) and text[at].isspace():
                at += 1
        self.at = 0

    def whole(self) -> Node:
        node = self.disjunction()
        if self.at != len(self.tokens):
            raise ValueError(f"left over: {self.tokens[self.at :]}")
        return node

    def peek(self, *words: str) -> bool:
        if self.at >= len(self.tokens):
            return False
        kind, text = self.tokens[self.at]
        return kind in ("word", "op") and text.upper() in words

    def take(self, *words: str) -> bool:
        if self.peek(*words):
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise ValueError(f"expected {word} at {self.tokens[self.at :]}")

    def next(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def disjunction(self) -> Node:
        node = self.conjunction()
        while self.take("OR"):
            node = ("or", node, self.conjunction())
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while self.take("AND"):
            node = ("and", node, self.negation())
        return node

    def negation(self) -> Node:
        return ("not", self.negation()) if self.take("NOT") else self.comparison()

    def comparison(self) -> Node:
        node = self.sum()
        while True:
            if self.peek(*_COMPARISONS):
                node = ("compare", self.next()[1], node, self.sum())
            elif self.take("IS"):
                negative = self.take("NOT")
                node = self._is(node)
                node = ("not", node) if negative else node
            elif self.peek("NOT", "IN", "BETWEEN", "LIKE"):
                negative = self.take("NOT")
                node = self._set(node)
                node = ("not", node) if negative else node
            else:
                return node

    def _is(self, node: Node) -> Node:
        if self.take("NULL"):
            return ("is null", node)
        word = self.next()[1].upper()
        return ("is", node, word == "TRUE")

    def _set(self, node: Node) -> Node:
        if self.take("IN"):
            self.need("(")
            return ("in", node, self.arguments())
        if self.take("LIKE"):
            return ("like", node, self.sum())
        self.need("BETWEEN")
        low = self.sum()
        self.need("AND")
        return ("and", ("compare", ">=", node, low), ("compare", "<=", node, self.sum()))

    def sum(self) -> Node:
        node = self.product()
        while self.peek("+", "-", "||"):
            node = ("arithmetic", self.next()[1], node, self.product())
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.peek("*", "/", "%"):
            node = ("arithmetic", self.next()[1], node, self.unary())
        return node

    def unary(self) -> Node:
        if self.take("-"):
            return ("arithmetic", "-", ("value", 0), self.unary())
        node = self.atom()
        while self.take("::"):
            node = ("cast", node, self.type_name())
        return node

    def arguments(self) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.take(")"):
            found.append(self.disjunction())
            self.take(",")
        return tuple(found)

    def type_name(self) -> str:
        name = self.next()[1].upper()
        if self.take("("):
            while not self.take(")"):
                self.next()
        return name

    def atom(self) -> Node:
        kind, text = self.next()
        if kind == "ref":
            return ("ref", text[2:-1].strip())
        if kind == "number":
            return ("value", Decimal(text) if "." in text else int(text))
        if kind == "string":
            return ("value", text[1:-1].replace("''", "'"))
        if kind == "op" and text == "(":
            node = self.disjunction()
            self.need(")")
            return node
        return self._word(kind, text)

    def _word(self, kind: str, text: str) -> Node:
        upper = text.upper() if kind == "word" else ""
        if upper in ("TRUE", "FALSE", "NULL"):
            return ("value", {"TRUE": True, "FALSE": False, "NULL": None}[upper])
        if upper == "CASE":
            return self.case()
        if upper == "CAST":
            self.need("(")
            node = self.disjunction()
            self.need("AS")
            node = ("cast", node, self.type_name())
            self.need(")")
            return node
        if kind == "word" and self.take("("):
            return ("call", upper, self.arguments())
        name = text[1:-1] if kind == "quoted" else text
        if self.take("."):
            name = self.next()[1].strip('"')
        return ("column", name.lower())

    def case(self) -> Node:
        subject = None if self.peek("WHEN") else self.disjunction()
        branches: list[tuple[Node, Node]] = []
        while self.take("WHEN"):
            test = self.disjunction()
            self.need("THEN")
            branches.append(
                (test if subject is None else ("compare", "=", subject, test), self.disjunction())
            )
        other: Node = self.disjunction() if self.take("ELSE") else ("value", None)
        self.need("END")
        return ("case", tuple(branches), other)


def run(node: Node, env: Env) -> Any:
    """Evaluate a tree."""
    return _RUN[node[0]](node, env)


def references(node: Any) -> set[str]:
    """Every `${...}` a tree mentions."""
    if not isinstance(node, tuple):
        return set()
    if len(node) == 2 and node[0] == "ref":
        return {node[1]}
    return set().union(*(references(part) for part in node)) if node else set()


def _and(node: Node, env: Env) -> bool | None:
    left, right = run(node[1], env), run(node[2], env)
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(node: Node, env: Env) -> bool | None:
    left, right = run(node[1], env), run(node[2], env)
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _not(node: Node, env: Env) -> bool | None:
    value = run(node[1], env)
    return None if value is None else not value


def _in(node: Node, env: Env) -> bool | None:
    value = run(node[1], env)
    found = [compare("=", value, run(one, env)) for one in node[2]]
    if True in found:
        return True
    return None if None in found else False


def _case(node: Node, env: Env) -> Any:
    for test, value in node[1]:
        if run(test, env) is True:
            return run(value, env)
    return run(node[2], env)


_RUN: dict[str, Callable[[Node, Env], Any]] = {
    "ref": lambda node, env: env.ref(node[1]),
    "column": lambda node, env: env.column(node[1]),
    "value": lambda node, env: node[1],
    "and": _and,
    "or": _or,
    "not": _not,
    "in": _in,
    "case": _case,
    "is null": lambda node, env: run(node[1], env) is None,
    "is": lambda node, env: run(node[1], env) is node[2],
    "like": lambda node, env: like(run(node[1], env), run(node[2], env)),
    "compare": lambda node, env: compare(node[1], run(node[2], env), run(node[3], env)),
    "arithmetic": lambda node, env: arithmetic(node[1], run(node[2], env), run(node[3], env)),
    "call": lambda node, env: FUNCTIONS[node[1]](*(run(one, env) for one in node[2])),
    "cast": lambda node, env: CAST[node[2]](run(node[1], env)),
}
