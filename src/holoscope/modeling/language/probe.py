"""What may stand in a key, found out by asking the reader: it is shown one value of each kind."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Diagnostic, Severity
from holoscope.modeling.language.places import FILES, Place
from holoscope.modeling.reader.files import read_once
from holoscope.modeling.reader.keys import Use

_TEXT = "qqzzqqzz"
_ITEM = [_TEXT]
_GROUPS = [{"filter": {"is": "a"}, "name": "b"}]
_PROBES: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("text", (_TEXT, "{{omni_attributes.qqzz}}")),
    ("boolean", (True,)),
    ("integer", (3,)),
    ("number", (2.5,)),
    ("list", ([], _ITEM, _GROUPS)),
    ("map", ({}, {"field": "thing"}, {"is": "a"})),
)
_USE = re.compile(r"Use (.+)\.\Z")
_SHAPE = frozenset(
    {
        Code.WRONG_TYPE,
        Code.UNKNOWN_WORD,
        Code.BAD_AGGREGATE,
        Code.BAD_FORMAT,
        Code.UNKNOWN_TIMEFRAME,
        Code.BAD_GROUPS,
        Code.BAD_BINS,
        Code.BAD_DURATION,
        Code.BAD_CONSTANT,
        Code.NOT_SUPPORTED_YET,
        Code.BAD_TEMPLATE,
    }
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a key takes: kinds of values, and the words where only some may stand; `of_items`: in its list.

    `is_refused`: whatever it says, nothing understands it yet.
    """

    types: tuple[str, ...]
    words: tuple[str, ...] = ()
    of_items: tuple[str, ...] = ()
    items_are_timeframes: bool = False
    is_refused: bool = False


def probe(place: Place, key: str) -> Taken:
    """Ask the reader what may stand in a key of a place; nothing where it is not read."""
    if place.table[key] is not Use.READ:
        return Taken((), is_refused=place.table[key] is Use.LATER)
    types: list[str] = []
    words: tuple[str, ...] = ()
    for kind, values in _PROBES:
        refused = min((_refusals(place, key, value) for value in values), key=len)
        if any(item.code == Code.NOT_SUPPORTED_YET for item in refused):
            return Taken((), is_refused=True)
        if kind == "text" and (allowed := _words(refused)):
            words = allowed
            types.append("word")
        elif not refused:
            types.append(kind)
    if "text" in types or "word" in types:  # scalars are text as they are written
        types = [kind for kind in types if kind not in ("boolean", "integer", "number")]
    if "number" in types and "integer" in types:
        types.remove("integer")
    items = _refusals(place, key, _ITEM) if "list" in types else []
    timeframes = any(item.code == Code.UNKNOWN_TIMEFRAME for item in items)
    return Taken(tuple(types), words, _words(items), timeframes)


def _refusals(place: Place, key: str, value: object) -> list[Diagnostic]:
    file = FILES[place.file]
    text = json.dumps(place.document(key, value))
    path = place.path(key)
    parsed = read_once(file, text)
    found = () if parsed is None else parsed.diagnostics
    return [
        item
        for item in found
        if item.severity is Severity.ERROR
        and item.code in _SHAPE
        and (item.yaml_path == path or item.yaml_path.startswith(f"{path}."))
    ]


def _words(refused: list[Diagnostic]) -> tuple[str, ...]:
    for item in refused:
        found = _USE.match(item.fix or "")
        if found and item.code in (Code.UNKNOWN_WORD, Code.BAD_AGGREGATE):
            return tuple(found[1].split(", "))
    return ()
