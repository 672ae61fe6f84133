"""Saved queries in a model: `query:` of a view, `query_structure` of a filter (modeling digest §7, §13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from holoscope.modeling.codes import Code
from holoscope.modeling.conditions import Condition
from holoscope.modeling.reader.keys import QUERY, QUERY_CALCULATION, QUERY_SORT
from holoscope.modeling.reader.report import Path, Report
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Items, Mark, Node, Scalar, Table
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.views import QueryBody

ReadCondition = Callable[[Node, Report, Path, Mark], Condition | None]


def read_query(node: Node, report: Report, path: Path, mark: Mark, read: ReadCondition) -> QueryBody | None:
    """Read a query; None when it is bad (then it has been reported). `read` reads one condition."""
    section = Section(node, QUERY, report, path, mark)
    section.require("base_view")
    section.require("fields")
    filters, binds = _filters(section, read)
    calculations = _calculations(section)
    body = QueryBody(
        base_view=section.word("base_view") or "",
        fields=MappingProxyType(_fields(section, frozenset(calculations))),
        calculations=MappingProxyType(calculations),
        topic=section.word("topic"),
        filters=MappingProxyType(filters),
        binds=MappingProxyType(binds),
        bind_all_filters=section.flag("bind_all_filters"),
        sorts=_sorts(section),
        limit=_limit(section),
        group_by=None if section.node("default_group_by") is None else section.flag("default_group_by"),
        join_via_map=MappingProxyType(_paths(section)),
    )
    return None if section.broken else body


def column_of(field: str) -> str:
    """Name the column of a field without an alias: `trips.started_at[month]` -> `trips__started_at_month`."""
    return field.replace(".", "__").replace("[", "_").removesuffix("]")


def _qualified(name: str) -> str:
    base, grain = split_grain(name.strip())
    return f"{base}[{grain}]" if grain and grain != "raw" else base


def _calculations(section: Section) -> dict[str, str]:
    """Read the texts of calculations by name; what they mean is known to queries alone."""
    found: dict[str, str] = {}
    for name, mark, node, path in section.children("calculations"):
        item = Section(node, QUERY_CALCULATION, section.report, path, mark)
        item.require("sql")
        sql = item.text("sql")
        section.broken = section.broken or item.broken
        if sql is not None:
            found[name] = sql
    return found


def _fields(section: Section, calculations: frozenset[str]) -> dict[str, str]:
    node = section.node("fields")
    if isinstance(node, Items):
        named = [(_qualified(word), "") for word in section.words("fields") or ()]
    else:
        named = [
            (_qualified(name), _alias(section, value, path))
            for name, _, value, path in section.children("fields")
        ]
    fields: dict[str, str] = {}
    for name, alias in named:
        column = alias or column_of(name)
        if "." not in name and name not in calculations:
            section.error(Code.UNKNOWN_FIELD, f'"{name}" must be written as view.field.', "fields")
        elif not column.isidentifier():
            message = f'"{column}" cannot name a column: use letters, digits and underscores.'
            section.error(Code.BAD_NAME, message, "fields")
        elif name in fields or column.lower() in {known.lower() for known in fields.values()}:
            section.error(Code.DUPLICATE_FIELD, f'The query gives the column "{column}" twice.', "fields")
        else:
            fields[name] = column
    return fields


def _alias(section: Section, node: Node, path: Path) -> str:
    if isinstance(node, Scalar) and (node.value is None or node.text.strip()):
        return "" if node.value is None else node.text.strip()
    section.wrong(path, node, "the name of a column")
    return ""


def _filters(section: Section, read: ReadCondition) -> tuple[dict[str, Condition], dict[str, str]]:
    """Read conditions and, apart from them, the outer fields whose filters are taken over."""
    conditions: dict[str, Condition] = {}
    binds: dict[str, str] = {}
    for name, mark, node, path in section.children("filters"):
        field, rest = _qualified(name), node
        if isinstance(node, Table) and "bind" in node.entries:
            bound = node.entries["bind"][1]
            if isinstance(bound, Scalar) and bound.value is not None and "." in bound.text:
                binds[field] = _qualified(bound.text)
            else:
                section.wrong((*path, "bind"), bound, "a field, written as view.field")
            rest = Table(
                {key: entry for key, entry in node.entries.items() if key != "bind"}, node.mark, node.end
            )
            if not rest.entries:
                continue
        condition = read(rest, section.report, path, mark)
        if condition is None:
            section.broken = True
        else:
            conditions[field] = condition
    return conditions, binds


def _sorts(section: Section) -> tuple[tuple[str, bool], ...]:
    sorts = []
    for node, path in section.items("sorts"):
        item = Section(node, QUERY_SORT, section.report, path)
        item.require("field")
        field, descending = item.word("field"), item.flag("desc")
        section.broken = section.broken or item.broken
        if field is not None:
            sorts.append((_qualified(field), descending))
    return tuple(sorts)


def _limit(section: Section) -> int | None:
    limit = section.integer("limit")
    if limit is not None and limit < 1:
        section.error(Code.WRONG_TYPE, '"limit" must be a whole number above 0.', "limit")
    return limit


def _paths(section: Section) -> Mapping[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    for view, _, node, path in section.children("join_via_map"):
        words = (
            [item.text for item in node.values if isinstance(item, Scalar)]
            if isinstance(node, Items)
            else None
        )
        if words is None:
            section.wrong(path, node, "a list of views")
        else:
            paths[view] = tuple(words)
    return paths
