"""Topic files (modeling digest §15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from holoscope.modeling.codes import Code
from holoscope.modeling.joins import JoinNode
from holoscope.modeling.reader import passive
from holoscope.modeling.reader.access import read_access_filters
from holoscope.modeling.reader.conditions import read_filters, read_required
from holoscope.modeling.reader.fields import read_week_start
from holoscope.modeling.reader.keys import SAMPLE_QUERY, TOPIC
from holoscope.modeling.reader.relationships import Declared, read_relationship
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import BROKEN, Items, Node, Origin, Scalar, Spot, Table, plain
from holoscope.modeling.reader.views import ViewFile, read_view
from holoscope.modeling.topics import Topic

_MOST_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class TopicFile:
    """What a topic file says; `topic` is None when it cannot be used.

    Its relationships stand in `declared`: they are put into the topic once views are known. `views`
    are those that its `views:` block changes or adds, whole.
    """

    name: str
    topic: Topic | None
    declared: tuple[Declared, ...] = ()
    views: tuple[ViewFile, ...] = ()


def read_topic(name: str, node: Node | None, report: Report, origin: Origin) -> TopicFile:
    """Read the topic `name`, whose tree is `node` (None when the file is empty)."""
    start = Spot(0, 0)
    section = Section(node if node is not None else Table({}, start, start), TOPIC, report, (), start)
    section.flag("ignored")
    section.words("extends")
    declared = _declared(section, name)
    is_template = section.flag("template")
    views = () if is_template else _views(section, origin)
    topic = Topic(
        name=name,
        base_view=section.word("base_view") or name,
        position=section.position,
        label=section.text("label"),
        base_view_label=section.text("base_view_label"),
        description=section.text("description"),
        group_label=section.text("group_label"),
        hidden=section.flag("hidden"),
        tags=section.words("tags") or (),
        display_order=section.integer("display_order"),
        joins=_joins(section),
        fields=section.words("fields"),
        default_filters=read_filters(section, "default_filters"),
        always_where_filters=read_filters(section, "always_where_filters"),
        always_where_sql=section.sql("always_where_sql"),
        always_having_filters=read_filters(section, "always_having_filters"),
        always_having_sql=section.sql("always_having_sql"),
        access_filters=read_access_filters(section, "access_filters"),
        required_filters=read_required(section, "default_filters"),
        required_access_grants=section.words("required_access_grants"),
        cache_policy=section.word("cache_policy"),
        week_start_day=read_week_start(section),
        ai_context=section.prompt("ai_context"),
        default_filters_source=section.source("default_filters"),
        always_where_filters_source=section.source("always_where_filters"),
        sample_queries=read_sample_queries(section),
        template=is_template,
        owners=section.words("owners") or (),
        ai_fields=section.words("ai_fields"),
        auto_run=None if section.node("auto_run") is None else section.flag("auto_run"),
        default_row_limit=read_row_limit(section),
        extra=passive.read_passive(section, passive.TOPIC),
    )
    return TopicFile(name, None if section.broken else topic, declared, views)


def read_row_limit(section: Section) -> int | None:
    """Read the number of rows that new queries begin with."""
    limit = section.integer("default_row_limit")
    if limit is not None and not 1 <= limit <= _MOST_ROWS:
        message = f"A row limit is a number from 1 to {_MOST_ROWS:,}, not {limit}."
        section.error(Code.WRONG_TYPE, message, "default_row_limit")
        return None
    return limit


def _declared(section: Section, topic: str) -> tuple[Declared, ...]:
    declared = []
    for node, path in section.items("relationships"):
        item = read_relationship(node, section.report, path, topic)
        if isinstance(item, Declared):
            declared.append(item)
        elif item is False:
            section.broken = True
    return tuple(declared)


def _views(section: Section, origin: Origin) -> tuple[ViewFile, ...]:
    """Read the views of the topic; one that cannot be used takes the topic with it."""
    views = []
    for name, mark, node, path in section.children("views"):
        report = Report(section.report.file, section.report.layer, path)
        # What another text wrote is placed by its own marks; the view itself stands in this file.
        at = mark if getattr(mark, "origin", None) is None else Spot(0, 0)
        view = read_view(name, node, report, origin, at)
        section.report.found.extend(report.found)
        is_told = any(item.position.file == report.file for item in report.found)
        if view.view is None and not is_told and not _is_told_before(node):
            message = f'The view "{name}" is left out of the model because of its own errors.'
            section.report.error(Code.BROKEN_REFERENCE, message, mark, path)
        section.broken = section.broken or view.view is None
        views.append(view)
    return tuple(views)


def _is_told_before(view: Node) -> bool:
    return isinstance(view, Table) and BROKEN in view.entries


def _joins(section: Section) -> tuple[JoinNode, ...] | None:
    node = section.node("joins")
    return None if node is None else _join_nodes(node, section, ("joins",))


def _join_nodes(node: Node, section: Section, path: Path) -> tuple[JoinNode, ...]:
    if isinstance(node, Scalar) and node.value is None:
        return ()
    if not isinstance(node, Table):
        section.wrong(path, node, "a map of views")
        return ()
    return tuple(
        JoinNode(view, _join_nodes(child, section, (*path, view)))
        for view, (_, child) in node.entries.items()
    )


def read_sample_queries(section: Section) -> Mapping[str, Any]:
    """Keep each sample as it is written; a bad one is left out by itself."""
    samples: dict[str, Any] = {}
    for label, mark, node, path in section.children("sample_queries"):
        item = Section(node, SAMPLE_QUERY, section.report, path, mark)
        if not isinstance(item.node("query"), Table | None):
            item.wrong((*path, "query"), item.entries["query"][1], "a map")
        query = item.node("query")
        fields = query.entries.get("fields") if isinstance(query, Table) else None
        if fields is not None and not isinstance(fields[1], Items | Table):
            item.wrong((*path, "query", "fields"), fields[1], "a list of fields")
        for key in ("prompt", "description"):
            item.text(key)
        item.prompt("ai_context")
        for key in ("hidden", "exclude_from_ai_context"):
            item.flag(key)
        if not item.broken:
            samples[label] = plain(node)
    return MappingProxyType(samples)
