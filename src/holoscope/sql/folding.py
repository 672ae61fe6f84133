"""Constants in filled-in SQL are worked out: `CASE 'a' WHEN 'a' THEN x END` is `x`.

Only what has the same value for every row is touched; NULL is left to the warehouse.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from sqlglot import exp

from holoscope.sql.trees import atom


def fold(tree: exp.Expr) -> exp.Expr:
    """Give the tree with constant comparisons, connectives and CASE branches worked out."""
    for node in reversed(list(tree.walk())):  # children before parents
        folded = _folded(node)
        if folded is node:
            continue
        if node is tree:
            tree = folded
        else:
            node.replace(folded)
    return tree


def _folded(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Paren):
        return node.this if isinstance(node.this, exp.Boolean) else node
    if isinstance(node, exp.Not):
        return exp.Boolean(this=not node.this.this) if isinstance(node.this, exp.Boolean) else node
    if isinstance(node, (exp.And, exp.Or)):
        return _connective(node)
    if isinstance(node, (exp.EQ, exp.NEQ)):
        same = _same(node.left, node.right)
        return node if same is None else exp.Boolean(this=same == isinstance(node, exp.EQ))
    return _case(node) if isinstance(node, exp.Case) else node


def _connective(node: exp.And | exp.Or) -> exp.Expr:
    decides = isinstance(node, exp.Or)  # TRUE decides an OR, FALSE an AND
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, exp.Boolean):
            return exp.Boolean(this=decides) if bool(side.this) == decides else atom(other)
    return node


def _case(node: exp.Case) -> exp.Expr:
    kept: list[exp.Expr] = []
    default = node.args.get("default")
    for branch in node.args["ifs"]:
        verdict = _verdict(node.this, branch.this)
        if verdict is None:
            kept.append(branch)
        elif verdict:
            default = branch.args["true"]
            break
    if not kept:
        return exp.Null() if default is None else atom(default)
    if len(kept) < len(node.args["ifs"]):
        return exp.Case(this=node.this, ifs=kept, default=default)
    return node


def _verdict(subject: exp.Expr | None, test: exp.Expr) -> bool | None:
    if subject is not None:
        return _same(subject, test)
    return bool(test.this) if isinstance(test, exp.Boolean) else None


def _same(left: exp.Expr, right: exp.Expr) -> bool | None:
    """Compare two constants of one kind; None when that is left to the warehouse."""
    if isinstance(left, exp.Boolean) and isinstance(right, exp.Boolean):
        return bool(left.this) == bool(right.this)
    if not (isinstance(left, exp.Literal) and isinstance(right, exp.Literal)):
        return None
    if left.is_string and right.is_string:
        return str(left.this) == str(right.this)
    if left.is_string or right.is_string:
        return None
    try:
        return Decimal(left.this) == Decimal(right.this)
    except InvalidOperation:
        return None
