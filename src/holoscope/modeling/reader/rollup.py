"""`materialized_query`: what a view's table holds ready (modeling digest §6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from holoscope.modeling.reader.conditions import qualify, read_filters
from holoscope.modeling.reader.keys import ROLLUP
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Items, Scalar, Table
from holoscope.modeling.views import Rollup

_PLACE = "\x00"


def read_rollup(section: Section) -> Rollup | None:
    """Read the key of a view; a bad one is left out by itself (then it has been reported)."""
    node = section.node("materialized_query")
    if node is None:
        return None
    mark = section.entries["materialized_query"][0]
    item = Section(node, ROLLUP, section.report, (*section.path, "materialized_query"), mark)
    item.require("fields")
    item.require("base_view")
    base, topic = item.word("base_view"), item.word("topic")
    fields, filters = _fields(item), read_filters(item, "filters", base)
    if item.broken or base is None or not fields:
        return None
    return Rollup(base, fields, topic, filters)


def _fields(item: Section) -> Mapping[str, str]:
    """Read `field: column`, or a list in the order of the table's columns."""
    node = item.node("fields")
    found: dict[str, str] = {}
    if isinstance(node, Table):
        for name, (_, value) in node.entries.items():
            if isinstance(value, Scalar) and value.value is not None and value.text.strip():
                found[qualify(name, None)] = value.text.strip().strip('"')
            else:
                item.wrong((*item.path, "fields", name), value, "the name of a column")
    elif isinstance(node, Items):
        for number, name in enumerate(item.words("fields") or ()):
            found[qualify(name, None)] = f"{_PLACE}{number}"
    elif node is not None:
        item.wrong((*item.path, "fields"), node, "a map of fields to columns, or a list of fields")
    return MappingProxyType(found)


def in_columns(rollup: Rollup, columns: tuple[str, ...]) -> Rollup | None:
    """Give the rollup with columns in the place of positions; None when the table has too few."""
    if not any(name.startswith(_PLACE) for name in rollup.fields.values()):
        return rollup
    if len(columns) < len(rollup.fields):
        return None
    named = dict(zip(rollup.fields, columns, strict=False))
    return Rollup(rollup.base_view, MappingProxyType(named), rollup.topic, rollup.filters)
