"""Dimensions and measures of a view file (modeling digest §8, §11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from holoscope.kit.text import near
from holoscope.modeling.codes import Code
from holoscope.modeling.diagnostics import Position
from holoscope.modeling.formats import canonical_format, is_known_format
from holoscope.modeling.reader.conditions import read_filters
from holoscope.modeling.reader.keys import DIMENSION, MEASURE
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Table
from holoscope.modeling.timeframes import GRAINS, WEEKDAYS
from holoscope.modeling.types import Aggregate, DataType, Dimension, Measure

__all__ = ["DIMENSION", "MEASURE", "read_dimension", "read_measure", "read_timeframes", "read_week_start"]

_TYPES: Mapping[str, DataType] = {
    word: DataType(word.upper())
    for word in ("timestamp", "string", "boolean", "number", "interval", "array", "json")
}
_AGGREGATES: Mapping[str, Aggregate] = {item.value: item for item in Aggregate} | {"avg": Aggregate.AVERAGE}
_AGGREGATES_LATER = {
    f"{name}{ending}"
    for name in ("sum", "average", "median", "percentile")
    for ending in ("_distinct_on", "_distinct")
} | {"semantic_view_agg"}
_GRAINS_LATER = {"fiscal_quarter", "fiscal_year"}
_FORMATS_LATER = {"relative", "relativenumeric", "relativeshort"}
_WEEKDAYS = {name: name.capitalize() for name in WEEKDAYS}


class _Common(TypedDict):
    view: str
    name: str
    position: Position
    sql: str | None
    label: str | None
    description: str | None
    group_label: str | None
    format: str | None
    hidden: bool
    ignored: bool
    tags: tuple[str, ...]
    synonyms: tuple[str, ...]
    aliases: tuple[str, ...]
    ai_context: str | None
    display_order: int | None
    drill_fields: tuple[str, ...] | None
    required_access_grants: tuple[str, ...] | None


def read_dimension(section: Section, view: str, name: str) -> Dimension | None:
    """Read one dimension; None when it is bad (then it has been reported)."""
    dimension = Dimension(
        **_common(section, view, name),
        primary_key=section.flag("primary_key"),
        type=section.choice("type", _TYPES),
        timeframes=read_timeframes(section, "timeframes"),
        convert_tz=section.flag("convert_tz", default=True),
        week_start_day=read_week_start(section),
        order_by_field=_own_field(section.word("order_by_field"), view),
        all_values=section.words("all_values") or (),
    )
    return None if section.broken else dimension


def read_measure(section: Section, view: str, name: str) -> Measure | None:
    """Read one measure; None when it is bad (then it has been reported)."""
    measure = Measure(
        **_common(section, view, name),
        aggregate=_aggregate(section),
        percentile=section.number("percentile"),
        filters=read_filters(section, "filters", view),
    )
    return None if section.broken else measure


def read_timeframes(section: Section, key: str) -> tuple[str, ...] | None:
    """Read a list of timeframes in any letter case; fiscal ones are not offered yet."""
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
        elif name in _GRAINS_LATER:
            message = f'The timeframe "{name}" is not offered yet.'
            section.report.warning(Code.NOT_USED_YET, message, mark, path)
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


def _common(section: Section, view: str, name: str) -> _Common:
    if not name.isidentifier():
        section.error(Code.BAD_NAME, f'"{name}" cannot name a field: use letters, digits and underscores.')
    return _Common(
        view=view,
        name=name,
        position=section.position,
        sql=section.sql("sql"),
        label=section.text("label"),
        description=section.text("description"),
        group_label=section.text("group_label"),
        format=_format(section),
        hidden=section.flag("hidden"),
        ignored=section.flag("ignored"),
        tags=section.words("tags") or (),
        synonyms=section.words("synonyms") or (),
        aliases=section.words("aliases") or (),
        ai_context=_verbatim(section, "ai_context"),
        display_order=section.integer("display_order"),
        drill_fields=section.words("drill_fields"),
        required_access_grants=section.words("required_access_grants"),
    )


def _verbatim(section: Section, key: str) -> str | None:
    """Read text that is never templated, whatever it holds (modeling digest §14.4)."""
    node = section.node(key)
    if node is None or isinstance(node, Table):
        return section.text(key)
    return getattr(node, "text", None) or section.text(key)


def _aggregate(section: Section) -> Aggregate | None:
    word = section.word("aggregate_type")
    if word is None:
        return None
    name = word.strip().lower()
    if name in _AGGREGATES_LATER:
        message = f'The aggregate "{name}" is not supported yet; the measure is left out of the model.'
        section.error(Code.NOT_SUPPORTED_YET, message, "aggregate_type")
        return None
    if name not in _AGGREGATES:
        hint = near(name, _AGGREGATES) or tuple(item.value for item in Aggregate)
        message = f'"{word}" is not an aggregate_type.'
        section.error(Code.BAD_AGGREGATE, message, "aggregate_type", fix=f"Use {', '.join(hint)}.")
    return _AGGREGATES.get(name)


def _format(section: Section) -> str | None:
    """Read a format; what we cannot apply is a warning, since it never changes a number."""
    node = section.node("format")
    if node is None:
        return None
    if isinstance(node, Table):
        section.warning(Code.NOT_USED_YET, "Conditional formats are not applied yet.", "format")
        return None
    text = section.text("format")
    if text is None or "{{" in text or "@{" in text:
        return None
    if text.lower() in _FORMATS_LATER:
        section.warning(Code.NOT_USED_YET, f'The format "{text}" is not applied yet.', "format")
        return None
    if not is_known_format(text):
        section.warning(Code.UNKNOWN_FORMAT, f'"{text}" is not a known format; it is not applied.', "format")
        return None
    return canonical_format(text)


def _own_field(name: str | None, view: str) -> str | None:
    """Drop the own view's name from a field reference."""
    return name.removeprefix(f"{view}.") if name else name
