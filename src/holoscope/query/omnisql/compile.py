"""From OmniSQL to the text for the warehouse and the description of its result (query digest §4.8)."""

from __future__ import annotations

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.kit.text import title
from holoscope.modeling.types import DataType
from holoscope.query.compiled import CompiledQuery, ResultField
from holoscope.query.display import Displays
from holoscope.query.omnisql.block import OutColumn
from holoscope.query.omnisql.compiled import Compiled
from holoscope.query.omnisql.reading import Reading
from holoscope.query.omnisql.statement import Statement
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedMeasure
from holoscope.query.result_fields import date_type_of, in_column_order, result_fields
from holoscope.query.selects import with_sections
from holoscope.query.spec import QuerySpec
from holoscope.query.sqljobs.on_top import SqlColumn, lay_on_top
from holoscope.query.types import STRING
from holoscope.sql.markers import rendered
from holoscope.sql.volatile import is_volatile

_TOO_DEEP = "The SQL is nested too deeply: write it in fewer levels, or with CTEs."


def compile_omnisql(reading: Reading, text: str, spec: QuerySpec, resolver: Resolver) -> CompiledQuery:
    """Compile a statement that has been read.

    Raises:
        CannotSubstitute: a reference names what is not there for this asker.
        InvalidQuery, NoJoinPath, FanOutNeedsKey, Unsupported: it cannot be planned.
    """
    is_kept = not is_volatile(reading.tree)
    try:
        found = Statement(reading, resolver, spec).compiled()
        tree, names, more, problems = _topped(found, spec, resolver)
        sql = _rendered(tree, reading, resolver)
    except RecursionError:
        raise InvalidQuery(_TOO_DEEP) from None
    model, dialect = resolver.model, resolver.context.dialect
    policy = model.cache_policies.get(model.default_cache_policy or "")
    age = policy.max_cache_age_seconds if policy else None
    columns = found.columns or ()
    displays = Displays(model, resolver.context.scope, spec)
    fields = tuple(field for column in columns for field in _fields(column, spec, displays))
    return CompiledQuery(
        sql=sql,
        describe=lambda: text,
        columns=names,
        fields=in_column_order((*fields, *more), names),
        missing_fields=(),
        limit_rows=None,
        max_cache_age_seconds=age if is_kept else 0,
        cache_policies=(policy.name,) if policy else (),
        dialect=dialect.name,
        depends_on_now=bool(resolver.context.clock.reads),
        numeric_locale=model.numeric_locale,
        time_zone=resolver.context.clock.zone,
        invalid_calculations=problems,
        is_opaque=found.columns is None or any(field.data_type is DataType.UNKNOWN for field in fields),
    )


def _names(columns: tuple[OutColumn, ...]) -> tuple[str, ...]:
    """Name the columns in order; the texts of times come after all others."""
    texts = (column.text for column in columns if column.text is not None)
    return (*(column.name for column in columns), *texts)


def _topped(
    found: Compiled, spec: QuerySpec, resolver: Resolver
) -> tuple[exp.Query, tuple[str, ...], tuple[ResultField, ...], dict[str, str]]:
    """Lay sorts, calculations and totals over the result where the query asks for them."""
    columns = found.columns
    if spec.sql is None or not spec.sql.is_topped:
        return found.tree, _names(columns or ()), (), {}
    if columns is None:
        raise InvalidQuery(
            "Sorts, calculations and totals over SQL need columns with names: write them for *."
        )
    known = {column.name: column for column in columns}
    laid = []
    for name in _names(columns):
        column = known.get(name)
        kind = STRING if column is None else column.type
        laid.append(SqlColumn(name, kind, column is not None and column.is_aggregated))
    topped = lay_on_top(found.tree, laid, spec, resolver)
    return topped.tree, topped.names, topped.fields, topped.problems


def _rendered(whole: exp.Query, reading: Reading, resolver: Resolver) -> str:
    tree, dialect = with_sections(whole, reading.rendered, resolver), resolver.context.dialect
    return rendered(tree, dialect)


def _fields(column: OutColumn, spec: QuerySpec, displays: Displays) -> tuple[ResultField, ...]:
    """Describe a column; a field as it is is told as in any query."""
    if column.item is not None:
        found = result_fields(column.item.found, spec, displays)
        if column.text is not None or len(found) == 1:
            return found
    view, _, name = column.name.rpartition(".")
    kind = column.type
    is_measure = column.is_aggregated or (
        column.item is not None and isinstance(column.item.found, ResolvedMeasure)
    )
    return (
        ResultField(
            name=column.name,
            view_name=view,
            field_name=name,
            fully_qualified_name=column.name,
            data_type=kind.data_type,
            is_dimension=not is_measure,
            label=spec.labels.get(column.name) or title(name),
            date_type=date_type_of(kind.date_only or kind.native == "date", kind.data_type),
        ),
    )
