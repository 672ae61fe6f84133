"""Measures over the joined rows of a group.

The definition that rules out fan-out: every row of the measure's own view counts once in a group,
however many joined rows repeat it, and a row that is missing from an outer join does not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from holoscope.modeling.fields import Measure
from holoscope.modeling.types import Aggregate
from support.naive import expressions
from support.naive.conditions import holds
from support.naive.fields import Fields
from support.naive.joins import Step, fanned
from support.naive.types import Joined, Refusal

SAFE = {Aggregate.MIN, Aggregate.MAX, Aggregate.COUNT_DISTINCT}


class Listed(frozenset[str]):
    """The distinct values of a `list` measure; the order of the text is not promised."""


def measure_value(fields: Fields, measure: Measure, rows: list[Joined]) -> Any:
    if measure.aggregate is None:
        return expressions.run(expressions.parse(measure.sql or ""), _GroupEnv(fields, measure.view, rows))
    return _AGGREGATE[measure.aggregate](measure, _operands(fields, measure, rows))


class _GroupEnv:
    """Derived measures see measures, each over the same group."""

    def __init__(self, fields: Fields, view: str, rows: list[Joined]) -> None:
        self.fields, self.view, self.rows = fields, view, rows

    def ref(self, name: str) -> Any:
        found = self.fields.reference(self.view, name)
        measure = self.fields.measure(found.view, found.field)
        assert measure is not None, name
        return measure_value(self.fields, measure, self.rows)

    def column(self, name: str) -> Any:
        raise AssertionError(f"a derived measure names the column {name}")


def _operands(fields: Fields, measure: Measure, rows: Iterable[Joined]) -> list[Any]:
    """One operand per distinct row of the measure's view that meets the measure's own filters."""
    found: dict[int, Any] = {}
    for joined in rows:
        own = joined.get(measure.view)
        if own is None or not meets(fields, measure, joined):
            continue
        value = True if measure.sql is None else fields.run(measure.sql, measure.view, joined)
        if id(own) in found and found[id(own)] != value:
            raise AssertionError(f"{measure.qualified_name} has several values for one row")
        found[id(own)] = value
    return [value for value in found.values() if value is not None]


def meets(fields: Fields, measure: Measure, joined: Joined) -> bool:
    for typed, condition in measure.filters.items():
        name = fields.reference(measure.view, typed)
        value = fields.at_grain(joined, name.view, name.field, name.grain or "stored")
        dimension = fields.dimension(name.view, name.field)
        setting = replace(fields.setting, convert=dimension is None or dimension.convert_tz)
        if not holds(condition, value, setting):
            return False
    return True


def require_keys(fields: Fields, measure: Measure, steps: list[Step]) -> None:
    """Refuse a measure whose view is multiplied and has no key (query digest §4.3)."""
    if measure.aggregate is None:
        for ref in expressions.references(expressions.parse(measure.sql or "")):
            found = fields.reference(measure.view, ref)
            inner = fields.measure(found.view, found.field)
            if inner is None:
                raise Refusal("no_such_field", f'No such field "{ref}"')
            require_keys(fields, inner, steps)
    elif (
        measure.aggregate not in SAFE
        and not fields.model.views[measure.view].primary_key
        and fanned(measure.view, steps)
    ):
        raise Refusal("plan_pk_required_due_to_join_fanout", measure.qualified_name)


def _sum(values: list[Any]) -> Any:
    if any(isinstance(value, float) for value in values):
        return math.fsum(values)
    return sum(values, 0)


def _average(values: list[Any]) -> float | None:
    return float(Fraction(sum(map(Fraction, values))) / len(values)) if values else None


def _quantile(values: list[Any], share: Fraction) -> float | None:
    """Continuous: linear interpolation between the neighbours."""
    if not values:
        return None
    ordered = sorted(map(Fraction, values))
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


_AGGREGATE: dict[Aggregate, Any] = {
    Aggregate.COUNT: lambda measure, values: len(values),
    Aggregate.COUNT_DISTINCT: lambda measure, values: len(set(values)),
    Aggregate.SUM: lambda measure, values: _sum(values),
    Aggregate.AVERAGE: lambda measure, values: _average(values),
    Aggregate.MIN: lambda measure, values: min(values, default=None),
    Aggregate.MAX: lambda measure, values: max(values, default=None),
    Aggregate.MEDIAN: lambda measure, values: _quantile(values, Fraction(1, 2)),
    Aggregate.PERCENTILE: lambda measure, values: _quantile(
        values, Fraction(measure.percentile or Decimal(50)) / 100
    ),
    Aggregate.LIST: lambda measure, values: Listed(str(value) for value in values) if values else None,
}
