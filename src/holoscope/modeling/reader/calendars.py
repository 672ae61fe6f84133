"""`custom_calendars` of the model file (modeling digest §9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from holoscope.modeling.model import CustomCalendar
from holoscope.modeling.reader.keys import CALENDAR, CALENDAR_MAPPINGS
from holoscope.modeling.reader.section import Section


def read_calendars(section: Section) -> Mapping[str, CustomCalendar]:
    """Read the calendars; a bad one is left out by itself."""
    found: dict[str, CustomCalendar] = {}
    for name, mark, node, path in section.children("custom_calendars"):
        item = Section(node, CALENDAR, section.report, path, mark)
        if item.flag("ignored"):
            continue
        for key in ("view", "date", "mappings"):
            item.require(key)
        view, date, mapped = item.word("view"), item.word("date"), item.node("mappings")
        if item.broken or view is None or date is None or mapped is None:
            continue
        place = item.entries["mappings"][0]
        inner = Section(mapped, CALENDAR_MAPPINGS, section.report, (*path, "mappings"), place)
        words = {key: inner.word(key) for key in inner.entries}
        if not inner.broken:
            own = f"{view}."
            mappings = {key: word.removeprefix(own) for key, word in words.items() if word is not None}
            found[name] = CustomCalendar(name, view, date.removeprefix(own), MappingProxyType(mappings))
    return MappingProxyType(found)
