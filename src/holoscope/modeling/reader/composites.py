"""Composite topic files (modeling digest §16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from holoscope.modeling.composites import CompositeTopic, SharedDimension, SharedMeasure, Unrelated
from holoscope.modeling.reader.conditions import read_filters
from holoscope.modeling.reader.keys import COMPOSITE_TOPIC, SHARED_DIMENSION, SHARED_FIELD, SHARED_MEASURE
from holoscope.modeling.reader.report import Report
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.topics import read_sample_queries
from holoscope.modeling.reader.tree import Node, Spot, Table

_UNRELATED = {item.value: item for item in Unrelated}


@dataclass(frozen=True, slots=True)
class CompositeFile:
    """What a composite topic file says; `topic` is None when it cannot be used."""

    name: str
    topic: CompositeTopic | None


def read_composite(name: str, node: Node | None, report: Report) -> CompositeFile:
    """Read a composite topic whose tree is `node` (None when the file is empty)."""
    start = Spot(0, 0)
    section = Section(
        node if node is not None else Table({}, start, start), COMPOSITE_TOPIC, report, (), start
    )
    section.require("topics")
    topics = section.words("topics") or ()
    if not topics and "topics" in section:
        section.wrong(("topics",), section.entries["topics"][1], "a list of topics")
    composite = CompositeTopic(
        name=name,
        topics=tuple(dict.fromkeys(topics)),
        position=section.position,
        shared_views=section.words("shared_views") or (),
        shared_dimensions=_dimensions(section),
        shared_measures=_measures(section),
        unrelated=section.choice("unrelated_dimension_handling", _UNRELATED) or Unrelated.FILTER_ONLY,
        always_join_all_topics=section.flag("always_join_all_topics"),
        label=section.text("label"),
        description=section.text("description"),
        fields=section.words("fields"),
        default_filters=read_filters(section, "default_filters"),
        required_access_grants=section.words("required_access_grants"),
        ai_context=section.prompt("ai_context"),
        sample_queries=read_sample_queries(section),
    )
    return CompositeFile(name, None if section.broken else composite)


def _dimensions(section: Section) -> Mapping[str, SharedDimension]:
    found: dict[str, SharedDimension] = {}
    for name, mark, node, path in section.children("shared_dimensions"):
        item = Section(node, SHARED_DIMENSION, section.report, path, mark)
        item.require("mappings")
        mappings: dict[str, str] = {}
        for topic, place, value, where in item.children("mappings"):
            inner = Section(value, SHARED_FIELD, section.report, where, place)
            inner.require("field")
            field = inner.word("field")
            if field is not None:
                mappings[topic] = field
            item.broken |= inner.broken
        found[name] = SharedDimension(name, MappingProxyType(mappings), item.text("label"))
        section.broken |= item.broken
    return MappingProxyType(found)


def _measures(section: Section) -> Mapping[str, SharedMeasure]:
    found: dict[str, SharedMeasure] = {}
    for name, mark, node, path in section.children("shared_measures"):
        item = Section(node, SHARED_MEASURE, section.report, path, mark)
        item.require("sql")
        found[name] = SharedMeasure(name, item.sql("sql") or "", item.text("label"), item.text("format"))
        section.broken |= item.broken
    return MappingProxyType(found)
