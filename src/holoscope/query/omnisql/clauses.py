"""The clauses of one SELECT with their names settled: positions, aliases and implied grouping resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.kit.text import read_whole
from holoscope.modeling.fields import Dimension
from holoscope.query.omnisql.expressions import Expressions
from holoscope.query.omnisql.functions import Functions
from holoscope.query.omnisql.kinds import refuse_unknown_kinds
from holoscope.query.omnisql.names import Item, Names
from holoscope.sql.parse import reference_index

_UNREAD = {
    "qualify": "QUALIFY",
    "windows": "WINDOW",
    "laterals": "LATERAL",
    "sample": "SAMPLE",
    "pivots": "PIVOT",
    "into": "INTO",
    "kind": "SELECT AS",
    "locks": "FOR UPDATE",
    "connect": "CONNECT BY",
    "match": "MATCH_RECOGNIZE",
    "sort": "SORT BY",
    "cluster": "CLUSTER BY",
    "distribute": "DISTRIBUTE BY",
}
_MOST_ROWS = 2**62
_DIGITS = 30
_SETS = ("grouping_sets", "cube", "rollup", "totals")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is selected; `item` when it is a field as it is, `alias` as written."""

    tree: exp.Expr
    alias: str | None
    item: Item | None
    written: exp.Expr


@dataclass(frozen=True, slots=True)
class OrderTerm:
    tree: exp.Expr
    descending: bool
    nulls_first: bool | None


@dataclass(slots=True)
class Clauses:
    """What a SELECT asks, over settled names."""

    terms: list[Term] = field(default_factory=list)
    where: list[exp.Expr] = field(default_factory=list)
    group: list[exp.Expr] = field(default_factory=list)
    having: list[exp.Expr] = field(default_factory=list)
    order: list[OrderTerm] = field(default_factory=list)
    limit_rows: int | None = None
    offset_rows: int = 0
    is_distinct: bool = False
    is_grouped: bool = False


def read_clauses(
    select: exp.Select, names: Names, functions: Functions, expressions: Expressions, *, implies_group: bool
) -> Clauses:
    """Settle every name of a SELECT over the model.

    With `implies_group`, a SELECT that aggregates without GROUP BY is grouped by what it does not aggregate.

    Raises:
        InvalidQuery: a clause is not read, or names what is not there.
    """
    for key, words in _UNREAD.items():
        if select.args.get(key):
            raise InvalidQuery(f"{words} is not read over the model: write it around a sub-query.")
    refuse_unknown_kinds(select)
    reader = _Reader(select, names, functions, expressions)
    clauses = Clauses(limit_rows=limit_of(select), offset_rows=offset_of(select))
    distinct = select.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        raise InvalidQuery("DISTINCT ON is not read over the model: write it around a sub-query.")
    clauses.is_distinct = distinct is not None
    clauses.order = reader.order()
    clauses.terms = reader.terms(clauses.order)
    clauses.where = reader.where()
    clauses.having = reader.having()
    group = select.args.get("group")
    aggregated = [expressions.is_aggregated(term.tree) for term in clauses.terms]
    is_aggregated = any(aggregated) or bool(clauses.having)
    is_aggregated = is_aggregated or any(expressions.is_aggregated(item.tree) for item in clauses.order)
    clauses.is_grouped = group is not None or is_aggregated
    rows = [term.tree for term, is_one in zip(clauses.terms, aggregated, strict=True) if not is_one]
    if group is not None:
        clauses.group = reader.group(group, rows)
    elif is_aggregated and implies_group:
        clauses.group = [tree for tree in rows if tree.find(exp.Column) is not None]
    return clauses


@dataclass(slots=True)
class _Reader:
    select: exp.Select
    names: Names
    functions: Functions
    expressions: Expressions
    _aliases: dict[str, exp.Expr] = field(default_factory=dict)
    _terms: list[exp.Expr] = field(default_factory=list)

    def _settled(self, tree: exp.Expr, *, fields_first: bool = True) -> exp.Expr:
        settled = self.names.settle(tree, self._aliases, fields_first=fields_first)
        return self.functions.expand(settled)

    def _note_terms(self) -> None:
        """Settle what is selected so far that positions and aliases can stand for it."""
        for written in self.written_terms():
            tree = self.names.settle(written.unalias(), self._aliases, fields_first=True)
            self._terms.append(tree)
            if written.alias:
                self._aliases.setdefault(written.alias.lower(), tree)

    def terms(self, order: list[OrderTerm]) -> list[Term]:
        """Give what is selected, `*` being the visible dimensions of the views in FROM."""
        sorts = [
            exp.Ordered(this=item.tree, desc=item.descending, nulls_first=item.nulls_first) for item in order
        ]
        functions = replace(self.functions, order=sorts)
        found: list[Term] = []
        for written, noted in zip(self.written_terms(), list(self._terms), strict=True):
            tree = functions.expand(noted)
            index = reference_index(tree)
            item = None if index is None else self.names.items[index]
            if item is not None and not isinstance(written.unalias(), exp.Column):
                item = item if written.alias == item.name else None  # OMNI_SUM(${v.m}) AS "v.m"
            found.append(Term(tree, written.alias or None, item, written))
        self._terms = [term.tree for term in found]
        self._aliases = {term.alias.lower(): term.tree for term in reversed(found) if term.alias}
        return found

    def written_terms(self) -> Iterator[exp.Expr]:
        for term in self.select.expressions:
            is_star = isinstance(term, exp.Star) or (isinstance(term, exp.Column) and term.is_star)
            if not is_star:
                yield term
                continue
            yield from self._all(term)

    def _all(self, star: exp.Expr) -> Iterator[exp.Expr]:
        if any(star.args.get(key) for key in ("except_", "replace", "rename", "except")):
            raise InvalidQuery("* with EXCLUDE or REPLACE is not read over the model: name the fields.")
        table = star.args.get("table") if isinstance(star, exp.Column) else None
        for alias, view in self.names.views.items():
            if table is not None and table.name.lower() != alias:
                continue
            for found in self.names.resolver.model.views[view].fields:
                shown = isinstance(found, Dimension) and not found.hidden and not found.ignored
                if shown and self.names.resolver.lookup.find(found.qualified_name) is not None:
                    self.names.references.append(found.qualified_name)
                    yield exp.column(f"__ref_{len(self.names.references) - 1}")

    def where(self) -> list[exp.Expr]:
        found = self.select.args.get("where")
        if found is None:
            return []
        aliases, self._aliases = self._aliases, {}
        parts = [self._settled(part) for part in _conjuncts(found.this)]
        self._aliases = aliases
        return parts

    def having(self) -> list[exp.Expr]:
        found = self.select.args.get("having")
        return [] if found is None else [self._settled(found.this)]

    def group(self, group: exp.Group, rows: list[exp.Expr]) -> list[exp.Expr]:
        sets = any(isinstance(item, (exp.Rollup, exp.Cube, exp.GroupingSets)) for item in group.expressions)
        if sets or any(group.args.get(key) for key in _SETS):
            raise InvalidQuery("GROUPING SETS, ROLLUP and CUBE are not read over the model.")
        if group.args.get("all"):
            return rows
        return [self._placed(item, fields_first=True, clause="GROUP BY") for item in group.expressions]

    def order(self) -> list[OrderTerm]:
        """Settle ORDER BY: first, since functions over the result go by it; aliases count before fields."""
        self._note_terms()
        found = self.select.args.get("order")
        if found is None:
            return []
        terms = []
        for item in found.expressions:
            written = item.this if isinstance(item, exp.Ordered) else item
            tree = self._placed(written, fields_first=False, clause="ORDER BY")
            terms.append(OrderTerm(tree, bool(item.args.get("desc")), item.args.get("nulls_first")))
        return terms

    def _placed(self, tree: exp.Expr, *, fields_first: bool, clause: str) -> exp.Expr:
        if not isinstance(tree, exp.Literal) or tree.is_string:
            settled = self._settled(tree, fields_first=fields_first)
            return settled.this if isinstance(settled, exp.Paren) else settled
        place = read_whole(str(tree.this)) or 0
        if not 1 <= place <= len(self._terms):
            raise InvalidQuery(f"{clause} {tree.this}: the statement selects {len(self._terms)} columns.")
        return self.functions.expand(self._terms[place - 1])


def _conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """Split a condition at its ANDs, first to last."""
    found: list[exp.Expr] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.And):
            waiting += [node.right, node.left]
        else:
            found.append(node)
    return found


def require_countable(tree: exp.Expr) -> None:
    """Refuse a LIMIT or OFFSET of digits, anywhere in a statement, that no warehouse counts to.

    Raises:
        InvalidQuery: it is below zero or above 2^62.
    """
    for node in tree.find_all(exp.Limit, exp.Offset, exp.Fetch):
        found: exp.Expr | None = node.args.get("expression") or node.args.get("count")
        is_below = isinstance(found, exp.Neg)
        if found is not None and is_below:
            found = found.this
        if not isinstance(found, exp.Literal) or found.is_string or not str(found.this).isdecimal():
            continue
        if is_below or len(str(found.this)) > _DIGITS or int(found.this) > _MOST_ROWS:
            word = "OFFSET" if isinstance(node, exp.Offset) else "LIMIT"
            raise InvalidQuery(
                f"{word} takes a whole number from 0 to {_MOST_ROWS:,}: leave it out for all rows."
            )


def limit_of(query: exp.Query) -> int | None:
    """Give the number of a LIMIT, None for none.

    Raises:
        InvalidQuery: it is an expression.
    """
    limit = query.args.get("limit")
    if limit is None:
        return None
    return _count(limit.args.get("expression") or limit.args.get("count"), "LIMIT")


def offset_of(query: exp.Query) -> int:
    offset = query.args.get("offset")
    return 0 if offset is None else _count(offset.args.get("expression"), "OFFSET") or 0


def _count(found: exp.Expr | None, word: str) -> int | None:
    if isinstance(found, exp.Null) or (isinstance(found, exp.Column) and found.name.lower() == "all"):
        return None
    if not isinstance(found, exp.Literal) or not str(found.this).isdecimal():
        raise InvalidQuery(f"{word} takes a whole number.")
    return int(found.this)
