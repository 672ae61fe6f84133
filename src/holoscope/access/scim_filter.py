"""The filter language of SCIM (RFC 7644 §3.4.2.2) and the paths of PATCH (§3.5.2), read into trees.

Nothing here knows which attributes exist: names are texts, and `scim_sql` says what they mean.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from holoscope.access.scim_errors import BadScimFilter, BadScimPath

LONGEST = 10_000
DEEPEST = 40
MOST_TERMS = 400

Literal = str | int | float | bool | None

OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*")'
    r"|(?P<number>-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?![^\s()\[\]]))"
    r'|(?P<sign>[()\[\]])|(?P<word>[^\s()\[\]"]+))'
)
_NAME = re.compile(r"\$?[^\W\d][\w$:.\-]*")


@dataclass(frozen=True, slots=True)
class Compare:
    """`path operator value`; the operator is in lower case."""

    path: str
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`."""

    path: str


@dataclass(frozen=True, slots=True)
class Not:
    inner: Filter


@dataclass(frozen=True, slots=True)
class Every:
    """Terms joined by `and`."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Terms joined by `or`."""

    terms: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """`path[filter]`: one and the same value satisfies the inner filter."""

    path: str
    inner: Filter


Filter = Compare | Present | Not | Every | Some | Within


@dataclass(frozen=True, slots=True)
class PatchPath:
    """What an operation of PATCH aims at: `attribute`, `attribute[chosen]`, either with `.sub`."""

    attribute: str
    chosen: Filter | None = None
    sub: str | None = None


def parse_filter(text: str) -> Filter:
    """Read a filter; words and operators in any letter case.

    Raises:
        BadScimFilter: it does not parse, is longer than 10,000 characters, nests deeper than 40, or has more
            than 400 comparisons.
    """
    reader = _Reader(text)
    found = reader.some(0)
    if not reader.is_at_end:
        reader.refuse("expected and, or, or the end")
    return found


def parse_path(text: str) -> PatchPath:
    """Read the path of a PATCH operation.

    Raises:
        BadScimPath: it does not parse.
    """
    head, bracket, rest = text.strip().partition("[")
    if not _NAME.fullmatch(head):
        raise BadScimPath(f"{_short(text)} is no path of an attribute")
    if not bracket:
        return PatchPath(head)
    inner, closing, tail = rest.rpartition("]")
    if not closing or (tail and not re.fullmatch(r"\.\$?\w+", tail)):
        raise BadScimPath(f"{_short(text)} does not end after its bracket")
    try:
        chosen = parse_filter(inner)
    except BadScimFilter as error:
        raise BadScimPath(error.detail.removeprefix("Bad Request: filter: ")) from None
    return PatchPath(head, chosen, tail[1:] or None)


class _Reader:
    """Reads one filter from left to right; `sign` or `word` is what comes next."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise BadScimFilter(f"more than {LONGEST} characters")
        self._text = text
        self._at = 0
        self._terms = 0
        self.sign = self.word = ""
        self._literal: str | None = None
        self._next()

    @property
    def is_at_end(self) -> bool:
        return not self.sign and not self.word and self._literal is None

    def some(self, depth: int) -> Filter:
        terms = [self._every(depth)]
        while self._takes("or"):
            terms.append(self._every(depth))
        return terms[0] if len(terms) == 1 else Some(tuple(terms))

    def refuse(self, reason: str) -> NoReturn:
        raise BadScimFilter(f"{reason}, near character {self._at + 1} of {_short(self._text)}")

    def _every(self, depth: int) -> Filter:
        terms = [self._term(depth)]
        while self._takes("and"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else Every(tuple(terms))

    def _term(self, depth: int) -> Filter:
        if depth > DEEPEST:
            self.refuse(f"nested deeper than {DEEPEST}")
        if self.sign == "(":
            return self._grouped(depth)
        if self._literal is not None or not _NAME.fullmatch(self.word):
            self.refuse("expected an attribute")
        if self.word.lower() == "not" and self._follows("("):
            self._next()
            return Not(self._grouped(depth))
        path = self.word
        self._next()
        if self.sign == "[":
            self._next()
            inner = self.some(depth + 1)
            self._closes("]")
            return Within(path, inner)
        return self._comparison(path)

    def _comparison(self, path: str) -> Filter:
        self._terms += 1
        if self._terms > MOST_TERMS:
            self.refuse(f"more than {MOST_TERMS} comparisons")
        operator = self.word.lower()
        if self._literal is not None or operator not in OPERATORS | {"pr"}:
            self.refuse(f"expected an operator after {_short(path)}")
        self._next()
        if operator == "pr":
            return Present(path)
        return Compare(path, operator, self._value())

    def _grouped(self, depth: int) -> Filter:
        self._next()
        inner = self.some(depth + 1)
        self._closes(")")
        return inner

    def _value(self) -> Literal:
        written = self._literal if self._literal is not None else self.word.lower()
        try:
            value: Literal = json.loads(written)
        except ValueError:
            self.refuse('expected a value: "text", a number, true, false or null')
        if isinstance(value, str):
            try:
                value.encode()
            except UnicodeEncodeError:
                self.refuse("half of a surrogate pair")
            if "\0" in value:
                self.refuse("a text with NUL")
        elif value not in (True, False, None) and self._literal is None:
            self.refuse('expected a value: "text", a number, true, false or null')
        elif isinstance(value, float) and abs(value) == float("inf"):
            self.refuse("a number beyond all bounds")
        self._next()
        return value

    def _closes(self, sign: str) -> None:
        if self.sign != sign:
            self.refuse(f"expected {sign}")
        self._next()

    def _takes(self, word: str) -> bool:
        if self._literal is not None or self.word.lower() != word:
            return False
        self._next()
        return True

    def _follows(self, sign: str) -> bool:
        return self._text[self._at :].lstrip().startswith(sign)

    def _next(self) -> None:
        self.sign = self.word = ""
        self._literal = None
        if not self._text[self._at :].strip():
            self._at = len(self._text)
            return
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            self.refuse("unfinished text")
        self._at = match.end()
        self.sign, self.word = match["sign"] or "", match["word"] or ""
        self._literal = match["text"] or match["number"]


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:80] + "…")
