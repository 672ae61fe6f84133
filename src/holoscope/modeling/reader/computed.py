"""Dimensions that are worked out of a value: groups, bins and durations (modeling digest §8)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from itertools import pairwise

from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import Composite, Condition, DateMatch, DatePartMatch
from holoscope.modeling.fields import Duration, Group
from holoscope.modeling.reader.conditions import read_condition
from holoscope.modeling.reader.keys import DURATION, GROUP
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Items, Scalar
from holoscope.modeling.timeframes import DURATIONS


def read_groups(section: Section, key: str, _view: str) -> tuple[Group, ...] | None:
    """Read `groups`: conditions on the field's own value, each with the name of its group."""
    groups: list[Group] = []
    for node, path in section.items(key):
        group = _group(Section(node, GROUP, section.report, path))
        if group is None:
            section.broken = True
        else:
            groups.append(group)
    return tuple(groups) or None


def _group(item: Section) -> Group | None:
    if item.broken:
        return None
    item.require("filter")
    name = item.entries.get("name")
    if name is None or not isinstance(name[1], Scalar) or name[1].value is None:
        item.error(Code.MISSING_KEY, '"name" is required: the text that stands for this group.', "name")
        return None
    filter_ = item.node("filter")
    if filter_ is None:
        return None
    condition = read_condition(filter_, item.report, (*item.path, "filter"), filter_.mark)
    if condition is not None and tells_time(condition):
        item.error(Code.BAD_GROUPS, "Groups are about text; a filter of times does not fit.", "filter")
    return None if item.broken or condition is None else Group(condition, name[1].text)


def read_otherwise(section: Section, key: str, _view: str) -> str | None:
    """Read the scalar that stands for every value in no group; null means none."""
    node = section.node(key)
    if node is None:
        return None
    if not isinstance(node, Scalar):
        section.wrong((*section.path, key), node, "text")
        return None
    return node.text


def read_boundaries(section: Section, key: str, _view: str) -> tuple[Decimal, ...] | None:
    """Read ascending numbers; each is the first value of a bin."""
    node = section.node(key)
    if node is None:
        return None
    if not isinstance(node, Items):
        section.wrong((*section.path, key), node, "a list of numbers")
        return None
    found: list[Decimal] = []
    for number, item in enumerate(node.values):
        value = _number(item)
        if value is None:
            section.wrong((*section.path, key, number), item, "a number")
            return None
        found.append(value)
    if any(low >= high for low, high in pairwise(found)):
        message = "Bin boundaries must ascend, each greater than the one before."
        section.error(Code.BAD_BINS, message, key)
        return None
    return tuple(found) or None


def read_labels(section: Section, key: str, _view: str) -> tuple[str, ...] | None:
    """Read the texts of the bins."""
    return section.words(key)


def read_duration(section: Section, key: str, _view: str) -> Duration | None:
    """Read `duration`; without `intervals` every unit is offered."""
    node = section.node(key)
    if node is None:
        return None
    item = Section(node, DURATION, section.report, (*section.path, key), section.entries[key][0])
    if item.broken:
        section.broken = True
        return None
    item.require("sql_start")
    item.require("sql_end")
    start, end, words = item.sql("sql_start"), item.sql("sql_end"), item.words("intervals")
    units = []
    for number, word in enumerate(words or ()):
        unit = word.strip().lower()
        unit = unit if unit.endswith("s") else f"{unit}s"
        if unit not in DURATIONS:
            path = (*item.path, "intervals", number)
            message = f'No such unit of a duration: "{word}".'
            mark = item.entries["intervals"][1].mark
            item.broken = True
            fix = f"Use {', '.join(DURATIONS)}."
            section.report.error(Code.UNKNOWN_TIMEFRAME, message, mark, path, fix=fix)
        units.append(unit)
    section.broken = section.broken or item.broken
    if item.broken or start is None or end is None:
        return None
    return Duration(start, end, tuple(dict.fromkeys(units)) if words is not None else tuple(DURATIONS))


def _number(node: object) -> Decimal | None:
    if not isinstance(node, Scalar) or isinstance(node.value, bool):
        return None
    try:
        value = Decimal(node.value if isinstance(node.value, int) else node.text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def tells_time(condition: Condition) -> bool:
    """Tell whether a condition is about times."""
    if isinstance(condition, Composite):
        return any(tells_time(part) for part in condition.parts)
    return isinstance(condition, (DateMatch, DatePartMatch))
