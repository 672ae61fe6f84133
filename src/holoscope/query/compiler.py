"""The door of the compiler: spec, model, scope and dialect in; one SQL text and its columns out.

Pure: the same arguments always give the same text. The stages are resolve (names to meaning),
plan (how it is computed), passes (plan to plan) and generate (plan to tree).
"""

from __future__ import annotations

from datetime import datetime

from sqlglot import exp

from holoscope.modeling.composites import CompositeTopic
from holoscope.modeling.model import CachePolicy, Model
from holoscope.modeling.topics import Topic
from holoscope.query.build import build
from holoscope.query.built import Built
from holoscope.query.calculations.step import require_rows
from holoscope.query.compiled import CompiledQuery, unsigned
from holoscope.query.composites.build import CompositeBuilt, build_composite, find_composite
from holoscope.query.display import Displays
from holoscope.query.generate import GROUPING, INDICATOR, TOTAL_SORT, generate
from holoscope.query.named_topic import with_named_topic
from holoscope.query.omni_sql import describe, describe_query
from holoscope.query.result_fields import in_column_order, result_fields
from holoscope.query.scope import Scope
from holoscope.query.sheet.lay import lay_sheet
from holoscope.query.sheet.pivot import shape_of
from holoscope.query.spec import QuerySpec
from holoscope.query.sqljobs.compile import compile_sql
from holoscope.sql.dialect import Dialect
from holoscope.sql.markers import rendered

_NOTHING = "__omni_nothing"
_DEFAULT_AGE_SECONDS = 6 * 3600


def compile_query(
    spec: QuerySpec, model: Model, scope: Scope, dialect: Dialect, *, now: datetime, time_zone: str = "UTC"
) -> CompiledQuery:
    """Compile a query for one asker and one warehouse at one instant.

    `now` is aware; relative dates are resolved in `time_zone`, an IANA name. Fields that do not
    exist for this asker, or have no such grain, are left out and listed in `missing_fields`.

    Raises:
        Forbidden: the asker may not ask this, or an attribute that row rules need is not set.
        InvalidQuery: the request cannot mean anything against this model; its subclasses say why.
        Unsupported: the warehouse cannot express it.
    """
    if spec.sql is not None:
        return compile_sql(spec, spec.sql, model, scope, dialect, now=now, time_zone=time_zone)
    spec = with_named_topic(spec, model, scope)
    composite = find_composite(spec, model, scope)
    if composite is not None:
        joined = build_composite(spec, composite, model, scope, dialect, now=now, time_zone=time_zone)
        displays = Displays(model, scope, spec)
        return _compiled_composite(joined, composite, displays, dialect, time_zone)
    built = build(spec, model, scope, dialect, now=now, time_zone=time_zone)
    plan = built.plan
    require_rows(spec, built)
    sheet = lay_sheet(built, spec) if spec.is_laid_out and built.columns else None
    tree = sheet.select() if sheet is not None else generate(plan) if built.columns else _no_columns()
    sql = rendered(tree, dialect)
    if built.instead_of is not None:
        sql = f"{_rewritten(built, dialect)}\n{sql}"
    fields = tuple(field for item in built.columns for field in result_fields(item, spec, built.displays))
    helpers = (GROUPING, INDICATOR, TOTAL_SORT) if plan.totals else ()
    names = (*(item.name for item in plan.outputs), *helpers)
    if sheet is not None:
        names = tuple(item.name for item in sheet.outputs)
        fields += tuple(sheet.fields.values())
    shape = shape_of(sheet, built, spec) if sheet is not None and plan.pivots is not None else None
    policy = _cache_policy(built.source.topic, model)
    return CompiledQuery(
        sql=sql,
        describe=lambda: describe_query(built.source.tree, built.columns, spec, built.resolver),
        columns=names,
        fields=in_column_order(fields, names),
        missing_fields=built.missing,
        limit_rows=spec.limit_rows,
        max_cache_age_seconds=policy.max_cache_age_seconds if policy else None,
        cache_policies=(policy.name,) if policy else (),
        dialect=dialect.name,
        depends_on_now=built.depends_on_now or bool(built.resolver.context.clock.reads),
        numeric_locale=model.numeric_locale,
        time_zone=time_zone,
        sign=built.sign if sheet is None and built.columns else unsigned,
        invalid_calculations=sheet.problems if sheet is not None else {},
        pivot=shape,
    )


def _compiled_composite(
    built: CompositeBuilt, composite: CompositeTopic, displays: Displays, dialect: Dialect, time_zone: str
) -> CompiledQuery:
    model, spec = displays.model, displays.spec
    sql = rendered(built.tree if built.tree is not None else _no_columns(), dialect)
    for view in built.rollups:
        sql = f'-- Query rewritten to use materialized view "{view}".\n{sql}'
    fields = tuple(field for item in built.columns for field in result_fields(item, spec, displays))
    policies = [_cache_policy(model.topics[name], model) for name in built.topics]
    said = [_DEFAULT_AGE_SECONDS if policy is None else policy.max_cache_age_seconds for policy in policies]
    known = dict.fromkeys(policy.name for policy in policies if policy is not None)
    return CompiledQuery(
        sql=sql,
        describe=lambda: describe(composite.name, built.columns, spec.limit_rows),
        columns=built.outputs,
        fields=in_column_order(fields, built.outputs),
        missing_fields=built.missing,
        limit_rows=spec.limit_rows,
        max_cache_age_seconds=min(said) if known else None,
        cache_policies=tuple(known),
        dialect=dialect.name,
        depends_on_now=built.depends_on_now,
        numeric_locale=model.numeric_locale,
        time_zone=time_zone,
    )


def _rewritten(built: Built, dialect: Dialect) -> str:
    """Say in comments which rollup is read, and in place of what (query digest §4.6)."""
    assert built.instead_of is not None  # noqa: S101  (asked for rewritten queries alone)
    lines = [f'Query rewritten to use materialized view "{built.rollup}".']
    lines += rendered(generate(built.instead_of), dialect).splitlines()
    return "\n".join(f"-- {line}" for line in lines)


def _no_columns() -> exp.Select:
    """Every name asked for is missing: no rows, and one reserved column that clients drop."""
    return exp.select(exp.alias_(exp.Null(), _NOTHING)).where(exp.false())


def _cache_policy(topic: Topic | None, model: Model) -> CachePolicy | None:
    name = (topic.cache_policy if topic else None) or model.default_cache_policy
    return model.cache_policies.get(name) if name else None
