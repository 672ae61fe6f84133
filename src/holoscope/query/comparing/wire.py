"""Reading `period_over_period_computations` (query digest §2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from holoscope.kit.errors import BadRequest, InvalidQuery
from holoscope.kit.text import read_whole
from holoscope.query.filters.wire_values import read_bool

PERIOD = "omni_period_pivot"
"""The pseudo field that holds the name of each period."""
CURRENT = "Current Period"
_KEY = "period_over_period_computations"
_UNITS = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
_MOST = 12
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Computation:
    """An earlier period: its date field moved back `count` units, or by the length of the period (None)."""

    field: str
    unit: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared with the current period, and the date fields whose filters say what that is."""

    fields: tuple[str, ...] = ()
    earlier: tuple[Computation, ...] = ()


def read_compared(value: object, fields: tuple[str, ...]) -> Compared:
    """Read the computations of a query whose fields are `fields`.

    The first entry without `periods_ago` is the current period, which is there in any case; ignored ones
    are left out.

    Raises:
        BadRequest: an entry is of the wrong shape.
        InvalidQuery: there are periods and no field for them, or the other way round.
    """
    if value and not isinstance(value, list):
        raise BadRequest(f"Bad Request: query.{_KEY}: expected an array")
    entries = value if isinstance(value, list) else []
    earlier: list[Computation] = []
    known: list[str] = []
    for position, entry in enumerate(entries):
        at = f"query.{_KEY}.{position}"
        if not isinstance(entry, Mapping):
            raise BadRequest(f"Bad Request: {at}: expected an object")
        name = entry.get("date_filter_field_name")
        if not isinstance(name, str) or not name:
            raise BadRequest(f"Bad Request: {at}.date_filter_field_name: Required")
        found = _computation(entry, name, at)
        if found is None:
            known.append(name)
        elif not read_bool(entry.get("is_ignored"), f"{at}.is_ignored"):
            earlier.append(found)
    if len(earlier) > _MOST:
        raise BadRequest(f"Bad Request: query.{_KEY}: at most {_MOST} periods")
    selected = PERIOD in {name.lower() for name in fields}
    if earlier and not selected:
        raise InvalidQuery(
            f'Periods are compared beside each other: add "{PERIOD}" to query.fields and query.pivots, '
            f"or remove query.{_KEY}."
        )
    if selected and not entries:
        raise InvalidQuery(f'"{PERIOD}" needs query.{_KEY}, which say what is compared.')
    if not selected:
        return Compared()
    return Compared(tuple(dict.fromkeys((*known, *(item.field for item in earlier)))), tuple(earlier))


def _computation(entry: Mapping[str, object], name: str, at: str) -> Computation | None:
    """Read an entry, None for the current period."""
    if read_bool(entry.get("is_dynamic_previous_period"), f"{at}.is_dynamic_previous_period"):
        return Computation(name)
    ago = entry.get("periods_ago")
    if isinstance(ago, str) and (whole := read_whole(ago.strip())) is not None:
        ago = whole
    if isinstance(ago, float) and ago.is_integer():
        ago = int(ago)
    if ago is None or ago == 0:
        return None
    if isinstance(ago, bool) or not isinstance(ago, int) or not 0 < ago <= _LONGEST:
        raise BadRequest(
            f"Bad Request: {at}.periods_ago: expected a whole number of periods, 0 for the current"
        )
    word = entry.get("time_unit_name") or entry.get("time_unit") or ""
    unit = str(word).strip().lower().removesuffix("s").removeprefix("fiscal_")
    unit = "day" if unit == "date" else unit
    if unit not in _UNITS:
        raise InvalidQuery(
            f"{at}.time_unit_name: '{word}' is no unit of time: use one of {', '.join(_UNITS)}."
        )
    return Computation(name, unit, ago)
