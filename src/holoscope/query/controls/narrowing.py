"""Filter controls, DYNAMIC_FILTER and MULTI_FIELD_FILTER: which rows a query keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.query.controls.names import add_filter
from holoscope.query.controls.read import Control

EITHER = "any_of"
"""The key under which alternatives across fields stand in a query object: lists of lists of filters."""
_MOST = 200


def add_filters(controls: Sequence[Control], targets: Mapping[str, str], body: dict[str, Any]) -> None:
    """Add the filters of plain filter controls; several on one field are alternatives, in place.

    What the query itself asks of the field holds beside them. `targets` gives the field each one is about.
    """
    merged: dict[str, Any] = {}
    for control in controls:
        name = targets.get(control.id) or control.text("fieldName")
        add_filter(merged, name, _filter(control.config), "OR")
    _hold(merged, body)


def _filter(config: Mapping[str, Any]) -> dict[str, Any]:
    """Take the filter out of a control: without what is about the control itself."""
    # `field_name` stays: of a filter by another query it names the column.
    return {key: value for key, value in config.items() if key not in ("id", "label", "fieldName")}


def _hold(merged: Mapping[str, Any], body: dict[str, Any]) -> None:
    filters = dict(body["filters"]) if isinstance(body.get("filters"), Mapping) else {}
    for name, value in merged.items():
        add_filter(filters, name, value, "AND")
    if filters:
        body["filters"] = filters


def add_dynamic(control: Control, body: dict[str, Any]) -> None:
    """Add the filters somebody put into a DYNAMIC_FILTER, in place.

    Raises:
        BadRequest: one is about a field that the control does not offer.
    """
    selection = control.config.get("fieldSelection")
    offered: set[str] | None = None
    if isinstance(selection, Mapping) and selection.get("mode") == "specific":
        listed = selection.get("fields") or ()
        offered = {
            str(each.get("fieldName") if isinstance(each, Mapping) else each)
            for each in (listed if isinstance(listed, list) else ())
        }
    merged: dict[str, Any] = {}
    for name, value in _entries(control):
        if offered is not None and name not in offered:
            raise BadRequest(f"Bad Request: {control.at}.filters: the control does not offer '{name}'")
        add_filter(merged, name, value, "AND")
    _hold(merged, body)


def add_alternatives(control: Control, body: dict[str, Any]) -> None:
    """Add a MULTI_FIELD_FILTER: rows that pass one at least of its filters, in place.

    Raises:
        BadRequest: its conjunction is no OR, or an entry names no field.
    """
    conjunction = str(control.config.get("conjunction") or "OR").upper()
    if conjunction not in ("OR", "AND"):
        raise BadRequest(
            f"Bad Request: {control.at}.conjunction: Invalid enum value. Expected 'OR', received "
            f"'{control.config.get('conjunction')}'"
        )
    entries = _entries(control)
    if conjunction == "AND":
        merged: dict[str, Any] = {}
        for name, value in entries:
            add_filter(merged, name, value, "AND")
        _hold(merged, body)
    elif entries:
        body[EITHER] = [*body.get(EITHER, ()), entries]


def _entries(control: Control) -> list[tuple[str, Any]]:
    """Read `filters`: `[{fieldName, filter}]`, or an object of filters by field."""
    value = control.config.get("filters")
    if isinstance(value, Mapping):
        return [(str(name), each) for name, each in value.items()]
    entries = []
    for number, entry in enumerate(control.items("filters")):
        at = f"{control.at}.filters.{number}"
        if not isinstance(entry, Mapping):
            raise BadRequest(f"Bad Request: {at}: expected an object")
        name = entry.get("fieldName", entry.get("field_name"))
        if not isinstance(name, str) or not name:
            raise BadRequest(f"Bad Request: {at}.fieldName: Required")
        entries.append((name, entry.get("filter", entry)))
    if len(entries) > _MOST:
        raise BadRequest(f"Bad Request: {control.at}.filters: at most {_MOST} filters")
    return entries
