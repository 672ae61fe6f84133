"""TEXT(value, mask): numbers and times written by a spreadsheet's mask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.modeling.types import DataType
from holoscope.query.calculations.functions.registry import function
from holoscope.query.calculations.functions.times import part
from holoscope.query.calculations.node import Constant, Node
from holoscope.query.calculations.problems import BadCalculation
from holoscope.query.calculations.term import (
    NUMBER,
    STRING,
    TIME,
    Term,
    call,
    compare,
    divided,
    minus,
    number,
    plus,
    text,
    times,
    when,
)
from holoscope.sql.trees import cast, copy_of

if TYPE_CHECKING:
    from holoscope.query.calculations.translate import Translator

_NUMBER = re.compile(r"(?P<whole>[#0,]*)(?P<point>\.(?P<decimals>[0#]*))?(?P<scale>,*)(?P<percent>%?)")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|([^#0.,%"\\;@]+)')
_TIME = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<word>yyyy|yy|mmmm|mmm|month|mon|mi|mm|m|dddd|ddd|day|dd|d'
    r"|hh24|hh12|hh|h|ss|s|am/pm|a/p|am|pm|q|t(?=[h0-9])|ww)|(?P<other>[^a-z])",
    re.IGNORECASE,
)
_LARGEST = Decimal(10) ** 15


@function("TEXT", 2)
def _text(t: Translator, nodes: tuple[Node, ...]) -> Term:
    value = t.term(nodes[0])
    mask = nodes[1].value if isinstance(nodes[1], Constant) else None
    if not isinstance(mask, str):
        raise BadCalculation('TEXT needs its mask written out, as in TEXT(A1, "0.00").')
    if mask.strip().lower() in ("general", "@", "") or value.kind in (STRING, DataType.BOOLEAN):
        return t.as_text(value)
    if value.kind is TIME:
        return _time_text(t, t.once(t.as_time(value)), mask)
    return _number_text(t, t.as_number(value), _read_number_mask(mask))


@dataclass(frozen=True, slots=True)
class _Mask:
    """A mask of a number: what stands before and after, its digits, and what it is multiplied by."""

    before: str
    after: str
    least_whole: int
    least_decimals: int
    most_decimals: int
    has_point: bool
    grouped: bool
    factor: Decimal


def _read_number_mask(mask: str) -> _Mask:
    if ";" in mask or re.search(r"[eE][+-]0", mask):
        raise BadCalculation(
            f"TEXT cannot write numbers by {mask!r}: use one section of 0, #, a comma, a point, %."
        )
    before, at = _literals(mask, 0)
    found = _NUMBER.match(mask, at)
    assert found is not None  # noqa: S101  (it matches the empty text too)
    if not found["whole"] and not found["point"]:
        raise BadCalculation(f"TEXT cannot write a number by {mask!r}: there is no 0 or # in it.")
    after, at = _literals(mask, found.end())
    percent = found["percent"] or ("%" if mask[at : at + 1] == "%" else "")
    if percent and not found["percent"]:
        rest, at = _literals(mask, at + 1)
        after += "%" + rest
    elif percent:
        after = "%" + after
    if at != len(mask):
        raise BadCalculation(f"TEXT cannot write numbers by {mask!r}: {mask[at]!r} is not expected there.")
    whole, decimals = found["whole"], found["decimals"] or ""
    trailing = len(whole) - len(whole.rstrip(",")) if not found["point"] else len(found["scale"])
    factor = Decimal(100 if percent else 1) / Decimal(1000) ** trailing
    if len(decimals) > 12 or len(whole) > 30:
        raise BadCalculation("TEXT writes at most 12 decimals and 30 digits.")
    return _Mask(
        before,
        after,
        whole.count("0"),
        decimals.count("0"),
        len(decimals),
        bool(found["point"]),
        "," in whole.rstrip(","),
        factor,
    )


def _literals(mask: str, at: int) -> tuple[str, int]:
    found = ""
    while (match := _LITERAL.match(mask, at)) is not None:
        found += next(group for group in match.groups() if group is not None)
        at = match.end()
    return found, at


def _number_text(t: Translator, value: Term, mask: _Mask) -> Term:
    exact = t.dialect.function("exact", value.tree)
    if mask.factor >= 1:
        exact = times(exact, number(mask.factor)) if mask.factor != 1 else exact
    else:
        exact = t.dialect.function("exact", divided(cast(exact, "double"), number(1 / mask.factor)))
    single = t.once(value.over(exact, NUMBER))
    scale = number(Decimal(10) ** mask.most_decimals)
    size = call("floor", plus(times(call("abs", single.tree), scale), number(Decimal("0.5"))))
    fits = compare(exp.LT, call("abs", single.tree), number(_LARGEST / 10**3))
    digits = t.once(single.over(when((fits, cast(size, "bigint"))), NUMBER))
    written = t.once(
        digits.over(_padded(cast(copy_of(digits.tree), "varchar"), mask.most_decimals + 1), STRING)
    )
    pieces = [_whole_digits(t, written.tree, mask)]
    if mask.has_point:
        pieces += [text("."), _decimals(written.tree, mask)]
    sign = when((compare(exp.LT, single.tree, number(0)), text("-")), otherwise=text(""))
    tree = _joined([sign, text(mask.before), *pieces, text(mask.after)])
    return t.made(tree, STRING, single, digits, written)


def _whole_digits(t: Translator, written: exp.Expr, mask: _Mask) -> exp.Expr:
    length = minus(call("length", written), number(mask.most_decimals))
    whole: exp.Expr = call("left", written, cast(length, "int"))
    if mask.least_whole == 0:
        shown = t.dialect.function("grouped", whole) if mask.grouped else whole
        return when((compare(exp.EQ, whole, text("0")), text("")), otherwise=shown)
    if mask.grouped:
        whole = t.dialect.function("grouped", whole)
    return _padded(whole, mask.least_whole) if mask.least_whole > 1 else whole


def _decimals(written: exp.Expr, mask: _Mask) -> exp.Expr:
    if mask.most_decimals == 0:
        return text("")
    found = call("right", written, number(mask.most_decimals))
    optional = mask.most_decimals - mask.least_decimals
    return call("regexp_replace", found, text(f"0{{1,{optional}}}$"), text("")) if optional else found


def _padded(value: exp.Expr, length: int) -> exp.Expr:
    """Put zeros before a text that is shorter."""
    wanted = call("greatest", call("length", value), number(length))
    return call("lpad", value, cast(wanted, "int"), text("0"))


def _joined(pieces: list[exp.Expr]) -> exp.Expr:
    kept = [piece for piece in pieces if not (isinstance(piece, exp.Literal) and not piece.name)]
    tree = copy_of(kept[0]) if kept else text("")
    for piece in kept[1:]:
        tree = exp.DPipe(this=tree, expression=copy_of(piece))
    return exp.Paren(this=tree)


# -- times ---------------------------------------------------------------------------------------


def _time_text(t: Translator, value: Term, mask: str) -> Term:
    """Write a time; `mm` are minutes beside hours or seconds, else months."""
    words = _time_words(mask)
    twelve = any(word in ("am/pm", "a/p", "am", "pm", "hh12") for word, _ in words)
    pieces = [
        text(literal) if word is None else _time_piece(t, value.tree, _meant(words, place), twelve=twelve)
        for place, (word, literal) in enumerate(words)
    ]
    present = exp.Not(this=exp.Paren(this=exp.Is(this=copy_of(value.tree), expression=exp.Null())))
    return t.made(when((present, _joined(pieces))), STRING, value)


def _time_words(mask: str) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    at = 0
    while at < len(mask):
        match = _TIME.match(mask, at)
        if match is None:
            raise BadCalculation(f"TEXT cannot write times by {mask!r}: {mask[at]!r} means nothing there.")
        word = match["word"]
        if word is not None and word.lower() != "t":
            found.append((word.lower(), ""))
        else:
            literal = next(
                item for item in (match["quoted"], match["escaped"], match["other"], word) if item is not None
            )
            found.append((None, literal))
        at = match.end()
    if not any(word for word, _ in found):
        raise BadCalculation(f"TEXT cannot write a time by {mask!r}: use yyyy, mm, dd, hh and the like.")
    return found


def _meant(words: list[tuple[str | None, str]], place: int) -> str:
    word = words[place][0] or ""
    if word not in ("m", "mm"):
        return word
    before = next((item for item, _ in reversed(words[:place]) if item is not None), "")
    after = next((item for item, _ in words[place + 1 :] if item is not None), "")
    return "mi" if before.startswith("h") or after.startswith("s") else word


_DIGITS = {
    "yyyy": ("YEAR", 4),
    "mm": ("MONTH", 2),
    "m": ("MONTH", 1),
    "dd": ("DAY", 2),
    "d": ("DAY", 1),
    "mi": ("MINUTE", 2),
    "ss": ("SECOND", 2),
    "s": ("SECOND", 1),
    "q": ("QUARTER", 1),
    "ww": ("WEEK", 2),
}
_NAMES = {
    "mmmm": ("month_name", None),
    "month": ("month_name", None),
    "mmm": ("month_name", 3),
    "mon": ("month_name", 3),
    "dddd": ("day_of_week_name", None),
    "day": ("day_of_week_name", None),
    "ddd": ("day_of_week_name", 3),
}


def _time_piece(t: Translator, value: exp.Expr, word: str, *, twelve: bool) -> exp.Expr:
    if word in _DIGITS:
        return _digits(value, *_DIGITS[word])
    if word in _NAMES:
        style, length = _NAMES[word]
        name = t.dialect.format_time(copy_of(value), style)
        return name if length is None else call("left", name, number(length))
    if word == "yy":
        return call("right", _digits(value, "YEAR", 4), number(2))
    hour = part(value, "HOUR")
    if not word.startswith("h"):
        names = ("A", "P") if word == "a/p" else ("AM", "PM")
        early = compare(exp.LT, hour, number(12))
        return when((early, text(names[0])), otherwise=text(names[1]))
    if twelve and word != "hh24":
        late = exp.Paren(this=exp.Mod(this=plus(hour, number(11)), expression=number(12)))
        hour = plus(late, number(1))
    written = cast(copy_of(hour), "varchar")
    return _padded(written, 2) if len(word) > 1 else written


def _digits(value: exp.Expr, name: str, length: int) -> exp.Expr:
    written = cast(part(value, name), "varchar")
    return _padded(written, length) if length > 1 else written
