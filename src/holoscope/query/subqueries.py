"""Queries inside a query: the ones behind query views, and the ones that filters compare with.

Each is compiled like any other, for the same asker at the same instant, so grants and row rules of its
topic hold inside. Its times stay as they are stored unless a timeframe makes wall times of them
(modeling digest §7; docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.modeling.conditions import InQuery
from holoscope.modeling.fields import Dimension, Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import Aggregate, ColumnType
from holoscope.modeling.views import QueryBody, View
from holoscope.query.calculations.calculation import read_calculations
from holoscope.query.dimensions import find_dimension
from holoscope.query.filters.target import QueryValues
from holoscope.query.generate import generate
from holoscope.query.lookup import find_field
from holoscope.query.plan.node import ROW, Output
from holoscope.query.sheet.sheet import SHEET, Sheet
from holoscope.query.spec import FieldFilter, QuerySpec, Sort
from holoscope.query.value import UNKNOWN_COLUMN, SubColumn
from holoscope.sql.quoting import column, output
from holoscope.sql.trees import copy_of

if TYPE_CHECKING:
    from holoscope.query.built import Built
    from holoscope.query.resolve import Resolver

_VALUE = "value"
_NAMED = "referenced"
_DEPTH = 20
_MOST = 100


@dataclass(frozen=True, slots=True)
class RefColumn:
    """A column of a referenced query: the name it was asked by, and its name in the SELECT."""

    name: str
    alias: str
    type: ColumnType
    convertible: bool


@dataclass(frozen=True, slots=True)
class Referenced:
    """A referenced query, compiled: `row` is the column with the places of its rows, if it orders them."""

    key: str
    select: exp.Query
    columns: tuple[RefColumn, ...]
    row: str | None


@dataclass(frozen=True, slots=True)
class Subqueries:
    """Opens queries inside a query.

    `build` plans one for a resolver; its last argument tells that the model wrote the query, so that it
    needs no leave to ask a view without a topic. `opened` lists what one query has opened so far.
    """

    build: Callable[[QuerySpec, Resolver, bool], Built]
    opened: list[str] = field(default_factory=list)

    def of_view(self, view: View, resolver: Resolver) -> exp.Query:
        """Compile the query behind a view; its columns carry the names of the view's columns.

        Raises:
            InvalidQuery: it reads itself, or names what does not exist for this asker.
        """
        body = view.query
        if body is None or view.name in resolver.inside:
            circle = " -> ".join((*resolver.inside, view.name))
            raise InvalidQuery(f"Views read each other in a circle: {circle}")
        self._open(view.name, resolver)
        filters = (*_own_filters(body), *_bound_filters(view, body, resolver))
        spec = replace(_spec(body), filters=filters, references=resolver.asked.spec.references)
        inside = step_inside(resolver, view.name)
        return self._select(spec, inside, body.fields, f'View "{view.name}"', authored=True)[0]

    def values(self, condition: InQuery, resolver: Resolver) -> QueryValues:
        """Compile the query a filter compares with, down to its one column without NULL.

        Raises:
            InvalidQuery: no such query is referenced, or it has no such field.
        """
        key = f"the query {condition.query if isinstance(condition.query, str) else len(resolver.inside)}"
        self._open(key, resolver)
        if key in resolver.inside:
            raise InvalidQuery(f'The referenced query "{condition.query}" refers to itself.')
        spec = self._referenced(condition, resolver)
        if condition.disregard_limit:
            spec = replace(spec, limit_rows=None, offset_rows=0)
        name = next((item for item in spec.fields if item.lower() == condition.field.lower()), None)
        if name is None:
            raise NoSuchField(condition.field)
        inside = step_inside(resolver, key)
        authored = isinstance(condition.query, QueryBody)
        names = {item: _VALUE if item == name else f"c{n}" for n, item in enumerate(spec.fields)}
        select, added = self._select(spec, inside, names, f'Filter by "{condition.field}"', authored=authored)
        outer = exp.select(column(_VALUE, _NAMED)).from_(select.subquery(_NAMED, copy=False), copy=False)
        present = exp.Not(this=exp.Is(this=column(_VALUE, _NAMED), expression=exp.Null()))
        described = added.get(name.lower()) or describe(name, inside)
        return QueryValues(outer.where(present, copy=False), described.type, described.convertible)

    def referenced(self, key: str, resolver: Resolver) -> Referenced:
        """Compile a referenced query with all its columns and the places of its rows.

        Raises:
            InvalidQuery: it refers to itself, or names what does not exist for this asker.
        """
        name = f"the query {key}"
        self._open(name, resolver)
        if name in resolver.inside:
            raise InvalidQuery(f'The referenced query "{key}" refers to itself.')
        known = resolver.asked.spec.references
        spec = replace(known[key], references={**known, **known[key].references})
        _refuse_sql(spec, key)
        inside = step_inside(resolver, name)
        built = self.build(spec, inside, False)
        if built.missing:
            raise InvalidQuery(f'Referenced query "{key}": No such field "{built.missing[0]}".')
        if spec.is_laid_out:
            return _referenced_sheet(key, built, spec, inside)
        outputs = tuple(Output(f"c{n}", value) for n, (_, value) in enumerate(built.values()))
        columns = []
        for number, (field_name, _) in enumerate(built.values()):
            described = describe(field_name, inside)
            columns.append(RefColumn(field_name, f"c{number}", described.type, described.convertible))
        ordered = bool(built.plan.order)
        plan = replace(built.plan, outputs=outputs, numbered=ordered)
        return Referenced(key, generate(plan), tuple(columns), ROW if ordered else None)

    def _open(self, name: str, resolver: Resolver) -> None:
        self.opened.append(name)
        if len(resolver.inside) >= _DEPTH or len(self.opened) > _MOST:
            raise InvalidQuery(f"The query stands on more than {_MOST} others, or on {_DEPTH} in each other.")

    @staticmethod
    def _referenced(condition: InQuery, resolver: Resolver) -> QuerySpec:
        if isinstance(condition.query, QueryBody):
            body = condition.query
            return replace(_spec(body), filters=tuple(_own_filters(body)))
        known = resolver.asked.spec.references
        if condition.query not in known:
            raise InvalidQuery(f"No referenced query with id {condition.query} found in query")
        # A reference may use the other references of the query that holds it.
        spec = known[condition.query]
        _refuse_sql(spec, condition.query)
        return replace(spec, references={**known, **spec.references})

    def _select(
        self, spec: QuerySpec, resolver: Resolver, names: Mapping[str, str], what: str, *, authored: bool
    ) -> tuple[exp.Query, Mapping[str, SubColumn]]:
        """Give the SELECT of a query, and what the columns hold that are laid over it."""
        built = self.build(spec, resolver, authored)
        if built.missing:
            raise InvalidQuery(f'{what}: No such field "{built.missing[0]}".')
        if spec.is_laid_out:
            sheet = _sheet(built, spec)
            added = {name: SubColumn(one.type, False) for name in spec.added if (one := sheet.find(name))}
            return _over(sheet, names), added
        outputs = tuple(Output(names[name], value) for name, value in built.values())
        order = built.plan.order if spec.limit_rows is not None or spec.offset_rows else ()
        return generate(replace(built.plan, outputs=outputs, order=order)), {}


def _refuse_sql(spec: QuerySpec, key: str) -> None:
    if spec.sql is not None:
        raise InvalidQuery(
            f'The referenced query "{key}" brings SQL of its own (userEditedSQL), which no other query '
            "reads: let it name fields, and put the SQL into a view of the model."
        )


def _sheet(built: Built, spec: QuerySpec) -> Sheet:
    from holoscope.query.sheet.lay import lay_sheet

    sheet = lay_sheet(built, spec)
    return sheet if sheet.is_data is None else sheet.filtered(copy_of(sheet.is_data))


def _over(sheet: Sheet, names: Mapping[str, str], *more: tuple[exp.Expr, str]) -> exp.Select:
    """Select columns of a sheet under other names."""
    select = exp.select()
    for name, alias in names.items():
        found = sheet.find(name)
        if found is None:
            raise NoSuchField(name)
        select = select.select(output(copy_of(found.value), alias), copy=False)
    for value, alias in more:
        select = select.select(output(copy_of(value), alias), copy=False)
    return select.from_(sheet.source.copy().subquery(SHEET, copy=False), copy=False)


def _referenced_sheet(key: str, built: Built, spec: QuerySpec, inside: Resolver) -> Referenced:
    """Describe a referenced query that has calculations, or pivots, laid over its rows."""
    sheet = _sheet(built, spec)
    names = {name: f"c{number}" for number, name in enumerate(spec.fields)}
    columns = []
    for name, alias in names.items():
        found = sheet.find(name)
        is_added = found is not None and name.lower() in spec.added
        told = SubColumn(found.type, False) if found is not None and is_added else describe(name, inside)
        columns.append(RefColumn(name, alias, told.type, told.convertible))
    more = ((sheet.row, ROW),) if sheet.is_sorted else ()
    return Referenced(key, _over(sheet, names, *more), tuple(columns), ROW if sheet.is_sorted else None)


def step_inside(resolver: Resolver, name: str) -> Resolver:
    """Give a resolver for what stands inside `name`; it leaves times as they are stored."""
    return replace(resolver.afresh(), inside=(*resolver.inside, name), stored_times=True)


def columns_of(view: View, resolver: Resolver) -> dict[str, SubColumn]:
    """Tell what the columns of a query view hold, the same for every asker."""
    fields = view.query.fields if view.query is not None else {}
    inside = step_inside(resolver, view.name)
    return {alias.lower(): describe(name, inside) for name, alias in fields.items()}


def describe(name: str, resolver: Resolver) -> SubColumn:
    """Tell what a field of an inner query holds, whoever may name it."""
    base, grain = split_grain(name)
    found = resolver.lookup.find(base, direct=False)
    if isinstance(found, Dimension):
        dimension = find_dimension(resolver, name, direct=False)
        if dimension is None:
            return UNKNOWN_COLUMN
        whole = grain is None or grain == "raw"
        return SubColumn(dimension.value.type, whole and resolver.raw(found).convertible)
    if isinstance(found, Measure):
        kind = resolver.measure_tree(found)[1]
        moved = found.aggregate in (Aggregate.MIN, Aggregate.MAX) and found.sql is not None
        convertible = not moved or resolver.expression(found.sql or "", found.view).convertible
        return SubColumn(kind, convertible)
    return UNKNOWN_COLUMN


def _spec(body: QueryBody) -> QuerySpec:
    fields = tuple(body.fields)
    written = [{"calc_name": name, "sql": text} for name, text in body.calculations.items()]
    return QuerySpec(
        calculations=read_calculations(written, fields),
        fields=fields,
        table=body.base_view,
        topic=body.topic,
        sorts=tuple(Sort(name, descending) for name, descending in body.sorts),
        limit_rows=body.limit,
        group_by=body.group_by is not False,
        join_via=body.join_via_map,
    )


def _own_filters(body: QueryBody) -> Iterator[FieldFilter]:
    for name, condition in body.filters.items():
        yield FieldFilter(name, condition, authored=True)


def _bound_filters(view: View, body: QueryBody, resolver: Resolver) -> Iterator[FieldFilter]:
    """Filters of the query around, moved inside: those bound by name, then every one that applies."""
    asked = resolver.asked
    for name, outer in body.binds.items():
        owner, _, field = outer.partition(".")
        found = find_field(resolver.model, f"{resolver.lookup.meant(owner, view.name)}.{field}")
        condition = None if found is None else asked.condition(found)
        if condition is not None:
            yield FieldFilter(name, condition)
    for item in asked.spec.filters if body.bind_all_filters else ():
        found = find_field(resolver.model, split_grain(item.field)[0])
        if found is not None and not isinstance(found, Measure) and found.view != view.name:
            yield replace(item, ignore_if_unjoinable=True)
