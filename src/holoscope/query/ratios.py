"""Division of measures: two counts give a fraction, whatever the warehouse makes of whole numbers."""

from __future__ import annotations

from sqlglot import exp

from holoscope.sql.dialect import Dialect


def as_ratios(tree: exp.Expr, dialect: Dialect) -> exp.Expr:
    """Make every division of a tree over aggregates one that keeps its fraction. The tree is changed.

    What an author divides within rows is the warehouse's own division.
    """
    for node in list(tree.find_all(exp.Div)):
        if node.args.get("typed"):
            exact = dialect.ratio(node.this, node.expression)
            if node is tree:
                tree = exact
            else:
                node.replace(exact)
    return tree
