"""PERIOD_OVER_PERIOD: a control becomes `period_over_period_computations` (query digest §2.7, §2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.query.controls.read import Control

PIVOT = "omni_period_pivot"
_KEY = "period_over_period_computations"
_SPELLINGS = {
    "time_unit_name": ("timeUnitName", "time_unit_name", "timeUnit", "time_unit"),
    "periods_ago": ("periodsAgo", "periods_ago"),
    "is_dynamic_previous_period": ("isDynamicPreviousPeriod", "is_dynamic_previous_period"),
    "is_ignored": ("isIgnored", "is_ignored"),
}


def compare_periods(control: Control, body: dict[str, Any]) -> None:
    """Put the control's computations in the place of the query's own on that date field, in place.

    The period asked for stays the first of them; the pseudo field of periods is selected and pivoted.

    Raises:
        BadRequest: a computation is no object.
    """
    field = control.config.get("filterFieldName") or control.config.get("filter_field_name")
    if not isinstance(field, str) or not field:
        raise BadRequest(f"Bad Request: {control.at}.filterFieldName: Required")
    asked = [_computation(each, field, control) for each in control.items("computations")]
    earlier = [each for each in asked if each.get("periods_ago") or each.get("is_dynamic_previous_period")]
    if not earlier:
        return
    own = body.get(_KEY)
    others = [
        each
        for each in (own if isinstance(own, list) else ())
        if isinstance(each, Mapping) and each.get("date_filter_field_name") != field
    ]
    body[_KEY] = [*others, {"date_filter_field_name": field, "periods_ago": None}, *earlier]
    for key in ("fields", "pivots"):
        names = body.get(key) or []
        if isinstance(names, list) and PIVOT not in names:
            body[key] = [*names, PIVOT]


def _computation(entry: object, field: str, control: Control) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise BadRequest(f"Bad Request: {control.at}.computations: expected an array of objects")
    found: dict[str, Any] = {"date_filter_field_name": field}
    for name, spellings in _SPELLINGS.items():
        for spelling in spellings:
            if spelling in entry:
                found[name] = entry[spelling]
                break
    return found
