"""The last SELECT of a statement that stays SQL: its columns get the names of the result."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from holoscope.kit.text import read_whole
from holoscope.query.omnisql.block import OutColumn
from holoscope.query.omnisql.compiled import Columns, Compiled
from holoscope.query.omnisql.naming import all_apart
from holoscope.sql.quoting import output

_ROWS = "rows"


def named(tree: exp.Query, columns: Columns, view: str, is_last: bool) -> Compiled:
    """Give the result's names to the columns of the last query, its order kept."""
    if not is_last or columns is None:
        return Compiled(tree, columns, view)
    kept: list[tuple[int, OutColumn]] = []
    seen: set[str] = set()
    for position, column in enumerate(columns):
        if column.item is not None and column.item.key in seen:
            continue
        if column.item is not None:
            seen.add(column.item.key)
        kept.append((position, column))
    wanted = [_last_name(column, view) for _, column in kept]
    names = all_apart(wanted)
    inner = [f"c{position}" for position in range(len(columns))]
    alias = exp.TableAlias(this=exp.to_identifier(_ROWS), columns=[exp.to_identifier(name) for name in inner])
    outer = exp.select(
        *(
            output(exp.column(inner[position], _ROWS), name)
            for (position, _), name in zip(kept, names, strict=True)
        )
    )
    _lift_order(tree, outer, inner)
    outer = outer.from_(exp.Subquery(this=tree, alias=alias), copy=False)
    shown = tuple(replace(column, name=name) for (_, column), name in zip(kept, names, strict=True))
    return Compiled(outer, shown, view)


def _lift_order(tree: exp.Query, outer: exp.Select, inner: list[str]) -> None:
    """Sort and cut outside where the order is that of selected columns; else it stays inside."""
    order = tree.args.get("order")
    if order is None:
        return
    names = [item.alias_or_name.lower() for item in tree.selects]
    terms = []
    for item in order.expressions:
        place = _place(item.this if isinstance(item, exp.Ordered) else item, names, tree.selects)
        if place is None:
            return
        fresh = item.copy()
        fresh.set("this", exp.column(inner[place], _ROWS))
        terms.append(fresh)
    outer.set("order", exp.Order(expressions=terms))
    for key in ("limit", "offset"):
        outer.set(key, tree.args.get(key))
    for key in ("order", "limit", "offset"):
        tree.set(key, None)


def _place(term: exp.Expr, names: list[str], selects: list[exp.Expr]) -> int | None:
    if any(isinstance(item, exp.Star) or item.is_star for item in selects):
        return None
    if isinstance(term, exp.Literal) and not term.is_string and str(term.this).isdecimal():
        place = (read_whole(str(term.this)) or 0) - 1
        return place if 0 <= place < len(names) else None
    if isinstance(term, exp.Column) and not term.args.get("table") and term.name.lower() in names:
        return names.index(term.name.lower())
    return next((n for n, item in enumerate(selects) if item.unalias() == term), None)


def _last_name(column: OutColumn, view: str) -> str:
    if column.item is not None:
        return column.item.name
    return f"{view}.{column.name}" if view else column.name
