"""Custom calendars stand on views that exist, and fields on calendars that do (modeling digest §9.4)."""

from __future__ import annotations

from collections.abc import Iterator

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Severity
from holoscope.modeling.draft import Draft
from holoscope.modeling.fields import Dimension
from holoscope.modeling.findings import Finding, Kind, LeftOut
from holoscope.modeling.model import CustomCalendar
from holoscope.modeling.names import Names, Problem

_FILE = "model"


def check(draft: Draft) -> Iterator[Finding]:
    """Report calendars that cannot be joined; fields that ask for one go with it."""
    broken: set[str] = set()
    for calendar in draft.model.custom_calendars.values():
        for key, problem in _problems(calendar, draft.names):
            broken.add(calendar.name)
            path = ("custom_calendars", calendar.name, *key)
            yield Finding(problem.code, problem.message, _FILE, path, fix=problem.fix)
        view = draft.names.original(calendar.view)
        if calendar.name not in broken and view is not None and view.primary_key != (calendar.date,):
            yield Finding(
                Code.CALENDAR_DATES_NOT_KEY,
                f'The days of the calendar "{calendar.name}" are taken to be unique, but '
                f'"{calendar.date}" is not the primary key of "{calendar.view}".',
                _FILE,
                ("custom_calendars", calendar.name, "date"),
                severity=Severity.WARNING,
                fix="Set primary_key: true on it.",
            )
    for view in draft.views.values():
        for field in view.dimensions.values():
            if field.custom_calendar is not None and not field.ignored:
                yield from _field(draft, field, broken)


def _problems(calendar: CustomCalendar, names: Names) -> Iterator[tuple[tuple[str, ...], Problem]]:
    problem = names.explain_view(calendar.view)
    if problem is not None:
        yield ("view",), problem
        return
    wanted: list[tuple[tuple[str, ...], str]] = [(("date",), calendar.date)]
    wanted += [(("mappings", key), name) for key, name in calendar.mappings.items()]
    for key, name in wanted:
        found = names.find(calendar.view, name)
        problem = names.explain_field(calendar.view, name)
        if problem is None and not isinstance(found, Dimension):
            problem = Problem(
                Code.WRONG_TYPE, f'"{calendar.view}.{name}" must be a dimension, not a measure.'
            )
        if problem is not None:
            yield key, problem


def _field(draft: Draft, field: Dimension, broken: set[str]) -> Iterator[Finding]:
    name = field.custom_calendar or ""
    if name in draft.model.custom_calendars and name not in broken:
        return
    if name in broken:
        code, message, fix = Code.BROKEN_REFERENCE, f'The calendar "{name}" has errors of its own.', None
    else:
        found = near(name, draft.model.custom_calendars, limit=1)
        code, message = Code.UNKNOWN_CALENDAR, f'No such calendar "{name}".'
        fix = f"Did you mean {found[0]}?" if found else None
    yield Finding(
        code,
        message,
        field.position.file,
        ("dimensions", field.name, "custom_calendar"),
        fix=fix,
        at_value=True,
        leaves_out=(LeftOut(Kind.FIELD, field.qualified_name),),
    )
