"""Names for views, fields and files, made of whatever a database calls its things (modeling digest §2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_NOT_IN_NAMES = re.compile(r"[^\w]+|_+")
_LEGAL = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_CAMEL_KEY = re.compile(r"(.*[a-z0-9])(?:Id|ID)\Z", re.DOTALL)
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_NOT_IN_PATHS = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_LAST_WORD = re.compile(r"(.*_)?([^_]+)\Z", re.DOTALL)
_IRREGULAR = {
    "child": "children", "datum": "data", "foot": "feet", "index": "indices", "man": "men",
    "mouse": "mice", "person": "people", "tooth": "teeth", "woman": "women",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def identifier(name: str, kind: str) -> str:
    """Turn a database's name into a legal one: lower case, letters, digits and single underscores.

    Accents go; letters of other scripts stay. `kind` stands before a leading digit, and for a name
    of which nothing is left.
    """
    if _LEGAL.match(name):
        return name
    lowered = unicodedata.normalize("NFKC", name).lower().translate(_LETTERS)
    plain = "".join(_without_accent(letter) for letter in lowered)
    words = _NOT_IN_NAMES.sub("_", plain).strip("_")
    if not words:
        return kind
    named = words if words[0].isidentifier() else f"{kind}_{words}"
    return named if named.isidentifier() else kind


def says_all(name: str, made: str) -> bool:
    """Tell whether `made` still says what `name` said, so that its default label will do."""
    return _NOT_IN_NAMES.sub("_", name.lower().replace("-", "_").replace(".", "_")) == made and all(
        letter.isalnum() or letter in " _-." for letter in name
    )


def join_names(*parts: str) -> str:
    """Put parts of a view's name together: all but the last with one underscore, that with two."""
    return f"{'_'.join(parts[:-1])}__{parts[-1]}" if len(parts) > 1 else parts[0]


def free(wanted: str, taken: set[str]) -> str:
    """Return `wanted`, or it with the first number that makes it free, and take it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name


def file_key(folder: str, name: str, taken: set[str]) -> str:
    """Return the key of a view's file; whatever cannot stand in a path becomes an underscore."""
    path = f"{_segment(folder)}/{_segment(name)}"
    stem, number = path, 1
    while path.lower() in taken:
        number += 1
        path = f"{stem}_{number}"
    taken.add(path.lower())
    return f"{path}.view"


def key_stem(column: str) -> str | None:
    """Return what a key-like column names: `rider` of `rider_id`, `Rider ID` and `riderId`."""
    name = identifier(column, "column")
    if name.endswith("_id"):
        return name[:-3] or None
    camel = _CAMEL_KEY.match(column)
    return identifier(_CAMEL.sub("_", camel.group(1)), "column") if camel else None


def table_names(stem: str) -> Iterable[str]:
    """Yield what a table may be called whose rows a `<stem>_id` names: the word itself, then its plurals."""
    found = _LAST_WORD.match(stem)
    if found is None:
        return
    before, word = found.group(1) or "", found.group(2)
    yield stem
    for plural in _plurals(word):
        yield before + plural


def _plurals(word: str) -> Iterable[str]:
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    yield word + "s"
    if word.endswith("y"):
        yield word[:-1] + "ies"
    if word.endswith("is"):
        yield word[:-2] + "es"
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        yield word + "es"
    if word.endswith("f"):
        yield word[:-1] + "ves"
    if word.endswith("fe"):
        yield word[:-2] + "ves"


def _without_accent(letter: str) -> str:
    """Return the Latin letter under the accents; any other letter as it is."""
    if letter.isascii():
        return letter
    if "\u0300" <= letter <= "\u036f":  # an accent that stands alone
        return ""
    base = unicodedata.normalize("NFKD", letter)
    if base[0].isascii() and base[0].isalpha():
        return base[0]
    return letter


def _segment(name: str) -> str:
    cleaned = _NOT_IN_PATHS.sub("_", name)
    cleaned = "".join(letter if letter.isprintable() else "_" for letter in cleaned)
    return cleaned if cleaned.strip(". ") else "_"
