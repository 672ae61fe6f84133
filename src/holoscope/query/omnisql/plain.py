"""SELECTs from CTEs, sub-queries and tables, and from views joined to those by hand.

They stay SQL. A view in their FROM becomes a query of its own, planned and restricted as any other, that
gives the rows of the view with the fields the SELECT reads; joins by hand are the writer's own, and so is
what aggregates count over them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery, NoJoinPath
from holoscope.modeling.fields import Measure
from holoscope.modeling.timeframes import split_grain
from holoscope.modeling.types import Aggregate
from holoscope.query.omnisql.block import OutColumn
from holoscope.query.omnisql.compiled import Columns, Compiled, Known
from holoscope.query.omnisql.errors import no_such_field
from holoscope.query.omnisql.expressions import is_aggregate
from holoscope.query.omnisql.functions import Functions
from holoscope.query.omnisql.last import named
from holoscope.query.omnisql.masked import refuse_computing_with_digests
from holoscope.query.omnisql.names import Item, view_named
from holoscope.query.omnisql.naming import all_apart, word_for
from holoscope.query.omnisql.parts import own_parts, plain_parts, require_plain_table, sources_of
from holoscope.query.omnisql.reading import written_at
from holoscope.query.source import find_source
from holoscope.query.spec import QuerySpec
from holoscope.query.types import UNKNOWN
from holoscope.sql.quoting import output

if TYPE_CHECKING:
    from holoscope.query.omnisql.statement import Statement

_PLAIN_AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "SUM": exp.Sum,
    "COUNT": exp.Count,
    "AVERAGE": exp.Avg,
    "MIN": exp.Min,
    "MAX": exp.Max,
    "MEDIAN": exp.Median,
}


@dataclass(slots=True)
class _View:
    """A view in FROM: its alias, its name as written, where it stands, and the fields read from it."""

    alias: str
    view: str
    table: exp.Table
    fields: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Plain:
    """Compiles one SELECT that is not over the model alone."""

    statement: Statement
    node: exp.Query
    known: Known
    _views: list[_View] = field(default_factory=list)
    _sources: dict[str, Columns] = field(default_factory=dict)

    def compiled(self, is_last: bool) -> Compiled:
        """Give the SELECT with every name of the model replaced."""
        select = self.node
        if not isinstance(select, exp.Select):
            raise InvalidQuery("The statement is no SELECT.")
        for source in list(sources_of(select)):
            self._enter(source)
        self._hoist(select)
        self._settle(select)
        self._place_views()
        for part in own_parts(select):
            refuse_computing_with_digests(part, self._item_of, self.statement.resolver)
        self._expand(select)
        columns = self._columns(select)
        view = self._views[0].view if self._views else self.statement.first_view
        return named(select, columns, view, is_last)

    # -- what is read -------------------------------------------------------------------

    def _enter(self, source: exp.Expr) -> None:
        """Note a source, and compile it where it is a query."""
        if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Query):
            found = self.statement.query(source.this, self.known)
            source.set("this", found.tree)
            self._sources[source.alias.lower()] = found.columns
        elif isinstance(source, exp.Table):
            self._enter_table(source)
        else:
            self._sources[(source.alias or f"#{len(self._sources)}").lower()] = None

    def _enter_table(self, table: exp.Table) -> None:
        written = written_at(table, self.statement.reading.references)
        cte = self.known.ctes.get(table.name.lower()) if not table.db else None
        if written is not None:
            joins = table.args.get("joins")
            table.set("joins", None)
            require_plain_table(table)
            table.set("joins", joins)
            view = view_named(written, self.statement.resolver)
            alias = table.alias or view
            if any(alias.lower() == item.alias.lower() for item in self._views):
                raise InvalidQuery(f'"{alias}" stands twice in FROM: give each its own alias.')
            self._views.append(_View(alias, view, table))
        elif cte is not None:
            name, columns = cte
            alias = table.alias or table.name
            table.set("this", exp.to_identifier(name, quoted=True))
            if not table.args.get("alias"):
                table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
            self._sources[alias.lower()] = columns
        else:
            self._sources[table.alias_or_name.lower()] = None

    def _hoist(self, select: exp.Select) -> None:
        """Compile sub-queries in expressions that name the model or a CTE; others stay where they are."""
        views = frozenset(item.view for item in self._views)
        for part in plain_parts(select):
            if self._names_more(part):
                self.statement.hoisted(part, self.known, views)

    def _names_more(self, part: exp.Expr) -> bool:
        for query in part.find_all(exp.Select, exp.SetOperation):
            for table in query.find_all(exp.Table):
                if written_at(table, self.statement.reading.references) is not None:
                    return True
                if not table.db and table.name.lower() in self.known.ctes:
                    return True
        return False

    # -- names --------------------------------------------------------------------------

    def _settle(self, select: exp.Select) -> None:
        """Replace every reference, and every plain name of a view's field, by a column of its source."""
        references = self.statement.reading.references
        aliases = {item.alias.lower() for item in select.expressions if isinstance(item, exp.Alias)}
        for column in [node for part in own_parts(select) for node in part.find_all(exp.Column)]:
            written = written_at(column, references)
            if written is not None:
                column.replace(self._referenced(written))
                continue
            item = self._plain_name(column, aliases)
            if item is not None:
                column.replace(item)

    def _referenced(self, written: str) -> exp.Expr:
        base, word = split_grain(written)
        if "." not in base:
            raise no_such_field(written)
        resolver = self.statement.resolver
        found = resolver.lookup.find(base)
        if found is None:
            raise no_such_field(written)
        key = found.qualified_name if word is None else f"{found.qualified_name}[{word}]"
        owners = [item for item in self._views if item.view == found.view]
        if not owners:
            shown = self._shown_elsewhere(key)
            if shown is not None:
                return shown
            owners = [item for item in self._views if self._reaches(item, found.view)]
        if not owners:
            start = self._views[0].view if self._views else "the sub-queries in FROM"
            raise NoJoinPath(start, found.view)
        if len(owners) > 1:
            names = ", ".join(f"{item.alias}.{found.name}" for item in owners)
            raise InvalidQuery(f"${{{written}}} could be a field of several tables in FROM: write {names}.")
        if isinstance(found, Measure):
            raise InvalidQuery(
                f'"{found.qualified_name}" is a measure: where FROM joins by hand, it cannot be known which '
                f"rows it should count. Put it into a sub-query of its own over ${{{found.view}}}."
            )
        return self._column_of(owners[0], f"{found.qualified_name}[{word}]" if word else found.qualified_name)

    def _reaches(self, item: _View, view: str) -> bool:
        resolver = self.statement.resolver
        tree = find_source(QuerySpec((), table=item.view), resolver.model, resolver.context.scope).tree
        if view not in tree:
            return False
        return not any(edge.multiplies_parent for edge in tree.path(view))

    def _shown_elsewhere(self, key: str) -> exp.Expr | None:
        """Give the column of a sub-query or a CTE that shows a field as it is."""
        for alias, columns in self._sources.items():
            for column in columns or ():
                if column.item is not None and column.item.key == key:
                    return exp.column(exp.to_identifier(column.name, quoted=True), exp.to_identifier(alias))
        return None

    def _plain_name(self, column: exp.Column, aliases: set[str]) -> exp.Expr | None:
        owners = self._views
        if column.args.get("table"):
            owners = [item for item in owners if item.alias.lower() == column.table.lower()]
            if not owners:
                return None
        elif self._is_elsewhere(column.name):
            return None
        resolver = self.statement.resolver
        for item in owners:
            for name in (column.name, column.name.lower()):
                found = resolver.lookup.find(f"{item.view}.{name}")
                if found is not None and not isinstance(found, Measure):
                    return self._column_of(item, found.qualified_name)
        if column.name.lower() in aliases and not column.args.get("table"):
            return None
        if column.args.get("table") or (owners and not self._is_open()):
            raise no_such_field(column.sql())
        return None

    def _is_elsewhere(self, name: str) -> bool:
        shown = (columns for columns in self._sources.values() if columns is not None)
        return any(column.name.lower() == name.lower() for columns in shown for column in columns)

    def _is_open(self) -> bool:
        """Tell whether a source has columns that we do not know."""
        return any(columns is None for columns in self._sources.values())

    def _column_of(self, item: _View, key: str) -> exp.Expr:
        if key not in item.fields:
            item.fields.append(key)
        return exp.column(exp.to_identifier(key, quoted=True), exp.to_identifier(item.alias))

    def _place_views(self) -> None:
        """Put the query of each view into its place in FROM."""
        for item in self._views:
            reading = self.statement.reading
            inner = exp.Select(from_=exp.From(this=exp.to_table(reading.mark(item.view))))
            for key in item.fields:
                inner = inner.select(output(exp.column(reading.mark(key)), key), copy=False)
            if not item.fields:
                inner = inner.select(exp.alias_(exp.Literal.number(1), "one"), copy=False)
            table = inner.args["from_"].this
            found = self.statement.block(inner, item.view, table, replace(self.known, around=frozenset()))
            fresh = found.tree.subquery(exp.to_identifier(item.alias), copy=False)
            if item.table.args.get("joins"):
                fresh.set("joins", item.table.args["joins"])
            item.table.replace(fresh)
            self._sources[item.alias.lower()] = found.columns

    def _expand(self, select: exp.Select) -> None:
        """Write OMNI_ functions out, over columns as they are."""
        resolver = self.statement.resolver
        order = select.args.get("order")
        sorts = order.expressions if order is not None else ()
        functions = Functions(
            resolver.context, resolver.week_start, lambda node, grain: None, lambda node: False, sorts
        )
        for part in own_parts(select):
            fresh = functions.expand(part).transform(_as_plain_aggregate, copy=False)
            if fresh is not part:
                part.replace(fresh)

    # -- columns ------------------------------------------------------------------------

    def _columns(self, select: exp.Select) -> Columns:
        columns: list[OutColumn] = []
        for term in select.expressions:
            is_star = isinstance(term, exp.Star) or (isinstance(term, exp.Column) and term.is_star)
            if is_star:
                shown = self._all(term)
                if shown is None:
                    return None
                columns += shown
            else:
                columns.append(self._column(term))
        names = all_apart(column.name for column in columns)
        return tuple(replace(column, name=name) for column, name in zip(columns, names, strict=True))

    def _all(self, star: exp.Expr) -> list[OutColumn] | None:
        if any(value for key, value in star.args.items() if key not in ("this", "table")):
            return None
        table = star.table.lower() if isinstance(star, exp.Column) else ""
        found: list[OutColumn] = []
        for alias, columns in self._sources.items():
            if table and alias != table:
                continue
            if columns is None:
                return None
            found += columns
        return found or None

    def _column(self, term: exp.Expr) -> OutColumn:
        inner = term.unalias()
        shown = self._lookup(inner) if isinstance(inner, exp.Column) else None
        aggregated = any(is_aggregate(node) for node in inner.find_all(exp.AggFunc))
        name = term.alias or (shown.name if shown is not None else word_for(inner))
        if shown is None:
            return OutColumn(name, UNKNOWN, aggregated)
        return OutColumn(name, shown.type, shown.is_aggregated, None if term.alias else shown.item)

    def _lookup(self, column: exp.Column) -> OutColumn | None:
        for alias, columns in self._sources.items():
            if column.args.get("table") and column.table.lower() != alias:
                continue
            for shown in columns or ():
                if shown.name.lower() == column.name.lower():
                    return shown
        return None

    def _item_of(self, column: exp.Column) -> Item | None:
        shown = self._lookup(column)
        return None if shown is None else shown.item


def _as_plain_aggregate(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.AnonymousAggFunc) or not str(node.this).startswith("OMNI_"):
        return node
    word, of = str(node.this)[len("OMNI_") :], node.expressions[0]
    if word == Aggregate.COUNT_DISTINCT.name:
        return exp.Count(this=exp.Distinct(expressions=[of]))
    kind = _PLAIN_AGGREGATES.get(word)
    if kind is None:
        raise InvalidQuery(f"OMNI_{word} is not read where FROM joins by hand.")
    return kind(this=of)
