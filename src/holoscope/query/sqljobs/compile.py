"""From hand-written SQL to what the warehouse is asked (query digest §4.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from holoscope.kit.errors import Forbidden, InvalidQuery
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import weekday_index
from holoscope.query.asked import AskedInSql
from holoscope.query.build import subqueries_of_one
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.query.dynamic import model_for
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.target import Context
from holoscope.query.omnisql.compile import compile_omnisql
from holoscope.query.omnisql.naming import all_apart, word_for
from holoscope.query.omnisql.reading import read_omnisql, refuse_reserved, require_known
from holoscope.query.resolve import Resolver
from holoscope.query.result_fields import lone_field
from holoscope.query.scope import Permission, Scope
from holoscope.query.selects import tables_of_model
from holoscope.query.spec import QuerySpec
from holoscope.query.sqljobs.on_top import SqlColumn, lay_on_top
from holoscope.query.sqljobs.verbatim import has_own_limit, may_be_kept, verbatim_text
from holoscope.query.sqljobs.wire import SqlText
from holoscope.query.types import type_of
from holoscope.sql.dialect import Dialect
from holoscope.sql.inference import infer_outputs
from holoscope.sql.markers import rendered
from holoscope.sql.parse import REFERENCE, read_query


def compile_sql(
    spec: QuerySpec,
    sql: SqlText,
    model: Model,
    scope: Scope,
    dialect: Dialect,
    *,
    now: datetime,
    time_zone: str = "UTC",
) -> CompiledQuery:
    """Compile a query object that brings its own SQL.

    Raises:
        Forbidden: the asker may not write SQL.
        InvalidQuery, BadSql: the text names what is not in the model as this asker sees it.
    """
    if not scope.may(Permission.QUERY_SQL):
        raise Forbidden("queries based on manually written SQL are restricted.")
    resolver = _resolver(spec, model, scope, dialect, now=now, time_zone=time_zone)
    is_omnisql = not sql.verbatim and REFERENCE.search(sql.text) is not None
    reading = read_omnisql(sql.text, resolver) if is_omnisql else None
    if reading is not None:
        return compile_omnisql(reading, sql.text, spec, resolver)
    if is_omnisql:
        require_known(sql.text, resolver)
    text = verbatim_text(sql, resolver)
    compiled = _laid_over(text, spec, resolver) if sql.is_topped else _opaque(text, resolver)
    return replace(compiled, parse_failed=is_omnisql)


def _resolver(
    spec: QuerySpec, model: Model, scope: Scope, dialect: Dialect, *, now: datetime, time_zone: str
) -> Resolver:
    model = model_for(model, scope)
    week_start = weekday_index(model.week_start_day)
    clock = Clockwork.at(now, time_zone, week_start, model.fiscal_month_offset)
    asked = AskedInSql(model, spec, None, None, scope=scope)
    return Resolver(model, Context(dialect, clock, scope), week_start, asked, subqueries_of_one())


def _laid_over(text: str, spec: QuerySpec, resolver: Resolver) -> CompiledQuery:
    """Put sorts, calculations and totals over SQL that is taken as it stands: it must be readable."""
    dialect = resolver.context.dialect
    tree = read_query(text, dialect.name)
    found = None if tree is None else infer_outputs(tree, dialect.name, *tables_of_model(resolver.model))
    if tree is None or found is None:
        raise InvalidQuery(
            "Sorts, calculations and totals go over SQL that can be read and names its columns: write the "
            "columns in place of *, or put ORDER BY into the SQL and remove sqlSortsEnabled."
        )
    refuse_reserved(tree)
    names = all_apart(name or word_for(item) for (name, _), item in zip(found, tree.selects, strict=False))
    columns = [SqlColumn(name, type_of(word)) for name, (_, word) in zip(names, found, strict=True)]
    topped = lay_on_top(tree, columns, spec, resolver)
    whole = rendered(topped.tree, dialect)
    fields = {column.name: _field(column, spec) for column in columns} | {
        one.name: one for one in topped.fields
    }
    return replace(
        _opaque(whole, resolver),
        columns=topped.names,
        fields=tuple(fields[name] for name in topped.names if name in fields),
        is_capped=not spec.totals and not has_own_limit(text, dialect.name),
        invalid_calculations=topped.problems,
    )


def _field(column: SqlColumn, spec: QuerySpec) -> ResultField:
    return lone_field(column.name, column.type, spec.labels.get(column.name) or column.name)


def _opaque(text: str, resolver: Resolver) -> CompiledQuery:
    model, dialect = resolver.model, resolver.context.dialect
    policy = model.cache_policies.get(model.default_cache_policy or "")
    age = policy.max_cache_age_seconds if policy else None
    return CompiledQuery(
        sql=text,
        describe=str,
        columns=(),
        fields=(),
        missing_fields=(),
        limit_rows=None,
        max_cache_age_seconds=age if may_be_kept(text, dialect.name) else 0,
        cache_policies=(policy.name,) if policy else (),
        dialect=dialect.name,
        depends_on_now=bool(resolver.context.clock.reads),
        numeric_locale=model.numeric_locale,
        time_zone=resolver.context.clock.zone,
        is_opaque=True,
        is_capped=not has_own_limit(text, dialect.name),
    )
