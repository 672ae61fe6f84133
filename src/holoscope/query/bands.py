"""Groups and bins: a CASE over a dimension's own value, and the key that orders it (modeling digest §8).

Groups keep the order they are written in, bins the order of their numbers; what is in none is NULL.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from sqlglot import exp

from holoscope.kit.errors import InvalidQuery
from holoscope.modeling.fields import Dimension
from holoscope.modeling.types import ColumnType, DataType
from holoscope.query.filters.predicate import build_predicate
from holoscope.query.filters.target import Context, Target
from holoscope.sql.dialect import Dialect
from holoscope.sql.trees import atom, copy_of

_GROUPABLE = (DataType.STRING, DataType.NUMBER, DataType.BOOLEAN, DataType.UNKNOWN)
_BINNABLE = (DataType.NUMBER, DataType.UNKNOWN)


def is_banded(found: Dimension) -> bool:
    """Tell whether a dimension shows the group or bin of its value instead of the value."""
    return bool(found.groups or found.bin_boundaries)


def band_label(found: Dimension, value: exp.Expr, kind: ColumnType, context: Context) -> exp.Expr:
    """Give the text of the group or bin that `value` falls into.

    Raises:
        InvalidQuery: groups need text, a number or a boolean, bins a number.
    """
    if found.groups:
        names = [group.name for group in found.groups]
        texts = [context.dialect.text_literal(name) for name in names]
        other = None if found.otherwise is None else context.dialect.text_literal(found.otherwise)
        return _case(_group_tests(found, value, kind, context), texts, other)
    texts = [context.dialect.text_literal(label) for label in bin_texts(found)]
    return _case(_bin_tests(found, value, kind, context.dialect), texts, None)


def band_order(found: Dimension, value: exp.Expr, kind: ColumnType, context: Context) -> exp.Expr:
    """Give a number that orders the groups or bins; groups of one name stand together."""
    if not found.groups:
        places = list(range(len(found.bin_boundaries) + 1))
        tests = _bin_tests(found, value, kind, context.dialect)
        return _case(tests, _numbers(places, context.dialect), None)
    names = [group.name for group in found.groups]
    known = [*names, found.otherwise] if found.otherwise is not None else names
    places = [known.index(name) for name in names]
    other = None
    if found.otherwise is not None:
        other = _numbers([known.index(found.otherwise)], context.dialect)[0]
    return _case(_group_tests(found, value, kind, context), _numbers(places, context.dialect), other)


def bin_texts(found: Dimension) -> tuple[str, ...]:
    """Give the label of each bin, lowest first: `bin_labels`, or the bounds in words."""
    if found.bin_labels:
        return found.bin_labels
    bounds = [format(bound, "f") for bound in found.bin_boundaries]
    between = [f">= {low} and < {high}" for low, high in pairwise(bounds)]
    return (f"< {bounds[0]}", *between, f"{bounds[-1]} and above")


def _group_tests(found: Dimension, value: exp.Expr, kind: ColumnType, context: Context) -> list[exp.Expr]:
    _require(found, kind, _GROUPABLE, "groups need text, not")
    target = Target(found.qualified_name, atom(value), kind)
    tests = (build_predicate(group.condition, target, context) for group in found.groups)
    return [exp.true() if test is None else test for test in tests]


def _bin_tests(found: Dimension, value: exp.Expr, kind: ColumnType, dialect: Dialect) -> list[exp.Expr]:
    _require(found, kind, _BINNABLE, "bins need a number, not")
    number = atom(value)

    def literal(bound: Decimal) -> exp.Expr:
        return dialect.number_literal(bound)

    below = [exp.LT(this=copy_of(number), expression=literal(bound)) for bound in found.bin_boundaries]
    above = exp.GTE(this=copy_of(number), expression=literal(found.bin_boundaries[-1]))
    return [*below, above]


def _require(found: Dimension, kind: ColumnType, allowed: Sequence[DataType], words: str) -> None:
    if kind.data_type not in allowed:
        raise InvalidQuery(f'Dimension "{found.qualified_name}": {words} {kind.data_type.lower()}.')


def _case(tests: Sequence[exp.Expr], values: Sequence[exp.Expr], other: exp.Expr | None) -> exp.Expr:
    ifs = [exp.If(this=test, true=value) for test, value in zip(tests, values, strict=True)]
    return exp.Case(ifs=ifs, default=other)


def _numbers(places: Sequence[int], dialect: Dialect) -> list[exp.Expr]:
    return [dialect.number_literal(Decimal(place)) for place in places]
