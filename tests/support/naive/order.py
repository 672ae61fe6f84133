"""Sorting with NULLs where the query puts them (query digest §2.3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any


def _compare(left: Any, right: Any, *, descending: bool, nulls_first: bool) -> int:
    if left is None or right is None:
        if left is None and right is None:
            return 0
        return (-1 if left is None else 1) * (1 if nulls_first else -1)
    if left == right:
        return 0
    return (1 if left > right else -1) * (-1 if descending else 1)


def nulls_first(null_sort: str | None, *, descending: bool) -> bool:
    """NULL is the smallest value unless told otherwise; the warehouse's own default puts it last."""
    word = (null_sort or "OMNI_DEFAULT").upper()
    if word in ("FIRST", "LAST"):
        return word == "FIRST"
    return False if word == "DIALECT_DEFAULT" else not descending


def sort_indices(keys: list[Sequence[Any]], sorts: list[dict[str, Any]]) -> list[int]:
    """Return the order of rows whose sort values are `keys`, one value per sort."""
    rules = []
    for sort in sorts:
        descending = str(sort.get("sort_descending", False)).lower() == "true"
        rules.append((descending, nulls_first(sort.get("null_sort"), descending=descending)))

    def compare(left: int, right: int) -> int:
        for place, (descending, first) in enumerate(rules):
            found = _compare(keys[left][place], keys[right][place], descending=descending, nulls_first=first)
            if found:
                return found
        return 0

    return sorted(range(len(keys)), key=cmp_to_key(compare))
