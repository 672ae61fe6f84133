"""Dimensions and measures of a view file (modeling digest §8, §11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.fields import ConditionalFormat, Dimension, Measure
from holoscope.modeling.reader import passive
from holoscope.modeling.reader.aggregates import read_aggregate
from holoscope.modeling.reader.computed import (
    read_boundaries,
    read_duration,
    read_groups,
    read_labels,
    read_otherwise,
)
from holoscope.modeling.reader.conditions import read_measure_filters
from holoscope.modeling.reader.detail import read_dynamic_top_n, read_level_of_detail
from holoscope.modeling.reader.formats import read_format
from holoscope.modeling.reader.keys import DIMENSION, MEASURE
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Table
from holoscope.modeling.timeframes import GRAINS, WEEKDAYS
from holoscope.modeling.types import Aggregate, DataType

__all__ = ["DIMENSION", "MEASURE", "read_dimension", "read_measure", "read_timeframes", "read_week_start"]

_TYPES: Mapping[str, DataType] = {
    word: DataType(word.upper())
    for word in ("timestamp", "string", "boolean", "number", "interval", "array", "json")
}
_WEEKDAYS = {name: name.capitalize() for name in WEEKDAYS}


Reader = Callable[[Section, str, str], Any]
"""Reads one key of a section; the last argument is the field's own view. None: not said, or bad."""


def read_dimension(section: Section, view: str, name: str) -> Dimension | None:
    """Read one dimension; None when it is bad (then it has been reported)."""
    said = _said(section, _DIMENSION_READERS, view, name)
    _keep_extra(said, section, passive.DIMENSION)
    if "else" in said:
        said["otherwise"] = said.pop("else")
    detail = said.get("level_of_detail")
    if detail is not None and "sql" not in said and detail.aggregate is not Aggregate.COUNT:
        message = f'Dimension "{name}": its level of detail needs sql to aggregate.'
        section.error(Code.SQL_REQUIRED, message, "level_of_detail")
    return None if section.broken else Dimension(view, name, section.position, **said)


def read_measure(section: Section, view: str, name: str) -> Measure | None:
    """Read one measure; None when it is bad (then it has been reported)."""
    said = _said(section, _MEASURE_READERS, view, name)
    _keep_extra(said, section, passive.MEASURE)
    if "aggregate_type" in said:
        said["aggregate"] = said.pop("aggregate_type")
    if "filters" in said:
        said["filters"], said["cancels"], said["offsets"] = said["filters"]
    return None if section.broken else Measure(view, name, section.position, **said)


def read_timeframes(section: Section, key: str) -> tuple[str, ...] | None:
    """Read a list of timeframes in any letter case."""
    words = section.words(key)
    if words is None:
        return None
    kept: list[str] = []
    for number, word in enumerate(words):
        name = word.lower()
        mark = section.entries[key][1].mark
        path = (*section.path, key, number)
        if name in GRAINS:
            kept.append(name)
        else:
            section.broken = True
            hint = near(name, GRAINS, limit=1)
            fix = f"Did you mean {hint[0]}?" if hint else None
            section.report.error(Code.UNKNOWN_TIMEFRAME, f'No such timeframe "{word}".', mark, path, fix=fix)
    return tuple(dict.fromkeys(kept))


def read_week_start(section: Section) -> str | None:
    """Read `week_start_day`: an English day name, capitalised."""
    day: str | None = section.choice("week_start_day", _WEEKDAYS)
    return day


def _said(section: Section, readers: Mapping[str, Reader], view: str, name: str) -> dict[str, Any]:
    """Read the keys that are there; what is not said keeps the default of the type."""
    if not name.isidentifier():
        section.error(Code.BAD_NAME, f'"{name}" cannot name a field: use letters, digits and underscores.')
    said = {}
    for key in section.entries:
        reader = readers.get(key)
        if reader is not None:
            value = reader(section, key, view)
            if value is not None:
                said[key] = value
    if isinstance(said.get("format"), ConditionalFormat):
        said["conditional_format"] = said.pop("format")
    return said


def _verbatim(section: Section, key: str, _view: str) -> str | None:
    """Read text that is never templated, whatever it holds (modeling digest §14.4)."""
    node = section.node(key)
    if node is None or isinstance(node, Table):
        return section.text(key)
    return getattr(node, "text", None) or section.text(key)


def _own_field(section: Section, key: str, view: str) -> str | None:
    """Read a field reference and drop the own view's name from it."""
    name = section.word(key)
    return name.removeprefix(f"{view}.") if name else name


def _text(section: Section, key: str, _view: str) -> str | None:
    return section.text(key)


def _flag(section: Section, key: str, _view: str) -> bool | None:
    return None if section.node(key) is None else section.flag(key)


def _words(section: Section, key: str, _view: str) -> tuple[str, ...] | None:
    return section.words(key)


def _keep_extra(said: dict[str, Any], section: Section, shapes: Mapping[str, passive.Shape]) -> None:
    """Keep the settings that change no answer; most fields have none."""
    if not section.entries.keys().isdisjoint(shapes):
        said["extra"] = passive.read_passive(section, shapes)
        if "suggest_from_topic" in section and "suggest_from_field" not in section:
            message = '"suggest_from_topic" needs "suggest_from_field".'
            mark, path = section.entries["suggest_from_topic"][0], (*section.path, "suggest_from_topic")
            section.report.error(Code.MISSING_KEY, message, mark, path)


def _checked_words(section: Section, key: str, _view: str) -> None:
    """Check a list that has done its work before fields are read."""
    section.words(key)


def _checked_flag(section: Section, key: str, _view: str) -> None:
    section.flag(key)


_FIELD_READERS: Mapping[str, Reader] = {
    "sql": lambda section, key, _: section.sql(key, verbatim=True),
    "label": _text,
    "description": _text,
    "group_label": _text,
    "format": read_format,
    "hidden": _flag,
    "ignored": _flag,
    "tags": _words,
    "synonyms": _words,
    "aliases": _words,
    "ai_context": _verbatim,
    "display_order": lambda section, key, _: section.integer(key),
    "drill_fields": _words,
    "required_access_grants": _words,
    "extends": _checked_words,
    "ignore_from_extended": _checked_flag,
    "view_label": _text,
    "all_values": _words,
}
_DIMENSION_READERS: Mapping[str, Reader] = {
    **_FIELD_READERS,
    "sql": lambda section, key, _: section.sql(key, may_dimensionalize=True, verbatim=True),
    "level_of_detail": read_level_of_detail,
    "dynamic_top_n": read_dynamic_top_n,
    "primary_key": _flag,
    "type": lambda section, key, _: section.choice(key, _TYPES),
    "timeframes": lambda section, key, _: read_timeframes(section, key),
    "convert_tz": _flag,
    "week_start_day": lambda section, _key, _view: read_week_start(section),
    "order_by_field": _own_field,
    "groups": read_groups,
    "else": read_otherwise,
    "bin_boundaries": read_boundaries,
    "bin_labels": read_labels,
    "duration": read_duration,
    "custom_calendar": lambda section, key, _: section.word(key),
    "mask_unless_access_grants": _words,
    "parent_field": _own_field,
    "skip_parent_label": _flag,
    "filter_single_select_only": _flag,
}
_MEASURE_READERS: Mapping[str, Reader] = {
    **_FIELD_READERS,
    "aggregate_type": lambda section, _key, _view: read_aggregate(section, "the measure"),
    "percentile": lambda section, key, _: section.number(key),
    "custom_primary_key_sql": lambda section, key, _: section.sql(key),
    "filters": read_measure_filters,
    "level_of_detail": read_level_of_detail,
    "mask_unless_access_grants": _words,
}
