"""Which dimensions of a query become columns, and which sorts order these (query digest §2.3, §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from holoscope.kit.errors import InvalidQuery
from holoscope.query.comparing.wire import CURRENT, PERIOD
from holoscope.query.plan.node import OrderKey
from holoscope.query.resolved import ResolvedDimension
from holoscope.query.spec import QuerySpec, Sort


def pivots_of(
    spec: QuerySpec, dimensions: Sequence[ResolvedDimension], missing: Sequence[str]
) -> tuple[int, ...] | None:
    """Give the positions of the dimensions that become columns, None when the query pivots nothing.

    A pivot that is among the `missing` fields is left out with its field.

    Raises:
        InvalidQuery: a pivot is no dimension among the query's fields, or the rows are not grouped.
    """
    if not spec.pivots:
        return None
    if not spec.group_by:
        raise InvalidQuery("Only grouped rows can be pivoted: remove query.pivots or default_group_by.")
    names = [item.name.lower() for item in dimensions]
    left_out = {name.lower() for name in missing}
    asked = {name.lower() for name in spec.fields}
    found: list[int] = []
    for name in spec.pivots:
        if name.lower() in names:
            found.append(names.index(name.lower()))
        elif name.lower() not in asked:
            raise InvalidQuery(f'"{name}" is pivoted but not selected: add it to query.fields.')
        elif name.lower() not in left_out:
            raise InvalidQuery(f'"{name}" is no dimension: query.pivots lists dimensions alone.')
    return tuple(dict.fromkeys(found))


def placed_order(
    order: Sequence[OrderKey],
    sorts: Sequence[Sort],
    dimensions: Sequence[ResolvedDimension],
    pivots: tuple[int, ...],
) -> tuple[OrderKey, ...]:
    """Tell of each sort whether it orders rows or columns, and which column's values it orders rows by.

    A sort orders columns where it names a pivot, or says so and names no dimension of the rows. By a measure
    of compared periods it is by the current one unless it names another.

    Raises:
        InvalidQuery: `pivot_value_map` names what is not pivoted.
    """
    names = {item.name.lower(): number for number, item in enumerate(dimensions)}

    def placed(key: OrderKey, sort: Sort) -> OrderKey:
        number = names.get(sort.column_name.removesuffix("__raw").lower())
        of_columns = sort.is_column if number is None else number in pivots
        periods = [number for name, number in names.items() if name == PERIOD and number in pivots]
        if not key.is_measure or of_columns or not (sort.pivot_values or periods):
            return replace(key, of_columns=of_columns)
        at: list[tuple[int, object]] = []
        for name, value in sort.pivot_values.items():
            pivot = names.get(name.removesuffix("__raw").lower())
            if pivot is None or pivot not in pivots:
                raise InvalidQuery(f'A sort by "{sort.column_name}" is at "{name}", which is not pivoted.')
            at.append((pivot, value))
        at += [(number, CURRENT) for number in periods if number not in dict(at)]
        return replace(key, at=tuple(at))

    return tuple(map(placed, order, sorts))
