"""Mustache in SQL text: parsed once into parts with positions, filled in per query elsewhere.

Only the tokens of modeling digest §14.1 exist. Anything else between double braces is a fault that
says what was meant; a text with faults is never rendered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from holoscope.kit.text import near

_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*\Z")
_FIX = "Tokens are filters.view.field.value, view.field.filter, view.field.in_query, omni_attributes.name."


class TokenKind(StrEnum):
    """What a token stands for; values are the last word of it, but for attributes."""

    VALUE = "value"
    RANGE_START = "range_start"
    RANGE_END = "range_end"
    IN_QUERY = "in_query"
    IS_SELECTED = "is_selected"
    IS_FILTERED = "is_filtered"
    ATTRIBUTE = "omni_attributes"


_OF_FILTERS = {str(kind): kind for kind in (TokenKind.VALUE, TokenKind.RANGE_START, TokenKind.RANGE_END)}
_OF_QUERY = {str(kind): kind for kind in (TokenKind.IN_QUERY, TokenKind.IS_SELECTED, TokenKind.IS_FILTERED)}


@dataclass(frozen=True, slots=True)
class Text:
    """SQL between the tokens, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """One value. `field` is empty when the token is about a whole view; an attribute has no `view`."""

    kind: TokenKind
    view: str
    field: str
    source: str
    start: int


@dataclass(frozen=True, slots=True)
class Block:
    """`{{# view.field.filter }} body {{/ ... }}`: the condition about `body`; `inverted` without one."""

    view: str
    field: str
    inverted: bool
    body: tuple[Part, ...]
    source: str
    start: int


Part = Text | Token | Block


@dataclass(frozen=True, slots=True)
class Fault:
    """Something between braces that means nothing. `source` is found in the text from `start` on."""

    message: str
    source: str
    start: int
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut into parts. With `faults` the parts are of no use."""

    parts: tuple[Part, ...]
    faults: tuple[Fault, ...] = ()

    def named(self) -> tuple[Token | Block, ...]:
        """Give every token and block, nested ones too, in the order they are written."""
        found: list[Token | Block] = []
        pending = list(reversed(self.parts))
        while pending:
            part = pending.pop()
            if isinstance(part, Block):
                found.append(part)
                pending.extend(reversed(part.body))
            elif isinstance(part, Token):
                found.append(part)
        return tuple(found)


def is_templated(text: str) -> bool:
    """Tell whether a text holds anything to fill in."""
    return "{{" in text


@lru_cache(maxsize=4096)
def read_template(text: str) -> Template:
    """Cut a text into parts. Never raises: what is wrong comes back as faults."""
    reading = _Reading()
    at = 0
    for match in _BRACES.finditer(text):
        reading.add(Text(text[at : match.start()]))
        reading.token(match[1], match[0], match.start())
        at = match.end()
    rest = text[at:]
    reading.add(Text(rest))
    if "{{" in rest:
        start = at + rest.index("{{")
        reading.fault("A token is not closed: its }} is missing.", text[start : start + 20], start)
    return reading.finish()


class _Reading:
    """The parts read so far; the last of `open` is the block that is being filled."""

    def __init__(self) -> None:
        self.parts: list[list[Part]] = [[]]
        self.open: list[Block] = []
        self.faults: list[Fault] = []

    def add(self, part: Part) -> None:
        if not isinstance(part, Text) or part.text:
            self.parts[-1].append(part)

    def fault(self, message: str, source: str, start: int, fix: str | None = None) -> None:
        self.faults.append(Fault(message, source, start, fix))

    def token(self, inner: str, source: str, start: int) -> None:
        words = inner.strip()
        sign = words[:1]
        if sign in ("#", "^", "/"):
            self._block(sign, words[1:].strip(), source, start)
            return
        found = _token(words, source, start)
        if isinstance(found, Fault):
            self.faults.append(found)
        else:
            self.add(found)

    def _block(self, sign: str, name: str, source: str, start: int) -> None:
        view, field, ending = _three(name)
        if ending != "filter":
            hint = f"{sign} {view}.{field}.filter" if view and field else f"{sign} view.field.filter"
            self.fault(f'"{source}" is no section of SQL.', source, start, f"Write {{{{{hint} }}}}.")
        elif sign != "/":
            self.open.append(Block(view, field, sign == "^", (), source, start))
            self.parts.append([])
        elif not self.open or (self.open[-1].view, self.open[-1].field) != (view, field):
            wanted = f"{self.open[-1].view}.{self.open[-1].field}" if self.open else ""
            fix = f"Write {{{{/ {wanted}.filter }}}}." if wanted else "Remove it."
            self.fault(f'"{source}" closes a section that is not open here.', source, start, fix)
        else:
            self._close()

    def _close(self) -> None:
        opened, body = self.open.pop(), tuple(self.parts.pop())
        self.add(
            Block(opened.view, opened.field, opened.inverted, body, opened.source, opened.start),
        )

    def finish(self) -> Template:
        for block in self.open:
            if not self.faults:
                self.fault(f'"{block.source}" is not closed.', block.source, block.start)
        return Template((), tuple(self.faults)) if self.faults else Template(tuple(self.parts[0]))


def _three(name: str) -> tuple[str, str, str]:
    words = [word.strip() for word in name.split(".")]
    if len(words) == 3 and all(map(_NAME.match, words)):
        return words[0], words[1], words[2]
    return "", "", ""


def _token(inner: str, source: str, start: int) -> Token | Fault:
    words = [word.strip() for word in inner.split(".")]
    last = words[-1]
    if not all(map(_NAME.match, words)):
        return Fault(f'"{source}" is no token of SQL.', source, start, _FIX)
    if words[0] == TokenKind.ATTRIBUTE and len(words) == 2:
        return Token(TokenKind.ATTRIBUTE, "", last, source, start)
    if words[0] == "filters" and len(words) == 4 and last in _OF_FILTERS:
        return Token(_OF_FILTERS[last], words[1], words[2], source, start)
    if words[0] != "filters" and len(words) in (2, 3) and last in _OF_QUERY:
        return Token(_OF_QUERY[last], words[0], words[1] if len(words) == 3 else "", source, start)
    return Fault(f'"{source}" is no token of SQL.', source, start, _meant(words))


def _meant(words: list[str]) -> str:
    """Guess what a token was to be."""
    last = words[-1]
    if words[0] == "filters" and len(words) == 4:
        hint = near(last, _OF_FILTERS, limit=1)
        return f"Did you mean filters.{words[1]}.{words[2]}.{hint[0] if hint else 'value'}?"
    if words[0] == "filters":
        return "Write filters.view.field.value, with the view's reference name."
    if last in _OF_FILTERS and len(words) == 3:
        return f"Did you mean filters.{'.'.join(words)}?"
    if last == "filter" and len(words) == 3:
        return f"Write {{{{# {'.'.join(words)} }}}} SQL {{{{/ {'.'.join(words)} }}}}."
    if near(words[0], (TokenKind.ATTRIBUTE,), limit=1) and len(words) == 2:
        return f"Did you mean omni_attributes.{last}?"
    hint = near(last, _OF_QUERY, limit=1)
    if hint and len(words) in (2, 3):
        return f"Did you mean {'.'.join((*words[:-1], hint[0]))}?"
    return _FIX
