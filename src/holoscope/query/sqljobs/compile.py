"""From hand-written SQL to what the warehouse is asked (query digest §4.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from holoscope.kit.errors import Forbidden
from holoscope.modeling.model import Model
from holoscope.modeling.timeframes import weekday_index
from holoscope.query.asked import AskedInSql
from holoscope.query.build import subqueries_of_one
from holoscope.query.compiled import CompiledQuery
from holoscope.query.dynamic import model_for
from holoscope.query.filters.literals import Clockwork
from holoscope.query.filters.target import Context
from holoscope.query.omnisql.compile import compile_omnisql
from holoscope.query.omnisql.reading import read_omnisql, require_known
from holoscope.query.resolve import Resolver
from holoscope.query.scope import Permission, Scope
from holoscope.query.spec import QuerySpec
from holoscope.query.sqljobs.verbatim import has_own_limit, may_be_kept, verbatim_text
from holoscope.query.sqljobs.wire import SqlText
from holoscope.sql.dialect import Dialect
from holoscope.sql.parse import REFERENCE


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
    compiled = _opaque(verbatim_text(sql, resolver), resolver)
    return replace(compiled, parse_failed=is_omnisql)


def _resolver(
    spec: QuerySpec, model: Model, scope: Scope, dialect: Dialect, *, now: datetime, time_zone: str
) -> Resolver:
    model = model_for(model, scope)
    week_start = weekday_index(model.week_start_day)
    clock = Clockwork.at(now, time_zone, week_start, model.fiscal_month_offset)
    asked = AskedInSql(model, spec, None, None)
    return Resolver(model, Context(dialect, clock, scope), week_start, asked, subqueries_of_one())


def _opaque(text: str, resolver: Resolver) -> CompiledQuery:
    model, dialect = resolver.model, resolver.context.dialect
    policy = model.cache_policies.get(model.default_cache_policy or "")
    age = policy.max_cache_age_seconds if policy else None
    return CompiledQuery(
        sql=text,
        omni_sql="",
        columns=(),
        fields=(),
        missing_fields=(),
        limit_rows=None,
        max_cache_age_seconds=age if may_be_kept(text, dialect.name) else 0,
        cache_policies=(policy.name,) if policy else (),
        dialect=dialect.name,
        depends_on_now=bool(resolver.context.clock.reads),
        fingerprint=sha256(f"{dialect.name}\n{text}".encode()).hexdigest(),
        numeric_locale=model.numeric_locale,
        time_zone=resolver.context.clock.zone,
        is_opaque=True,
        is_capped=not has_own_limit(text, dialect.name),
    )
