"""Ways of SQL to read columns without a name: over the model they would reach behind the fields."""

from __future__ import annotations

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery

_PATTERNS = (exp.Columns, exp.PositionalColumn)


def refuse_unnamed_columns(select: exp.Select) -> None:
    """Refuse columns that are named by a pattern, a position or a `*` within an expression.

    The warehouse would look for them in the tables behind the view, where grants and masks are not known
    (docs/decisions/0056). Sub-queries are read by themselves.

    Raises:
        InvalidQuery: there is such a column.
    """
    waiting = [part for key, part in _parts(select) if not _is_whole_row(key, part)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _PATTERNS) or _is_star(node):
            raise InvalidQuery(
                "COLUMNS(...), * within an expression and #1 are not read over the model: name the fields."
            )
        if not isinstance(node, exp.Query):
            waiting += [child for child in node.iter_expressions() if not _is_counted(child)]


def _parts(select: exp.Select) -> list[tuple[str, exp.Expr]]:
    found = [("expressions", item) for item in select.expressions]
    keys = ("where", "group", "having", "order")
    return found + [(key, select.args[key]) for key in keys if select.args.get(key)]


def _is_whole_row(key: str, part: exp.Expr) -> bool:
    """Tell whether a part is `*` or `alias.*` as it is selected: that gives the visible fields."""
    return key == "expressions" and _is_star(part)


def _is_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def _is_counted(node: exp.Expr) -> bool:
    """Tell whether a node is the `*` of COUNT(*) or OMNI_COUNT(*), which reads no column."""
    of = node.parent
    if not isinstance(node, exp.Star) or of is None:
        return False
    if isinstance(of, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(of.this).upper().endswith("COUNT")
    return isinstance(of, exp.Count)
