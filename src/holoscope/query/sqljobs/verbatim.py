"""SQL as it stands: the warehouse gets the asker's own text (query digest §4.8, §3.10).

Only a template in it changes the text: then it is read as a tree, the values are put in as literals and
the tree is written out again.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.templates import is_templated
from holoscope.modeling.types import DataType
from holoscope.query.dimensions import find_dimension
from holoscope.query.resolve import Resolver
from holoscope.query.selects import with_sections
from holoscope.query.sqljobs.visible import require_visible_templates
from holoscope.query.sqljobs.wire import SqlText
from holoscope.query.templates import Section, demand_values, put_values, render
from holoscope.sql.folding import fold
from holoscope.sql.parse import BadSql, read_statement
from holoscope.sql.volatile import is_volatile

_LIMITS = (exp.Limit, exp.Fetch)


def verbatim_text(sql: SqlText, resolver: Resolver) -> str:
    """Give the text that goes to the warehouse.

    Raises:
        InvalidQuery: a template names what the asker cannot see, or needs a value the query does not give.
        BadSql: a template stands where no value can stand.
    """
    if sql.is_dbt and ("{{" in sql.text or "{%" in sql.text):
        raise InvalidQuery(
            "This server does not render dbt templates: write the tables' names, without dbtMode."
        )
    return _filled(sql.text, resolver) if is_templated(sql.text) else sql.text


def has_own_limit(text: str, dialect: str) -> bool:
    """Tell whether a statement says in digits how many rows it gives at most."""
    tree = read_statement(text, dialect)
    limit = tree.args.get("limit") if isinstance(tree, exp.Query) else None
    if not isinstance(limit, _LIMITS):
        return False
    count = limit.args.get("expression") or limit.args.get("count")
    return isinstance(count, exp.Literal) and not count.is_string


def may_be_kept(text: str, dialect: str) -> bool:
    """Tell whether the statement gives the same rows as long as the tables are the same."""
    tree = read_statement(text, dialect)
    return tree is not None and not is_volatile(tree)


def _filled(text: str, resolver: Resolver) -> str:
    require_visible_templates(text, resolver)
    dialect = resolver.context.dialect
    rendered = render(text, resolver.context, resolver.asked, lambda name: name)
    rendered.sections = [_typed(section, resolver) for section in rendered.sections]
    tree = read_statement(rendered.text, dialect.name)
    if not isinstance(tree, exp.Query):
        raise BadSql(f"SQL with a template in it must be one SELECT that can be read: {text!r}")
    try:
        tree = fold(put_values(tree.copy(), rendered))
        demand_values(tree, rendered)
    except BadSql as error:
        raise BadSql(f"{error.detail} In: {text!r}") from error
    return dialect.render(with_sections(tree, rendered, resolver))


def _typed(section: Section, resolver: Resolver) -> Section:
    """Let a condition be about values of its dimension's type where that declares none."""
    dimension = find_dimension(resolver, section.name) if section.kind is DataType.UNKNOWN else None
    return section if dimension is None else replace(section, kind=dimension.value.type.data_type)
