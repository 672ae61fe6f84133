"""Cuts the text of a calculation into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from holoscope.query.calculations.problems import BadCalculation

LONGEST = 20_000

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<reference>\$\{[^{}]*\})
  | (?P<sheet>'(?:[^']|'')+'!)
  | (?P<text>"(?:[^"]|"")*")
  | (?P<cell>\$?[A-Za-z]{1,3}\$?[1-9][0-9]*(?![\w.(]))
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)
  | (?P<word>[A-Za-z_][\w.]*)
  | (?P<column>\$[A-Za-z]{1,3}(?![\w.]))
  | (?P<sign><>|!=|<=|>=|\|\||[-+*/^&=<>%(),:!;{}$])
    """,
    re.VERBOSE,
)
_SQL_TEXT = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `at` counts characters from 1."""

    kind: str
    text: str
    at: int


def tokens(text: str, *, single_quotes: bool = False) -> list[Token]:
    """Cut a text; the last token is `end`. With `single_quotes`, those hold text as in SQL.

    Raises:
        BadCalculation: a character that means nothing, or a text that is too long.
    """
    if len(text) > LONGEST:
        raise BadCalculation(f"its text is longer than {LONGEST} characters: split it.")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _SQL_TEXT.match(text, position) if single_quotes else None
        if match is not None:
            found.append(Token("text", match[1].replace("''", "'"), position + 1))
        else:
            match = _TOKEN.match(text, position)
            if match is None:
                raise BadCalculation(f"{text[position]!r} at {position + 1} means nothing in a formula.")
            if match.lastgroup != "space":
                found.append(Token(match.lastgroup or "", _plain(match), position + 1))
        position = match.end()
    return [*found, Token("end", "", len(text) + 1)]


def _plain(match: re.Match[str]) -> str:
    text = match[0]
    match match.lastgroup:
        case "text":
            return text[1:-1].replace('""', '"')
        case "sheet":
            return text[1:-2].replace("''", "'")
        case "reference":
            return text[2:-1].strip()
        case _:
            return text
