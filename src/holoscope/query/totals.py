"""Which totals a query asks for (query digest §2.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from holoscope.kit.errors import InvalidQuery, NoSuchField
from holoscope.query.dimensions import find_dimension
from holoscope.query.measures import find_measure
from holoscope.query.plan.node import COLUMN_TOTAL, OrderKey, Total
from holoscope.query.resolve import Resolver
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.spec import QuerySpec, is_grand_total

ROW_TOTAL = "row_total"
"""Marks the cells that total a row of a pivoted result."""
_SUBTOTAL = "column_subtotal::"


def totals_of(
    spec: QuerySpec,
    dimensions: Sequence[ResolvedDimension],
    pivots: tuple[int, ...] | None,
    order: Sequence[OrderKey],
    resolver: Resolver,
) -> tuple[Total, ...]:
    """Give the totals that a query asks for, and those that its sorts need.

    Raises:
        NoSuchField: a key of `column_totals` names nothing.
        InvalidQuery: a subtotal would stand after the groups of a pivot.
    """
    columns = pivots or ()
    rows = tuple(number for number in range(len(dimensions)) if number not in columns)
    totals = list(_of_rows(spec, dimensions, rows, columns, resolver)) if dimensions else []
    if pivots is None:
        return tuple(totals)
    levels = [Total(tuple(range(len(dimensions)))), *totals]
    if columns and spec.row_totals:
        totals += [_without(total, columns, ROW_TOTAL) for total in levels]
    for helper in _for_sorts(order, levels, columns):
        if helper.keeps not in {total.keeps for total in (*levels, *totals)}:
            totals.append(helper)
    return tuple(totals)


def _without(total: Total, columns: Sequence[int], row_indicator: str, *, shown: bool = True) -> Total:
    keeps = tuple(number for number in total.keeps if number not in columns)
    return Total(keeps, total.indicator, row_indicator, shown)


def _for_sorts(
    order: Sequence[OrderKey], levels: Sequence[Total], columns: tuple[int, ...]
) -> Iterator[Total]:
    """Give the totals that sorts by measures read: of rows, over the pivots not set, and of columns."""
    for key in order:
        if not key.is_measure:
            continue
        if key.of_columns:
            yield Total(tuple(sorted(columns)), COLUMN_TOTAL, shown=False)
            continue
        given = {number for number, _ in key.at or ()}
        rolled = [number for number in columns if number not in given]
        for total in levels:
            yield _without(total, rolled, ROW_TOTAL, shown=False)


def _of_rows(
    spec: QuerySpec,
    dimensions: Sequence[ResolvedDimension],
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    resolver: Resolver,
) -> Iterator[Total]:
    """Read `column_totals`: a dimension subtotals after its groups, anything else is the grand total."""
    names = [dimensions[number].name.lower() for number in rows]
    pivoted = {dimensions[number].name.lower() for number in columns}
    found: dict[int, str] = {}
    for key in spec.totals:
        if key.lower() in names:
            count = names.index(key.lower()) + 1
            if count < len(names):
                found[count] = f"{_SUBTOTAL}{dimensions[rows[count - 1]].name}"
        elif key.lower() in pivoted:
            raise InvalidQuery(
                f'Subtotals follow groups of rows, and "{key}" is pivoted: '
                "remove it from query.column_totals."
            )
        elif is_grand_total(key) or find_measure(resolver, key) is not None:
            if rows:
                found[0] = COLUMN_TOTAL
        elif find_dimension(resolver, key) is None:
            raise NoSuchField(key)
    for count in sorted(found, reverse=True):
        yield Total(tuple(sorted((*rows[:count], *columns))), found[count])
