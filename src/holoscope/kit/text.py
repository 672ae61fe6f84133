"""Words for people: nearest names and titles."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def near(name: str, known: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` known names that look like `name`, best first."""
    found = process.extract(name, list(known), scorer=fuzz.ratio, limit=limit, score_cutoff=70)
    return tuple(match[0] for match in found)


def title(name: str) -> str:
    """Turn a field name into its default label: `ride_minutes` -> `Ride Minutes` (modeling digest §2)."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_") if word)
