"""The table, or the SELECT, behind a view: templates filled in, `${...}` of view SQL expanded.

In a view's SELECT `${view}` is that view's table, and `${view.field}` is the field's SQL over columns of
the table that stands under the view's name (modeling digest §7).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.model import Model
from holoscope.modeling.templates import is_templated
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import ColumnType, DataType
from holoscope.modeling.views import View
from holoscope.query.dynamic import require_schema
from holoscope.query.filters.target import Target
from holoscope.query.lookup import find_view
from holoscope.query.masks import shown_in_select
from holoscope.query.plan.node import Table
from holoscope.query.templates import Rendered, Section, apply_sections, demand_values, put_values, render
from holoscope.query.types import type_of, word_of
from holoscope.query.value import SubColumn, Value
from holoscope.query.wall import wall_of
from holoscope.sql.folding import fold
from holoscope.sql.inference import infer_columns, infer_sections
from holoscope.sql.parse import BadSql, Template, parse_select, parse_select_template, reference_index
from holoscope.sql.quoting import identifier
from holoscope.sql.trees import atom, copy_of

if TYPE_CHECKING:
    from holoscope.query.resolve import Resolver


def table_of(view_name: str, resolver: Resolver) -> Table:
    """Name the physical table, or the SELECT, behind a view."""
    view = resolver.model.views[view_name]
    if view.sql is not None:
        return Table(view_name, select_behind(view, resolver).subquery(copy=True))
    if view.query is not None:
        return Table(view_name, resolver.subqueries.of_view(view, resolver).subquery(copy=False))
    return Table(view_name, physical_table(view, resolver.model))


def physical_table(view: View, model: Model) -> exp.Table:
    """Name a view's table as SQL does; the default schema is left out.

    Raises:
        Forbidden: the schema is the asker's, who has none.
    """
    require_schema(view, model)
    name = view.table_name or view.alias_of or view.name
    schema = view.schema if view.schema and view.schema.lower() != model.catalog.default_schema else None
    return exp.Table(
        this=identifier(name),
        db=identifier(schema) if schema else None,
        catalog=identifier(view.catalog) if view.catalog else None,
    )


def select_behind(view: View, resolver: Resolver) -> exp.Query:
    """Give the SELECT of a view over SQL. It may be shared: copy before changing it.

    Raises:
        BadSql, InvalidQuery: it does not parse, or a part of it means nothing.
    """
    text, dialect = view.sql or "", resolver.context.dialect.name
    if view.name in resolver.inside:
        raise InvalidQuery(f"Views read each other in a circle: {' -> '.join((*resolver.inside, view.name))}")
    if "${" not in text and not is_templated(text):
        return parse_select(text, dialect)
    rendered = Rendered(text)
    if is_templated(text):
        rendered = render(
            text, resolver.context, resolver.asked, lambda name: resolver.lookup.meant(name, view.name)
        )
    try:
        template = parse_select_template(rendered.text, dialect)
        tree = fold(put_values(template.tree.copy(), rendered))
        demand_values(tree, rendered)
    except BadSql as error:
        raise BadSql(f"{error.detail.partition(': ')[0]}, filled in: {text!r}") from error
    resolver = replace(resolver, inside=(*resolver.inside, view.name), in_select=True)
    tree = _expanded(tree, template, view, resolver)
    tree = with_sections(tree, rendered, resolver)
    if not isinstance(tree, exp.Query):
        raise BadSql(f"SQL of a view must be one SELECT: {text!r}")
    return tree


def columns_behind(view: View, resolver: Resolver) -> dict[str, SubColumn]:
    """Infer the columns of a view over a SELECT from the tables it reads; what only a query says is NULL."""
    try:
        select = select_behind(view, resolver)
    except (BadSql, InvalidQuery):
        return {}
    words = infer_columns(select, resolver.context.dialect.name, *tables_of_model(resolver.model))
    return {name: SubColumn(type_of(word), convertible=True) for name, word in words.items()}


def tables_of_model(model: Model) -> tuple[dict[str, dict[str, str]], str]:
    """Give the type words of every table's columns, and the schema that need not be named."""
    catalog = model.catalog
    tables = {
        table: {name: word_of(kind) for name, kind in columns.items()}
        for table, columns in catalog.tables.items()
    }
    return tables, catalog.default_schema


def _expanded(tree: exp.Expr, template: Template, view: View, resolver: Resolver) -> exp.Expr:
    """Put tables and expressions in the places of `${...}`."""
    named = {item.alias for item in tree.find_all(exp.Subquery)}
    for node in list(tree.find_all(exp.Table)):
        index = reference_index(exp.column(node.name)) if not node.db else None
        source: exp.Expr = node
        if index is not None:
            source = _table(node, template.references[index], view, resolver)
            node.replace(source)
        named.add(source.alias_or_name)
    for column in list(tree.find_all(exp.Column)):
        index = reference_index(column)
        if index is not None:
            column.replace(_value(template.references[index], named, view, resolver))
    return tree


def _table(node: exp.Table, name: str, view: View, resolver: Resolver) -> exp.Expr:
    known = find_view(resolver.model, name)
    if known is None or known.ignored:
        raise InvalidQuery(f'View "{view.name}": No such view "{name}"')
    source = table_of(known.name, resolver).named()
    alias = node.args.get("alias")
    if alias is not None:
        source.set("alias", alias.copy())
    elif not source.alias and source.name != known.name:
        source.set("alias", exp.TableAlias(this=identifier(known.name)))
    return source


def _value(name: str, named: set[str], view: View, resolver: Resolver) -> exp.Expr:
    if split_grain(name)[1] is not None:
        raise InvalidQuery(f'View "{view.name}": ${{{name}}} has a timeframe; write the truncation as SQL.')
    value = resolver.reference(name, view.name)
    missing = sorted(value.views - named)
    if missing:
        raise InvalidQuery(
            f'View "{view.name}": ${{{name}}} reads the table under the name "{missing[0]}": '
            f"write FROM ${{{missing[0]}}} AS {missing[0]}."
        )
    return atom(copy_of(shown_in_select(resolver, value)))


def with_sections(tree: exp.Expr, rendered: Rendered, resolver: Resolver) -> exp.Expr:
    """Turn the sections in a filled-in SELECT into conditions about their bodies."""
    if not rendered.sections:
        return tree
    words = infer_sections(tree, resolver.context.dialect.name, *tables_of_model(resolver.model))

    def about(number: int, body: exp.Expr, section: Section) -> Target:
        kind = type_of(words.get(number, "unknown"))
        if kind.data_type is DataType.UNKNOWN:
            kind = ColumnType(section.kind)
        value = Value(atom(body), kind, frozenset())
        return Target(section.name, value.tree, kind, wall=atom(wall_of(resolver, value)))

    return apply_sections(tree, rendered.sections, about, resolver.context)
