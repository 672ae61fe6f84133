"""The pieces of a SELECT: its tables, its expressions, the queries inside them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery


def require_plain_table(table: exp.Table) -> None:
    """Refuse what is written around a view's name in FROM.

    Raises:
        InvalidQuery: a sample, a pivot or the like.
    """
    for key in ("sample", "pivots", "joins", "laterals", "version", "hints", "ordinality", "when"):
        if table.args.get(key):
            raise InvalidQuery(
                "After FROM ${view} only an alias may stand: write the rest around a sub-query."
            )
    alias = table.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        raise InvalidQuery("An alias of ${view} cannot rename its columns.")


def block_parts(select: exp.Select) -> list[exp.Expr]:
    """Give the expressions of a SELECT over one view."""
    parts: list[exp.Expr] = list(select.expressions)
    parts += [select.args[key] for key in ("where", "group", "having", "order") if select.args.get(key)]
    return parts


def outermost_queries(node: exp.Expr) -> list[exp.Query]:
    """Give the queries in an expression, but for those inside of these."""
    found: list[exp.Query] = []
    waiting = [node]
    while waiting:
        item = waiting.pop()
        for child in item.iter_expressions():
            if isinstance(child, (exp.Select, exp.SetOperation)):
                found.append(child)
            else:
                waiting.append(child)
    return found


def sources_of(select: exp.Select) -> Iterator[exp.Expr]:
    """Give the tables and sub-queries of FROM and of its joins, those in brackets too."""
    from_ = select.args.get("from_")
    waiting = [from_.this] if from_ is not None else []
    waiting += [join.this for join in select.args.get("joins") or ()]
    waiting += select.args.get("laterals") or ()
    while waiting:
        item = waiting.pop(0)
        waiting += [join.this for join in item.args.get("joins") or ()]
        if isinstance(item, exp.Paren) or (
            isinstance(item, exp.Subquery) and isinstance(item.this, exp.Table)
        ):
            waiting.append(item.this)
        else:
            yield item


def plain_parts(select: exp.Select) -> list[exp.Expr]:
    """Give the expressions of any SELECT, conditions of its joins included."""
    parts: list[exp.Expr] = list(select.expressions)
    clauses = ("where", "group", "having", "order", "qualify")
    parts += [select.args[key] for key in clauses if select.args.get(key)]
    parts += [join.args["on"] for join in select.args.get("joins") or () if join.args.get("on")]
    return parts


def own_parts(select: exp.Select) -> list[exp.Expr]:
    """Give the expressions of a SELECT, with those of UNNEST and LATERAL, without what FROM holds else."""
    parts = plain_parts(select)
    for source in sources_of(select):
        if isinstance(source, (exp.Lateral, exp.Unnest)):
            parts.append(source)
    return parts
