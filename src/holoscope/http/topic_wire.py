"""Topics, views and fields as the wire shows them, from what the catalogue resolved.

Source: API digest §3.13, modeling digest §3.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from holoscope.http.shapes.topics import (
    FieldWire,
    PrimaryKeyPart,
    RelationshipWire,
    TopicDetail,
    TopicSummary,
    ViewFieldSummary,
    ViewSummary,
    ViewWire,
)
from holoscope.kit.text import title
from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.joins import Relationship
from holoscope.modeling.model import Model
from holoscope.modeling.prompts import Reader, render_prompt
from holoscope.modeling.timeframes import DURATIONS, GRAINS, Grain, GrainKind
from holoscope.modeling.topics import Topic
from holoscope.modeling.types import Aggregate, DataType
from holoscope.modeling.views import View
from holoscope.query.catalogue import ListedField, ListedTopic, ListedView, visible_fields, visible_filters
from holoscope.query.composites.listing import ListedComposite
from holoscope.query.scope import Permission, Scope
from holoscope.query.told import Told
from holoscope.sql.parse import BadSql, parse_template, reference_index

_KINDS = {
    GrainKind.RAW: DataType.TIMESTAMP,
    GrainKind.TRUNCATED: DataType.TIMESTAMP,
    GrainKind.NUMBER: DataType.NUMBER,
    GrainKind.NAME: DataType.STRING,
    GrainKind.ELAPSED: DataType.NUMBER,
}
_FINE_TO_COARSE = ("millisecond", "second", "minute", "hour", "date", "week", "month", "quarter", "year")
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "EQUALS",
    exp.NEQ: "NOT_EQUALS",
    exp.GT: "GREATER_THAN",
    exp.GTE: "GREATER_THAN_OR_EQUAL",
    exp.LT: "LESS_THAN",
    exp.LTE: "LESS_THAN_OR_EQUAL",
    exp.And: "AND",
    exp.Or: "OR",
    exp.Not: "NOT",
}
_UNTOLD: dict[str, Any] = {"type": "call", "operator": "SQL", "operands": []}


def topic_summary(topic: Topic, told: Told) -> TopicSummary:
    """Shape one entry of the topic list."""
    return TopicSummary(
        name=topic.name,
        base_view_name=topic.base_view if told.may_name(topic.base_view) else "",
        label=topic.label or title(topic.name),
        description=topic.description,
        group_label=topic.group_label,
        hidden=topic.hidden,
    )


def view_summary(view: View, model: Model, scope: Scope) -> ViewSummary:
    """Shape one entry of the view list: names and kinds, no types, hidden things included."""
    return ViewSummary(
        name=view.name,
        label=view.label or title(view.name),
        description=view.description,
        hidden=view.hidden,
        fields=[
            ViewFieldSummary(name=item.name, type="dimension" if isinstance(item, Dimension) else "measure")
            for item in visible_fields(view, model, scope)
        ]
        + [ViewFieldSummary(name=item.name, type="filter") for item in visible_filters(view, model, scope)],
    )


def topic_detail(listed: ListedTopic, scope: Scope, dialect: str) -> TopicDetail:
    """Shape a resolved topic. SQL is blank for whoever may not view SQL, as in query results."""
    topic = listed.topic
    told, base = listed.told, topic.base_view
    model = told.model
    shown = {each.view.name for each in listed.views}
    edges = [edge for edge in listed.edges if {edge.parent, edge.child} <= shown]
    join_via = {
        name: [hop for hop in hops if hop in shown] for name, hops in listed.join_via.items() if name in shown
    }
    may_view_sql = scope.may(Permission.VIEW_SQL)
    reader = Reader(scope.attributes)
    return TopicDetail(
        name=topic.name,
        base_view_name=base if told.may_name(base) else "",
        label=topic.label or title(topic.name),
        description=topic.description,
        group_label=topic.group_label,
        hidden=topic.hidden,
        ai_context=render_prompt(topic.ai_context, reader),
        default_filters=told.filters(topic.default_filters_source, base),
        always_where_filters=told.filters(topic.always_where_filters_source, base),
        join_via_map=join_via,
        join_via_map_key_order=list(join_via),
        has_frozen_join_via_map=topic.joins is not None,
        ide_file_name=topic.position.file,
        relationships=[_relationship(edge.relationship, dialect, told, may_view_sql) for edge in edges],
        views=[_view(each, told, may_view_sql, reader) for each in listed.views],
        sample_queries=_samples(topic.sample_queries, told, reader),
        tags=list(topic.tags) or None,
        week_start_day=topic.week_start_day or model.week_start_day,
        fiscal_month_offset=model.fiscal_month_offset,
        default_row_limit=topic.default_row_limit or model.default_row_limit,
        auto_run=model.extra.get("auto_run") if topic.auto_run is None else topic.auto_run,
    )


def _samples(written: Mapping[str, Mapping[str, Any]], told: Told, reader: Reader) -> dict[str, Any]:
    """Show the samples that somebody could ask; one that names what does not exist for them is left out."""
    return {name: _sample(sample, reader) for name, sample in written.items() if told.may_show(sample)}


def _sample(sample: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Show a sample as it is written, its text for language models filled in."""
    text = sample.get("ai_context")
    return dict(sample) | ({"ai_context": render_prompt(text, reader)} if isinstance(text, str) else {})


def composite_summary(composite: CompositeTopic) -> TopicSummary:
    """Shape an entry of the topic list for a composite topic, which has no base view."""
    return TopicSummary(
        name=composite.name,
        base_view_name="",
        label=composite.label or title(composite.name),
        description=composite.description,
    )


def composite_detail(listed: ListedComposite, scope: Scope) -> TopicDetail:
    """Shape a composite topic: its views carry the names that queries use."""
    composite = listed.composite
    may_view_sql = scope.may(Permission.VIEW_SQL)
    reader = Reader(scope.attributes)
    told = listed.told
    return TopicDetail(
        name=composite.name,
        base_view_name="",
        label=composite.label or title(composite.name),
        description=composite.description,
        ai_context=render_prompt(composite.ai_context, reader),
        default_filters={},
        always_where_filters={},
        join_via_map={},
        join_via_map_key_order=[],
        has_frozen_join_via_map=True,
        ide_file_name=composite.position.file,
        relationships=[],
        views=[_view(each, told, may_view_sql, reader) for each in listed.views],
        sample_queries=_samples(composite.sample_queries, told, reader),
    )


def _view(listed: ListedView, told: Told, may_view_sql: bool, reader: Reader) -> ViewWire:
    view = listed.view
    return ViewWire(
        name=view.name,
        label=view.label or title(view.name),
        description=view.description,
        hidden=view.hidden,
        schema_name=view.schema,
        schema_label=view.schema_label,
        ai_context=render_prompt(view.ai_context, reader),
        catalog=view.catalog,
        table_name=None if view.sql or view.query else view.table_name or view.name,
        dimensions=[field for each in listed.dimensions for field in _dimension(each, told, may_view_sql)],
        measures=[_measure(each, told, may_view_sql) for each in listed.measures],
        filter_only_fields=[_filter_field(each) for each in listed.filters],
        primary_key=[PrimaryKeyPart(field_name=name) for name in told.names(view.primary_key, view.name)],
        ide_file_name=view.position.file,
        yaml_path=view.position.file,
    )


def _filter_field(item: FilterField) -> FieldWire:
    return FieldWire(
        field_name=item.name,
        view_name=item.view,
        fully_qualified_name=item.qualified_name,
        data_type=(item.type or DataType.UNKNOWN).value,
        is_dimension=False,
        filter_only_field=True,
        label=item.label or title(item.name),
        description=item.description,
        hidden=item.hidden,
        group_label=item.group_label,
        view_label=item.view_label,
        display_order=item.display_order,
        suggestion_list=_suggestions(item.extra),
        aliases=list(item.aliases) or None,
    )


def _suggestions(extra: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Give what a filter offers instead of asking the database; a bare value is its own label."""
    listed = extra.get("suggestion_list")
    if listed is None:
        return None
    return [dict(each) if isinstance(each, Mapping) else {"value": each} for each in listed]


def _common(listed: ListedField, told: Told) -> dict[str, Any]:
    item = listed.field
    drills = None if item.drill_fields is None else told.names(item.drill_fields, item.view)
    return {
        "field_name": item.name,
        "view_name": item.view,
        "fully_qualified_name": item.qualified_name,
        "data_type": listed.type.data_type.value,
        "is_dimension": isinstance(item, Dimension),
        "label": item.label or title(item.name),
        "description": item.description,
        "format": _format(item),
        "synonyms": list(item.synonyms),
        "ai_context": item.ai_context,
        "hidden": item.hidden,
        "group_label": item.group_label,
        "view_label": item.view_label,
        "suggestion_list": None if listed.is_masked else _suggestions(item.extra),
        "display_order": item.display_order,
        "parent_field": item.parent_field if isinstance(item, Dimension) else None,
        "drill_fields": drills,
        "tags": list(item.tags) or None,
        "aliases": list(item.aliases) or None,
    }


def _dimension(listed: ListedField, told: Told, may_view_sql: bool) -> list[FieldWire]:
    """Shape a dimension; a time is the parent and one child for each of its timeframes."""
    item = listed.field
    assert isinstance(item, Dimension)  # noqa: S101  (the catalogue keeps the two kinds apart)
    shared = _common(listed, told)
    written = (item.sql or item.name) if may_view_sql else ""
    shared |= {"sql": written, "display_sql": written, "dialect_sql": written}
    shared["all_values"] = None if listed.is_masked else list(item.all_values) or None
    shared["parent_field"] = item.parent_field
    if item.duration is not None:
        units = list(listed.timeframes)
        parent = FieldWire(**shared, is_group_parent_field=True, time_frames=[unit.upper() for unit in units])
        return [parent, *(_child(shared, DURATIONS[unit], units) for unit in units)]
    if listed.type.data_type is not DataType.TIMESTAMP:
        return [FieldWire(**shared)]
    shared["date_type"] = "DATE" if listed.type.date_only else "TIMESTAMP"
    frames = [name for name in listed.timeframes if name in GRAINS]
    if listed.type.date_only:
        frames = [name for name in frames if not GRAINS[name].needs_clock]
    if not frames:
        return [FieldWire(**shared)]
    parent = FieldWire(
        **shared,
        is_group_parent_field=True,
        time_frames=[None if name == "raw" else name.upper() for name in frames],
    )
    return [parent, *(_child(shared, GRAINS[name], frames) for name in frames if name != "raw")]


def _child(parent: dict[str, Any], grain: Grain, frames: list[str]) -> FieldWire:
    values = {
        **parent,
        "field_name": f"{parent['field_name']}[{grain.name}]",
        "fully_qualified_name": f"{parent['fully_qualified_name']}[{grain.name}]",
        "data_type": _KINDS[grain.kind].value,
        "date_type": grain.name.upper() if grain.kind is GrainKind.TRUNCATED else None,
        "format": grain.formatted,
        "label": grain.label,
        "parent_field": parent["field_name"],
        "parent_label": parent["label"],
        "all_values": None,
        "suggestion_list": None,
    }
    if parent["drill_fields"] is None and grain.name in _FINE_TO_COARSE:
        finer = _FINE_TO_COARSE[: _FINE_TO_COARSE.index(grain.name)]
        values["drill_fields"] = [
            f"{parent['fully_qualified_name']}[{name}]" for name in reversed(finer) if name in frames
        ]
        if "raw" in frames:
            values["drill_fields"].append(parent["fully_qualified_name"])
    return FieldWire(**values)


def _measure(listed: ListedField, told: Told, may_view_sql: bool) -> FieldWire:
    item = listed.field
    assert isinstance(item, Measure)  # noqa: S101  (the catalogue keeps the two kinds apart)
    shared = _common(listed, told)
    if item.aggregate in (Aggregate.COUNT, Aggregate.COUNT_DISTINCT):
        shared["format"] = shared["format"] or "NUMBER_0"
    if item.aggregate is Aggregate.COUNT and item.sql is None:
        shown = "COUNT(*)"
    elif item.aggregate is not None:
        shown = f"{item.aggregate.wire_name}({item.sql or item.name})"
    else:
        shown = item.sql or ""
    if listed.type.data_type is DataType.TIMESTAMP:
        shared["date_type"] = "DATE" if listed.type.date_only else "TIMESTAMP"
    return FieldWire(
        **shared,
        type="metric" if item.aggregate is None else "aggregation",
        aggregate_type=None if item.aggregate is None else item.aggregate.wire_name,
        sql=(item.sql if may_view_sql else "") if item.sql is not None else None,
        display_sql=shown if may_view_sql else "",
        dialect_sql=shown if may_view_sql else "",
    )


def _format(item: Dimension | Measure) -> str | None:
    written = item.format
    return written.upper() if written and written.isidentifier() else written


def _relationship(joined: Relationship, dialect: str, told: Told, may_view_sql: bool) -> RelationshipWire:
    prefix = "ASSUMED_" if joined.assumed else ""
    is_told = told.may_show(joined.on_sql)
    shown = (joined.on_sql if may_view_sql and is_told else "") if joined.on_sql is not None else None
    return RelationshipWire(
        id=joined.id or f"{joined.left}_{joined.right}",
        left_view_name=joined.left,
        right_view_name=joined.right,
        join_type=joined.join_type.value.upper(),
        type=f"{prefix}{joined.cardinality.value.upper()}",
        sql=shown,
        original_on_sql=shown,
        on=_condition(joined.on_sql, dialect) if is_told else _UNTOLD,
        bidirectional=joined.reversible,
    )


def _condition(text: str | None, dialect: str) -> dict[str, Any]:
    """Show a join condition as calls over fields; what has no operator of ours keeps its fields."""
    if text is None:
        return {"type": "literal", "value": True}
    try:
        template = parse_template(text, dialect)
    except BadSql:
        return _UNTOLD
    return _node(template.tree, template.references)


def _node(node: exp.Expr, references: tuple[str, ...]) -> dict[str, Any]:
    index = reference_index(node)
    if index is not None:
        return {"type": "field", "field_name": references[index]}
    if isinstance(node, exp.Paren):
        return _node(node.this, references)
    if isinstance(node, exp.Literal):
        return {"type": "literal", "value": node.this, "string_value": node.is_string}
    operator = _OPERATORS.get(type(node))
    if operator is not None:
        operands = [_node(child, references) for child in node.iter_expressions()]
        return {"type": "call", "operator": f"SqlStdOperatorTable.{operator}", "operands": operands}
    found = [each for each in node.find_all(exp.Column) if reference_index(each) is not None]
    return {
        "type": "call",
        "operator": node.key.upper(),
        "operands": [_node(each, references) for each in found],
    }
