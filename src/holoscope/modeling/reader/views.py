"""View files (modeling digest §2, §6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from holoscope.modeling.codes import Code
from holoscope.modeling.fields import Dimension, FilterField, Measure
from holoscope.modeling.findings import Places
from holoscope.modeling.reader import passive
from holoscope.modeling.reader.conditions import read_condition
from holoscope.modeling.reader.fields import DIMENSION, MEASURE, read_dimension, read_measure
from holoscope.modeling.reader.filter_fields import read_filter_fields
from holoscope.modeling.reader.keys import VIEW, Keys
from holoscope.modeling.reader.queries import read_query
from holoscope.modeling.reader.report import Report, yaml_path
from holoscope.modeling.reader.rollup import read_rollup
from holoscope.modeling.reader.section import Section
from holoscope.modeling.reader.tree import Mark, Node, Origin, Spot, Table
from holoscope.modeling.references import Reference, find_references
from holoscope.modeling.types import EMPTY, Aggregate
from holoscope.modeling.validate.view import VIEW_RULES
from holoscope.modeling.views import QueryBody, View, marked_keys

_REFERENCE_LINE = re.compile(r"#\s*Reference this view as\s+(\S+)\s*\Z", re.IGNORECASE)
_KEY_ENTRY = re.compile(r"\$\{\s*([^{}.]+?)\s*\}\Z|\"([^\"]+)\"\Z")

F = TypeVar("F", Dimension, Measure)


@dataclass(frozen=True, slots=True)
class ViewFile:
    """What a view file says. `view` is None when it cannot be used; `left_out` names bad fields.

    `references` are the `${...}` of each field's SQL. `memory` is for what others work out from the
    file once; a file that is made from it begins with none.
    """

    name: str
    view: View | None
    left_out: frozenset[str] = frozenset()
    template: bool = False
    references: Mapping[str, tuple[Reference, ...]] = field(default_factory=lambda: EMPTY)
    memory: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    is_upload: bool = False


def reference_name(file: str, text: str, written: str | None = None) -> str:
    """Return a view's identity: the `# Reference this view as` line, else `name:`, else the file stem."""
    for line in text.removeprefix("\ufeff").splitlines():
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            break
        found = _REFERENCE_LINE.match(stripped)
        if found:
            return found.group(1)
    return written or stem_of(file).lower()


def stem_of(file: str) -> str:
    """Return the table-like part of a view's file key: `PUBLIC/Trips.query.view` -> `Trips`."""
    return file.rsplit("/", 1)[-1].removesuffix(".view").removesuffix(".query")


def read_view(
    name: str, node: Node | None, report: Report, origin: Origin, mark: Mark | None = None
) -> ViewFile:
    """Read the view `name`, whose tree is `node` (None when the file is empty).

    `mark` is where it is named inside a topic; without it the view is a file of its own.
    """
    start = Spot(0, 0) if mark is None else mark
    section = Section(node if node is not None else Table({}, start, start), VIEW, report, (), start)
    section.word("name")
    template = section.flag("template")
    if not name.isidentifier():
        message = f'"{name}" cannot name a view: use letters, digits and underscores.'
        section.error(Code.BAD_NAME, message, "name")
    dimensions, bad_dimensions = _fields(section, "dimensions", DIMENSION, name, read_dimension)
    measures, bad_measures = _fields(section, "measures", MEASURE, name, read_measure)
    filters, bad_filters = read_filter_fields(section, name)
    query = _query(section)
    if query is not None:
        _add_outputs(section, name, query, dimensions, measures)
    stem = stem_of(report.file) if mark is None else name
    view = _view(section, name, stem, dimensions, measures, filters, query)
    left_out = bad_dimensions | bad_measures | bad_filters
    if section.broken:
        return ViewFile(name, None, template=template, is_upload="uploaded_table_name" in section)
    if template:  # what it lacks may be said by the views that extend it
        return ViewFile(name, view, template=True)
    places = Places(lambda _: node, lambda _: origin)
    for rule in VIEW_RULES:
        for finding in rule(view):
            diagnostic = places.diagnose(finding)
            path = yaml_path(report.file, (*report.prefix, *finding.path))
            report.found.append(replace(diagnostic, yaml_path=path))
            left_out |= {out.name.rpartition(".")[2] for out in finding.leaves_out}
    if left_out:
        view = without_fields(view, left_out)
    references = {
        item.name: found
        for group in (view.dimensions, view.measures)
        for item in group.values()
        if item.sql and (found := find_references(item.sql))
    }
    return ViewFile(name, view, frozenset(left_out), references=MappingProxyType(references))


def without_fields(view: View, names: set[str] | frozenset[str]) -> View:
    """Return the view without some fields; a key that loses a part is no key any more.

    A measure and a dimension of one name both go.
    """
    return replace(
        view,
        dimensions=MappingProxyType({n: d for n, d in view.dimensions.items() if n not in names}),
        measures=MappingProxyType({n: m for n, m in view.measures.items() if n not in names}),
        filters=MappingProxyType({n: f for n, f in view.filters.items() if n not in names}),
        primary_key=() if names & set(view.primary_key) else view.primary_key,
    )


def _view(
    section: Section,
    name: str,
    stem: str,
    dimensions: dict[str, Dimension],
    measures: dict[str, Measure],
    filters: dict[str, FilterField],
    query: QueryBody | None,
) -> View:
    sql = section.sql("sql")
    if sql is not None and query is not None:
        section.error(Code.WRONG_TYPE, "A view has either sql or a query, not both.", "query")
    table = section.word("table_name")
    parts = _primary_key(section, dimensions)
    return View(
        name=name,
        position=section.position,
        schema=section.word("schema"),
        catalog=section.word("catalog"),
        table_name=table if table or sql or query else stem,
        sql=sql,
        label=section.text("label"),
        description=section.text("description"),
        hidden=section.flag("hidden"),
        ignored=section.flag("ignored"),
        tags=section.words("tags") or (),
        aliases=section.words("aliases") or (),
        ai_context=section.prompt("ai_context"),
        display_order=section.integer("display_order"),
        required_access_grants=section.words("required_access_grants"),
        schema_label=section.text("schema_label"),
        primary_key=tuple(parts),
        key_sql=MappingProxyType({name: sql for name, sql in parts.items() if sql is not None}),
        template=section.flag("template"),
        default_drill_fields=section.words("default_drill_fields"),
        extends=section.words("extends") or (),
        extra=passive.read_passive(section, passive.VIEW),
        dimensions=MappingProxyType(dimensions),
        measures=MappingProxyType(measures),
        filters=MappingProxyType(filters),
        query=query,
        rollup=read_rollup(section),
    )


def _query(section: Section) -> QueryBody | None:
    node = section.node("query")
    if node is None:
        return None
    mark = section.entries["query"][0]
    query = read_query(node, section.report, (*section.path, "query"), mark, read_condition)
    section.broken = section.broken or query is None
    return query


def _add_outputs(
    section: Section,
    view: str,
    query: QueryBody,
    dimensions: dict[str, Dimension],
    measures: dict[str, Measure],
) -> None:
    """Make a dimension of every column that the view does not list, and a measure that counts rows."""
    listed = {*_names(section, "dimensions"), *_names(section, "measures")}
    for column in query.fields.values():
        if column not in listed:
            dimensions[column] = Dimension(view, column, section.position)
    if "count" not in listed and "count" not in dimensions:
        measures["count"] = Measure(view, "count", section.position, aggregate=Aggregate.COUNT)


def _names(section: Section, key: str) -> list[str]:
    """Name what a section lists, bad things too."""
    return [name for name, *_ in section.children(key)]


def _fields(
    section: Section, key: str, keys: Keys, view: str, read: Callable[[Section, str, str], F | None]
) -> tuple[dict[str, F], set[str]]:
    fields: dict[str, F] = {}
    bad: set[str] = set()
    for name, mark, node, path in section.children(key):
        read_field = read(Section(node, keys, section.report, path, mark), view, name)
        if read_field is None:
            bad.add(name)
        else:
            fields[name] = read_field
    return fields, bad


def _primary_key(section: Section, dimensions: dict[str, Dimension]) -> dict[str, str | None]:
    """Return the key's parts, each with its SQL when it is no dimension.

    Empty when the key cannot be told (a fan-out then fails, never lies).
    """
    marked = marked_keys(dimensions)
    for key in ("custom_compound_primary_key_sql", "primary_key_sql"):
        entries = section.words(key)
        if not entries:
            continue
        parts: dict[str, str | None] = {}
        known = True
        for number, entry in enumerate(entries):
            found = _key_part(entry.strip(), dimensions)
            if found is None:
                known = False
                message = f'No dimension "{entry}" to be part of the primary key; the view has no key.'
                path = (*section.path, key, number)
                section.report.error(
                    Code.UNKNOWN_PRIMARY_KEY, message, _item_mark(section, key, number), path
                )
            else:
                parts[found[0]] = found[1]
        return parts if known else {}
    return {marked[0]: None} if len(marked) == 1 else {}


def _key_part(text: str, dimensions: dict[str, Dimension]) -> tuple[str, str | None] | None:
    """Match a dimension's name, `${name}`, a quoted column, or an expression over own fields and columns."""
    if text in dimensions:
        return text, None
    found = _KEY_ENTRY.match(text)
    if found is None:
        return (text, text) if _is_own_expression(text, dimensions) else None
    name, column = found.groups()
    if name is not None:
        return (name, None) if name in dimensions else None
    for dimension in dimensions.values():
        bare = dimension.sql is None and dimension.name.lower() == column.lower()
        if bare or (dimension.sql or "").strip() in (text, column):
            return dimension.name, None
    return text, text


def _is_own_expression(text: str, dimensions: dict[str, Dimension]) -> bool:
    """Tell whether a key's text is SQL, and names only dimensions of its own view."""
    references = find_references(text)
    if text.isidentifier() or any(
        item.view is not None or item.name not in dimensions for item in references
    ):
        return False
    return bool(references) or not text.replace("_", "").replace(".", "").isalnum()


def _item_mark(section: Section, key: str, number: int) -> Mark:
    node = section.entries[key][1]
    values: list[Node] = getattr(node, "values", [])
    return values[number].mark if number < len(values) else node.mark
