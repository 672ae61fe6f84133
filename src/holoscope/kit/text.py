"""Words for people: nearest names and titles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category

from rapidfuzz import fuzz, process


def near(name: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` known names that look like `name`, best first."""
    found = process.extract(name, list(known), scorer=fuzz.ratio, limit=limit, score_cutoff=70)
    return tuple(match[0] for match in found)


def title(name: str) -> str:
    """Turn a field name into its default label: `ride_minutes` -> `Ride Minutes` (modeling digest §2)."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)


_WHOLE = re.compile(r"-?\d{1,40}")


def read_whole(text: str) -> int | None:
    """Read a whole number; None for anything else, and for one of more digits than any that means something.

    Python itself refuses to read thousands of digits.
    """
    return int(text) if _WHOLE.fullmatch(text) else None


def is_storable(text: str) -> bool:
    """Tell whether a database can hold a text: no NUL, which PostgreSQL refuses, and no half of a pair."""
    return all(each != "\x00" and not "\ud800" <= each <= "\udfff" for each in text)


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_plain(text: str) -> bool:
    """Tell whether a text is fit for a name: no control characters, line ends or turning marks.

    Joiners, which Persian, Indic scripts and emoji need, are fine; marks that turn the direction of
    writing can make one name look like another.
    """
    return all(category(each) not in {"Cc", "Cs", "Zl", "Zp"} and each not in _TURNING for each in text)
