"""Renaming fields everywhere a query names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Rename = Callable[[str], str]

_LISTS = ("fields", "pivots", "fill_fields", "transposed_measures")
_KEYED = ("column_totals", "row_totals", "custom_summary_types")
_SORT_NAMES = ("column_name", "field")
_CALC_NAMES = ("field_name", "column_ref")
_DEPTH = 200


def rename_fields(body: dict[str, Any], rename: Rename) -> None:
    """Rename fields in the lists, sorts, totals, filters and calculations of a query, in place.

    Two filters that come to be on one field must both hold.
    """
    for key in _LISTS:
        if isinstance(body.get(key), list):
            body[key] = _each_once(rename(item) if isinstance(item, str) else item for item in body[key])
    for key in _KEYED:
        if isinstance(body.get(key), Mapping):
            body[key] = {rename(str(name)): value for name, value in body[key].items()}
    if isinstance(body.get("sorts"), list):
        body["sorts"] = [_renamed_keys(sort, _SORT_NAMES, rename) for sort in body["sorts"]]
    if isinstance(body.get("filters"), Mapping):
        filters: dict[str, Any] = {}
        for name, value in body["filters"].items():
            add_filter(filters, rename(str(name)), value, "AND")
        body["filters"] = filters
    if isinstance(body.get("calculations"), list):
        body["calculations"] = [_renamed_deep(calc, rename, 0) for calc in body["calculations"]]


def add_filter(filters: dict[str, Any], name: str, value: object, conjunction: str) -> None:
    """Put a filter beside the one a field has."""
    known = filters.get(name)
    if known is None:
        filters[name] = value
    else:
        filters[name] = {"type": "composite", "conjunction": conjunction, "filters": [known, value]}


def _each_once(items: Iterable[object]) -> list[object]:
    """Leave out names that came to be twice; what is no name stays, for the reader to refuse."""
    found: list[object] = []
    seen: set[str] = set()
    for item in items:
        if not isinstance(item, str):
            found.append(item)
        elif item not in seen:
            seen.add(item)
            found.append(item)
    return found


def _renamed_keys(entry: object, keys: tuple[str, ...], rename: Rename) -> object:
    if not isinstance(entry, Mapping):
        return entry
    return {
        key: rename(value) if key in keys and isinstance(value, str) else value
        for key, value in entry.items()
    }


def _renamed_deep(node: object, rename: Rename, depth: int) -> object:
    if depth > _DEPTH:
        return node
    if isinstance(node, list):
        return [_renamed_deep(item, rename, depth + 1) for item in node]
    if not isinstance(node, Mapping):
        return node
    changed: dict[str, object] = {}
    for key, value in node.items():
        if key in _CALC_NAMES and isinstance(value, str):
            changed[key] = rename(value)
        elif key == "column_ref" and isinstance(value, list) and value and isinstance(value[0], str):
            changed[key] = [rename(value[0]), *value[1:]]
        else:
            changed[key] = _renamed_deep(value, rename, depth + 1)
    return changed
