"""Digests are texts: what computes with numbers or times is refused where a field is masked for the asker."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.query.masks import is_masked
from holoscope.query.omnisql.names import Item
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension

_COMPUTES = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.Neg,
    exp.Sum, exp.Avg, exp.Median, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop,
    exp.Quantile, exp.PercentileCont, exp.PercentileDisc,
    exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Sqrt, exp.Ln, exp.Log, exp.Exp, exp.Sign,
    exp.Extract, exp.DateTrunc, exp.TimestampTrunc, exp.DateDiff, exp.DateAdd, exp.DateSub, exp.Cast,
)  # fmt: skip
_COMPARES = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ, exp.Between, exp.In)
_GOVERNED = frozenset({"OMNI_SUM", "OMNI_AVERAGE", "OMNI_MEDIAN"})


def refuse_computing_with_digests(
    tree: exp.Expr, item_of: Callable[[exp.Column], Item | None], resolver: Resolver
) -> None:
    """Refuse arithmetic, sums and comparisons with numbers of a field that is masked.

    Raises:
        InvalidQuery: the warehouse would be asked to compute with a digest.
    """
    for column in tree.find_all(exp.Column):
        item = item_of(column)
        if item is None or not _is_masked(item, resolver):
            continue
        around = _around(column)
        if around is not None and _cannot(around):
            raise InvalidQuery(
                f'"{item.name}" is masked for you and shows a digest, which is a text: it can be selected, '
                "grouped by, counted and compared with itself, but nothing can be computed with it."
            )


def _is_masked(item: Item, resolver: Resolver) -> bool:
    found = item.found
    return isinstance(found, ResolvedDimension) and is_masked(resolver, found.value.masks)


def _around(node: exp.Expr) -> exp.Expr | None:
    around = node.parent
    while isinstance(around, exp.Paren):
        around = around.parent
    return around


def _cannot(around: exp.Expr) -> bool:
    if isinstance(around, exp.Cast):
        return not around.is_type(*exp.DataType.TEXT_TYPES)
    if isinstance(around, exp.AnonymousAggFunc):
        return str(around.this).upper() in _GOVERNED
    if isinstance(around, _COMPARES):
        return any(_is_number(side) for side in around.iter_expressions())
    return isinstance(around, _COMPUTES)


def _is_number(node: exp.Expr) -> bool:
    inner = node.this if isinstance(node, exp.Neg) else node
    return isinstance(inner, exp.Literal) and not inner.is_string
