"""Controls applied to a query object: what comes out asks the same without any control.

Order: switches of fields first, so that filters meet the fields that are shown; then filters; then the
comparison of periods (docs/decisions/0053).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from holoscope.kit.errors import BadRequest
from holoscope.query.controls.narrowing import EITHER, add_alternatives, add_dynamic, add_filters
from holoscope.query.controls.periods import compare_periods
from holoscope.query.controls.read import KINDS, Control, read_controls
from holoscope.query.controls.swaps import change_top, pick_fields, swap_field, with_parents

_SWITCHES = {"FIELD_SELECTION": swap_field, "TOP_N": change_top, "FIELD_PICKER": pick_fields}
_TILE = ("tileKey", "tile_key")


def apply_controls(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the query object that its `controls` make of it; the same one where it has none.

    Alternatives across fields stand under `EITHER` in it, a key that nobody can send.

    Raises:
        BadRequest: a control cannot be read, or does not say enough for this query.
    """
    plain = {key: value for key, value in body.items() if key != EITHER}
    if not body.get("controls"):
        return plain if EITHER in body else body
    tile = next((str(body[key]) for key in _TILE if body.get(key) is not None), None)
    controls = [one for one in read_controls(body["controls"], "query.controls") if _counts(one, tile)]
    plain.pop("controls")
    targets = {one.id: str(one.map[tile]) for one in controls if tile is not None and tile in one.map}
    for control in with_parents(controls):
        if control.type in _SWITCHES:
            _SWITCHES[control.type](_aimed(control, targets), plain)
    add_filters([one for one in controls if one.type not in KINDS], targets, plain)
    for control in controls:
        if control.type == "DYNAMIC_FILTER":
            add_dynamic(control, plain)
        elif control.type == "MULTI_FIELD_FILTER":
            add_alternatives(control, plain)
    for control in controls:
        if control.type == "PERIOD_OVER_PERIOD":
            compare_periods(control, plain)
    return plain


def _counts(control: Control, tile: str | None) -> bool:
    """Tell whether a control is about this query.

    Raises:
        BadRequest: the control tells tiles apart, and the query does not say which it is.
    """
    if not control.map:
        return True
    if tile is None:
        raise BadRequest(
            f"Bad Request: {control.at}.map: the control counts for single tiles: say in query.tileKey which "
            "of them this query is, or remove the map"
        )
    target = control.map.get(tile, True)
    return target is not False and str(target).lower() != "false"


def _aimed(control: Control, targets: Mapping[str, str]) -> Control:
    """Let a switch change another field in this tile, where its map names one."""
    target = targets.get(control.id)
    if target is None or target.lower() == "true":
        return control
    return replace(control, config={**control.config, "field": target})
