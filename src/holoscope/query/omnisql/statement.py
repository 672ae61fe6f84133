"""A whole statement: CTEs, unions and sub-queries around SELECTs over the model.

Each SELECT is compiled by itself. What it holds inside (CTEs, sub-queries in expressions) is compiled first
and stands before the statement under a name of its own, so that no name of one SELECT can mean anything
in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.asked import Asked
from holoscope.query.lookup import find_view
from holoscope.query.omnisql.block import Block
from holoscope.query.omnisql.clauses import read_clauses, require_countable
from holoscope.query.omnisql.compiled import Columns, Compiled, Known
from holoscope.query.omnisql.expressions import Expressions
from holoscope.query.omnisql.functions import Functions
from holoscope.query.omnisql.last import named
from holoscope.query.omnisql.names import Names, view_named
from holoscope.query.omnisql.naming import inner_names, last_names
from holoscope.query.omnisql.parts import block_parts, outermost_queries, require_plain_table
from holoscope.query.omnisql.plain import Plain
from holoscope.query.omnisql.reading import Reading, written_at
from holoscope.query.planning import Planning
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.source import find_source
from holoscope.query.spec import QuerySpec, Sort
from holoscope.sql.parse import reference_index


@dataclass(slots=True)
class Statement:
    """Compiles one statement for one asker.

    `ready` are the queries that stand before it; `first_view` is the first view that it reads, "" for none.
    """

    reading: Reading
    resolver: Resolver
    spec: QuerySpec
    ready: list[exp.CTE] = field(default_factory=list)
    is_recursive: bool = False
    first_view: str = ""
    _count: int = 0

    def compiled(self) -> Compiled:
        """Give the whole statement.

        Raises:
            HoloscopeError: it names what is not there, or says what cannot be planned.
        """
        require_countable(self.reading.tree)
        found = self.query(self.reading.tree, Known(), is_last=True)
        if self.ready:
            with_ = exp.With(expressions=list(self.ready), recursive=self.is_recursive)
            found.tree.set("with_", with_)
        self._require_settled(found.tree)
        return found

    def _require_settled(self, tree: exp.Expr) -> None:
        """Refuse a statement in which a reference stands where nothing reads it."""
        for node in tree.find_all(exp.Column, exp.Table):
            written = written_at(node, self.reading.references)
            if written is not None:
                raise InvalidQuery(
                    f"${{{written}}} stands where the model is not read: put it into a sub-query."
                )

    def query(self, node: exp.Query, known: Known, *, is_last: bool = False) -> Compiled:
        """Compile a query: a SELECT, a union, or one of them in brackets."""
        known = self._with_ctes(node, known)
        if isinstance(node, exp.Select):
            view = self._only_view(node)
            return (
                self._block(node, view, known, is_last)
                if view
                else Plain(self, node, known).compiled(is_last)
            )
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, known, is_last)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query) and _is_bare(node):
            return self.query(node.this, known, is_last=is_last)
        return Plain(self, _as_select(node), known).compiled(is_last)

    # -- what stands before -----------------------------------------------------------

    def _with_ctes(self, node: exp.Query, known: Known) -> Known:
        with_ = node.args.get("with_")
        if with_ is None:
            return known
        node.set("with_", None)
        is_recursive = bool(with_.args.get("recursive"))
        self.is_recursive |= is_recursive
        for cte in with_.expressions:
            name, inner = self.fresh_name(), known
            if is_recursive:
                inner = replace(known, ctes={**known.ctes, cte.alias.lower(): (name, None)})
            found = self.query(cte.this, inner)
            columns = found.columns
            given = [item.name for item in cte.args["alias"].columns]
            if given:
                columns = _renamed(columns, given)
            alias = exp.TableAlias(
                this=exp.to_identifier(name, quoted=True),
                columns=[item.copy() for item in cte.args["alias"].columns],
            )
            fresh = exp.CTE(this=found.tree, alias=alias, materialized=cte.args.get("materialized"))
            self.ready.append(fresh)
            known = replace(known, ctes={**known.ctes, cte.alias.lower(): (name, columns)})
        return known

    def fresh_name(self) -> str:
        """Give a name that no table has."""
        self._count += 1
        return f"$sql_{self._count}"

    def hoisted(self, node: exp.Expr, known: Known, views: frozenset[str]) -> None:
        """Compile the sub-queries in an expression and leave a look at each there; changes the tree."""
        inside = replace(known, around=known.around | views)
        for query in outermost_queries(node):
            found = self.query(query.copy(), inside)
            name = self.fresh_name()
            alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
            self.ready.append(exp.CTE(this=found.tree, alias=alias))
            query.replace(exp.select(exp.Star()).from_(exp.to_identifier(name, quoted=True)))

    # -- a SELECT over one view ---------------------------------------------------------

    def _only_view(self, select: exp.Select) -> str | None:
        """Give what `FROM ${view}` names where that is all that is read."""
        from_ = select.args.get("from_")
        table = from_.this if from_ is not None else None
        if not isinstance(table, exp.Table) or select.args.get("joins") or select.args.get("laterals"):
            return None
        return written_at(table, self.reading.references)

    def _block(self, select: exp.Select, written: str, known: Known, is_last: bool) -> Compiled:
        table = select.args["from_"].this
        return self.block(select, written, table, known, is_last=is_last)

    def block(
        self, select: exp.Select, written: str, table: exp.Table, known: Known, *, is_last: bool = False
    ) -> Compiled:
        """Plan a SELECT over the view that `table` names."""
        resolver = self.resolver
        require_plain_table(table)
        view = view_named(written, resolver)
        self.first_view = self.first_view or view
        self._refuse_correlated(select, view, known)
        for part in block_parts(select):
            self.hoisted(part, known, frozenset((view,)))
        source = find_source(QuerySpec((), table=view), resolver.model, resolver.context.scope)
        order = select.args.get("order")
        sorts = self._named([order] if order is not None else [], view)
        spec = replace(
            self.spec,
            fields=self._named(select.expressions, view),
            sorts=tuple(Sort(name) for name in sorts),
            table=view,
            sql=None,
        )
        asked = Asked(resolver.model, spec, None, source.tree, scope=resolver.context.scope)
        own = replace(resolver.afresh(), asked=asked)
        alias = table.alias or view
        names = Names(own, source.tree, {alias.lower(): view}, self.reading.references)
        sections = self.reading.rendered.sections
        expressions = Expressions(own, names, sections)
        functions = Functions(own.context, own.week_start, _at_grain(names), _is_measure(names))
        clauses = read_clauses(select, names, functions, expressions, implies_group=self.spec.group_by)
        chosen = last_names(clauses.terms, view) if is_last else inner_names(clauses.terms)
        block = Block(
            Planning(own, source.tree, of_views=True),
            clauses,
            expressions,
            names=chosen,
            is_last=is_last,
        )
        tree, columns = block.select()
        return Compiled(tree, columns, view)

    def _named(self, trees: Iterable[exp.Expr], view: str) -> tuple[str, ...]:
        """Give the fields that expressions name in `${}`, for templates of the model that ask for them."""
        columns = (node for tree in trees for node in tree.find_all(exp.Column))
        found = (written_at(node, self.reading.references) for node in columns)
        return tuple(name if "." in name.partition("[")[0] else f"{view}.{name}" for name in found if name)

    def _refuse_correlated(self, select: exp.Select, view: str, known: Known) -> None:
        """Refuse a sub-query that names a view which the query around it reads: it could mean two things."""
        for node in select.find_all(exp.Column):
            written = written_at(node, self.reading.references)
            named = find_view(self.resolver.model, written.partition(".")[0]) if written else None
            if named is not None and named.name != view and named.name in known.around:
                raise InvalidQuery(
                    f"A sub-query reads ${{{written}}}, and the query around it reads ${{{named.name}}} too: "
                    f"join ${{{named.name}}} in the sub-query's own FROM, or compare with IN (SELECT ...)."
                )

    # -- unions -------------------------------------------------------------------------

    def _set_operation(self, node: exp.SetOperation, known: Known, is_last: bool) -> Compiled:
        left, right = (self.query(_query_of(side), known) for side in (node.this, node.expression))
        node.set("this", _side(left.tree))
        node.set("expression", _side(right.tree))
        columns = _united(left.columns, right.columns)
        self._settle_order(node, left.columns)
        view = left.view or right.view
        return named(node, columns, view, is_last)

    def _settle_order(self, node: exp.SetOperation, columns: Columns) -> None:
        """Let ORDER BY behind a union name a field that its first query shows."""
        order = node.args.get("order")
        for term in order.expressions if order is not None else ():
            of = term.this if isinstance(term, exp.Ordered) else term
            written = written_at(of, self.reading.references)
            if written is None:
                continue
            for place, column in enumerate(columns or (), start=1):
                if column.item is not None and written in (column.item.name, column.item.key):
                    of.replace(exp.Literal.number(place))


def _at_grain(names: Names) -> Callable[[exp.Expr, str], exp.Expr | None]:
    def at_grain(node: exp.Expr, grain: str) -> exp.Expr | None:
        index = reference_index(node)
        item = None if index is None else names.items[index]
        if item is None or "[" in item.key or not isinstance(item.found, ResolvedDimension):
            return None
        return exp.column(f"__ref_{names.reference(f'{item.key}[{grain}]')}")

    return at_grain


def _is_measure(names: Names) -> Callable[[exp.Expr], bool]:
    def is_measure(node: exp.Expr) -> bool:
        index = reference_index(node)
        return index is not None and names.items[index].is_measure

    return is_measure


def _query_of(side: exp.Expr) -> exp.Query:
    if not isinstance(side, exp.Query):
        raise InvalidQuery("Only queries can be united.")
    return side


def _side(tree: exp.Query) -> exp.Query:
    ordered = any(tree.args.get(key) for key in ("order", "limit", "offset"))
    return tree.subquery(copy=False) if ordered or isinstance(tree, exp.SetOperation) else tree


def _is_bare(node: exp.Subquery) -> bool:
    return not any(node.args.get(key) for key in ("alias", "order", "limit", "offset", "pivots", "sample"))


def _as_select(node: exp.Query) -> exp.Select:
    """Read a query in brackets with ORDER BY or LIMIT behind it as a SELECT from it."""
    if not isinstance(node, exp.Subquery) or not isinstance(node.this, exp.Query):
        raise InvalidQuery("The statement is no SELECT.")
    select = exp.select(exp.Star()).from_(node.this.subquery("rows", copy=False), copy=False)
    for key in ("order", "limit", "offset"):
        select.set(key, node.args.get(key))
    return select


def _renamed(columns: Columns, names: list[str]) -> Columns:
    if columns is None or len(columns) < len(names):
        return None
    fresh = [replace(column, name=name) for column, name in zip(columns, names, strict=False)]
    return (*fresh, *columns[len(names) :])


def _united(left: Columns, right: Columns) -> Columns:
    """Give the columns of a union: the names are the first one's; a field stays one where both show it."""
    if left is None:
        return None
    keys = [column.item.key if column.item else None for column in right or ()]
    return tuple(
        column
        if column.item is not None and keys[n : n + 1] == [column.item.key]
        else replace(column, item=None)
        for n, column in enumerate(left)
    )
