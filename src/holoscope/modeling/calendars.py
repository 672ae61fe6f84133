"""Custom calendars: the sound ones, and the copies of their views that fields join (modeling digest §9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from holoscope.modeling.model import CustomCalendar
from holoscope.modeling.types import EMPTY
from holoscope.modeling.views import View

_MARK = "$"


def calendar_copy(view: str, field: str) -> str:
    """Name the copy of a calendar's view that one field joins; no view of an author has such a name."""
    return f"{view}{_MARK}{field}"


def field_of_copy(name: str) -> tuple[str, str] | None:
    """Give the view and field that a calendar's copy belongs to; None for an ordinary name."""
    view, mark, field = name.partition(_MARK)
    return (view, field) if mark and view else None


def sound_calendars(
    calendars: Mapping[str, CustomCalendar], views: Mapping[str, View]
) -> Mapping[str, CustomCalendar]:
    """Keep the calendars whose view and columns are there."""
    return MappingProxyType(
        {
            name: calendar
            for name, calendar in calendars.items()
            if calendar.view in views
            and {calendar.date, *calendar.mappings.values()} <= views[calendar.view].dimensions.keys()
        }
    )


def calendar_copies(
    views: Iterable[View], known: Mapping[str, View], calendars: Mapping[str, CustomCalendar]
) -> Mapping[str, View]:
    """Make the copies that the fields of `views` join; `known` holds the calendars' own views."""
    if not calendars:
        return EMPTY
    copies: dict[str, View] = {}
    for view in views:
        for field in view.dimensions.values():
            calendar = calendars.get(field.custom_calendar or "")
            if calendar is not None and calendar.view in known:
                name = calendar_copy(view.name, field.name)
                copies[name] = _copy(known[calendar.view], name)
    return MappingProxyType(copies)


def _copy(view: View, name: str) -> View:
    dimensions = {key: replace(item, view=name) for key, item in view.dimensions.items()}
    return replace(
        view,
        name=name,
        alias_of=view.name,
        hidden=True,
        aliases=(),
        dimensions=MappingProxyType(dimensions),
        measures=EMPTY,
        filters=EMPTY,
        rollup=None,
    )
