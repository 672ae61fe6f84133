"""SQL that a field wants taken as it stands: `DO NOT PARSE <expression>` (modeling digest §8).

The text goes into the statement in brackets and is never read as a tree, so it is scanned here: one
expression, brackets and quotes closed, no statement, sub-select or comment in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from holoscope.sql.parse import REFERENCE, BadSql

_PREFIX = "DO NOT PARSE"
_HOLE = "\x00"
_WORD = re.compile(r"'(?:[^']|'')*'" + r'|"(?:[^"]|"")*"' + r"|\w+|--|/\*|\s+|.", re.DOTALL)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_REFUSED = frozenset({";", "--", "/*", "'", '"', "`", "$", "\\", "#"})
_HEADS = frozenset(
    ("select", "with", "from", "table", "values", "pivot", "unpivot", "describe", "desc", "show", "summarize")
)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text around the references in it: `pieces` are one more than `references`."""

    pieces: tuple[str, ...]
    references: tuple[str, ...]

    def tree(self, parts: Sequence[str], reads: Iterable[exp.Column]) -> exp.Expr:
        """Give the expression with ready texts in the place of its references.

        `reads` are columns that stand for what it reads: passes look for them, nothing writes them.
        """
        text = self.pieces[0]
        for part, piece in zip(parts, self.pieces[1:], strict=True):
            text += f"({part}){piece}"
        whole = exp.Var(this=text)
        whole.set("reads", [column.copy() for column in reads])
        # Trees compare words without their letter case; what stands in quotes here must not.
        whole.set("exact", exp.Literal.string(text))
        return exp.Paren(this=whole)


def is_verbatim(text: str) -> bool:
    """Tell whether SQL says that it is not to be parsed."""
    return text.lstrip()[: len(_PREFIX)].upper() == _PREFIX


@lru_cache(maxsize=4_096)
def read_verbatim(text: str) -> Verbatim:
    """Scan `DO NOT PARSE <expression>`.

    Raises:
        BadSql: the text could mean more than one expression.
    """
    body = text.lstrip()[len(_PREFIX) :].strip()
    if _HOLE in body or not body:
        raise BadSql(f"DO NOT PARSE is followed by one expression: {text!r}")
    references: list[str] = []

    def cut(match: re.Match[str]) -> str:
        references.append(match.group(1))
        return _HOLE

    kept = _scanned(REFERENCE.sub(cut, body), text)
    return Verbatim(tuple(kept.split(_HOLE)), tuple(references))


def _scanned(body: str, text: str) -> str:
    """Check word by word; white space outside of quotes becomes single spaces."""
    kept: list[str] = []
    open_: list[str] = []
    before = beside = "("
    for word in _WORD.findall(body):
        if word.isspace():
            beside = " "
            kept.append(beside)
            continue
        if word[0] in "'\"" and len(word) > 1:
            _check_quoted(word, beside, text)
        else:
            _check(word, before, open_, text)
        kept.append(word)
        before = beside = word
    if open_:
        raise BadSql(f"Brackets in DO NOT PARSE are not closed: {text!r}")
    return "".join(kept)


def _check(word: str, before: str, open_: list[str], text: str) -> None:
    if word in _REFUSED:
        raise BadSql(f"DO NOT PARSE may not hold {word!r}, comments or open quotes: {text!r}")
    if word == before == "{":
        raise BadSql(f"Templates are not filled in after DO NOT PARSE: {text!r}")
    if word in _PAIRS.values():
        open_.append(word)
    elif word in _PAIRS:
        if not open_ or open_.pop() != _PAIRS[word]:
            raise BadSql(f"Brackets in DO NOT PARSE do not match: {text!r}")
    elif word == "," and not open_:
        raise BadSql(f"DO NOT PARSE takes one expression, not a list: {text!r}")
    elif word.lower() == "select" or (before == "(" and word.lower() in _HEADS):
        raise BadSql(f"DO NOT PARSE may not hold a statement: {text!r}")


def _check_quoted(word: str, beside: str, text: str) -> None:
    """Quotes must end at the same place in every reading: no escapes, no prefixed strings."""
    if _HOLE in word:
        raise BadSql(f"A reference may not stand inside quotes: {text!r}")
    if "\n" in word or "\r" in word:
        raise BadSql(f"A line may not end inside quotes: {text!r}")
    if "\\'" in word or '\\"' in word or (word[0] == "'" and re.fullmatch(r"\w+|&", beside)):
        raise BadSql(f"Escapes and prefixed strings are not read in DO NOT PARSE: {text!r}")
