"""FIELD_SELECTION, MULTI_FIELD_SELECTION, FIELD_PICKER and TOP_N: which fields a query shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.modeling.timeframes import split_grain
from holoscope.query.controls.names import Rename, rename_fields
from holoscope.query.controls.read import Control

_MOST = 1_000_000


def with_parents(controls: Sequence[Control]) -> list[Control]:
    """Let each MULTI_FIELD_SELECTION choose for its children.

    Raises:
        BadRequest: a parent's value chooses nothing for a child that it maps.
    """
    chosen: dict[str, str] = {}
    for parent in controls:
        if parent.type == "MULTI_FIELD_SELECTION":
            chosen |= _choices(parent)
    return [
        replace(one, config={**one.config, "value": chosen[one.id]})
        if one.type == "FIELD_SELECTION" and one.id in chosen
        else one
        for one in controls
    ]


def _choices(parent: Control) -> dict[str, str]:
    children = parent.config.get("selectionMap") or {}
    if not isinstance(children, Mapping):
        raise BadRequest(f"Bad Request: {parent.at}.selectionMap: expected an object")
    value = _allowed(parent, parent.text("value"))
    chosen: dict[str, str] = {}
    for child, choices in children.items():
        field = choices.get(value) if isinstance(choices, Mapping) else None
        if not isinstance(field, str):
            raise BadRequest(f"Bad Request: {parent.at}.selectionMap.{child}: says nothing for '{value}'")
        chosen[str(child)] = field
    return chosen


def _allowed(control: Control, value: str) -> str:
    options = control.options()
    if options and value not in options:
        known = ", ".join(options[:20])
        raise BadRequest(f"Bad Request: {control.at}.value: '{value}' is none of the options: {known}")
    return value


def swap_field(control: Control, body: dict[str, Any]) -> None:
    """Put the chosen field, or timeframe, in the place of the control's own, in place.

    Raises:
        BadRequest: the value is none of the options.
    """
    field, value = control.text("field"), control.config.get("value")
    if value is None or value == "":
        return
    if not isinstance(value, str):
        raise BadRequest(f"Bad Request: {control.at}.value: expected the name of a field")
    value = value.strip()
    if value == field:
        return
    timeframe = str(control.config.get("kind") or "").upper() == "TIMEFRAME"
    if timeframe and "." not in value:
        value = f"{split_grain(field)[0]}[{value}]"
    else:
        _allowed(control, value)
    rename_fields(body, _rename(field, value, body, control, timeframe=timeframe))


def _rename(field: str, value: str, body: Mapping[str, Any], control: Control, *, timeframe: bool) -> Rename:
    base, grain = split_grain(field)
    target, chosen = split_grain(value)
    fields = body.get("fields")
    names = {name for name in fields if isinstance(name, str)} if isinstance(fields, list) else set()
    swapped = {grain}
    if timeframe and not any(split_grain(name) == (base, grain) for name in names):
        # The query shows the field at another of the timeframes on offer: it is that one that changes.
        swapped = {split_grain(option)[1] for option in (field, *control.options())}

    def rename(name: str) -> str:
        own, word = split_grain(name)
        if own != base:
            return name
        if timeframe:
            return value if word is not None and word in swapped else name
        if word == grain:
            return value
        # A timeframe of the field becomes the same one of the chosen field.
        return f"{target}[{word}]" if grain is None and chosen is None and word else name

    return rename


def pick_fields(control: Control, body: dict[str, Any]) -> None:
    """Add the picked fields; dimensions stand after the last dimension, where the query says which that is.

    Raises:
        BadRequest: a value is none of the options.
    """
    values = control.items("values")
    dimensions = {
        each["value"]
        for each in control.items("options")
        if isinstance(each, Mapping)
        and isinstance(each.get("value"), str)
        and str(each.get("isDimension")).lower() == "true"
    }
    fields = list(body["fields"]) if isinstance(body.get("fields"), list) else []
    last = body.get("dimensionIndex")
    for value in values:
        if not isinstance(value, str):
            raise BadRequest(f"Bad Request: {control.at}.values: expected names of fields")
        _allowed(control, value)
        if value in fields:
            continue
        if value in dimensions and isinstance(last, int) and not isinstance(last, bool):
            last = min(max(last, -1), len(fields) - 1) + 1
            fields.insert(last, value)
        else:
            fields.append(value)
    body["fields"] = fields
    if isinstance(last, int):
        body["dimensionIndex"] = last


def change_top(control: Control, body: dict[str, Any]) -> None:
    """Ask another number of first values of a ranked dimension: `brand_top[10]` becomes `brand_top[25]`.

    Raises:
        BadRequest: the number is none, or outside of what the control allows.
    """
    base, _ = split_grain(control.text("field"))
    value = control.config.get("value", control.config.get("defaultValue"))
    if value is None:
        return
    wanted = _whole(value, f"{control.at}.value")
    low = _whole(control.config.get("min") or 1, f"{control.at}.min")
    high = _whole(control.config.get("max") or _MOST, f"{control.at}.max")
    if not max(low, 1) <= wanted <= high:
        raise BadRequest(f"Bad Request: {control.at}.value: expected a number from {max(low, 1)} to {high}")

    def rename(name: str) -> str:
        own, word = split_grain(name)
        return f"{base}[{wanted}]" if own == base and word is not None and word.isdecimal() else name

    rename_fields(body, rename)


def _whole(value: object, at: str) -> int:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:9])
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(f"Bad Request: {at}: expected a whole number")
    return value
